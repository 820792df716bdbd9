"""The 2013 call, open, and a draft ready to be filed."""

import pytest

# Factories are imported where they are used: this file is read before Django is set up.


@pytest.fixture
def call(db):
    from tests.factories.calls import make_call

    return make_call()


@pytest.fixture
def draft(call, media):
    from tests.factories.applications import draft

    return draft(call)


@pytest.fixture
def owner(draft):
    return draft.created_by


@pytest.fixture
def officer(call):
    from tests.factories.jams import TeamMemberFactory

    return TeamMemberFactory(programme=call.programme, officer=True).person


@pytest.fixture
def stranger(db):
    from tests.factories.jams import PersonFactory

    return PersonFactory()


@pytest.fixture(autouse=True)
def french():
    """Sentences are asserted in French, whatever language the test before asked a page in."""
    from django.utils import translation

    with translation.override("fr"):
        yield
