"""Which projects of a participatory budget are funded: equal shares, greedy, or the greatest welfare.

A voter supports a project when they give it at least one point. The satisfaction of a voter with a funded project is
its cost ("cost"), 1 ("cardinality"), or the points they gave ("points"). Exact arithmetic; ties go to the smaller
identifier (as text), and each tie met is told.

Refs: Peters, Pierczyński, Skowron, "Proportional Participatory Budgeting with Additive Utilities", NeurIPS 2021.
"""

import heapq
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from essaim.engine.pabulib import Election, Project
from essaim.engine.ranking_votes.purses import Purses
from essaim.engine.wording import nombre, number

Satisfaction = Literal["cost", "cardinality", "points"]
_Chosen = tuple[str, Any] | None  # a chain: the last project taken, and those before it


@dataclass(frozen=True)
class Funding:
    """One project looked at: funded or not, by how many supporters, and why in a sentence (French, English).

    price: what the best-off supporter paid per unit of satisfaction (equal shares), else the welfare per cost.
    """

    project: str
    funded: bool
    supporters: int
    price: Fraction | None
    fr: str
    en: str


@dataclass(frozen=True)
class Outcome:
    """Funded project ids in the order they were funded, their cost in hundredths, a line per project, ties met."""

    funded: tuple[str, ...]
    cost: int
    details: tuple[Funding, ...]
    ties: tuple[tuple[str, ...], ...]


def _supports(election: Election, satisfaction: Satisfaction) -> dict[str, list[tuple[int, int]]]:
    """Project id -> [(voter index, satisfaction > 0)] in ballot order."""
    unit = {project.id: project.cost if satisfaction == "cost" else 1 for project in election.projects}
    supports: dict[str, list[tuple[int, int]]] = {project: [] for project in unit}
    for voter, ballot in enumerate(election.ballots):
        for project, points in ballot.points.items():
            worth = points if satisfaction == "points" else unit[project]
            if points > 0 and worth > 0:
                supports[project].append((voter, worth))
    return supports


def equal_shares(
    election: Election,
    *,
    satisfaction: Satisfaction = "cost",
    completion: Literal["none", "greedy"] = "none",
) -> Outcome:
    """Method of equal shares: every voter holds an equal share of the budget and pays for what they support.

    A project is affordable at price rho when its supporters can pay its cost, each paying at most rho per unit of
    satisfaction and what they have left; the smallest rho is funded first, until none is affordable. What remains may
    be spent by `greedy_welfare` (completion="greedy"). O(projects x funded x supporters) at worst, lazily evaluated.
    """
    supports = _supports(election, satisfaction)
    cost = {project.id: project.cost for project in election.projects}
    purses = Purses(election.budget, len(election.ballots), supports)
    queue = [(Fraction(0), project) for project in sorted(cost) if supports[project] and cost[project] > 0]
    heapq.heapify(queue)
    funded: list[str] = []
    price: dict[str, Fraction] = {}
    ties: list[tuple[str, ...]] = []
    while queue:
        _, project = heapq.heappop(queue)
        rho = purses.price(project, cost[project])
        if rho is None:
            continue
        if queue and (rho, project) > queue[0]:
            heapq.heappush(queue, (rho, project))
            continue
        equal = tuple(sorted(other for bound, other in queue if bound == rho))
        if equal:
            ties.append((project, *equal))
        funded.append(project)
        price[project] = rho
        purses.pay(project, rho)
    rest = _greedy_order(election, supports, funded) if completion == "greedy" else []
    return _outcome(election, supports, [*funded, *rest], price, ties, set(rest))


def _greedy_order(election: Election, supports: dict[str, list[tuple[int, int]]], taken: Sequence[str]) -> list[str]:
    """Projects by welfare per cost (then identifier), each taken when it still fits beside those already taken."""
    cost = {project.id: project.cost for project in election.projects}
    left = election.budget - sum(cost[project] for project in taken)
    order = sorted(
        (project for project in cost if supports[project] and project not in set(taken)),
        key=lambda project: (-_density(cost[project], supports[project]), project),
    )
    chosen = []
    for project in order:
        if cost[project] <= left:
            chosen.append(project)
            left -= cost[project]
    return chosen


def _density(cost: int, supports: Sequence[tuple[int, int]]) -> Fraction:
    """Welfare per hundredth of cost; a free project comes before all others."""
    welfare = sum(unit for _, unit in supports)
    return Fraction(welfare, cost) if cost else Fraction(welfare * 10**18)


def greedy_welfare(election: Election, *, satisfaction: Satisfaction = "cost") -> Outcome:
    """Projects in the order of welfare per cost (with "cost", simply the most supported first), while they fit."""
    supports = _supports(election, satisfaction)
    chosen = _greedy_order(election, supports, [])
    cost = {project.id: project.cost for project in election.projects}
    price = {project: _density(cost[project], supports[project]) for project in chosen}
    order = [_density(cost[project], supports[project]) for project in cost if supports[project]]
    ties = [
        tuple(sorted(p for p in cost if supports[p] and _density(cost[p], supports[p]) == value))
        for value in sorted(set(order), reverse=True)
        if order.count(value) > 1
    ]
    return _outcome(election, supports, chosen, price, ties, set())


def max_welfare(election: Election, *, satisfaction: Satisfaction = "cost") -> Outcome:
    """The affordable set of greatest total satisfaction; of equal welfare, the cheapest.

    Exact, in integers: dominance lists (Nemhauser and Ullmann 1969), projects by welfare per cost, without the states
    that even a fractional completion could not bring up to the welfare of the greedy.
    """
    supports = _supports(election, satisfaction)
    cost = {project.id: project.cost for project in election.projects}
    order = sorted((p for p in cost if supports[p]), key=lambda p: (-_density(cost[p], supports[p]), p))
    welfare = {p: sum(unit for _, unit in supports[p]) for p in order}
    floor = sum(welfare[p] for p in _greedy_order(election, supports, []))
    spent_before, value_before = [0], [0]  # of the prefixes of `order`: a fractional knapsack by bisection
    for project in order:
        spent_before.append(spent_before[-1] + cost[project])
        value_before.append(value_before[-1] + welfare[project])

    def reachable(spent: int, value: int, position: int) -> bool:
        """Whether filling what is left with the projects from `position`, cut if need be, reaches the floor."""
        capacity = election.budget - spent + spent_before[position]
        cut = bisect_right(spent_before, capacity) - 1
        value += value_before[cut] - value_before[position]
        if cut == len(order):
            return value >= floor
        project = order[cut]
        return (floor - value) * cost[project] <= (capacity - spent_before[cut]) * welfare[project]

    states: list[tuple[int, int, _Chosen]] = [(0, 0, None)]
    for position, project in enumerate(order):
        taken = [
            (spent + cost[project], value + welfare[project], (project, chosen)) for spent, value, chosen in states
        ]
        merged = heapq.merge(states, taken, key=lambda state: (state[0], -state[1]))
        states, record = [], -1
        for spent, value, chosen in merged:
            if value > record and spent <= election.budget and reachable(spent, value, position + 1):
                states.append((spent, value, chosen))
                record = value
    chosen, best = states[-1][2], []
    while chosen is not None:
        project, chosen = chosen
        best.append(project)
    return _outcome(election, supports, best[::-1], {}, [], set())


def _outcome(
    election: Election,
    supports: dict[str, list[tuple[int, int]]],
    chosen: Sequence[str],
    price: dict[str, Fraction],
    ties: Sequence[tuple[str, ...]],
    completed: set[str],
) -> Outcome:
    """Total the funded projects and say why each was funded or not, funded first in their order."""
    by_id = {project.id: project for project in election.projects}
    total = sum(by_id[project].cost for project in chosen)
    left = election.budget - total
    details = [_told(by_id[p], len(supports[p]), price.get(p), p in completed, True, left) for p in chosen]
    details += [
        _told(by_id[p], len(supports[p]), None, False, False, left) for p in sorted(by_id) if p not in set(chosen)
    ]
    return Outcome(tuple(chosen), total, tuple(details), tuple(ties))


def _told(
    project: Project, supporters: int, price: Fraction | None, completed: bool, funded: bool, left: int
) -> Funding:
    """The line of one project."""
    votants, voters = nombre(supporters, "votant", "votants"), number(supporters, "voter", "voters")
    if completed:
        fr = f"Financé avec le reste du budget, soutenu par {votants}."
        en = f"Funded with what was left of the budget, supported by {voters}."
    elif funded:
        fr, en = f"Financé, soutenu par {votants}.", f"Funded, supported by {voters}."
    elif not supporters:
        fr, en = "Non financé : aucun votant ne le soutient.", "Not funded: no voter supports it."
    elif project.cost > left:
        fr = f"Non financé : soutenu par {votants}, il coûte plus que les {_shown(left, ',')} restants."
        en = f"Not funded: supported by {voters}, it costs more than the {_shown(left, '.')} left."
    else:
        fr = f"Non financé : soutenu par {votants}, dont les parts restantes ne couvraient pas son coût."
        en = f"Not funded: supported by {voters}, whose remaining shares did not cover its cost."
    return Funding(project.id, funded, supporters, price, fr, en)


def _shown(cents: int, point: str) -> str:
    """An amount without its currency: 1234 -> "12,34"."""
    return f"{cents // 100}{point}{cents % 100:02d}"
