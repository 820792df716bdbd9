"""`select`: the most valuable portfolio within the envelope and the rules, with its proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from essaim.engine.coverage import Communes, Mask, Place, covered, reach
from essaim.engine.portfolio.answer import Portfolio
from essaim.engine.portfolio.certify import Certificate, certify
from essaim.engine.portfolio.model import Candidate, Constraints, Grant, least_grant
from essaim.engine.portfolio.problem import build
from essaim.engine.portfolio.prove import prove
from essaim.engine.portfolio.search import SMALL, Found, solve
from essaim.engine.progress import Progress, Step, following, tell

REACHING = Step("Qui est à portée de chaque projet", "Who lives within reach of each project")
CHOOSING = Step("Recherche du meilleur ensemble de projets", "Looking for the best set of projects")


def select(
    candidates: Sequence[Candidate],
    communes: Communes,
    *,
    constraints: Constraints,
    existing_places: Sequence[Place] = (),
    gap: float = 1e-4,
    time_limit: float | None = None,
    proof: bool = False,
    progress: Progress | None = None,
) -> Portfolio:
    """The most valuable portfolio (engine.md, section 6), or one proven to be within `gap` of it on large instances.

    The value counts the marks of the funded applications and the inhabitants they newly cover; a partial grant does not
    lower the mark, so each application is first counted at its least grant, then what is left of the envelope raises
    the grants, each in proportion to what it lacks (`shares`). time_limit: seconds; None: none, and the same input
    gives the same answer. proof: also close the gap by a published tree of cases verified in integers (a second or so
    up to 400 applications; larger instances keep the certificate of their gap). Ties are broken by the deterministic
    search on applications sorted by id. Raises PortfolioError on bad input, Infeasible when the rules conflict, and
    Cancelled when `progress` does.
    """
    with following(progress):
        tell(0, 1, REACHING)
        problem = build(candidates, communes, constraints, existing_places)
        tell(0, 1, CHOOSING)
        found = solve(problem, gap=gap, time_limit=time_limit)
        certificate = certify(problem, found.chosen, found.prices)
        if proof and problem.size <= SMALL:
            proven = prove(problem, found.chosen)
            certificate = proven.certificate
            found = replace(found, chosen=proven.chosen, bound=certificate.bound, method="exact, proven in integers")
        tell(1, 1, CHOOSING)
    return assemble(found, certificate, candidates, communes, constraints, existing_places)


def assemble(
    found: Found,
    certificate: Certificate,
    candidates: Sequence[Candidate],
    communes: Communes,
    constraints: Constraints,
    existing_places: Sequence[Place] = (),
) -> Portfolio:
    """The published result: value recomputed from the raw communes, amounts granted, certificate."""
    problem = certificate.problem
    funded = {problem.ids[i] for i in np.flatnonzero(found.chosen)}
    chosen = sorted((c for c in candidates if c.id in funded), key=lambda candidate: candidate.id)
    quality = sum(candidate.value for candidate in chosen)
    people = newly_covered(chosen, communes, constraints, existing_places)
    value = constraints.weight * quality + 1000 * people
    if value != problem.value(found.chosen) or not problem.allows(found.chosen):
        raise AssertionError("The portfolio does not agree with its recomputation from the raw communes.")
    grants = shares(chosen, constraints)
    bound = max(value, min(found.bound, certificate.bound))
    return Portfolio(
        funded=grants,
        value=value,
        quality=quality,
        newly_covered_population=people,
        spent_cents=sum(grant.granted_cents for grant in grants),
        bound=bound,
        gap=(bound - value) / value if value else 0.0,
        cells=problem.cover.width,
        weight=constraints.weight,
        proven=bound == value,
        method=found.method,
        certificate=certificate,
    )


def newly_covered(
    chosen: Sequence[Candidate], communes: Communes, constraints: Constraints, existing_places: Sequence[Place] = ()
) -> int:
    """Inhabitants of the communes that the chosen applications reach and no existing place did; straight from the
    communes.
    """
    before = reach(existing_places, communes, constraints.radius_km).mask
    table = covered([(c.latitude, c.longitude) for c in chosen], communes, constraints.radius_km)
    after: Mask = table.covered(np.ones(table.height, dtype=bool))
    return int(communes.population[after & ~before].sum())


def shares(chosen: Sequence[Candidate], constraints: Constraints) -> tuple[Grant, ...]:
    """Amounts granted: the least grants, then what is left of the envelope in proportion to what each lacks.

    Cents left by the rounding go, one by one, to the largest remainders, then to the smallest id.
    """
    least = {c.id: least_grant(c, constraints) for c in chosen}
    lacks = {c.id: c.grant_cents - least[c.id] for c in chosen}
    lacking = sum(lacks.values())
    left = min(constraints.budget_cents - sum(least.values()), lacking)
    if left <= 0 or not lacking:
        return tuple(Grant(id_, least[id_]) for id_ in sorted(least))
    extra = {id_: left * lack // lacking for id_, lack in lacks.items()}
    order = sorted(lacks, key=lambda id_: (-(left * lacks[id_] % lacking), id_))
    for id_ in order[: left - sum(extra.values())]:
        extra[id_] += 1
    return tuple(Grant(id_, least[id_] + extra[id_]) for id_ in sorted(least))
