"""A call that is over, its team, an expert with a file."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

# Factories are imported where they are used: this file is read before Django is set up.


@pytest.fixture
def at():
    """After the closing of the 2013 call."""
    return datetime(2013, 9, 16, 8, 0, tzinfo=UTC)


@pytest.fixture
def call(db):
    from tests.factories.calls import make_call

    return make_call()


@pytest.fixture
def officer(call):
    from tests.factories.jams import TeamMemberFactory

    return TeamMemberFactory(programme=call.programme, officer=True).person


@pytest.fixture
def decision_maker(call):
    from tests.factories.jams import TeamMemberFactory

    return TeamMemberFactory(programme=call.programme, decision_maker=True).person


@pytest.fixture
def stranger(db):
    from tests.factories.jams import PersonFactory

    return PersonFactory()


@pytest.fixture
def desk(call):
    """An admissible file, its two experts, one free expert and one of them at work."""
    from tests.factories.reviews import AssignmentFactory, ExpertFactory, FiledFactory

    application = FiledFactory(call=call, admissible=True)
    first, second, free = (ExpertFactory(call=call) for _expert in range(3))
    mine = AssignmentFactory(expert=first, application=application)
    other = AssignmentFactory(expert=second, application=application)
    return SimpleNamespace(
        application=application, expert=first.person, mine=mine, other=other, second=second.person, free=free
    )


@pytest.fixture
def now():
    """The site's clock stands just after the closing."""
    from essaim.kernel import clock

    with clock.telling(datetime(2013, 9, 16, 9, 0, tzinfo=UTC)) as told:
        yield told


@pytest.fixture
def signed_in(client, now):
    """Sign someone in: `signed_in(person)` gives the client."""

    def enter(person, language="fr"):
        client.force_login(person)
        client.cookies["django_language"] = language
        return client

    return enter
