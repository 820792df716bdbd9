"""Fixtures of the stages after the awards: a funded place with its whole way back, and one person per role."""

from datetime import UTC, datetime

import pytest

# Factories are imported where they are used: this file is read before Django is set up.


@pytest.fixture
def at():
    """A week after the winners were announced."""
    return datetime(2013, 12, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def place(db, media):
    from tests.factories.territory import funded_place

    return funded_place()


@pytest.fixture(autouse=True)
def fresh_cache():
    """Figures are kept between requests by the number of places: each test counts its own."""
    from django.core.cache import cache

    cache.clear()


def member(role):
    from tests.factories.awards import selection
    from tests.factories.jams import TeamMemberFactory

    title = "Ministre déléguée" if role == "decision_maker" else ""
    return TeamMemberFactory(programme=selection().call.programme, role=role, title=title).person


@pytest.fixture
def officer(db):
    return member("officer")


@pytest.fixture
def decision_maker(db):
    return member("decision_maker")


@pytest.fixture
def accountant(db):
    return member("accountant")


@pytest.fixture
def juror(db):
    return member("juror")


@pytest.fixture
def stranger(db):
    from tests.factories.jams import PersonFactory

    return PersonFactory()
