"""From applications, communes and rules to arrays of integers, in a canonical order (by id), whatever the order of the
rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from essaim.engine.coverage import Communes, Incidence, Ints, Mask, Place, cells, covered, reach
from essaim.engine.portfolio.model import Candidate, Constraints, PortfolioError, least_grant

LARGEST_SUM = 2**53  # units: sums stay exact even where a solver carries them as floats
LARGEST_TERM = 2**42  # units: a term times the scale of the certificates stays in 64 bits


@dataclass(frozen=True, eq=False)
class Group:
    """A rule on a number of funded applications: low <= funded among `members` (positions) <= high."""

    label: str
    members: Ints
    low: int
    high: int


@dataclass(frozen=True, eq=False)
class Problem:
    """max quality.x + population.y, cost.x <= budget, y_c <= sum of the x covering c, groups, x forced or forbidden.

    cost: cents (least grants); quality and population: units of the value (see `model`); cover: applications x cells.
    """

    ids: tuple[str, ...]
    cost: Ints
    quality: Ints
    cover: Incidence
    population: Ints
    budget: int
    groups: tuple[Group, ...]
    must: Mask
    ban: Mask
    unit: int
    """Units in a thousandth of a point: floats given to a solver are `units / unit`."""

    @property
    def size(self) -> int:
        """Number of applications."""
        return len(self.ids)

    def value(self, chosen: Mask) -> int:
        """Exact value of a set of applications, in units."""
        return int(self.quality[chosen].sum()) + int(self.population[self.cover.covered(chosen)].sum())

    def spent(self, chosen: Mask) -> int:
        """Exact cost of a set of applications, in cents."""
        return int(self.cost[chosen].sum())

    def allows(self, chosen: Mask) -> bool:
        """Every rule holds, checked in integers."""
        return (
            self.spent(chosen) <= self.budget
            and not (self.must & ~chosen).any()
            and not (self.ban & chosen).any()
            and all(group.low <= int(chosen[group.members].sum()) <= group.high for group in self.groups)
        )

    def forcing(self, index: int, funded: bool) -> Problem:
        """The same problem with one application forced in, or out."""
        must, ban = self.must.copy(), self.ban.copy()
        must[index], ban[index] = funded, not funded
        return replace(self, must=must, ban=ban)


def build(
    candidates: Sequence[Candidate], communes: Communes, constraints: Constraints, existing_places: Sequence[Place] = ()
) -> Problem:
    """Check the inputs, compute who is covered, merge communes into cells. Raises PortfolioError with a sentence."""
    _check(candidates, constraints)
    ordered = sorted(candidates, key=lambda candidate: candidate.id)
    everyone = covered([(c.latitude, c.longitude) for c in ordered], communes, constraints.radius_km)
    already = reach(existing_places, communes, constraints.radius_km).mask
    useful = ~already & (communes.population > 0)
    merged = cells(everyone.select(np.arange(len(ordered)), useful), communes.population[useful])
    problem = Problem(
        ids=tuple(candidate.id for candidate in ordered),
        cost=np.array([least_grant(candidate, constraints) for candidate in ordered], dtype=np.int64),
        quality=constraints.weight * np.array([candidate.value for candidate in ordered], dtype=np.int64),
        cover=merged.incidence,
        population=1000 * merged.population,
        budget=constraints.budget_cents,
        groups=groups(ordered, constraints),
        must=np.array([candidate.mandatory for candidate in ordered], dtype=bool),
        ban=np.array([candidate.excluded for candidate in ordered], dtype=bool),
        unit=constraints.weight,
    )
    terms = np.concatenate([problem.quality, problem.population])
    if sum(terms.tolist()) > LARGEST_SUM or max(terms.tolist(), default=0) > LARGEST_TERM:
        raise PortfolioError(
            "Les notes multipliées par les habitants qui valent un point sont trop grandes pour être comptées "
            "exactement : baissez ce nombre d’habitants.",
            "The marks times the weight are too large to be computed exactly: lower the weight.",
        )
    return problem


def groups(ordered: Sequence[Candidate], constraints: Constraints) -> tuple[Group, ...]:
    """The quotas by region, then one per commune; only the rules that could bind."""
    found: list[Group] = []
    for region in sorted(constraints.quotas):
        low, high = constraints.quotas[region]
        members = np.array([i for i, c in enumerate(ordered) if c.region == region], dtype=np.int64)
        most = len(members) if high is None else min(high, len(members))
        if low > 0 or most < len(members):
            found.append(Group(f"quota:{region}", members, low, most))
    if constraints.one_per_commune:
        by_commune: dict[str, list[int]] = {}
        for position, candidate in enumerate(ordered):
            if candidate.commune:
                by_commune.setdefault(candidate.commune, []).append(position)
        for commune in sorted(by_commune):
            if len(by_commune[commune]) > 1:
                found.append(Group(f"commune:{commune}", np.array(by_commune[commune], dtype=np.int64), 0, 1))
    return tuple(found)


def restrict(problem: Problem, free: Ints, fixed: Mask) -> tuple[Problem, int]:
    """The problem left to decide on `free` once `fixed` are funded and all others refused; and the value of `fixed`.

    Cells already covered leave, and the others are merged again on the free applications only.
    """
    reached = problem.cover.covered(fixed)
    merged = cells(problem.cover.select(free, ~reached), problem.population[~reached])
    place = np.full(problem.size, -1, dtype=np.int64)
    place[free] = np.arange(len(free))
    kept: list[Group] = []
    for group in problem.groups:
        already = int(fixed[group.members].sum())
        members = place[group.members]
        members = members[members >= 0]
        low, high = group.low - already, min(group.high - already, len(members))
        if low > 0 or high < len(members):
            kept.append(Group(group.label, members, low, high))
    left = Problem(
        ids=tuple(problem.ids[i] for i in free),
        cost=problem.cost[free],
        quality=problem.quality[free],
        cover=merged.incidence,
        population=merged.population,
        budget=problem.budget - problem.spent(fixed),
        groups=tuple(kept),
        must=problem.must[free],
        ban=problem.ban[free],
        unit=problem.unit,
    )
    return left, problem.value(fixed)


def _check(candidates: Sequence[Candidate], constraints: Constraints) -> None:
    seen: set[str] = set()
    for candidate in candidates:
        if candidate.id in seen:
            raise PortfolioError(
                f"Le dossier {candidate.id} figure deux fois.", f"Application {candidate.id} appears twice."
            )
        seen.add(candidate.id)
        _check_candidate(candidate, constraints)
    if constraints.budget_cents < 0:
        raise PortfolioError("L’enveloppe est négative.", "The budget is negative.")
    if constraints.weight < 1:
        raise PortfolioError(
            "Un point vaut au moins un habitant.", "The weight must be at least one inhabitant per point."
        )
    if not 1 <= constraints.partial_permille <= 1000:
        raise PortfolioError(
            "La part minimale d’une demande est comprise entre 1 et 1000 millièmes.",
            "The least share of a request must be between 1 and 1000 thousandths.",
        )
    for region, (low, high) in constraints.quotas.items():
        if low < 0 or (high is not None and high < low):
            raise PortfolioError(
                f"Quota de la région {region} : le minimum est positif, et au plus égal au maximum.",
                f"Quota of region {region}: the least must be positive and at most the greatest.",
            )


def _check_candidate(candidate: Candidate, constraints: Constraints) -> None:
    faults = (
        (candidate.grant_cents <= 0, "le montant demandé doit être positif", "the grant asked must be positive"),
        (
            not 0 < least_grant(candidate, constraints) <= candidate.grant_cents,
            "le montant minimal doit être positif, et au plus égal au montant demandé",
            "the least grant must lie between 0 and the grant asked",
        ),
        (candidate.value < 0, "la note est négative", "the value is negative"),
        (
            not (abs(candidate.latitude) <= 90 and abs(candidate.longitude) <= 180),
            "sa position n’est pas sur le globe",
            "its position is not on the globe",
        ),
        (
            candidate.mandatory and candidate.excluded,
            "il ne peut pas être à la fois imposé et écarté",
            "it cannot be both mandatory and excluded",
        ),
    )
    for wrong, fr, en in faults:
        if wrong:
            raise PortfolioError(f"Dossier {candidate.id} : {fr}.", f"Application {candidate.id}: {en}.")
