"""Solving again, fast, a problem close to one already solved: the applications that integer prices decide are fixed.

With prices rounded to integers, any portfolio x satisfies

    SCALE value(x) <= t cost(x) + K - |reduced_j|

for each application j that x treats against the sign of reduced_j (t: price of a cent; K: `base_of`). So an application
is fixed for good as soon as treating it otherwise could not beat the best portfolio known; the comparison is exact, and
what is left (the core) is small. Reduced-cost fixing, Geoffrion 1974.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from essaim.engine.certificate import SCALE
from essaim.engine.coverage import Ints, Mask
from essaim.engine.portfolio.certify import Multipliers, reduced_values, to_integers, total_of
from essaim.engine.portfolio.exact import Relaxation, Solution, cheapest, maximise
from essaim.engine.portfolio.greedy import greedy
from essaim.engine.portfolio.problem import Problem, restrict

NODES = 200  # of a restricted search: a limit that, unlike time, gives the same answer everywhere


def best_case(case: Problem, relaxation: Relaxation, known: Mask) -> Mask | None:
    """The most valuable portfolio of a case; None when there is none. known: a portfolio to start from, allowed or
    not.
    """
    relaxed = relaxation.solve(case)
    if relaxed is None:
        return None
    multipliers = to_integers(case, relaxed[0])
    reduced = reduced_values(case, multipliers)
    found = [mask for mask in (known, greedy(_repaired(case, known))) if case.allows(mask)]
    total = total_of(case, multipliers)
    for count in (few(case), 4 * few(case), 12 * few(case)):
        if found and int(core_of(reduced, total, max(map(case.value, found))).sum()) <= 2 * count:
            break
        free = doubtful(case, reduced, count)
        found += _allowed(case, decide(case, reduced, free, nodes=NODES, presolve=True))
    if not found:
        found += _allowed(case, maximise(case))
    elif (core := core_of(reduced, total, max(map(case.value, found)))).any():
        found += _allowed(case, decide(case, reduced, core))
    return max(found, key=case.value, default=None)


def _allowed(case: Problem, found: Solution | None) -> list[Mask]:
    return [] if found is None or not case.allows(found.chosen) else [found.chosen]


def cheapest_case(case: Problem, target: int, most: int, relaxation: Relaxation) -> Mask | None:
    """The least costly portfolio of a case worth at least `target` units, if it costs less than `most` cents; or None.

    The budget of the case does not count. relaxation: built with the same target.
    """
    relaxed = relaxation.solve(case)
    if relaxed is None:
        return None
    multipliers = to_integers(case, relaxed[0])
    if not multipliers.budget:
        return cheapest(case, target)
    reduced = reduced_values(case, multipliers)
    missing = SCALE * target - base_of(case, multipliers)
    best: Mask | None = None
    for first in (True, False):
        free = np.abs(reduced) <= multipliers.budget * (most - 1) - missing  # what could still cost less than `most`
        if first and int(free.sum()) <= 2 * few(case):
            continue
        free = doubtful(case, reduced, few(case)) if first else free
        fixed, positions = _fixed(case, reduced, free), np.flatnonzero(free & ~case.must & ~case.ban)
        left, already = restrict(case, positions, fixed)
        part = cheapest(left, target - already) if _possible(left) else None
        if part is not None and case.spent(chosen := _joined(fixed, positions, part)) < most:
            best, most = chosen, case.spent(chosen)
    return best


def base_of(problem: Problem, multipliers: Multipliers) -> int:
    """The Lagrangian bound without the budget's term, in 1/SCALE unit: K above."""
    return total_of(problem, multipliers) - multipliers.budget * problem.budget


def core_of(reduced: Ints, total: int, value: int) -> Mask:
    """The applications that a portfolio worth more than `value` could still treat otherwise than by their price."""
    return np.asarray(np.abs(reduced) <= total - SCALE * (value + 1), dtype=bool)


def few(case: Problem) -> int:
    """How many applications a first restricted search decides (measured: fewer or more is slower)."""
    return 30 + case.size // 100


def doubtful(case: Problem, reduced: Ints, count: int) -> Mask:
    """The `count` applications whose price is closest to their worth."""
    doubt = np.abs(reduced / case.cost)
    doubt[case.must | case.ban] = np.inf
    free = np.zeros(case.size, dtype=bool)
    free[np.argsort(doubt, kind="stable")[:count]] = True
    return free


def _fixed(case: Problem, reduced: Ints, free: Mask) -> Mask:
    return np.asarray(((reduced > 0) & ~free & ~case.ban) | case.must, dtype=bool)


def decide(
    case: Problem,
    reduced: Ints,
    free: Mask,
    *,
    gap: float = 0.0,
    time_limit: float | None = None,
    nodes: int | None = None,
    presolve: bool = False,
) -> Solution | None:
    """The best portfolio when only `free` is left to decide, the prices deciding on the others; None if impossible."""
    fixed = _fixed(case, reduced, free)
    positions = np.flatnonzero(free & ~case.must & ~case.ban)
    left, already = restrict(case, positions, fixed)
    if left.budget < 0 or not _possible(left):
        return None
    found = maximise(left, gap=gap, time_limit=time_limit, nodes=nodes, presolve=presolve)
    if found is None:
        return None
    return Solution(_joined(fixed, positions, found.chosen), already + found.bound, found.optimal)


def _possible(left: Problem) -> bool:
    return all(group.low <= group.high and group.high >= 0 for group in left.groups)


def _joined(fixed: Mask, positions: Ints, part: Mask) -> Mask:
    chosen = fixed.copy()
    chosen[positions[part]] = True
    return chosen


def _repaired(case: Problem, known: Mask) -> Problem:
    """The case limited to the known portfolio and what it forces in: what to keep of it when something must give
    way.
    """
    return replace(case, ban=case.ban | (~known & ~case.must))
