"""Finding the portfolio: exact on small instances, within a proven gap (and often exact) on large ones.

Dual prices (linear program, or subgradient when it would take too long), lazy greedy, then the exact problem restricted
to the applications that the prices leave most in doubt; at last the core: what reduced-cost fixing (`core`) cannot
decide. The bound is the one of the prices in integers; the solver's own is used only when the core had to be solved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from essaim.engine.certificate import SCALE
from essaim.engine.coverage import Mask
from essaim.engine.portfolio.certify import Multipliers, reduced_values, to_integers, total_of
from essaim.engine.portfolio.core import core_of, decide, doubtful
from essaim.engine.portfolio.exact import Prices, Relaxation
from essaim.engine.portfolio.greedy import greedy
from essaim.engine.portfolio.infeasible import cheapest_allowed
from essaim.engine.portfolio.problem import Problem
from essaim.engine.portfolio.relaxation import relax

SMALL = 400  # applications: up to there, the optimum whatever the gap asked
PIVOTS = 30_000  # of the simplex: a limit that, unlike time, gives the same answer everywhere
ROUNDS = (40, 160, 640)  # applications in doubt that each restricted search decides
NODES = 400  # of a restricted search


@dataclass(frozen=True, eq=False)
class Found:
    """A portfolio, an upper bound in units, the prices that explain it, and how it was found."""

    chosen: Mask
    bound: int
    proven: bool
    prices: Prices
    method: str


def solve(problem: Problem, *, gap: float, time_limit: float | None = None, small: int = SMALL) -> Found:
    """The best portfolio, or within `gap` (relative) of it above `small` applications. Raises Infeasible.

    time_limit: seconds for each restricted search; the answer may then depend on the machine.
    """
    fallback = cheapest_allowed(problem)
    first = _better(problem, [fallback, greedy(problem), greedy(problem, start=fallback)])
    prices = dual_prices(problem, first)
    multipliers = to_integers(problem, prices)
    chosen = _better(problem, [first, greedy(problem, prices.groups)])
    gap = 0.0 if problem.size <= small else gap
    chosen, bound, method = _refine(problem, multipliers, chosen, gap, time_limit)
    return Found(chosen, bound, bound <= problem.value(chosen), prices, method)


def dual_prices(problem: Problem, known: Mask) -> Prices:
    """Prices of the linear relaxation; of the subgradient when the simplex exceeds its pivots."""
    relaxed = Relaxation(problem, pivots=PIVOTS).solve(problem)
    if relaxed is not None:
        return relaxed[0]
    return relax(problem, problem.value(known), enough=1e-5).prices


def _refine(
    problem: Problem, multipliers: Multipliers, chosen: Mask, gap: float, time_limit: float | None
) -> tuple[Mask, int, str]:
    """(portfolio, bound, method): restricted searches of growing size, then the core."""
    reduced, total = reduced_values(problem, multipliers), total_of(problem, multipliers)
    bound, method = total // SCALE, "greedy"
    for count in ROUNDS:
        value = problem.value(chosen)
        if bound - value <= gap * value:
            return chosen, max(bound, value), method
        if int(core_of(reduced, total, value).sum()) <= count:
            break
        free = doubtful(problem, reduced, count)
        found = decide(problem, reduced, free, gap=gap / 4, time_limit=time_limit, nodes=NODES, presolve=True)
        if found is not None and problem.value(found.chosen) > value:
            chosen, method = found.chosen, "exact on the doubtful applications"
    value = problem.value(chosen)
    if bound - value <= gap * value:
        return chosen, max(bound, value), method
    core = core_of(reduced, total, value)
    found = decide(problem, reduced, core, gap=gap / 4, time_limit=time_limit)
    if found is None:  # nothing in the core: no portfolio is worth more; unless time ran out
        return chosen, value if time_limit is None else bound, "exact"
    best = _better(problem, [chosen, found.chosen])
    return best, max(problem.value(best), min(bound, found.bound)), "exact"


def _better(problem: Problem, masks: list[Mask]) -> Mask:
    """The most valuable of the allowed portfolios; the first one given is allowed."""
    allowed = [masks[0], *(mask for mask in masks[1:] if problem.allows(mask))]
    return allowed[int(np.argmax([problem.value(mask) for mask in allowed]))]
