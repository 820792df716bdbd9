"""Experts to applications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bench.measure import Figure, absent, peer, timed
from essaim.engine.assignment import assign

NAME = "Assignment"
LIMITS = {40: 1.0, 300: 0.2, 1500: 5.0}


class Panel(NamedTuple):
    """affinity and allowed (n, m), reviews per application, least and greatest load."""

    affinity: np.ndarray
    allowed: np.ndarray
    reviews: int
    low: int
    high: int


def panel(applications: int, experts: int, seed: int = 0) -> Panel:
    """Affinities from topics, conflicts at random and within a region; loads from 70 % to 125 % of the mean."""
    chance = np.random.default_rng(seed)
    wanted, known = (
        chance.dirichlet(np.full(24, shape), size) for shape, size in ((0.15, applications), (0.25, experts))
    )
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    known /= np.linalg.norm(known, axis=1, keepdims=True)
    affinity = np.clip(wanted @ known.T + chance.normal(0, 0.05, (applications, experts)), 0, 1).round(4)
    conflict = chance.random(affinity.shape) < 0.02
    same = chance.integers(0, 18, applications)[:, None] == chance.integers(0, 18, experts)[None, :]
    conflict |= same & (chance.random(affinity.shape) < 0.5)
    mean = 3 * applications / experts
    return Panel(affinity, ~conflict, 3, int(0.7 * mean), int(np.ceil(1.25 * mean)))


def figures(quick: bool) -> Iterator[Figure]:
    """All the figures of this problem."""
    for applications, experts in ((154, 40), (600, 100)) if quick else ((154, 40), (2000, 300), (10_000, 1500)):
        yield from one_panel(applications, experts)


def one_panel(applications: int, experts: int) -> Iterator[Figure]:
    """Essaim, a new conflict, then its peers where they end."""
    given, label = panel(applications, experts), f"{applications} x {experts}"

    def ours(allowed: np.ndarray, previous: object = None) -> object:
        return assign(
            given.affinity, allowed=allowed, reviews=given.reviews, loads=(given.low, given.high), previous=previous
        )

    seconds, found = timed(lambda: ours(given.allowed), times=3 if experts < 1000 else 1)
    limit = LIMITS.get(experts, 1.0)
    why = "the matrices are checked, scaled to integers and the bound recomputed on all pairs, in the time given"
    result = f"total {found.total:.4f}, {'proven' if found.proven_optimal else 'NOT proven'}"
    yield Figure(
        NAME, label, "Essaim", seconds, result, f"{limit:g} s, proven", found.proven_optimal and seconds <= limit, why
    )
    barred = given.allowed.copy()
    barred[int(found.pairs[0].application), int(found.pairs[0].expert)] = False
    seconds, again = timed(lambda: ours(barred, found), times=3 if experts < 1000 else 1)
    bar, met = ("0.2 s", seconds <= 0.2) if experts <= 300 else ("", None)
    yield Figure(NAME, f"{label}, a new conflict", "Essaim", seconds, f"{again.changed} pairs changed", bar, met, why)
    if experts <= 300:
        yield flow(given, label)
        yield linear(given, label)


def flow(given: Panel, label: str) -> Figure:
    """OR-tools' minimum-cost flow on every pair."""
    graph = peer("ortools.graph.python.min_cost_flow")
    if graph is None:
        return absent(NAME, label, "OR-tools flow, all pairs")
    n, m = given.affinity.shape

    def work() -> float:
        solver = graph.SimpleMinCostFlow()
        rows, columns = np.nonzero(given.allowed)
        worth = np.rint(given.affinity[rows, columns] * 10_000).astype(np.int64)
        tail = np.concatenate([rows, n + np.arange(m), n + np.arange(m)]).astype(np.int32)
        head = np.concatenate([n + columns, np.full(2 * m, n + m)]).astype(np.int32)
        capacity = np.concatenate([np.ones(len(rows)), np.full(m, given.low), np.full(m, given.high - given.low)])
        cost = np.concatenate([-worth, np.full(m, -1_000_000), np.zeros(m, dtype=np.int64)])
        solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity.astype(np.int64), cost)
        supplies = np.concatenate([np.full(n, given.reviews), np.zeros(m), [-n * given.reviews]]).astype(np.int64)
        solver.set_nodes_supplies(np.arange(n + m + 1, dtype=np.int32), supplies)
        solver.solve()
        used = np.array([solver.flow(arc) for arc in range(len(rows))])
        return float((worth * used).sum()) / 10_000

    seconds, total = timed(work)
    return Figure(NAME, label, "OR-tools flow, all pairs", seconds, f"total {total:.4f}")


def linear(given: Panel, label: str) -> Figure:
    """HiGHS, as a linear programme on every pair (scipy)."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    n, m = given.affinity.shape
    rows, columns = np.nonzero(given.allowed)
    ones, arcs = np.ones(len(rows)), np.arange(len(rows))

    def work() -> float:
        found = milp(
            -given.affinity[rows, columns],
            bounds=Bounds(0, 1),
            constraints=[
                LinearConstraint(csr_array((ones, (rows, arcs)), shape=(n, len(rows))), given.reviews, given.reviews),
                LinearConstraint(csr_array((ones, (columns, arcs)), shape=(m, len(rows))), given.low, given.high),
            ],
            options={"time_limit": 120},
        )
        return float("nan") if found.fun is None else -float(found.fun)

    seconds, total = timed(work)
    return Figure(NAME, label, "HiGHS LP, all pairs", seconds, f"total {total:.4f}")
