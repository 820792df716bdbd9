"""The certificate of a portfolio: Lagrangian multipliers rounded to integers, whose bound anyone recomputes.

Relaxing y_c <= sum x (price l_c, 0 <= l_c <= w_c), the budget (price t >= 0) and the groups (price m_g of either sign)
leaves problems of one variable each, so for ANY such prices no portfolio is worth more than

    t B + sum_g max(m_g high_g, m_g low_g) + sum_c (w_c - l_c)
        + sum_i max(0, v_i + sum_{c of i} l_c - t a_i - sum_{g of i} m_g)

(the maximum is taken without 0 for a mandatory application; an excluded one counts 0). The bound is as good as the
linear relaxation when the prices are its duals (Geoffrion 1974). The verifier is `essaim.engine.certificate`, which
needs nothing but the standard library.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from essaim.engine.certificate import KIND, SCALE, digest
from essaim.engine.coverage import Ints, Mask
from essaim.engine.portfolio.exact import THOUSAND_EUROS, Prices
from essaim.engine.portfolio.problem import Problem

LARGEST_PRICE = 2**58  # any price is valid: larger ones are cut down so that 64-bit terms never overflow


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Integer prices, in 1/SCALE unit: of a cent, of each group, of each cell."""

    budget: int
    groups: Ints
    cells: Ints


@dataclass(frozen=True, eq=False)
class Certificate:
    """What proves the bound: the instance, the portfolio, and a tree of cases ending in multipliers.

    tree: {"use": number of multipliers} or {"split": application, "in": tree, "out": tree}; the two branches of a split
    together are all portfolios, so the greatest bound of the leaves bounds them all. bound: units, verified in
    integers.
    """

    problem: Problem = field(repr=False)
    chosen: Mask = field(repr=False)
    bound: int
    multipliers: tuple[Multipliers, ...] = field(repr=False)
    tree: dict[str, Any] = field(repr=False)

    @property
    def gap_closed(self) -> bool:
        """The bound verified in integers equals the value: the portfolio is proven to be one of the best."""
        return self.bound == self.problem.value(self.chosen)

    def document(self) -> dict[str, Any]:
        """The certificate as JSON-able data, for `essaim.engine.certificate.verify_certificate`."""
        instance = _instance(self.problem)
        return {
            "kind": KIND,
            "instance": instance,
            "digest": digest(instance),
            "funded": [self.problem.ids[i] for i in np.flatnonzero(self.chosen)],
            "value": self.problem.value(self.chosen),
            "bound": self.bound,
            "multipliers": [
                {"budget": m.budget, "groups": m.groups.tolist(), "cells": m.cells.tolist()} for m in self.multipliers
            ],
            "tree": self.tree,
        }


def certify(problem: Problem, chosen: Mask, prices: Prices) -> Certificate:
    """The certificate that one set of prices gives."""
    multipliers = to_integers(problem, prices)
    bound = max(bound_of(problem, multipliers), problem.value(chosen))
    return Certificate(problem, chosen, bound, (multipliers,), {"use": 0})


def to_integers(problem: Problem, prices: Prices) -> Multipliers:
    """Prices in thousandths of a point, rounded to 1/SCALE unit and brought back within their signs."""
    per_unit = float(problem.unit) * SCALE
    dearest = int(problem.cost.max(initial=1))
    return Multipliers(
        budget=min(max(0, round(prices.budget * per_unit / THOUSAND_EUROS)), LARGEST_PRICE // dearest),
        groups=np.rint(np.clip(prices.groups * per_unit, -LARGEST_PRICE, LARGEST_PRICE)).astype(np.int64),
        cells=np.minimum(np.rint(np.maximum(0, prices.cells * per_unit)).astype(np.int64), SCALE * problem.population),
    )


def reduced_values(problem: Problem, multipliers: Multipliers) -> Ints:
    """v_i + sum of its cells' prices - the price of its cost and of its groups, in 1/SCALE unit, exact."""
    starts = np.concatenate(([0], np.cumsum(multipliers.cells[problem.cover.columns])))
    reduced = SCALE * problem.quality + starts[problem.cover.starts[1:]] - starts[problem.cover.starts[:-1]]
    largest = max(multipliers.budget * int(problem.cost.max(initial=1)), *multipliers.groups.tolist(), 0)
    if largest > LARGEST_PRICE:  # the price of a broken rule: Python integers
        reduced = reduced.astype(object)
    reduced = reduced - multipliers.budget * problem.cost.astype(reduced.dtype)
    for group, price in zip(problem.groups, multipliers.groups.tolist(), strict=True):
        reduced[group.members] -= price
    return reduced


def bound_of(problem: Problem, multipliers: Multipliers) -> int:
    """The bound that the multipliers give, in units: the same integers as the public verifier, in numpy."""
    return total_of(problem, multipliers) // SCALE


def total_of(problem: Problem, multipliers: Multipliers) -> int:
    """The bound in 1/SCALE unit, before it is rounded down."""
    reduced = reduced_values(problem, multipliers)
    total: int = multipliers.budget * problem.budget
    total += sum((SCALE * problem.population - multipliers.cells).tolist())
    total += sum(reduced[problem.must].tolist())
    total += sum(reduced[~problem.must & ~problem.ban].clip(min=0).tolist())
    for group, price in zip(problem.groups, multipliers.groups.tolist(), strict=True):
        total += max(price * group.high, price * group.low)
    return total


def _instance(problem: Problem) -> dict[str, Any]:
    cover = problem.cover
    return {
        "unit": f"1/{1000 * problem.unit} point",
        "budget_cents": problem.budget,
        "applications": [
            [problem.ids[i], int(problem.cost[i]), int(problem.quality[i]), _state(problem, i), cover.row(i).tolist()]
            for i in range(problem.size)
        ],
        "cells": problem.population.tolist(),
        "groups": [[group.label, group.low, group.high, group.members.tolist()] for group in problem.groups],
    }


def _state(problem: Problem, index: int) -> str:
    if problem.must[index]:
        return "mandatory"
    return "excluded" if problem.ban[index] else "free"
