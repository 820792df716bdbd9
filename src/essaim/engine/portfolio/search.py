"""Finding the portfolio: exact on small instances, within a proven gap on large ones.

Large instances (hundreds of applications and more): lazy greedy, Lagrangian prices, then the exact problem restricted
to the applications that the prices leave in doubt, the others being fixed; when the bound in integers is still too
far, the applications that the bound itself decides are fixed for good (reduced-cost fixing) and the core left is
solved exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from essaim.engine.coverage import Ints, Mask
from essaim.engine.portfolio.certify import bound_of, to_integers
from essaim.engine.portfolio.exact import Prices, maximise, prices
from essaim.engine.portfolio.greedy import greedy
from essaim.engine.portfolio.infeasible import cheapest_allowed
from essaim.engine.portfolio.problem import Problem, restrict
from essaim.engine.portfolio.relaxation import Relaxed, relax

SMALL = 400  # applications: below, exact without any heuristic
NODES = 400  # of a restricted search: a limit that, unlike time, gives the same answer everywhere


@dataclass(frozen=True, eq=False)
class Found:
    """A portfolio, an upper bound in units, the prices that explain it, and how it was found."""

    chosen: Mask
    bound: int
    proven: bool
    prices: Prices
    method: str


def solve(problem: Problem, *, gap: float, time_limit: float | None, small: int = SMALL) -> Found:
    """The best portfolio, or within `gap` (relative) of it above `small` applications. Raises Infeasible."""
    fallback = cheapest_allowed(problem)
    if problem.size <= small:
        return _exact(problem, fallback, time_limit)
    return _Search(problem, fallback, gap, time_limit).run()


def _exact(problem: Problem, fallback: Mask, time_limit: float | None) -> Found:
    solution = maximise(problem, time_limit=time_limit)
    if solution is None:
        ceiling = int(problem.quality.sum()) + int(problem.population.sum())
        return Found(fallback, ceiling, False, prices(problem), "fallback")
    return Found(solution.chosen, solution.bound, solution.optimal, prices(problem), "exact")


class _Search:
    """The search on a large instance: the best portfolio so far and the bound, in units."""

    def __init__(self, problem: Problem, fallback: Mask, gap: float, time_limit: float | None) -> None:
        self.problem, self.gap = problem, gap
        self.slice = None if time_limit is None else time_limit / 4
        self.chosen, self.value = fallback, problem.value(fallback)
        self.bound = int(problem.quality.sum()) + int(problem.population.sum())
        self.method = "greedy"

    @property
    def close(self) -> bool:
        return self.bound - self.value <= self.gap * self.value

    def offer(self, chosen: Mask, method: str) -> bool:
        """Keep a portfolio if it is allowed and worth more."""
        if not self.problem.allows(chosen) or self.problem.value(chosen) <= self.value:
            return False
        self.chosen, self.value, self.method = chosen, self.problem.value(chosen), method
        return True

    def run(self) -> Found:
        if self.chosen.any():
            self.offer(greedy(self.problem, start=self.chosen), "greedy")
        self.offer(greedy(self.problem), "greedy")
        relaxed = self.tighten(None)
        self.offer(greedy(self.problem, relaxed.prices.groups), "greedy guided by prices")
        for share in (8, 4):
            if self.close:
                break
            self.settle(relaxed, max(200, self.problem.size // share))
            if not self.close:
                relaxed = self.tighten(relaxed)
        if not self.close:
            self.finish(relaxed)
        return Found(self.chosen, self.bound, self.bound <= self.value, relaxed.prices, self.method)

    def tighten(self, before: Relaxed | None) -> Relaxed:
        """Lower the bound: prices aimed at the best value known; the better of the two sets of prices is kept."""
        start = None if before is None else before.prices
        relaxed = relax(self.problem, self.value, enough=self.gap / 3, start=start)
        if before is not None and before.bound <= relaxed.bound:
            relaxed = before
        self.bound = min(self.bound, bound_of(self.problem, to_integers(self.problem, relaxed.prices)))
        return relaxed

    def settle(self, relaxed: Relaxed, count: int) -> None:
        """Decide exactly on the `count` most doubtful applications, the prices deciding on the others."""
        doubt = np.abs(relaxed.reduced) / self.problem.cost
        doubt[self.problem.must | self.problem.ban] = np.inf
        free = np.sort(np.argsort(doubt, kind="stable")[:count])
        free = free[np.isfinite(doubt[free])]
        for decided in (relaxed.reduced > 0, self.chosen):
            fixed = (decided & ~self.problem.ban) | self.problem.must
            fixed[free] = False
            if self.decide(free, fixed, exactly=False):
                return

    def finish(self, relaxed: Relaxed) -> None:
        """Fix what the bound decides for good, and solve what is left exactly: its bound holds for the whole
        problem.
        """
        room = (self.bound - self.value) / self.problem.unit + 1e-6
        inside = ((relaxed.reduced > room) & self.chosen) | self.problem.must
        outside = ((relaxed.reduced < -room) & ~self.chosen) | self.problem.ban
        self.decide(np.flatnonzero(~inside & ~outside), inside, exactly=True)

    def decide(self, free: Ints, fixed: Mask, *, exactly: bool) -> bool:
        """Solve on `free` with `fixed` funded; False when that leaves nothing possible or nothing better."""
        left, already = restrict(self.problem, free, fixed)
        if left.budget < 0 or any(group.low > group.high or group.high < 0 for group in left.groups):
            return False
        nodes = None if exactly else NODES
        found = maximise(left, gap=self.gap / 4, time_limit=self.slice, nodes=nodes, presolve=not exactly)
        if found is None:
            return False
        chosen = fixed.copy()
        chosen[free[found.chosen]] = True
        better = self.offer(chosen, "exact on the core" if exactly else "exact on the doubtful")
        if exactly:
            self.bound = max(self.value, min(self.bound, already + found.bound))
        return better
