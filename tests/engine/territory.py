"""Small seeded territories, and the value of a set of applications computed the slow way, from the statement."""

import itertools
import math

import numpy as np

from essaim.engine.coverage import Communes
from essaim.engine.portfolio import Candidate, Constraints
from essaim.engine.portfolio.model import least_grant


def communes(count: int, seed: int) -> Communes:
    chance = np.random.default_rng(seed)
    return Communes(
        tuple(f"{number:05d}" for number in range(count)),
        chance.uniform(47.0, 48.0, count),
        chance.uniform(1.0, 2.5, count),
        chance.integers(0, 60_000, count),
    )


def candidates(count: int, seed: int, **changes) -> list[Candidate]:
    chance = np.random.default_rng(seed + 1000)
    return [
        Candidate(
            id=f"D{number:02d}",
            grant_cents=int(chance.integers(30_000_00, 120_000_00)),
            value=int(chance.integers(0, 20_000)),
            latitude=float(chance.uniform(47.0, 48.0)),
            longitude=float(chance.uniform(1.0, 2.5)),
            region=f"R{chance.integers(0, 3)}",
            commune=f"C{chance.integers(0, max(2, count - 3))}",
            **changes,
        )
        for number in range(count)
    ]


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Haversine, on the sphere of 6371 km."""
    (phi, lam), (psi, mu) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = math.sin((psi - phi) / 2) ** 2 + math.cos(phi) * math.cos(psi) * math.sin((mu - lam) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(half))


def slow_value(chosen, towns: Communes, constraints: Constraints, places=()) -> int:
    """Marks and inhabitants newly covered, by loops, in units of 1/(1000 weight) point."""
    people = 0
    for latitude, longitude, population in zip(towns.latitude, towns.longitude, towns.population, strict=True):
        here = (latitude, longitude)
        if any(kilometres(here, place) <= constraints.radius_km for place in places):
            continue
        if any(kilometres(here, (c.latitude, c.longitude)) <= constraints.radius_km for c in chosen):
            people += int(population)
    return constraints.weight * sum(c.value for c in chosen) + 1000 * people


def slow_allowed(chosen, everyone, constraints: Constraints) -> bool:
    ids = {c.id for c in chosen}
    if sum(least_grant(c, constraints) for c in chosen) > constraints.budget_cents:
        return False
    if any((c.mandatory and c.id not in ids) or (c.excluded and c.id in ids) for c in everyone):
        return False
    for region, (low, high) in constraints.quotas.items():
        count = sum(c.region == region for c in chosen)
        if count < low or (high is not None and count > high):
            return False
    keys = [c.commune for c in chosen if c.commune]
    return not constraints.one_per_commune or len(keys) == len(set(keys))


def brute_force(everyone, towns: Communes, constraints: Constraints, places=()) -> int | None:
    """The best value over all subsets; None when no subset is allowed."""
    reached = [
        {
            j
            for j in range(len(towns.codes))
            if kilometres((towns.latitude[j], towns.longitude[j]), (c.latitude, c.longitude)) <= constraints.radius_km
            and all(
                kilometres((towns.latitude[j], towns.longitude[j]), place) > constraints.radius_km for place in places
            )
        }
        for c in everyone
    ]
    best = None
    for size in range(len(everyone) + 1):
        for picks in itertools.combinations(range(len(everyone)), size):
            chosen = [everyone[i] for i in picks]
            if not slow_allowed(chosen, everyone, constraints):
                continue
            covered = set().union(*(reached[i] for i in picks))
            value = constraints.weight * sum(c.value for c in chosen)
            value += 1000 * int(sum(towns.population[j] for j in covered))
            best = value if best is None else max(best, value)
    return best
