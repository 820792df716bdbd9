"""Who is what to a Jam: the programme's team, its participants (with an account or by their device), everybody.

`user` may be a Participant: someone in the room who acts from a phone, without an account.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from essaim.jams.models import (
    Answer,
    Card,
    Dots,
    Group,
    Jam,
    JamState,
    Participant,
    Proposal,
    ProposalState,
    Round,
    Seat,
)
from essaim.jams.queries import PUBLIC_PROPOSALS
from essaim.kernel import access
from essaim.programmes.access import programmes_of, team_roles

access.declare_roles(
    participant=_("participant à la Jam"),
    group_member=_("membre du groupe"),
    oneself=_("la personne elle-même"),
)

TEAM = ("facilitator", "decision_maker", "officer")


def jam_roles(user: Any, jam: Jam) -> access.Roles:
    """Roles on the Jam and on what hangs from it: the team's, and "participant"."""
    if isinstance(user, Participant):
        return frozenset({"participant"} if user.jam_id == jam.pk else ())
    roles = team_roles(user, jam.programme_id) & set(TEAM)
    if user is not None and user.is_authenticated and jam.pk in _jams_of(user):
        roles |= {"participant"}
    return roles


def _jams_of(user: Any) -> frozenset[int]:
    """The Jams a person takes part in, read once per person object."""
    if "_jams" not in user.__dict__:
        user.__dict__["_jams"] = frozenset(Participant.objects.filter(person=user).values_list("jam_id", flat=True))
    jams: frozenset[int] = user.__dict__["_jams"]
    return jams


def group_roles(user: Any, group: Group) -> access.Roles:
    """Roles on a table: those on the Jam, and "group_member" for who is seated there."""
    roles = jam_roles(user, group.round.jam)
    if "participant" in roles and Seat.objects.filter(_mine(user, "participant"), group=group).exists():
        roles |= {"group_member"}
    return roles


def _mine(user: Any, path: str) -> Q:
    """The filter "this is me", whether I have an account or only a device."""
    if isinstance(user, Participant):
        return Q(**{path: user})
    if user is None or not user.is_authenticated:
        return Q(pk__in=[])
    return Q(**{f"{path}__person": user})


def _team_filter(user: Any, path: str) -> Q:
    if isinstance(user, Participant):
        return Q(pk__in=[])
    return Q(**{f"{path}__in": programmes_of(user, *TEAM)})


def visible_jams(user: Any) -> QuerySet[Jam]:
    """A Jam in preparation is its team's; afterwards it is everybody's."""
    return Jam.objects.filter(~Q(state=JamState.DRAFT) | _team_filter(user, "programme"))


def _of_visible_jams(model: Any, path: str) -> Any:
    """What is as visible as its Jam."""

    def visible(user: Any) -> QuerySet[Any]:
        team = _team_filter(user, f"{path}__programme")
        return model.objects.filter(~Q(**{f"{path}__state": JamState.DRAFT}) | team)

    return visible


def visible_proposals(user: Any) -> QuerySet[Proposal]:
    """Presented proposals are public; a draft is its group's and the team's."""
    public = Q(state__in=PUBLIC_PROPOSALS) & ~Q(jam__state=JamState.DRAFT)
    seats = Seat.objects.filter(_mine(user, "participant")).values("group")
    return Proposal.objects.filter(public | Q(group__in=seats) | _team_filter(user, "jam__programme"))


def visible_cards(user: Any) -> QuerySet[Card]:
    """Cards are the room's while it works, and public once it has finished."""
    public = Q(group__round__jam__state__in=[JamState.ANSWERING, JamState.CLOSED])
    mine = Participant.objects.filter(pk=user.pk) if isinstance(user, Participant) else _participations(user)
    room = Q(group__round__jam__in=mine.values("jam"))
    return Card.objects.filter(public | room | _team_filter(user, "group__round__jam__programme"))


def _participations(user: Any) -> QuerySet[Participant]:
    if user is None or not user.is_authenticated:
        return Participant.objects.none()
    return Participant.objects.filter(person=user)


def visible_participants(user: Any) -> QuerySet[Participant]:
    """People of the room are seen by the team, and each by themselves."""
    if isinstance(user, Participant):
        return Participant.objects.filter(pk=user.pk)
    mine = _participations(user).values("pk")
    return Participant.objects.filter(Q(pk__in=mine) | _team_filter(user, "jam__programme"))


def participant_roles(user: Any, participant: Participant) -> access.Roles:
    """The team's roles, and "oneself"; the others in the room are nothing to one another here."""
    roles = jam_roles(user, participant.jam) - {"participant"}
    me = user.pk == participant.pk if isinstance(user, Participant) else _is_me(user, participant)
    return roles | {"oneself"} if me else roles


def _is_me(user: Any, participant: Participant) -> bool:
    return user is not None and user.is_authenticated and participant.person_id == user.pk


def proposal_roles(user: Any, proposal: Proposal) -> access.Roles:
    """Roles on a proposal are those on the table that wrote it."""
    return group_roles(user, proposal.group)


def visible_answers(user: Any) -> QuerySet[Answer]:
    """An answer is public from the moment it is signed."""
    return Answer.objects.filter(proposal__in=visible_proposals(user).exclude(state=ProposalState.DRAFT))


def visible_dots(user: Any) -> QuerySet[Dots]:
    """One sees one's own dots; everybody sees sums only."""
    return Dots.objects.filter(_mine(user, "participant"))


def visible_seats(user: Any) -> QuerySet[Seat]:
    """One's own seat once the seating is frozen; the team sees all."""
    frozen = _mine(user, "participant") & Q(round__seated_at__isnull=False)
    return Seat.objects.filter(frozen | _team_filter(user, "round__jam__programme"))


access.declare(Jam, roles=jam_roles, visible_to=visible_jams)
access.declare(Round, roles=lambda user, r: jam_roles(user, r.jam), visible_to=_of_visible_jams(Round, "jam"))
access.declare(Group, roles=group_roles, visible_to=_of_visible_jams(Group, "round__jam"))
access.declare(Participant, roles=participant_roles, visible_to=visible_participants)
access.declare(Seat, roles=lambda user, s: participant_roles(user, s.participant), visible_to=visible_seats)
access.declare(Proposal, roles=proposal_roles, visible_to=visible_proposals)
access.declare(Card, roles=lambda user, card: group_roles(user, card.group), visible_to=visible_cards)
access.declare(Dots, roles=lambda user, d: participant_roles(user, d.participant), visible_to=visible_dots)
access.declare(Answer, roles=lambda user, a: proposal_roles(user, a.proposal), visible_to=visible_answers)
