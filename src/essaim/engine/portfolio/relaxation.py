"""Lagrangian relaxation by subgradient: near-optimal dual prices on instances too large for a linear program.

The cover rows y_c <= sum x are relaxed with prices l in [0, w], the groups with prices of either sign; what is left is
a fractional knapsack, solved by sorting. Polyak steps, halted when the bound no longer moves (Held, Wolfe & Crowder
1974). O(iterations x entries of the cover). Floats are in thousandths of a point; only the final prices matter, and the
bound they give is recomputed in integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from essaim.engine.coverage import Floats
from essaim.engine.portfolio.exact import THOUSAND_EUROS, Prices
from essaim.engine.portfolio.problem import Problem
from essaim.engine.progress import look


@dataclass(frozen=True, eq=False)
class Relaxed:
    """Prices, the reduced value of each application (> 0: worth its price), both in thousandths of a point; the
    bound.
    """

    prices: Prices
    reduced: Floats
    bound: float


def relax(
    problem: Problem, value: int, *, enough: float, iterations: int = 1500, start: Prices | None = None
) -> Relaxed:
    """Prices that make the Lagrangian bound small, given the value (units) of a known portfolio.

    Stops when the bound is within `enough` (relative) of the value, or stalls.
    """
    return _Subgradient(problem, value, start).run(enough, iterations)


class _Subgradient:
    """The state of one run: prices, step, best bound so far. Confined to `relax`."""

    def __init__(self, problem: Problem, value: int, start: Prices | None) -> None:
        self.known = value / problem.unit
        self.worth = problem.quality / problem.unit
        self.people = problem.population / problem.unit
        self.cost = problem.cost / THOUSAND_EUROS
        self.cover: Any = problem.cover.matrix()
        self.by_cell: Any = self.cover.T.tocsr()
        self.must, self.free = problem.must, ~problem.must & ~problem.ban
        self.left = problem.budget / THOUSAND_EUROS - float(self.cost[problem.must].sum())
        self.lows = np.array([group.low for group in problem.groups], dtype=np.float64)
        self.highs = np.array([group.high for group in problem.groups], dtype=np.float64)
        self.members: Any = _membership(problem)
        self.by_member: Any = self.members.T.tocsr()
        if start is None:
            coverers = np.asarray(self.by_cell.sum(axis=1)).ravel()
            self.cells: Floats = self.people / np.maximum(1.0, 0.85 + 0.15 * coverers)
            self.groups: Floats = np.zeros(len(problem.groups))
        else:
            self.cells, self.groups = np.clip(start.cells, 0, self.people), start.groups.copy()

    def knapsack(self) -> tuple[Floats, float, Floats, float]:
        """(x, price of the budget, values net of the groups, bound) for the current prices."""
        net = self.worth + self.cover @ self.cells - self.by_member @ self.groups
        x = self.must.astype(np.float64)
        ratio = np.where(self.free & (net > 0), net / self.cost, -1.0)
        order = np.argsort(-ratio, kind="stable")[: int((ratio > 0).sum())]
        filled = np.cumsum(self.cost[order])
        whole = int(np.searchsorted(filled, self.left, side="right"))
        x[order[:whole]] = 1.0
        price = 0.0
        if whole < len(order):
            last = order[whole]
            x[last] = (self.left - (filled[whole - 1] if whole else 0.0)) / self.cost[last]
            price = float(ratio[last])
        relaxed = np.maximum(self.groups * self.highs, self.groups * self.lows).sum()
        bound = float((self.people - self.cells).sum() + net @ x + relaxed)
        return x, price, net, bound

    def run(self, enough: float, iterations: int) -> Relaxed:
        best, step, stalled, marks = np.inf, 1.0, 0, list[float]()
        kept, price, reduced = (self.cells, self.groups), 0.0, self.worth
        for turn in range(iterations):
            x, now, net, bound = self.knapsack()
            if bound < best - 1e-9 * abs(best) or turn == 0:
                best, stalled = bound, 0
                kept, price, reduced = (self.cells, self.groups), now, net - now * self.cost
            else:
                stalled += 1
            if stalled >= 10:
                step, stalled = 0.7 * step, 0
                self.cells, self.groups = kept
            if turn % 50 == 0:
                look()
                marks.append(best)
            if best - self.known <= enough * abs(self.known) or step < 2e-3 or _stuck(marks):
                break
            self.move(x, step, bound)
        return Relaxed(Prices(kept[0], price, kept[1]), reduced, best)

    def move(self, x: Floats, step: float, bound: float) -> None:
        """One projected subgradient step towards the known value."""
        slack = self.by_cell @ x - 1.0
        usable = (self.cells > 0) | (slack < 0)
        counts = self.members @ x
        target = np.where(self.groups > 0, self.highs, self.lows)
        idle = self.groups == 0
        target = np.where(idle, np.clip(counts, self.lows, self.highs), target)
        group_slack = target - counts
        norm = float(slack[usable] @ slack[usable] + group_slack @ group_slack)
        length = step * (bound - self.known) / max(norm, 1e-9)
        self.cells = np.clip(self.cells - length * slack, 0.0, self.people)
        self.groups = self.groups - length * group_slack


def _stuck(marks: list[float]) -> bool:
    return len(marks) > 3 and marks[-3] - marks[-1] < 2e-6 * abs(marks[-1])


def _membership(problem: Problem) -> Any:
    """Groups x applications."""
    from scipy import sparse

    lengths = [len(group.members) for group in problem.groups]
    columns = np.concatenate([group.members for group in problem.groups]) if lengths else np.zeros(0, dtype=np.int64)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    return sparse.csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(len(lengths), problem.size))
