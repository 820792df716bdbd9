"""The 2013 call, published, and the clock of its story."""

from datetime import UTC, datetime

import pytest

OPEN_DAY = datetime(2013, 9, 10, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_french():
    """A page fetched in English by another test leaves its language behind."""
    from django.utils import translation

    with translation.override("fr"):
        yield


@pytest.fixture
def story():
    """It is 10 September 2013, three days before the call closes."""
    from essaim.kernel import clock

    with clock.telling(OPEN_DAY):
        yield OPEN_DAY


@pytest.fixture
def call(db, story):
    from tests.factories.calls import make_call

    return make_call()


@pytest.fixture
def draft(db, story):
    from tests.factories.calls import make_call

    return make_call(
        published=False, opens_at=datetime(2013, 9, 20, tzinfo=UTC), closes_at=datetime(2013, 12, 1, tzinfo=UTC)
    )


@pytest.fixture
def officer(db, story):
    from essaim.accounts.models import Person
    from essaim.programmes.actions import join_team, load_programme
    from tests.factories.calls import BEFORE, FOLDER

    programme = load_programme(FOLDER, by=None, at=BEFORE)
    person = Person.objects.create_user("officier@demo.example", name="Ada Morvan")
    join_team(programme, person=person, role="officer", by=None, at=BEFORE)
    return person


@pytest.fixture
def territory(db):
    """Every region and department, and two communes: Brest and Paris."""
    from essaim.places import actions, reference
    from essaim.places.models import Commune, Department, Region

    actions.merge(Region, "code", reference.regions())
    actions.merge(Department, "code", reference.departments())
    actions.merge(Commune, "code", [row for row in reference.communes() if row["code"] in {"29019", "75056"}])
