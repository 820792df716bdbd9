"""A first portfolio: the best value per euro, again and again, with lazy evaluation (Minoux 1978).

Gains only decrease as cells get covered, so an application whose refreshed gain still tops the queue is the best one.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import numpy as np

from essaim.engine.coverage import Floats, Mask
from essaim.engine.portfolio.problem import Problem


def greedy(problem: Problem, group_prices: Floats | None = None, start: Mask | None = None) -> Mask:
    """A portfolio within the budget and the maxima; the minima are served first, and may remain unmet.

    group_prices: thousandths of a point taken off each member (steers towards quotas); start: applications kept from
    the outset (default: the mandatory ones). Ties go to the smallest id.
    """
    filler = _Filler(problem, group_prices)
    for index in np.flatnonzero(problem.must if start is None else start | problem.must):
        filler.add(int(index))
    for group in problem.groups:
        filler.fill(group.members.tolist(), max(0, group.low - int(filler.chosen[group.members].sum())))
    filler.fill(range(problem.size))
    return filler.chosen


class _Filler:
    def __init__(self, problem: Problem, group_prices: Floats | None) -> None:
        self.problem = problem
        self.columns, self.starts = problem.cover.columns, problem.cover.starts.tolist()
        self.open = problem.population / problem.unit
        self.own = problem.quality / problem.unit
        self.cost = problem.cost.tolist()
        self.left = problem.budget
        self.chosen: Mask = np.zeros(problem.size, dtype=bool)
        self.room = [group.high for group in problem.groups]
        self.of: list[list[int]] = [[] for _ in range(problem.size)]
        for number, group in enumerate(problem.groups):
            for member in group.members.tolist():
                self.of[member].append(number)
            if group_prices is not None:
                self.own[group.members] -= group_prices[number]

    def gain(self, index: int) -> float:
        cells = self.columns[self.starts[index] : self.starts[index + 1]]
        return float(self.own[index] + self.open[cells].sum())

    def fits(self, index: int) -> bool:
        return (
            not self.chosen[index]
            and not self.problem.ban[index]
            and self.cost[index] <= self.left
            and all(self.room[number] > 0 for number in self.of[index])
        )

    def add(self, index: int) -> None:
        self.chosen[index] = True
        self.left -= self.cost[index]
        self.open[self.columns[self.starts[index] : self.starts[index + 1]]] = 0.0
        for number in self.of[index]:
            self.room[number] -= 1

    def fill(self, among: Iterable[int], most: int | None = None) -> None:
        """Add the best value per euro among these, lazily; with `most`, that many and even at a loss (a minimum to
        serve).
        """
        queue = [(-self.gain(index) / self.cost[index], index) for index in among if self.fits(index)]
        heapq.heapify(queue)
        while queue and most != 0:
            _, index = heapq.heappop(queue)
            if not self.fits(index):
                continue
            fresh = -self.gain(index) / self.cost[index]
            if queue and (fresh, index) > queue[0]:
                heapq.heappush(queue, (fresh, index))
            elif most is not None:
                self.add(index)
                most -= 1
            elif fresh <= 0:
                self.add(index)
