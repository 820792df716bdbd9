"""Filed applications and experts as tests of the instruction and of the reviews need them."""

from datetime import UTC, date, datetime

import factory

from essaim.accounts.models import Membership
from essaim.applications.models import Application, CostLine, Filing, FundingLine
from essaim.reviews.models import Assignment, Conflict, Expert
from tests.factories.applications import ANSWERS, OrganisationFactory, rennes
from tests.factories.jams import PersonFactory

FILED = datetime(2013, 9, 12, 14, 30, tzinfo=UTC)
AFTER = datetime(2013, 9, 16, 8, 0, tzinfo=UTC)
DUE = date(2013, 10, 4)
MET = {"rule": "R1", "status": "met", "severity": "blocking", "title": {"fr": "Montant"}, "message": {"fr": "Bien."}}
NOT_MET = {**MET, "rule": "R2", "status": "not_met"}


class FiledFactory(factory.django.DjangoModelFactory):
    """An application filed for `call`, with its frozen filing; `admissible=True`; `unmet=True`: a rule is not met."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    call = None
    organisation = factory.SubFactory(OrganisationFactory)
    rule_set = factory.SelfAttribute("call.rule_set")
    number = factory.Sequence(lambda n: n + 1)
    title = factory.LazyAttribute(lambda a: f"Ouvrir l’atelier {a.number} aux entreprises")
    answers = factory.LazyFunction(lambda: {**ANSWERS, "contact_phone": "01 99 00 13 13"})
    commune = factory.LazyFunction(rennes)
    cost_cents = 18_000_000
    requested_cents = 11_000_000
    created_by = factory.SubFactory(PersonFactory)
    created_at = FILED
    saved_at = FILED
    filed_at = FILED
    unmet_blocking = 0
    unmet_other = 0
    documents_lacking = 0
    state = "filed"

    class Params:
        admissible = factory.Trait(state="admissible")

    @factory.post_generation
    def unmet(self, create, extracted, **kwargs):
        if extracted:
            Application.objects.filter(pk=self.pk).update(unmet_blocking=1)
            self.unmet_blocking = 1
        Filing.objects.create(
            application=self,
            number=1,
            key=f"key-{self.pk}",
            version=1,
            filed_by=self.created_by,
            filed_at=self.filed_at,
            content="{}",
            sha256="ab" * 32,
            findings=[MET, NOT_MET] if extracted else [MET],
        )
        CostLine.objects.create(
            application=self, position=1, label="Découpeuse", category="machines", amount_cents=self.cost_cents
        )
        for position, (funder, kind, cents) in enumerate(
            [
                ("Appel à projets", "requested", self.requested_cents),
                ("Fonds propres", "own", self.cost_cents - self.requested_cents),
            ]
        ):
            FundingLine.objects.create(
                application=self, position=position, funder=funder, kind=kind, amount_cents=cents
            )


class ExpertFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Expert

    call = None
    person = factory.SubFactory(PersonFactory)
    specialties = ["entreprises"]
    region = "11"
    max_load = 15


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assignment

    expert = factory.SubFactory(ExpertFactory)
    application = None
    why = {"fr": "Parce que.", "en": "Because."}
    given_at = AFTER
    due_on = DUE

    class Params:
        done = factory.Trait(state="done")
        recused = factory.Trait(state="recused")


class ConflictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Conflict

    origin = Conflict.Origin.DECLARED
    declared_at = AFTER


def works_for(person, organisation):
    """Make someone a member of an organisation."""
    return Membership.objects.create(organisation=organisation, person=person, role="member")
