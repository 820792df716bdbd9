"""A signed agreement puts a place on the map; who may say it is open."""

import pytest
from django.contrib.auth.models import AnonymousUser

from essaim.awards.lifecycle import AGREEMENT
from essaim.kernel import access, journal
from essaim.kernel.models import Event
from essaim.kernel.workflow import Refused
from essaim.territory.actions import announce_place
from essaim.territory.lifecycle import PLACE
from essaim.territory.models import FundedPlace, PlaceState
from essaim.territory.queries import territory_facts
from tests.factories.applications import OrganisationFactory
from tests.factories.awards import AgreementFactory
from tests.factories.territory import KnownPlaceFactory, funded_place

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.usefixtures("media")]

ROLES = ("beneficiary", "officer", "decision_maker", "accountant", "juror", "stranger")


@pytest.mark.parametrize("state", PlaceState.values)
@pytest.mark.parametrize("role", ROLES)
def test_place_matrix_only_the_declared_moves_are_available(request, at, place, state, role):
    place.state = state
    place.save()
    owner = place.agreement.decision.application.created_by
    by = owner if role == "beneficiary" else request.getfixturevalue(role)
    expected = ["open"] if state == "announced" and role in {"beneficiary", "officer"} else []
    assert [move.name for move in PLACE.available(place, by=by, at=at)] == expected


def test_both_signatures_announce_the_place_once(at, decision_maker):
    agreement = AgreementFactory(accepted=True)
    AGREEMENT.perform(agreement, "sign", by=decision_maker, at=at)
    place = FundedPlace.objects.get()
    assert (place.agreement, place.commune.name, place.state) == (agreement, "Rennes", "announced")
    assert announce_place(agreement, at=at) == place
    event = Event.objects.get(verb="territory.place.announce")
    assert journal.public_record(event)["payload"] == {"commune": "35238"}


def test_two_places_of_one_name_have_two_addresses():
    first = funded_place(decision__application__organisation=OrganisationFactory(name="La Fabrique"))
    second = funded_place(decision__application__organisation=OrganisationFactory(name="La Fabrique"))
    assert (first.slug, second.slug) == ("la-fabrique-rennes", f"la-fabrique-rennes-{second.agreement_id}")


def test_an_application_without_a_commune_has_no_place(at):
    agreement = AgreementFactory(signed=True, decision__application__commune=None)
    assert announce_place(agreement, at=at) is None


def test_opening_keeps_the_day_and_cannot_be_done_twice(at, place, officer):
    PLACE.perform(place, "open", by=officer, at=at)
    assert (place.state, str(place.opened_on)) == ("open", "2013-12-20")
    with pytest.raises(Refused) as caught:
        PLACE.perform(place, "open", by=officer, at=at)
    assert str(caught.value) == "Cette action n’est pas possible dans l’état « Ouvert »."


def test_everybody_sees_the_places_whatever_they_are_to_them(place, officer, stranger):
    for who in (officer, stranger, AnonymousUser()):
        assert list(access.visible_to(who, FundedPlace)) == [place]
    assert access.roles(stranger, place) == {"anyone"}


def test_reach_counts_inhabitants_once_and_says_what_a_place_adds(place):
    facts = territory_facts()
    assert (facts.whole.population, facts.whole.reached, facts.reached_before) == (220_000, 220_000, 0)
    assert facts.newly_reached == 220_000
    row = facts.departments[0]
    assert (row.code, row.known, row.funded, row.share, row.step) == ("35", 0, 1, 1.0, 4)
    KnownPlaceFactory()
    KnownPlaceFactory(kind="epn")
    facts = territory_facts()
    assert (facts.departments[0].known, facts.newly_reached, facts.whole.unreached) == (2, 0, 0)


def test_another_kind_of_place_reaches_nobody():
    KnownPlaceFactory(kind="epn")
    assert (territory_facts().whole.reached, territory_facts().whole.unreached) == (0, 220_000)
