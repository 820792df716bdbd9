"""What each role sees of a choice, and that "what am I to it" never contradicts "may I see it"."""

import pytest
from django.contrib.auth.models import AnonymousUser

from essaim.kernel import access
from essaim.selections import actions
from essaim.selections.access import own_applications
from essaim.selections.models import Decision, Scenario, ScenarioLine, Selection
from tests.factories.applications import member
from tests.factories.jams import PersonFactory, TeamMemberFactory
from tests.factories.selections import LATER

pytestmark = [pytest.mark.django_db, pytest.mark.both]
MODELS = (Selection, Scenario, ScenarioLine, Decision)


def seen(user, model):
    return set(access.visible_to(user, model))


def own_roles(user, obj):
    """Roles beyond what everybody is."""
    return access.roles(user, obj) - {"anyone", "system"}


@pytest.fixture
def people(choice):
    """One person per relation to the choice."""
    team = {
        role: TeamMemberFactory(programme=choice.call.programme, role=role).person
        for role in ("officer", "decision_maker", "juror", "accountant", "facilitator")
    }
    return {
        **team,
        "applicant": member(choice.admissible[0].organisation, role="reader"),
        "writer": choice.admissible[1].created_by,
        "expert": choice.experts[0].person,
        "stranger": PersonFactory(),
        "visitor": AnonymousUser(),
    }


def test_whoever_is_not_signed_in_owns_no_application(choice):
    assert not choice.admissible[0].collaborators.exists()
    for nobody in (AnonymousUser(), None):
        assert list(own_applications(nobody)) == []


def test_before_publication_the_choice_is_the_teams(people, ratified):
    for model in MODELS:
        for name, user in people.items():
            whole = name in {"officer", "decision_maker", "juror", "accountant"}
            assert seen(user, model) == (set(model.objects.all()) if whole else set()), (name, model)


def test_after_publication_the_choice_is_public_and_a_decision_its_applicants(choice, people, published):
    own = Decision.objects.get(application=choice.admissible[0])
    for model in (Selection, Scenario, ScenarioLine):
        for name, user in people.items():
            assert seen(user, model) == set(model.objects.all()), (name, model)
    for name in ("writer", "expert", "stranger", "visitor", "facilitator"):
        assert seen(people[name], Decision) == set(), name
    assert seen(people["applicant"], Decision) == {own}
    assert access.roles(people["applicant"], own) == {"anyone", "applicant"}


@pytest.mark.parametrize("public", [False, True])
def test_a_role_is_never_held_on_what_one_may_not_see(choice, people, ratified, real_queue, public):
    if public:
        actions.publish_results(ratified.selection, by=choice.officer, at=LATER)
    for model in MODELS:
        for name, user in people.items():
            visible = seen(user, model)
            for obj in model.objects.all():
                if own_roles(user, obj):
                    assert obj in visible, (name, obj)
                elif model is Decision or not public:
                    assert obj not in visible, (name, obj)
