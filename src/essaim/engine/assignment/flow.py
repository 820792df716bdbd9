"""The exact solver: a minimum-cost flow seen from the experts, on the full matrix of affinities.

Every expert has a price; each application holds its best experts at affinity minus price. Experts over or under their
load are corrected along shortest paths in the graph of experts, where the arc r -> s costs what the best application
of r would lose by taking s instead. Prices stay optimal for the loads reached (primal-dual, successive shortest paths),
so that the end is optimal over all pairs, and the prices are its certificate. Integers only. When kinds of experts are
required, an application's choices are the bases of a matroid: paths with the fewest arcs keep them so (Frank 1981).

Ref: Ahuja, Magnanti, Orlin, Network Flows, 1993, chapter 9.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from essaim.engine.progress import Step, look, tell

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FAR = 2**58
CANDIDATES = 48  # experts per application looked at while prices are first guessed
GUESSES = 60
BALANCING = Step("Équilibre des charges entre les experts", "Balancing loads between experts")
MOST_ORIGINS = 50  # experts from whom a smallest conflict is sought


@dataclass(frozen=True)
class Problem:
    """affinity (n, m) integers; allowed (n, m); reviews (n,) wanted per application; low, high (m,) loads.

    kind (m,): code of each expert's kind; required: the kinds that each application needs at least once.
    """

    affinity: Ints
    allowed: Mask
    reviews: Ints
    low: Ints
    high: Ints
    kind: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    required: tuple[int, ...] = ()

    def least_among(self, experts: Mask) -> Ints:
        """(n,) reviews that each application cannot but ask of these experts."""
        elsewhere = (self.allowed & ~experts).sum(axis=1)
        captive = np.zeros(len(self.reviews), dtype=np.int64)
        for kind in self.required:
            captive += ~(self.allowed & ~experts & (self.kind == kind)).any(axis=1)
        least: Ints = np.maximum(0, self.reviews - np.minimum(elsewhere, self.reviews - captive))
        return least


@dataclass(frozen=True)
class Solution:
    """taken (n, m) pairs; prices (m,): the dual certificate, 0 for an expert whose bounds do not bind."""

    taken: Mask
    prices: Ints


@dataclass(frozen=True)
class Stuck:
    """No assignment exists. `experts` (m,) mask: too few loads among them (over) or too many required (not over)."""

    experts: Mask
    over: bool


def solve(problem: Problem, prices: Ints | None = None) -> Solution | Stuck:
    """An optimal solution, or the experts among whom loads cannot be met.

    prices: where to start from (a previous solution); by default guessed. Every application must have enough allowed
    experts. Time: a shortest path over m experts per correction.
    """
    start = guess_prices(problem) if prices is None else prices.astype(np.int64)
    graph = _ExpertGraph(problem, start)
    stuck = graph.balance()
    if stuck is not None:
        return stuck
    return Solution(graph.taken, graph.price[:-1] - graph.price[-1])


def bound(problem: Problem, prices: Ints) -> int:
    """No assignment can total more: the value of the dual at these prices, over all pairs (any prices are valid)."""
    worth = np.where(problem.allowed, problem.affinity - prices, -FAR)
    taken = best_choices(worth, problem)
    kept = int(worth[taken].sum())
    return kept + int((np.where(prices > 0, problem.high, problem.low) * prices).sum())


def best_choices(worth: Ints, problem: Problem) -> Mask:
    """(n, m) mask of the best experts of each application: the best of each required kind, then the largest."""
    if problem.required:
        worth = worth.copy()
        rows = np.arange(len(worth))
        for kind in problem.required:
            experts = np.flatnonzero(problem.kind == kind)
            worth[rows, experts[worth[:, experts].argmax(axis=1)]] += 4 * FAR
    return largest(worth, problem.reviews)


def largest(worth: Ints, reviews: Ints) -> Mask:
    """(n, m) mask of the reviews[i] largest of each row."""
    n, m = worth.shape
    taken = np.zeros((n, m), dtype=bool)
    for count in np.unique(reviews):
        rows = np.flatnonzero(reviews == count)
        if count == 0:
            continue
        part = worth[rows]
        if count < m:
            columns = np.argpartition(part, m - int(count), axis=1)[:, m - int(count) :]
        else:
            columns = np.broadcast_to(np.arange(m), part.shape)
        taken[rows[:, None], columns] = True
    return taken


def guess_prices(problem: Problem) -> Ints:
    """Prices that nearly balance the loads: raised where demand passes the load, lowered where it falls short."""
    n, m = problem.affinity.shape
    worth = np.where(problem.allowed, problem.affinity, -FAR)
    size = min(m, max(CANDIDATES, int(problem.reviews.max()) + 8))
    columns = np.argpartition(worth, m - size, axis=1)[:, m - size :] if size < m else np.tile(np.arange(m), (n, 1))
    near = np.take_along_axis(worth, columns, axis=1)
    seen = near[near > -FAR]
    prices = np.zeros(m)
    middle = np.maximum(1.0, (problem.low + problem.high) / 2)
    stride = float(seen.std()) if seen.size else 0.0
    if stride == 0:
        return np.zeros(m, dtype=np.int64)
    for _ in range(GUESSES):
        taken = largest((near - prices[columns]).astype(np.int64), problem.reviews)
        load = np.bincount(columns[taken], minlength=m)
        gap = load - np.clip(load, problem.low, problem.high)
        idle = (load < problem.high) & (prices > 0) | (load > problem.low) & (prices < 0)
        drift = np.where(idle, load - np.where(prices > 0, problem.high, problem.low), gap)
        if not drift.any():
            break
        moved = prices + stride * np.clip(drift / middle, -2, 2)
        crossed = (moved * prices < 0) & idle
        prices = np.where(crossed, 0.0, moved)
        stride *= 0.93
    return np.round(prices).astype(np.int64)


class _ExpertGraph:
    """Who holds what, the cheapest application to move between any two experts, and prices; the last node is the sink.

    price[r] - price[sink] > 0 only at full load, < 0 only at the least load; reduced costs are never negative.
    """

    def __init__(self, problem: Problem, prices: Ints) -> None:
        self.problem = problem
        self.n, self.m = problem.affinity.shape
        self.worth = np.where(problem.allowed, problem.affinity, -FAR)
        self.taken = best_choices(np.where(problem.allowed, self.worth - prices, -FAR), problem)
        load = self.taken.sum(axis=0)
        self.given = np.where(prices > 0, problem.high, np.where(prices < 0, problem.low, 0))
        self.given = np.where(prices == 0, np.clip(load, problem.low, problem.high), self.given)
        self.price = np.append(prices, 0)
        self.excess = np.append(load - self.given, (self.given - load).sum())
        self.cost = np.full((self.m + 1, self.m + 1), FAR)
        self.mover = np.zeros((self.m, self.m), dtype=np.int64)
        for expert in range(self.m):
            self._refresh(expert)
        self._refresh_sink(np.arange(self.m))

    def _refresh(self, expert: int) -> None:
        """Recompute the cheapest moves out of an expert."""
        held = np.flatnonzero(self.taken[:, expert])
        if not len(held):
            self.cost[expert, : self.m] = FAR
            return
        loss = self.worth[held, expert][:, None] - self.worth[held]
        loss[self.taken[held]] = FAR
        if self.problem.required and self.problem.kind[expert] in self.problem.required:
            same = self.problem.kind == self.problem.kind[expert]
            alone = (self.taken[held] & same).sum(axis=1) == 1
            loss[np.ix_(alone, ~same)] = FAR
        best = loss.argmin(axis=0)
        least = loss[best, np.arange(self.m)]
        self.mover[expert] = held[best]
        self.cost[expert, : self.m] = np.where(least > FAR // 2, FAR, least)

    def _refresh_sink(self, experts: Ints) -> None:
        """An expert may give one more unit below the high load, take one back above the low."""
        self.cost[experts, self.m] = np.where(self.given[experts] < self.problem.high[experts], 0, FAR)
        self.cost[self.m, experts] = np.where(self.given[experts] > self.problem.low[experts], 0, FAR)

    def balance(self) -> Stuck | None:
        """Send every excess to a shortfall along shortest paths; Stuck when one has nowhere to go."""
        total = int(self.excess.clip(min=0).sum())
        while left := int(self.excess.clip(min=0).sum()):
            tell(total - left, total, BALANCING)
            distance = self._distances()
            short = self.excess < 0
            nearest = distance[short].min()
            if nearest >= FAR:
                return self._stuck(distance)
            self.price -= np.minimum(distance, nearest)
            while (path := self._free_path()) is not None:
                look()
                self._send(path)
        return None

    def _distances(self) -> Ints:
        """(m + 1,) reduced-cost distance from the nearest excess (Bellman-Ford, on rows just improved)."""
        reduced = self._reduced()
        distance = np.where(self.excess > 0, 0, FAR)
        active = np.flatnonzero(self.excess > 0)
        while len(active):
            through = (distance[active, None] + reduced[active]).min(axis=0)
            better = through < distance
            distance[better] = through[better]
            active = np.flatnonzero(better & (distance < FAR))
        nearest: Ints = np.minimum(distance, FAR)
        return nearest

    def _reduced(self) -> Ints:
        """(m + 1, m + 1) costs net of prices, FAR where there is no arc."""
        net: Ints = self.cost - self.price[:, None] + self.price[None, :]
        net[self.cost >= FAR] = FAR
        return net

    def _free_path(self) -> list[int] | None:
        """Nodes from an excess to a shortfall over arcs of zero reduced cost, breadth first, or None."""
        parent = np.full(self.m + 1, -1)
        frontier = np.flatnonzero(self.excess > 0)
        parent[frontier] = frontier
        while len(frontier):
            tight = self.cost[frontier] == (self.price[frontier, None] - self.price[None, :])
            tight &= parent < 0
            reached = np.flatnonzero(tight.any(axis=0))
            parent[reached] = frontier[tight[:, reached].argmax(axis=0)]
            ends = reached[self.excess[reached] < 0]
            if len(ends):
                path = [int(ends[0])]
                while parent[path[-1]] != path[-1]:
                    path.append(int(parent[path[-1]]))
                return path[::-1]
            frontier = reached
        return None

    def _send(self, path: list[int]) -> None:
        """Move one review along each arc of the path, then refresh the moves that changed."""
        touched: set[int] = set()
        hops = list(pairwise(path))
        movers = [int(self.mover[a, b]) if self.m not in (a, b) else -1 for a, b in hops]
        for (a, b), application in zip(hops, movers, strict=True):
            if b == self.m:
                self.given[a] += 1
                self._refresh_sink(np.array([a]))
            elif a == self.m:
                self.given[b] -= 1
                self._refresh_sink(np.array([b]))
            else:
                touched.add(a)
                touched.update(np.flatnonzero(self.taken[application]).tolist())
                self.taken[application, a] = False
                self.taken[application, b] = True
                touched.add(b)
        self.excess[path[0]] -= 1
        self.excess[path[-1]] += 1
        for expert in sorted(touched):
            self._refresh(expert)

    def _stuck(self, distance: Ints) -> Stuck:
        """The smallest set found that an excess cannot leave (over), or that no excess can enter (under)."""
        over = bool(distance[self.m] >= FAR)
        arcs = self.cost < FAR if over else self.cost.T < FAR
        origins = np.flatnonzero(self.excess > 0 if over else (self.excess < 0) & (distance >= FAR))
        closed = [self._reached(int(origin), arcs) for origin in origins[:MOST_ORIGINS]]
        return Stuck(min(closed, key=lambda experts: int(experts.sum()))[: self.m], over)

    def _reached(self, origin: int, arcs: Mask) -> Mask:
        """(m + 1,) nodes that can be reached from one, itself included."""
        seen = np.zeros(self.m + 1, dtype=bool)
        frontier = seen.copy()
        frontier[origin] = True
        while frontier.any():
            seen |= frontier
            frontier = arcs[frontier].any(axis=0) & ~seen
        return seen
