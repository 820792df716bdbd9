"""Who may make which move of an agreement, a payment and a report, in which state, and the sentences that refuse."""

import pytest

from essaim.awards.lifecycle import AGREEMENT, PAYMENT, REPORT
from essaim.awards.models import AgreementState, Payment, PaymentState, ReportState
from essaim.kernel import journal
from essaim.kernel.models import Event
from essaim.kernel.workflow import Refused
from tests.factories.awards import GRANT, AgreementFactory, paid, reported

pytestmark = [pytest.mark.django_db, pytest.mark.both]

ROLES = ("beneficiary", "officer", "decision_maker", "accountant", "juror", "stranger")
AGREEMENT_MOVES = {
    "accept": ("draft", "beneficiary"),
    "sign": ("accepted", "decision_maker"),
    "close": ("signed", "officer"),
}
PAYMENT_MOVES = {"claim": ("planned", "beneficiary"), "pay": ("claimed", "accountant")}
REPORT_MOVES = {
    "submit": ("due", "beneficiary"),
    "return": ("submitted", "officer"),
    "accept": ("submitted", "officer"),
}


def person(request, agreement, role):
    if role == "beneficiary":
        return agreement.decision.application.created_by
    return request.getfixturevalue(role)


def expected(moves, state, role):
    return [name for name, (source, who) in moves.items() if source == state and who == role]


def refusal(lifecycle, obj, name, **data):
    with pytest.raises(Refused) as caught:
        lifecycle.perform(obj, name, **data)
    return str(caught.value)


@pytest.mark.parametrize("state", AgreementState.values)
@pytest.mark.parametrize("role", ROLES)
def test_agreement_matrix_only_the_declared_moves_are_available(request, at, state, role):
    agreement = AgreementFactory(state=state)
    for payment in agreement.payments.all():
        paid(payment)
    reported(agreement)
    by = person(request, agreement, role)
    assert [m.name for m in AGREEMENT.available(agreement, by=by, at=at)] == expected(AGREEMENT_MOVES, state, role)


@pytest.mark.parametrize("state", PaymentState.values)
@pytest.mark.parametrize("role", ROLES)
def test_payment_matrix_only_the_declared_moves_are_available(request, at, signed, state, role):
    advance = signed.payments.get(kind="advance")
    advance.state = state
    advance.save()
    by = person(request, signed, role)
    # A paid advance counts in the total, but no move leaves that state.
    assert [m.name for m in PAYMENT.available(advance, by=by, at=at)] == expected(PAYMENT_MOVES, state, role)


@pytest.mark.parametrize("state", ReportState.values)
@pytest.mark.parametrize("role", ROLES)
def test_report_matrix_only_the_declared_moves_are_available(request, at, signed, state, role):
    report = reported(signed)
    report.state = state
    report.save()
    by = person(request, signed, role)
    assert [m.name for m in REPORT.available(report, by=by, at=at)] == expected(REPORT_MOVES, state, role)


def test_no_payment_before_both_signatures(at, agreement):
    advance = agreement.payments.get(kind="advance")
    owner = agreement.decision.application.created_by
    sentence = "Aucun versement avant la signature de la convention par les deux parties."
    for state in ("draft", "accepted"):
        agreement.state = state
        agreement.save()
        advance.refresh_from_db()
        assert refusal(PAYMENT, advance, "claim", by=owner, at=at) == sentence
    assert (advance.state, advance.claimed_at) == ("planned", None)


def test_signing_without_a_text_is_refused(at):
    agreement = AgreementFactory(pdf=None)
    owner = agreement.decision.application.created_by
    assert refusal(AGREEMENT, agreement, "accept", by=owner, at=at) == (
        "Le texte de la convention est en cours d’établissement : revenez bientôt."
    )


def test_the_balance_waits_for_the_accepted_report(at, signed, accountant):
    balance = signed.payments.get(kind="balance")
    owner = signed.decision.application.created_by
    sentence = "Le solde est versé après l’acceptation du compte rendu final."
    assert refusal(PAYMENT, balance, "claim", by=owner, at=at) == sentence
    balance.state = PaymentState.CLAIMED
    balance.save()
    assert refusal(PAYMENT, balance, "pay", by=accountant, at=at) == sentence
    reported(signed)
    balance.refresh_from_db()
    balance.agreement.refresh_from_db()
    PAYMENT.perform(Payment.objects.get(pk=balance.pk), "pay", by=accountant, at=at, reference="M-2")


@pytest.mark.parametrize(
    ("kind", "cents", "ceiling"),
    [("advance", GRANT * 30 // 100 + 1, "33 000 €"), ("instalment", GRANT * 80 // 100 + 1, "88 000 €")],
)
def test_paying_over_the_ceiling_of_a_kind_is_refused(at, signed, accountant, kind, cents, ceiling):
    signed.payments.all().delete()
    payment = Payment.objects.create(
        agreement=signed, kind=kind, amount_cents=cents, due_on=signed.starts_on, state=PaymentState.CLAIMED
    )
    sentence = refusal(PAYMENT, payment, "pay", by=accountant, at=at)
    assert sentence.endswith(f"le plafond à cette étape est de {ceiling}.")
    payment.amount_cents -= 1
    payment.save()
    PAYMENT.perform(payment, "pay", by=accountant, at=at, reference="M-1")
    assert (payment.state, payment.reference, payment.paid_at) == ("paid", "M-1", at)


def test_closing_says_what_is_missing(at, signed, officer):
    assert refusal(AGREEMENT, signed, "close", by=officer, at=at) == "Le compte rendu final n’est pas encore accepté."
    reported(signed)
    assert refusal(AGREEMENT, signed, "close", by=officer, at=at) == "Un versement est encore en attente."


def test_a_report_says_what_it_lacks(at, signed):
    owner = signed.decision.application.created_by
    report = signed.report
    assert refusal(REPORT, report, "submit", by=owner, at=at) == "Dites en 100 caractères au moins ce qui a été fait."
    report.text = "x" * 100
    report.save()
    assert refusal(REPORT, report, "submit", by=owner, at=at) == "Indiquez ce qui a été dépensé."
    report.spent_cents = 0
    report.save()
    REPORT.perform(report, "submit", by=owner, at=at)
    assert (report.state, report.submitted_at) == ("submitted", at)


def test_a_report_before_the_signature_is_refused(at, agreement):
    owner = agreement.decision.application.created_by
    assert refusal(REPORT, agreement.report, "submit", by=owner, at=at) == (
        "Le compte rendu se remet une fois la convention signée par les deux parties."
    )


def test_a_report_sent_back_keeps_the_request_and_can_be_written_again(at, signed, officer):
    report = reported(signed)
    report.state = ReportState.SUBMITTED
    report.save()
    assert refusal(REPORT, report, "return", by=officer, at=at, reason=" ") == (
        "Donnez une raison : elle accompagnera la décision."
    )
    event = REPORT.perform(report, "return", by=officer, at=at, reason="Il manque les factures.")
    assert (report.state, report.return_reason) == ("due", "Il manque les factures.")
    assert "factures" not in str(event.payload)


def test_the_whole_story_leaves_public_lines_with_amounts(at, agreement, decision_maker, accountant, officer):
    owner = agreement.decision.application.created_by
    advance = agreement.payments.get(kind="advance")
    AGREEMENT.perform(agreement, "accept", by=owner, at=at)
    AGREEMENT.perform(agreement, "sign", by=decision_maker, at=at)
    advance.refresh_from_db()
    PAYMENT.perform(advance, "claim", by=owner, at=at)
    PAYMENT.perform(advance, "pay", by=accountant, at=at, reference="M-7")
    awards = Event.objects.filter(verb__startswith="awards.").order_by("seq")
    lines = [(e.verb, e.role, journal.public_record(e)["payload"].get("amount_cents")) for e in awards]
    assert lines == [
        ("awards.agreement.accept", "beneficiary", GRANT),
        ("awards.agreement.sign", "decision_maker", GRANT),
        ("awards.payment.claim", "beneficiary", GRANT * 30 // 100),
        ("awards.payment.pay", "accountant", GRANT * 30 // 100),
    ]
