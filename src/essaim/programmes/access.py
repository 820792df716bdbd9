"""Who is what to a programme: its team; everybody may read the programme and its envelope."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from essaim.kernel import access
from essaim.programmes.models import EnvelopeChange, Programme, RuleSet, TeamMember

access.declare_roles(
    anyone=_("tout le monde"),
    system=_("le système"),
    officer=_("chargé de programme"),
    decision_maker=_("décideur"),
    facilitator=_("animateur"),
    juror=_("juré"),
    accountant=_("comptable"),
)


def team_roles(user: Any, programme_id: int) -> access.Roles:
    """The roles of a person in a programme's team, read once per person object and programme."""
    if user is None or not user.is_authenticated:
        return frozenset()
    known = user.__dict__.setdefault("_team_roles", {})
    if programme_id not in known:
        rows = TeamMember.objects.filter(person_id=user.pk).values_list("programme_id", "role")
        known[programme_id] = frozenset(role for pk, role in rows if pk == programme_id)
    return known[programme_id]


def programmes_of(user: Any, *roles: str) -> Any:
    """The ids of the programmes where `user` has one of these roles, as a subquery."""
    if user is None or not user.is_authenticated:
        return TeamMember.objects.none().values("programme_id")
    members = TeamMember.objects.filter(person_id=user.pk)
    return (members.filter(role__in=roles) if roles else members).values("programme_id")


access.declare(
    Programme,
    roles=lambda user, programme: team_roles(user, programme.pk),
    visible_to=lambda user: Programme.objects.all(),
)
access.declare(
    EnvelopeChange,
    roles=lambda user, change: team_roles(user, change.programme_id),
    visible_to=lambda user: EnvelopeChange.objects.all(),
)
access.declare(
    RuleSet,
    roles=lambda user, rules: team_roles(user, rules.programme_id),
    visible_to=lambda user: RuleSet.objects.all(),
)
access.declare(
    TeamMember,
    roles=lambda user, member: team_roles(user, member.programme_id),
    visible_to=lambda user: TeamMember.objects.filter(programme__in=programmes_of(user)),
)
