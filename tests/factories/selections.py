"""A closed call with files, experts and their marks: what the choice starts from."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import factory

from essaim.applications.models import Application, ApplicationState
from essaim.places.models import Commune
from essaim.programmes.models import EnvelopeChange
from essaim.reviews.models import Assignment, AssignmentState, Expert, Review
from tests.factories.applications import SUMMER, OrganisationFactory, rennes
from tests.factories.calls import make_call
from tests.factories.jams import PersonFactory, TeamMemberFactory

AFTER = datetime(2013, 10, 20, 9, 0, tzinfo=UTC)  # the call is closed, reviews are in
LATER = AFTER + timedelta(days=40)
MARKS = [(17_000, 16_000, 18_000), (15_000, 14_500, 15_500), (13_000, 12_000, 14_500), (11_000, 10_000, 12_500)]


class ApplicationFactory(factory.django.DjangoModelFactory):
    """A filed application; `admissible`, `inadmissible`, `ineligible` once it is examined."""

    class Meta:
        model = Application

    call = None
    organisation = factory.SubFactory(OrganisationFactory)
    rule_set = factory.SelfAttribute("call.rule_set")
    number = factory.LazyAttribute(lambda a: a.call.applications.count() + 1)
    title = factory.LazyAttribute(lambda a: f"Fabrique {a.number}")
    commune = factory.LazyFunction(rennes)
    cost_cents = 20_000_000
    requested_cents = 10_000_000
    created_by = factory.SubFactory(PersonFactory)
    created_at = SUMMER
    saved_at = SUMMER
    filed_at = SUMMER
    state = ApplicationState.FILED

    class Params:
        admissible = factory.Trait(state=ApplicationState.ADMISSIBLE)
        inadmissible = factory.Trait(
            state=ApplicationState.INADMISSIBLE, admissibility_reason="Le relevé d’identité bancaire manque."
        )
        ineligible = factory.Trait(state=ApplicationState.INELIGIBLE, admissibility_reason="L’aide dépasse 70 %.")


class ExpertFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Expert

    person = factory.SubFactory(PersonFactory)


def brest():
    """A second commune, 200 km from Rennes, in the same region."""
    department = rennes().department
    commune, _ = Commune.objects.get_or_create(
        code="35999",
        defaults={
            "name": "Bout-du-Monde",
            "search_name": "bout du monde",
            "department": department,
            "population": 90_000,
            "latitude": 48.39,
            "longitude": -4.49,
        },
    )
    return commune


def reviewed(application, experts, marks):
    """Give an application the mark of each expert, in thousandths of a point out of 20."""
    grid = application.rule_set.grid
    for expert, mark in zip(experts, marks, strict=True):
        assignment = Assignment.objects.create(
            expert=expert, application=application, due_on=date(2013, 10, 1), state=AssignmentState.DONE
        )
        Review.objects.create(
            assignment=assignment,
            scores={criterion["code"]: mark // 4000 for criterion in grid["criterion"]},
            comment="Un projet solide.",
            total=mark,
            saved_at=SUMMER,
            submitted_at=SUMMER,
        )


def choice(*, envelope_cents=20_000_000, filed=False):
    """A closed call: four admissible files with three marks each, an inadmissible and an ineligible one, the team.

    `filed`: one more file that nobody examined. The envelope pays for two requests.
    """
    call = make_call()
    EnvelopeChange.objects.create(
        programme=call.programme,
        amount_cents=envelope_cents,
        decided_on=date(2013, 6, 25),
        author="La ministre",
        reason="Annonce",
        recorded_at=SUMMER,
    )
    experts = ExpertFactory.create_batch(3, call=call)
    admissible = [
        ApplicationFactory(call=call, admissible=True, commune=brest() if rank % 2 else rennes())
        for rank in range(len(MARKS))
    ]
    for application, marks in zip(admissible, MARKS, strict=True):
        reviewed(application, experts, marks)
    return SimpleNamespace(
        call=call,
        admissible=admissible,
        experts=experts,
        inadmissible=ApplicationFactory(call=call, inadmissible=True),
        ineligible=ApplicationFactory(call=call, ineligible=True),
        unexamined=ApplicationFactory(call=call) if filed else None,
        officer=TeamMemberFactory(programme=call.programme, officer=True).person,
        decision_maker=TeamMemberFactory(programme=call.programme, decision_maker=True).person,
    )
