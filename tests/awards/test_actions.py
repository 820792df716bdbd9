"""Letters, agreements and plans: what they say, and that they are made once."""

import io
from datetime import date

import pytest

from essaim.awards import actions, tasks
from essaim.awards.lifecycle import REPORT
from essaim.awards.models import Agreement, Letter, Payment
from essaim.awards.queries import ceiling_cents, undelivered_letters
from essaim.kernel import files, mail
from essaim.kernel.models import Event, Message
from essaim.kernel.workflow import Refused
from essaim.programmes.models import Programme
from essaim.selections.lifecycle import DECISION
from tests.factories.awards import COST, GRANT, AgreementFactory, DecisionFactory, reported
from tests.factories.jams import PersonFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


def words(stored):
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(files.read(stored))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def refusal(action, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        action(*args, **kwargs)
    return str(caught.value)


def test_letter_of_a_refusal_says_why_what_would_change_the_algorithm_and_the_appeal(at):
    letter = actions.send_letter(DecisionFactory(declined=True), at=at)
    text = words(letter.pdf)
    application = letter.decision.application
    for said in (
        f"Votre projet « {application.title} » n’est pas retenu.",
        "Votre dossier est dans l’enveloppe.",
        "Deux points de plus.",
        "traitement algorithmique",
        "L311-3-1",
        "Voies et délais de recours",
        "Denise Décideuse",
        application.reference,
    ):
        assert " ".join(said.split()) in text, said


def test_letter_of_a_grant_says_the_amount_and_that_an_agreement_follows(at):
    letter = actions.send_letter(DecisionFactory(), at=at)
    text = words(letter.pdf)
    assert "110 000 €" in text  # typographic spaces are tidied
    assert "Aucun versement ne peut avoir lieu avant sa signature." in text
    message = letter.message
    assert (message.address, list(message.attachments.all())) == (
        letter.decision.application.created_by.email,
        [letter.pdf],
    )
    assert letter.decision.get_absolute_url() in message.text


def test_letter_is_in_the_language_of_whoever_filed(at):
    decision = DecisionFactory(application__created_by=PersonFactory(language="en"))
    letter = actions.send_letter(decision, at=at)
    assert "Your file is within the envelope." in words(letter.pdf)
    assert "Voies et délais" not in words(letter.pdf)


def test_letter_is_sent_once_however_often_it_is_asked(at):
    decision = DecisionFactory()
    first = actions.send_letter(decision, at=at)
    assert actions.send_letter(decision, at=at) == first
    tasks.send_letter.function(decision=decision.pk)
    assert (Letter.objects.count(), Message.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="awards.letter.send").count() == 1


def test_letter_before_publication_is_refused(at):
    decision = DecisionFactory(prepared=True)
    assert refusal(actions.send_letter, decision, at=at) == "La lettre part à la publication des résultats, pas avant."


def test_publication_sends_the_letter_and_draws_the_agreement(at, django_capture_on_commit_callbacks):
    yes, no = DecisionFactory(prepared=True), DecisionFactory(prepared=True, declined=True)
    with django_capture_on_commit_callbacks(execute=True):
        for decision in (yes, no):
            DECISION.perform(decision, "publish", by=None, at=at)
    assert Letter.objects.count() == 2
    assert list(Agreement.objects.values_list("decision", flat=True)) == [yes.pk]


def test_agreement_says_what_the_law_asks_and_plans_advance_balance_and_report(at):
    decision = DecisionFactory()
    agreement = actions.draw_agreement(decision, at=at, starts_on=date(2014, 1, 1))
    assert actions.draw_agreement(decision, at=at) == agreement
    assert list(agreement.payments.values_list("kind", "amount_cents", "due_on")) == [
        ("advance", GRANT * 30 // 100, date(2014, 1, 1)),
        ("balance", GRANT - GRANT * 30 // 100, date(2016, 1, 1)),
    ]
    assert (agreement.report.state, agreement.report.due_on) == ("due", date(2016, 7, 1))
    text = words(agreement.pdf)
    for said in (
        "Article 1. Objet",
        "1er janvier 2014",
        "110 000 €",
        "33 000 €",
        "Découpeuse laser",
        "inventés",
        "reversée",
    ):
        assert " ".join(said.split()) in text, said


def test_agreement_of_a_refused_project_is_refused(at):
    assert refusal(actions.draw_agreement, DecisionFactory(declined=True), at=at) == (
        "Seul un dossier retenu donne lieu à une convention."
    )


def test_an_instalment_is_taken_from_the_balance_and_planned_once(at, signed, officer):
    for _again in range(2):
        actions.plan_payment(
            signed, kind="instalment", amount_cents=2_000_000, due_on=date(2014, 9, 1), by=officer, at=at
        )
    assert dict(signed.payments.values_list("kind", "amount_cents")) == {
        "advance": 3_300_000,
        "instalment": 2_000_000,
        "balance": 5_700_000,
    }


def test_an_instalment_over_80_percent_with_the_advance_is_refused_and_the_balance_kept(at, signed, officer):
    sentence = refusal(
        actions.plan_payment,
        signed,
        kind="instalment",
        amount_cents=5_500_001,
        due_on=date(2014, 9, 1),
        by=officer,
        at=at,
    )
    assert sentence == (
        "Ce versement porterait le total prévu à 88 000,01 € ; le plafond à cette étape est de 88 000 €."
    )
    assert signed.payments.get(kind="balance").amount_cents == 7_700_000


def test_an_instalment_larger_than_the_balance_is_refused(at, signed, officer):
    sentence = refusal(
        actions.plan_payment, signed, kind="instalment", amount_cents=GRANT, due_on=date(2014, 9, 1), by=officer, at=at
    )
    assert sentence == "Un acompte se prend sur le solde prévu, qui est de 77 000 € : prévoyez moins."


def test_only_an_officer_plans(at, signed, accountant):
    values = {"kind": "instalment", "amount_cents": 100, "due_on": date(2014, 9, 1)}
    assert refusal(actions.plan_payment, signed, **values, by=accountant, at=at) == (
        "Seul un chargé de programme prévoit un versement."
    )


def test_spending_less_reduces_the_balance_in_proportion(at, signed, officer):
    report = reported(signed, spent_cents=COST // 2)
    report.state = "submitted"
    report.save()
    REPORT.perform(report, "accept", by=officer, at=at)
    assert signed.payments.get(kind="balance").amount_cents == GRANT // 2 - GRANT * 30 // 100
    signed.report.refresh_from_db()
    assert ceiling_cents(signed, "balance") == GRANT // 2


def test_spending_hardly_anything_leaves_no_balance(at, signed, officer):
    report = reported(signed, spent_cents=COST // 10)
    report.state = "submitted"
    report.save()
    REPORT.perform(report, "accept", by=officer, at=at)
    assert list(Payment.objects.filter(agreement=signed).values_list("kind", flat=True)) == ["advance"]


def test_only_the_beneficiary_writes_the_report_and_only_while_it_is_due(at, signed, officer):
    values = {"text": "Fait.", "spent_cents": None, "indicators": {"people": 3}}
    assert refusal(actions.save_report, signed.report, **values, by=officer, at=at) == (
        "Seul le bénéficiaire écrit le compte rendu."
    )
    owner = signed.decision.application.created_by
    actions.save_report(signed.report, **values, by=owner, at=at)
    assert (signed.report.text, signed.report.indicators) == ("Fait.", {"people": 3})
    reported(signed)
    assert refusal(actions.save_report, signed.report, **values, by=owner, at=at) == (
        "Le compte rendu est remis : il ne se modifie plus, sauf si le service vous le renvoie."
    )


def test_letters_that_did_not_arrive_are_listed_and_sent_again(at, officer):
    letter = actions.send_letter(DecisionFactory(), at=at)
    AgreementFactory()
    assert list(undelivered_letters(Programme.objects.values("pk"))) == []
    mail.mark_bounced(letter.message, reason="boîte inconnue", at=at)
    letter.refresh_from_db()
    assert list(undelivered_letters(Programme.objects.values("pk"))) == [letter]
    assert actions.resend_letter(letter, by=officer, at=at) is True
    letter.message.refresh_from_db()
    assert actions.resend_letter(letter, by=officer, at=at) is False
