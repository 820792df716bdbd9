"""Who is what to reviews: the programme's team, and each expert for what is theirs. Experts never see each other.

Experts are not made readers of applications (`applications.access.extend`): they read a file through their assignment,
which leaves out how to reach the applicant, and the documents kept for the administration. Its page, its receipt and
its filings do not exist for them.
"""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from essaim.kernel import access
from essaim.programmes.access import programmes_of, team_roles
from essaim.reviews.models import (
    Assignment,
    AssignmentRun,
    BulkAct,
    ChecklistItem,
    Conflict,
    DefaultView,
    Expert,
    Handling,
    Note,
    Review,
    SavedView,
    Tag,
    Tick,
)

access.declare_roles(expert=_("expert affecté au dossier"))
TEAM = ("officer", "decision_maker")


def is_person(user: Any, person_id: int) -> bool:
    """Whether `user` is signed in as this person."""
    return bool(user is not None and user.is_authenticated and user.pk == person_id)


def expert_roles(user: Any, expert: Expert) -> access.Roles:
    """The team's roles, and "expert" for the person themself."""
    own = frozenset({"expert"}) if is_person(user, expert.person_id) else frozenset()
    return run_roles(user, expert.call.programme_id) | own


def run_roles(user: Any, programme_id: int) -> access.Roles:
    """The roles of those who organise the reviews, among the programme's team."""
    return team_roles(user, programme_id) & set(TEAM)


def experts_visible_to(user: Any) -> QuerySet[Expert]:
    """One's own expert row, and those of the programmes one runs."""
    own = Expert.objects.filter(person_id=getattr(user, "pk", None))
    return own | Expert.objects.filter(call__programme__in=programmes_of(user, *TEAM))


def assignments_visible_to(user: Any) -> QuerySet[Assignment]:
    """What one is or was given to review, and all of it for the team."""
    own = Assignment.objects.filter(expert__person_id=getattr(user, "pk", None))
    return own | Assignment.objects.filter(expert__call__programme__in=programmes_of(user, *TEAM))


access.declare(Expert, roles=expert_roles, visible_to=experts_visible_to)
access.declare(
    Assignment, roles=lambda user, found: expert_roles(user, found.expert), visible_to=assignments_visible_to
)
access.declare(
    Review,
    roles=lambda user, review: expert_roles(user, review.assignment.expert),
    visible_to=lambda user: Review.objects.filter(assignment__in=assignments_visible_to(user)),
)
access.declare(
    Conflict,
    roles=lambda user, conflict: expert_roles(user, conflict.expert),
    visible_to=lambda user: Conflict.objects.filter(expert__in=experts_visible_to(user)),
)
access.declare(
    AssignmentRun,
    roles=lambda user, run: run_roles(user, run.call.programme_id),
    visible_to=lambda user: AssignmentRun.objects.filter(call__programme__in=programmes_of(user, *TEAM)),
)


# What the administration keeps for itself: its officers and decision makers, nobody else, once a file is filed.


def _on_a_file(model: Any) -> None:
    access.declare(
        model,
        roles=lambda user, row: run_roles(user, row.application.call.programme_id),
        visible_to=lambda user: model.objects.filter(application__call__programme__in=programmes_of(user, *TEAM)),
    )


def _on_a_call(model: Any) -> None:
    access.declare(
        model,
        roles=lambda user, row: run_roles(user, row.call.programme_id),
        visible_to=lambda user: model.objects.filter(call__programme__in=programmes_of(user, *TEAM)),
    )


for kept in (Handling, Note, Tag, Tick):
    _on_a_file(kept)
for kept in (BulkAct, ChecklistItem):
    _on_a_call(kept)


def view_roles(user: Any, view: SavedView) -> access.Roles:
    """The team's roles, on one's own views and on those shared with the team."""
    return run_roles(user, view.call.programme_id) if view.shared or is_person(user, view.owner_id) else frozenset()


access.declare(
    SavedView,
    roles=view_roles,
    visible_to=lambda user: SavedView.objects.filter(
        Q(shared=True) | Q(owner_id=getattr(user, "pk", None)), call__programme__in=programmes_of(user, *TEAM)
    ),
)
access.declare(
    DefaultView,
    roles=lambda user, row: run_roles(user, row.call.programme_id) if is_person(user, row.person_id) else frozenset(),
    visible_to=lambda user: DefaultView.objects.filter(
        person_id=getattr(user, "pk", None), call__programme__in=programmes_of(user, *TEAM)
    ),
)
