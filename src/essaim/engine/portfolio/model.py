"""What a selection is given. Money in cents, marks in thousandths of a point, people one by one.

The value of a portfolio is one exact integer: with W inhabitants counted as one point, one *unit* is 1/(1000 W) point
and

    value = W * (sum of the marks of the funded applications, in thousandths of a point)
          + 1000 * (inhabitants newly covered)

so that comparisons and certificates never meet a rounding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from essaim.engine.refusal import Refusal


class PortfolioError(Refusal):
    """The request makes no sense as written (duplicate id, negative amount...): which application, and why."""


class Infeasible(PortfolioError):
    """No portfolio satisfies the constraints; `conflict` names the rules that clash (`budget`, `mandatory`,
    `quota:REGION`, `commune:CODE`).
    """


@dataclass(frozen=True)
class Candidate:
    """One application.

    grant_cents: what it asks; min_grant_cents: the least it accepts (None: the share of `partial_permille`);
    value: its mark in thousandths of a point (14,25 points = 14250); latitude and longitude in degrees; region and
    commune: keys for the quotas and for one per commune (empty: none); mandatory, excluded: decided beforehand.
    """

    id: str
    grant_cents: int
    value: int
    latitude: float
    longitude: float
    min_grant_cents: int | None = None
    region: str = ""
    commune: str = ""
    mandatory: bool = False
    excluded: bool = False


@dataclass(frozen=True)
class Constraints:
    """The rules of the choice.

    budget_cents: the envelope; quotas: region -> (least, most) number of funded applications, `None` for no limit;
    one_per_commune: at most one funded application for each non-empty commune key; partial_permille: least share of a
    request that may be granted, in thousandths (600 = 60 %; 1000 = all or nothing); weight: inhabitants newly covered
    that count as one point; radius_km: a commune is covered within this distance.
    """

    budget_cents: int
    quotas: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    one_per_commune: bool = False
    partial_permille: int = 1000
    weight: int = 50_000
    radius_km: float = 20.0


@dataclass(frozen=True, order=True)
class Grant:
    """An application funded and the amount granted, in cents."""

    id: str
    granted_cents: int


def least_grant(candidate: Candidate, constraints: Constraints) -> int:
    """The least amount, in cents, with which the application can be funded."""
    if candidate.min_grant_cents is not None:
        return candidate.min_grant_cents
    return -(-candidate.grant_cents * constraints.partial_permille // 1000)
