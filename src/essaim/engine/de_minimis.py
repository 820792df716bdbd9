"""De minimis aid: what one undertaking received over three rolling years, and what room is left.

Règlement (UE) 2023/2831, article 3(2): 300 000 EUR per single undertaking over three years, counted to the day. Aid to
agriculture (1408/2013) and fisheries (717/2014) counts under the same ceiling (article 5(2)); aid for a service of
general economic interest (2023/2832) is cumulated freely (article 5(1)).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Regime = Literal["general", "agriculture", "fisheries", "sgei"]

CEILING_CENTS: Final = 300_000_00
YEARS: Final = 3
COUNTED: Final[frozenset[str]] = frozenset({"general", "agriculture", "fisheries"})


@dataclass(frozen=True)
class Aid:
    """One aid received: its regime, the day it was granted, its cents."""

    regime: Regime
    granted_on: date
    amount_cents: int


def window_start(at: date) -> date:
    """The day three years before ``at``: an aid granted that day, or before, counts no more."""
    try:
        return at.replace(year=at.year - YEARS)
    except ValueError:  # 29 February
        return at.replace(year=at.year - YEARS, day=28)


def received_cents(aids: Iterable[Aid], at: date) -> int:
    """Cents of the aids that count at a date; one already granted for later counts too."""
    start = window_start(at)
    return sum(aid.amount_cents for aid in aids if aid.regime in COUNTED and aid.granted_on > start)


def room_cents(aids: Iterable[Aid], at: date) -> int:
    """What may still be granted at a date, in cents; never below 0."""
    return max(0, CEILING_CENTS - received_cents(aids, at))
