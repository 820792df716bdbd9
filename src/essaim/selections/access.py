"""Who is what to a selection: the team; the public once results are out; an applicant for their decision."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from essaim.accounts.access import organisations_of, signed_in
from essaim.applications.models import Application, Collaborator
from essaim.calls.models import Call
from essaim.kernel import access
from essaim.programmes.access import programmes_of, team_roles
from essaim.selections.models import Decision, DecisionState, Scenario, ScenarioLine, Selection, SelectionState

access.declare_roles(applicant=_("candidat"))
TEAM = ("officer", "decision_maker", "juror", "accountant")


def calls_prepared_by(user: Any) -> QuerySet[Call]:
    """The calls whose choice one prepares or decides: ranking and scenarios before they are public."""
    return Call.objects.filter(programme__in=programmes_of(user, *TEAM))


def selection_roles(user: Any, selection: Selection) -> access.Roles:
    """What one is to a selection: the roles in the team that have a part in the choice."""
    return team_roles(user, selection.call.programme_id) & set(TEAM)


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
    """The applications one writes in, or whose organisation one belongs to; none for who is not signed in."""
    if not signed_in(user):
        return Application.objects.none()
    written = Collaborator.objects.filter(person_id=user.pk).values("application_id")
    return Application.objects.filter(Q(pk__in=written) | Q(organisation__in=organisations_of(user)))


def decision_roles(user: Any, decision: Decision) -> access.Roles:
    """The team's roles, and "applicant" once the decision is published."""
    roles = selection_roles(user, decision.selection)
    published = decision.state == DecisionState.PUBLISHED
    if published and own_applications(user).filter(pk=decision.application_id).exists():
        roles |= {"applicant"}
    return roles


access.declare(Selection, roles=selection_roles, visible_to=selections_visible_to)
access.declare(
    Scenario,
    roles=lambda user, scenario: selection_roles(user, scenario.selection),
    visible_to=scenarios_visible_to,
)
access.declare(
    ScenarioLine,
    roles=lambda user, line: selection_roles(user, line.scenario.selection),
    visible_to=lambda user: ScenarioLine.objects.filter(scenario__in=scenarios_visible_to(user)),
)
access.declare(Decision, roles=decision_roles, visible_to=decisions_visible_to)
