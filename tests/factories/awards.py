"""Funded and refused applications with their published decisions, and the agreements of the funded ones."""

from datetime import UTC, date, datetime, timedelta

import factory

from essaim.accounts.models import Membership
from essaim.applications.models import Application, Collaborator, CostLine, FundingLine
from essaim.awards.models import Agreement, AgreementState, Payment, PaymentState, Report, ReportState
from essaim.kernel import files
from essaim.selections.models import Decision, DecisionState, Selection, SelectionState
from tests.factories.applications import OrganisationFactory, rennes
from tests.factories.calls import make_call
from tests.factories.jams import PersonFactory

DECEMBER = datetime(2013, 12, 13, 9, 0, tzinfo=UTC)
COST, GRANT = 18_000_000, 11_000_000
REASON = {"fr": "Votre dossier est dans l’enveloppe.", "en": "Your file is within the envelope."}


def fictional_siret(number):
    """A SIRET whose keys are right and which no organisation has: it begins with 000."""
    body = f"000{number:05d}"
    siren = next(f"{body}{key}" for key in range(10) if luhn(f"{body}{key}"))
    return next(f"{siren}0001{key}" for key in range(10) if luhn(f"{siren}0001{key}"))


def luhn(digits):
    """Whether the key is right: every second digit from the right is doubled."""
    doubled = [int(d) * (1 + rank % 2) for rank, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def selection():
    """The published selection of the 2013 call; the same one each time in a test."""
    known = Selection.objects.first()
    if known:
        return known
    call = make_call()
    return Selection.objects.create(
        call=call, opened_at=DECEMBER, ratified_at=DECEMBER, published_at=DECEMBER, state=SelectionState.PUBLISHED
    )


class ApplicationFactory(factory.django.DjangoModelFactory):
    """A filed application at Rennes, with its owner, its budget and its organisation."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    call = factory.LazyFunction(lambda: selection().call)
    rule_set = factory.SelfAttribute("call.rule_set")
    organisation = factory.SubFactory(OrganisationFactory, invented=True, siret=factory.Sequence(fictional_siret))
    number = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Une fabrique pour tous, projet {n}")
    commune = factory.LazyFunction(rennes)
    cost_cents = COST
    requested_cents = GRANT
    created_by = factory.SubFactory(PersonFactory)
    created_at = DECEMBER - timedelta(days=150)
    saved_at = DECEMBER - timedelta(days=120)
    filed_at = DECEMBER - timedelta(days=100)
    invented = True
    state = "funded"

    @factory.post_generation
    def people(self, create, extracted, **kwargs):
        Collaborator.objects.create(application=self, person=self.created_by, role="owner")
        Membership.objects.create(organisation=self.organisation, person=self.created_by, role="mandated")
        CostLine.objects.create(
            application=self, position=1, label="Découpeuse laser", category="machines", amount_cents=self.cost_cents
        )
        rest = self.cost_cents - self.requested_cents
        for position, (funder, kind, cents) in enumerate(
            [("Appel à projets", "requested", self.requested_cents), ("Conseil régional", "public", rest)], 1
        ):
            FundingLine.objects.create(
                application=self, position=position, funder=funder, kind=kind, status="secured", amount_cents=cents
            )


class DecisionFactory(factory.django.DjangoModelFactory):
    """A published yes; `declined=True` for a no, `prepared=True` before publication."""

    class Meta:
        model = Decision

    selection = factory.LazyFunction(selection)
    application = factory.SubFactory(ApplicationFactory)
    outcome = Decision.Outcome.FUNDED
    granted_cents = GRANT
    reasons = [REASON]
    decided_by = factory.SubFactory(PersonFactory, name="Denise Décideuse")
    decided_at = DECEMBER
    state = DecisionState.PUBLISHED

    class Params:
        declined = factory.Trait(
            outcome=Decision.Outcome.DECLINED,
            granted_cents=0,
            application__state="declined",
            what_would_change={"fr": "Deux points de plus.", "en": "Two more points."},
        )
        prepared = factory.Trait(state=DecisionState.PREPARED)


class AgreementFactory(factory.django.DjangoModelFactory):
    """An agreement with its text, its advance and balance, and its report due; no PDF is computed."""

    class Meta:
        model = Agreement
        skip_postgeneration_save = True

    decision = factory.SubFactory(DecisionFactory)
    number = factory.LazyAttribute(lambda a: f"{a.decision.application.reference}-C")
    amount_cents = GRANT
    cost_cents = COST
    starts_on = date(2014, 1, 1)
    ends_on = date(2015, 12, 31)
    created_at = DECEMBER
    pdf = factory.LazyFunction(
        lambda: files.store_generated(b"%PDF-1.7 ", name="convention.pdf", content_type="application/pdf", at=DECEMBER)
    )

    class Params:
        accepted = factory.Trait(state=AgreementState.ACCEPTED, accepted_at=DECEMBER)
        signed = factory.Trait(state=AgreementState.SIGNED, accepted_at=DECEMBER, signed_at=DECEMBER)

    @factory.post_generation
    def plan(self, create, extracted, **kwargs):
        advance = self.amount_cents * 30 // 100
        Payment.objects.create(agreement=self, kind="advance", amount_cents=advance, due_on=self.starts_on)
        Payment.objects.create(
            agreement=self, kind="balance", amount_cents=self.amount_cents - advance, due_on=self.ends_on
        )
        Report.objects.create(agreement=self, due_on=date(2016, 6, 28))


def paid(payment, at=DECEMBER):
    """The payment, paid."""
    payment.state, payment.claimed_at, payment.paid_at, payment.reference = PaymentState.PAID, at, at, "M-1"
    payment.save()
    return payment


def reported(agreement, *, spent_cents=COST, at=DECEMBER):
    """The agreement's report, accepted."""
    report = agreement.report
    report.text, report.spent_cents = "Tout a été fait comme prévu. " * 5, spent_cents
    report.indicators = {"people": 420, "hours": 30, "companies": 25}
    report.state, report.submitted_at, report.accepted_at = ReportState.ACCEPTED, at, at
    report.save()
    return report
