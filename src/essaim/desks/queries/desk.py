"""A desk: what waits for a person, oldest first, and what they follow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from essaim.desks.queries.following import followed_by
from essaim.desks.queries.officer import for_officer
from essaim.desks.queries.people import for_applicant, for_expert
from essaim.desks.queries.shapes import Followed, Waiting
from essaim.desks.queries.team import for_accountant, for_decision_maker, for_facilitator
from essaim.programmes.models import TeamMember


@dataclass(frozen=True, slots=True)
class Desk:
    """A person's desk at an instant: `roles` are those they hold in programmes' teams."""

    roles: tuple[str, ...]
    waiting: list[Waiting]
    followed: list[Followed]

    @property
    def late(self) -> int:
        """How many things are past their time."""
        return sum(item.late for item in self.waiting)


def desk_of(user: Any, *, at: datetime) -> Desk:
    """What waits for `user` (signed in), since when, until when, oldest first; then what they follow."""
    programmes: dict[str, set[int]] = defaultdict(set)
    for programme, role in TeamMember.objects.filter(person=user).values_list("programme_id", "role"):
        programmes[role].add(programme)
    waiting = [*for_expert(user), *for_applicant(user, at)]
    if mine := programmes.get("officer"):
        waiting += for_officer(mine, at)
    if mine := programmes.get("decision_maker"):
        waiting += for_decision_maker(mine, user)
    if mine := programmes.get("facilitator"):
        waiting += for_facilitator(mine)
    if mine := programmes.get("accountant"):
        waiting += for_accountant(mine)
    dated = [replace(item, late=item.until is not None and item.until < at) for item in waiting]
    everywhere = set().union(*programmes.values()) if programmes else set()
    # What has no beginning comes after what has waited, the nearest end first.
    dated.sort(key=lambda item: (item.since or at, item.until or datetime.max.replace(tzinfo=at.tzinfo)))
    return Desk(tuple(sorted(programmes)), dated, followed_by(user, everywhere, at=at))
