"""The pages through HTTP: what each shows, what each refuses, what is never lost or doubled."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from essaim.awards import actions
from essaim.kernel import files, mail
from tests.factories.awards import GRANT, AgreementFactory, DecisionFactory, paid, reported
from tests.page import check_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


@pytest.fixture
def client(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return client


def owner_of(agreement):
    return agreement.decision.application.created_by


def url(name, agreement, *args):
    return reverse(f"awards:{name}", args=[agreement.public_id, *args])


def said(response):
    return [str(message) for message in response.context["messages"]]


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_list_shows_ones_own_and_marks_what_is_invented(client, signed, officer, stranger, never_writes):
    paid(signed.payments.get(kind="advance"))
    AgreementFactory()
    client.force_login(owner_of(signed))
    with never_writes():
        page = check_page(client.get("/conventions/"))
    assert (page.h1, len(page.select("tr")) - 1) == ("Conventions", 1)
    assert signed.number in page.text
    assert "33 000 €" in plain(page.text)
    assert "inventé" in page.text.casefold()
    client.force_login(officer)
    assert len(check_page(client.get("/conventions/")).select("tr")) == 1 + 2
    client.force_login(stranger)
    assert "Aucune convention pour l’instant" in check_page(client.get("/conventions/")).text


def test_list_asks_for_a_session(client, signed):
    assert client.get("/conventions/").status_code == 302


def test_list_searches_filters_and_downloads(client, signed, officer):
    other = AgreementFactory(decision__application__title="=Une autre fabrique")
    client.force_login(officer)
    found = check_page(client.get("/conventions/?q=AUTRE")).text
    assert (other.number in found, signed.number in found) == (True, False)
    found = check_page(client.get("/conventions/?etat=signed")).text
    assert (other.number in found, signed.number in found) == (False, True)
    assert "Aucune convention ne correspond" in check_page(client.get("/conventions/?q=zzz")).text
    lines = client.get("/conventions/?q=autre&format=csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Numéro,Bénéficiaire,Projet,Commune")
    assert len(lines) == 2
    assert ",'=Une autre fabrique," in lines[1]
    assert lines[1].endswith(",oui")


def test_list_in_english(client, signed, officer):
    client.force_login(officer)
    page = check_page(client.get("/conventions/", headers={"accept-language": "en"}))
    assert page.h1 == "Agreements"


def test_list_asks_as_many_queries_for_one_row_as_for_three(client, signed, officer):
    client.force_login(officer)
    client.get("/conventions/")
    with CaptureQueriesContext(connection) as one:
        client.get("/conventions/")
    AgreementFactory()
    AgreementFactory()
    with CaptureQueriesContext(connection) as three:
        client.get("/conventions/")
    assert len(one) == len(three) <= 12


def test_letters_that_did_not_arrive_are_shown_to_the_officer_and_sent_again(client, officer, accountant, at):
    letter = actions.send_letter(DecisionFactory(declined=True), at=at)
    mail.mark_bounced(letter.message, reason="boîte inconnue", at=at)
    client.force_login(accountant)
    assert "n’est pas arrivée" not in check_page(client.get("/conventions/")).text
    client.force_login(officer)
    page = check_page(client.get("/conventions/"))
    assert "1 lettre n’est pas arrivée" in page.text
    assert "boîte inconnue" in page.text
    answer = client.post(reverse("awards:resend", args=[letter.pk]), follow=True)
    assert said(answer) == ["La lettre repart."]
    assert "n’est pas arrivée" not in check_page(answer).text


def test_page_of_an_agreement_for_each_role(client, agreement, officer, decision_maker, accountant, never_writes):
    for person in (owner_of(agreement), officer, decision_maker, accountant):
        client.force_login(person)
        with never_writes():
            page = check_page(client.get(agreement.get_absolute_url()))
        assert page.h1 == f"Convention {agreement.number}"
        assert "La convention attend la signature du bénéficiaire." in page.text
        assert "77 000 €" in plain(page.text)
    client.force_login(owner_of(agreement))
    english = check_page(client.get(agreement.get_absolute_url(), headers={"accept-language": "en"}))
    assert "Sign the agreement" in english.text


def test_a_stranger_finds_nothing(client, signed, stranger, juror, at):
    letter = actions.send_letter(signed.decision, at=at)
    for person in (stranger, juror):
        client.force_login(person)
        addresses = [signed.get_absolute_url(), url("agreement_pdf", signed), url("report", signed)]
        assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
        assert client.post(url("step", signed, "close")).status_code == 404
        assert client.post(url("plan", signed)).status_code == 404
        assert client.post(url("claim", signed, signed.payments.first().pk)).status_code == 404
    client.force_login(stranger)
    assert client.get(reverse("awards:letter", args=[letter.decision.public_id])).status_code == 404
    assert client.post(reverse("awards:resend", args=[letter.pk])).status_code == 404


def test_page_stays_within_its_queries(client, signed, officer):
    reported(signed)
    client.force_login(officer)
    client.get(signed.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        client.get(signed.get_absolute_url())
    assert len(queries) <= 20, [query["sql"][:90] for query in queries]


def test_signing_then_signing_again_shows_the_firsts_result(client, agreement, decision_maker):
    client.force_login(owner_of(agreement))
    answer = client.post(url("step", agreement, "accept"), follow=True)
    assert plain(said(answer)[0]) == "Convention signée : l’administration signe à son tour."
    assert said(client.post(url("step", agreement, "accept"), follow=True)) == ["C’est déjà fait."]
    refused = client.post(url("step", agreement, "sign"), follow=True)
    assert plain(said(refused)[0]) == "Cette action est réservée à : décideur."
    client.force_login(decision_maker)
    client.post(url("step", agreement, "sign"))
    agreement.refresh_from_db()
    assert agreement.state == "signed"
    assert client.post(url("step", agreement, "nonsense")).status_code == 404


def test_claim_then_pay_with_its_reference(client, signed, accountant):
    advance = signed.payments.get(kind="advance")
    client.force_login(owner_of(signed))
    page = check_page(client.get(signed.get_absolute_url()))
    assert "Demander le versement de 33 000 €" in plain(page.text)
    assert "Le solde est versé après l’acceptation du compte rendu final." in page.text
    client.post(url("claim", signed, advance.pk))
    client.force_login(accountant)
    page = check_page(client.get(signed.get_absolute_url()))
    assert "Le comptable doit inscrire un versement de 33 000 €." in plain(page.text)
    empty = client.post(url("pay", signed, advance.pk), {"reference": " "})
    assert "Écrivez la référence du mandat" in check_page(empty, status=422).text
    done = client.post(url("pay", signed, advance.pk), {"reference": "M-2014-01"}, follow=True)
    assert said(done) == ["Versement inscrit."]
    assert "M-2014-01" in check_page(done).text
    again = client.post(url("pay", signed, advance.pk), {"reference": "M-autre"}, follow=True)
    assert said(again) == ["C’est déjà fait."]
    advance.refresh_from_db()
    assert (advance.state, advance.reference) == ("paid", "M-2014-01")


def test_a_payment_of_another_agreement_is_not_found(client, signed):
    other = AgreementFactory(signed=True)
    client.force_login(owner_of(signed))
    assert client.post(url("claim", signed, other.payments.first().pk)).status_code == 404


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("-5", "montant"),
        ("1e9", "montant"),
        ("60 000", "le plafond à cette étape est de 88 000 €"),
        ("110 000", "Un acompte se prend sur le solde prévu, qui est de 77 000 € : prévoyez moins."),
        ("", "Indiquez le montant de l’acompte."),
    ],
)
def test_a_bad_instalment_is_refused_in_a_sentence_and_kept_as_typed(client, signed, officer, amount, sentence):
    client.force_login(officer)
    page = check_page(client.post(url("plan", signed), {"amount_cents": amount, "due_on": "2014-09-01"}), status=422)
    assert sentence in plain(page.text)
    assert page.select("input", name="amount_cents")[0].get("value", "") == amount
    assert signed.payments.count() == 2


def test_an_instalment_is_planned(client, signed, officer):
    client.force_login(officer)
    for _again in range(2):
        answer = client.post(url("plan", signed), {"amount_cents": "12 000,50 €", "due_on": "2014-09-01"}, follow=True)
    assert "12 000,50 €" in plain(check_page(answer).text)
    assert signed.payments.count() == 3
    assert sum(signed.payments.values_list("amount_cents", flat=True)) == GRANT


def test_report_is_saved_unfinished_refused_incomplete_then_handed_in(client, signed, officer):
    client.force_login(owner_of(signed))
    address = url("report", signed)
    check_page(client.get(address))
    draft = client.post(address, {"text": "Le début.", "people": "12", "save": "1"}, follow=True)
    assert plain(said(draft)[0]) == "Brouillon enregistré : pas encore remis."
    early = client.post(address, {"text": "Le début.", "people": "12", "submit": "1"})
    assert "Dites en 100 caractères au moins ce qui a été fait." in check_page(early, status=422).text
    wrong = check_page(client.post(address, {"text": "Oui", "people": "beaucoup", "save": "1"}), status=422)
    assert "Écrivez un nombre entier, zéro compris, par exemple 250." in wrong.text
    whole = {
        "text": "Tout est fait. " * 10,
        "spent_cents": "180 000",
        "people": "420",
        "hours": "30",
        "companies": "25",
    }
    done = client.post(address, whole | {"submit": "1"}, follow=True)
    assert said(done) == ["Compte rendu remis."]
    assert "420" in check_page(done).text
    assert client.post(address, whole | {"submit": "1"}).status_code == 302
    client.force_login(officer)
    back = client.post(url("report_step", signed, "return"), {"reason": "Il manque les factures."}, follow=True)
    assert plain(said(back)[-1]) == "Compte rendu renvoyé au bénéficiaire, avec votre demande."
    client.force_login(owner_of(signed))
    assert "Il manque les factures." in check_page(client.get(address)).text
    client.post(address, whole | {"submit": "1"})
    client.force_login(officer)
    assert "Accepter le compte rendu" in check_page(client.get(signed.get_absolute_url())).text
    client.post(url("report_step", signed, "accept"))
    signed.report.refresh_from_db()
    assert signed.report.state == "accepted"


def test_documents_are_downloads_and_reading_them_writes_nothing(client, signed, at, never_writes):
    letter = actions.send_letter(signed.decision, at=at)
    client.force_login(owner_of(signed))
    with never_writes():
        answer = client.get(reverse("awards:letter", args=[letter.decision.public_id]))
        body = b"".join(answer.streaming_content)
        assert (answer["Content-Type"], body) == ("application/pdf", files.read(letter.pdf))
        assert "attachment" in answer["Content-Disposition"]
        text = client.get(url("agreement_pdf", signed))
        assert b"".join(text.streaming_content) == files.read(signed.pdf)
