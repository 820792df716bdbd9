"""Who is what to reviews: the programme's team, and each expert for what is theirs. Experts never see each other."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from essaim.applications import access as applications
from essaim.applications.models import Application, ApplicationState
from essaim.kernel import access
from essaim.programmes.access import programmes_of, team_roles
from essaim.reviews.models import Assignment, AssignmentRun, AssignmentState, Conflict, Expert, Review

access.declare_roles(expert=_("expert affecté au dossier"))
TEAM = ("officer", "decision_maker")
UNEXAMINED = (ApplicationState.DRAFT, ApplicationState.FILED)


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


def files_of_expert(user: Any) -> Any:
    """The ids of the applications a person reviews, as a subquery; a file handed back is read no more.

    Files are given once examined: one that is only filed has no reader here, and its filing asks for no query.
    """
    mine = Assignment.objects.filter(expert__person_id=getattr(user, "pk", None))
    examined = mine.exclude(application__state__in=UNEXAMINED)
    return examined.exclude(state=AssignmentState.RECUSED).values("application_id")


def reader_roles(user: Any, application: Application) -> access.Roles:
    """ "expert" for who reviews this application, as long as they have not recused."""
    if user is None or not user.is_authenticated or application.state in UNEXAMINED:
        return frozenset()
    mine = files_of_expert(user).filter(application_id=application.pk)
    return frozenset({"expert"}) if mine.exists() else frozenset()


applications.extend(roles=reader_roles, applications=files_of_expert)
