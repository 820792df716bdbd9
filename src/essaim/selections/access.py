"""Who is what to a selection: the team; the public once results are out; an applicant for their decision."""

from typing import Any

from django.db.models import Q, QuerySet

from essaim.applications.models import Application
from essaim.kernel import access
from essaim.programmes.access import programmes_of, team_roles
from essaim.selections.models import Decision, DecisionState, Scenario, ScenarioLine, Selection, SelectionState

TEAM = ("officer", "decision_maker", "juror", "accountant")


def selections_visible_to(user: Any) -> QuerySet[Selection]:
    """Published ones, and those of the programmes one works for."""
    return Selection.objects.filter(
        Q(state=SelectionState.PUBLISHED) | Q(call__programme__in=programmes_of(user, *TEAM))
    )


def scenarios_visible_to(user: Any) -> QuerySet[Scenario]:
    """Once results are out, every scenario is public (promise G5); before, the team's only."""
    return Scenario.objects.filter(selection__in=selections_visible_to(user))


def decisions_visible_to(user: Any) -> QuerySet[Decision]:
    """The team's at any time; once published, the applicant's own."""
    team = Q(selection__call__programme__in=programmes_of(user, *TEAM))
    mine = Q(state=DecisionState.PUBLISHED, application__in=own_applications(user))
    return Decision.objects.filter(team | mine)


def own_applications(user: Any) -> QuerySet[Application]:
    """The applications one writes in, or whose organisation one belongs to."""
    key = getattr(user, "pk", None)
    return Application.objects.filter(
        Q(collaborators__person_id=key) | Q(organisation__memberships__person_id=key)
    ).distinct()


def decision_roles(user: Any, decision: Decision) -> access.Roles:
    """The team's roles, and "applicant" once the decision is published."""
    roles = team_roles(user, decision.selection.call.programme_id)
    published = decision.state == DecisionState.PUBLISHED and user is not None and user.is_authenticated
    if published and own_applications(user).filter(pk=decision.application_id).exists():
        roles |= {"applicant"}
    return roles


access.declare(
    Selection,
    roles=lambda user, selection: team_roles(user, selection.call.programme_id),
    visible_to=selections_visible_to,
)
access.declare(
    Scenario,
    roles=lambda user, scenario: team_roles(user, scenario.selection.call.programme_id),
    visible_to=scenarios_visible_to,
)
access.declare(
    ScenarioLine,
    roles=lambda user, line: team_roles(user, line.scenario.selection.call.programme_id),
    visible_to=lambda user: ScenarioLine.objects.filter(scenario__in=scenarios_visible_to(user)),
)
access.declare(Decision, roles=decision_roles, visible_to=decisions_visible_to)
