"""Closing the gap with a proof anyone can check: a branch and bound whose leaves are bounded in integers.

Each case (some applications forced in, some out) is bounded by the linear relaxation's prices, rounded to integers: a
case whose integer bound does not exceed the value is closed, the others are split on a fractional application. The
cases together are all portfolios, so the published tree proves the portfolio optimal without trusting any solver (this
is what caught HiGHS missing optima). Exponential in the worst case, hence a limit on the number of cases.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from essaim.engine.certificate import SCALE
from essaim.engine.coverage import Floats, Ints, Mask
from essaim.engine.portfolio.certify import Certificate, Multipliers, bound_of, to_integers
from essaim.engine.portfolio.exact import Relaxation
from essaim.engine.portfolio.problem import Problem
from essaim.engine.progress import Step, tell

PROVING = Step("Preuve qu’aucun autre ensemble ne fait mieux", "Proof that no other set does better")
RECENT = 4  # prices of the last cases are tried before a linear program is solved: fewer prices to publish


@dataclass(frozen=True, eq=False)
class Proof:
    """The best portfolio, and the certificate that closes its gap; `certificate.gap_closed` is False out of cases."""

    chosen: Mask
    certificate: Certificate
    cases: int


def prove(problem: Problem, chosen: Mask, *, most_cases: int = 20_000) -> Proof:
    """Prove `chosen` optimal, or find better and prove that. Stops, with a valid but looser bound, after
    `most_cases`.
    """
    tree = _Tree(problem, chosen, most_cases)
    root = tree.grow()
    while tree.improved is not None:
        tree = _Tree(problem, tree.improved, most_cases)
        root = tree.grow()
    bound = max(tree.bound, tree.value)
    certificate = Certificate(problem, tree.chosen, bound, *_published(root, tree.multipliers))
    return Proof(tree.chosen, certificate, tree.cases)


class _Tree:
    """The cases met so far. Depth first, the branch with the application before the branch without it."""

    def __init__(self, problem: Problem, chosen: Mask, most_cases: int) -> None:
        self.problem, self.chosen, self.value = problem, chosen, problem.value(chosen)
        self.relaxation = Relaxation(problem)
        self.most_cases, self.cases = most_cases, 0
        self.multipliers: list[Multipliers] = []
        self.bound = self.value
        self.improved: Mask | None = None

    def grow(self) -> dict[str, Any]:
        """The whole tree, as the certificate publishes it."""
        root: dict[str, Any] = {}
        stack: list[tuple[dict[str, Any], Problem, int | None]] = [(root, self.problem, None)]
        while stack and self.improved is None:
            node, case, inherited = stack.pop()
            self.cases += 1
            tell(self.cases, self.cases + len(stack), PROVING)
            split, used = self.close(case, inherited)
            if split is None:
                node["use"] = used
                self.bound = max(self.bound, bound_of(case, self.multipliers[used]))
                continue
            node.update({"split": split, "in": {}, "out": {}})
            stack.append((node["out"], case.forcing(split, False), used))
            stack.append((node["in"], case.forcing(split, True), used))
        return root

    def close(self, case: Problem, inherited: int | None) -> tuple[int | None, int]:
        """(application to split on, or None when the case is closed; number of its multipliers)."""
        recent = range(max(0, len(self.multipliers) - RECENT), len(self.multipliers))
        for known in [] if inherited is None else [inherited, *recent]:
            if bound_of(case, self.multipliers[known]) <= self.value:
                return None, known
        impossible = _impossible(case, self.value)
        if impossible is not None:
            return None, self.keep(impossible)
        relaxed = self.relaxation.solve(case)
        free = ~case.must & ~case.ban
        if relaxed is None:  # impossible for a reason that no single rule shows: split until one does
            return int(np.argmax(free)), self.keep(_zero(case)) if inherited is None else inherited
        prices, x = relaxed
        used = self.keep(to_integers(case, prices))
        rounded = np.asarray(x > 0.5)
        if case.allows(rounded) and case.value(rounded) > self.value:
            self.improved = rounded
        if bound_of(case, self.multipliers[used]) <= self.value or not free.any() or self.cases >= self.most_cases:
            return None, used
        return _most_fractional(x, free, case.cost), used

    def keep(self, multipliers: Multipliers) -> int:
        self.multipliers.append(multipliers)
        return len(self.multipliers) - 1


def _published(tree: dict[str, Any], multipliers: list[Multipliers]) -> tuple[tuple[Multipliers, ...], dict[str, Any]]:
    """Only the multipliers that a closed case uses, renumbered in the order of the tree."""
    numbers: dict[int, int] = {}
    stack = [tree]
    while stack:
        node = stack.pop()
        if "use" in node:
            node["use"] = numbers.setdefault(node["use"], len(numbers))
        else:
            stack += [node["out"], node["in"]]
    return tuple(multipliers[old] for old in numbers), tree


def _most_fractional(x: Floats, free: Mask, cost: Ints) -> int:
    """The application furthest from being decided; then the dearest; then the first id."""
    doubt = np.where(free, np.minimum(x, 1 - x), -1.0)
    return int(np.lexsort((-cost, -np.round(doubt, 6)))[0])


def _zero(problem: Problem) -> Multipliers:
    groups, cells = len(problem.groups), problem.cover.width
    return Multipliers(0, np.zeros(groups, dtype=np.int64), np.zeros(cells, dtype=np.int64))


def _impossible(case: Problem, value: int) -> Multipliers | None:
    """Prices that close a case where one rule alone is already broken: high enough to outweigh everything else."""
    everything = int(case.quality.sum()) + int(case.population.sum()) + value + 1
    price = SCALE * everything
    zero = _zero(case)
    if case.spent(case.must) > case.budget:
        return replace(zero, budget=price)
    for number, group in enumerate(case.groups):
        inside = int(case.must[group.members].sum())
        possible = int((~case.ban[group.members]).sum())
        if inside > group.high or possible < group.low:
            groups = zero.groups.copy()
            groups[number] = price if inside > group.high else -price
            return replace(zero, groups=groups)
    return None
