"""Finding the portfolio: exact on small instances."""

from __future__ import annotations

from dataclasses import dataclass

from essaim.engine.coverage import Mask
from essaim.engine.portfolio.exact import Prices, maximise, prices
from essaim.engine.portfolio.infeasible import cheapest_allowed
from essaim.engine.portfolio.problem import Problem


@dataclass(frozen=True, eq=False)
class Found:
    """A portfolio, an upper bound in units, the prices that explain it, and how it was found."""

    chosen: Mask
    bound: int
    proven: bool
    prices: Prices
    method: str


def solve(problem: Problem, *, gap: float, time_limit: float | None) -> Found:
    """The best portfolio within `gap` (relative). Raises Infeasible with the conflict."""
    fallback = cheapest_allowed(problem)
    solution = maximise(problem, time_limit=time_limit)
    if solution is None:
        ceiling = int(problem.quality.sum()) + int(problem.population.sum())
        return Found(fallback, ceiling, False, prices(problem), "fallback")
    return Found(solution.chosen, solution.bound, solution.optimal, prices(problem), "exact")
