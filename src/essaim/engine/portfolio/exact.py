"""Exact solutions and dual prices by HiGHS (one thread, fixed seed). What it finds is judged again in integers.

Objectives are passed in thousandths of a point and amounts in thousands of euros, so that coefficients stay near one;
one unit of the value (1/(1000 W) point) remains far above the tolerances set here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from essaim.engine.coverage import Floats, Mask
from essaim.engine.portfolio.problem import Problem
from essaim.engine.progress import Cancelled, followed, look

THOUSAND_EUROS = 100_000  # cents
TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class Solution:
    """A portfolio (mask over the applications), an upper bound of the value in units, and whether they meet."""

    chosen: Mask
    bound: int
    optimal: bool


@dataclass(frozen=True, eq=False)
class Prices:
    """Dual prices: of a cell's cover (thousandths of a point), of 1,000 euros, of each group (> 0: its maximum
    binds).
    """

    cells: Floats
    budget: float
    groups: Floats


def maximise(
    problem: Problem,
    *,
    gap: float = 0.0,
    time_limit: float | None = None,
    nodes: int | None = None,
    presolve: bool = False,
) -> Solution | None:
    """The most valuable portfolio; None when HiGHS found none (infeasible, or out of time or nodes).

    presolve: faster on large problems, but see `_solver`: for searches whose bound is proven otherwise.
    """
    solver = _solver(_folded(problem), gap=gap, time_limit=time_limit)
    if presolve:
        solver.setOptionValue("presolve", "on")
    if nodes is not None:
        solver.setOptionValue("mip_max_nodes", nodes)
    _run(solver)
    info = solver.getInfo()
    if info.primal_solution_status != 2:
        return None
    chosen = np.array(solver.getSolution().col_value[: problem.size]) > 0.5
    if not problem.allows(chosen):
        return _tighter(problem, chosen, gap=gap, time_limit=time_limit)
    value = problem.value(chosen)
    bound = int(np.floor(info.mip_dual_bound * problem.unit + 0.5)) if np.isfinite(info.mip_dual_bound) else value
    proven = solver.modelStatusToString(solver.getModelStatus()) == "Optimal" and gap == 0
    return Solution(chosen, value if proven else max(value, bound), proven or bound <= value)


def cheapest(problem: Problem, target: int, *, time_limit: float | None = None) -> Mask | None:
    """The least costly portfolio worth at least `target` units, whatever the budget; None when there is none."""
    solver = _solver(_folded(problem), gap=0.0, time_limit=time_limit, target=target)
    _run(solver)
    if solver.getInfo().primal_solution_status != 2:
        return None
    chosen = np.array(solver.getSolution().col_value[: problem.size]) > 0.5
    if problem.value(chosen) < target or not replace(problem, budget=problem.spent(chosen)).allows(chosen):
        return None
    return chosen


def prices(problem: Problem) -> Prices:
    """Dual prices of the linear relaxation (the best Lagrangian multipliers); zeros when it has no solution."""
    relaxed = Relaxation(problem).solve(problem)
    if relaxed is None:
        return Prices(np.zeros(problem.cover.width), 0.0, np.zeros(len(problem.groups)))
    return relaxed[0]


class Relaxation:
    """The linear relaxation of one problem, solved again and again with other applications forced in or out."""

    def __init__(self, problem: Problem, *, target: int | None = None, pivots: int | None = None) -> None:
        """target: minimise the cost of a value of `target` units instead of maximising the value within the budget;
        pivots: give up after that many."""
        self._solver = _solver(problem, gap=0.0, time_limit=None, relaxed=True, target=target)
        if pivots is not None:
            self._solver.setOptionValue("simplex_iteration_limit", pivots)
        self._by_cost = target is not None
        self._positions = np.arange(problem.size, dtype=np.int32)

    def solve(self, case: Problem) -> tuple[Prices, Floats] | None:
        """Dual prices and fractions x, for the same problem with the `must` and `ban` of this case; None if
        impossible.
        """
        lower, upper = case.must.astype(np.float64), (~case.ban).astype(np.float64)
        self._solver.changeColsBounds(case.size, self._positions, lower, upper)
        _run(self._solver)
        if self._solver.modelStatusToString(self._solver.getModelStatus()) != "Optimal":
            return None
        solution = self._solver.getSolution()
        duals, k = np.array(solution.row_dual), case.cover.width
        fractions = np.array(solution.col_value[: case.size])
        if self._by_cost:  # duals in thousands of euros; the last one is their price in value
            rate = float(duals[-1])
            if rate <= 0:
                return Prices(np.zeros(k), 0.0, np.zeros(len(case.groups))), fractions
            return Prices(-duals[:k] / rate, 1 / rate, -duals[k:-1] / rate), fractions
        return Prices(duals[:k], float(duals[-1]), duals[k:-1]), fractions


def _folded(problem: Problem) -> Problem:
    """The same problem, each cell that one application alone covers counted in its own value: half the columns, or
    less.
    """
    coverers = np.bincount(problem.cover.columns, minlength=problem.cover.width)
    alone = coverers[problem.cover.columns] == 1
    quality = problem.quality.copy()
    np.add.at(quality, problem.cover.rows_of_entries()[alone], problem.population[problem.cover.columns[alone]])
    shared = coverers > 1
    cover = problem.cover.select(np.arange(problem.size), shared)
    return replace(problem, quality=quality, cover=cover, population=problem.population[shared])


def _tighter(problem: Problem, chosen: Mask, *, gap: float, time_limit: float | None) -> Solution | None:
    """Solve again with the budget lowered by what the floating-point solution overspent (some cents); never proven."""
    excess = problem.spent(chosen) - problem.budget
    if not 0 < excess <= problem.budget:
        return None
    found = maximise(replace(problem, budget=problem.budget - excess), gap=gap, time_limit=time_limit)
    ceiling = problem.value(np.ones(problem.size, dtype=bool))
    return None if found is None else Solution(found.chosen, ceiling, False)


def _solver(
    problem: Problem, *, gap: float, time_limit: float | None, target: int | None = None, relaxed: bool = False
) -> Any:
    from highspy._core import _Highs  # the public class prints a banner on the console before it can be silenced

    solver = _Highs()
    options: dict[str, Any] = {
        "output_flag": False,
        "presolve": "off",  # HiGHS 1.16 loses the optimum on near ties with it: a test holds such an instance
        "threads": 1,
        "random_seed": 0,
        "mip_rel_gap": gap,
        "mip_abs_gap": TOLERANCE,
        "mip_feasibility_tolerance": TOLERANCE,
        "primal_feasibility_tolerance": TOLERANCE,
    }
    if time_limit is not None:
        options["time_limit"] = max(0.01, time_limit)
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(_model(problem, target=target, relaxed=relaxed))
    return solver


def _run(solver: Any) -> None:
    """Solve; when someone follows, HiGHS asks at its nodes and pivots whether to stop. Raises Cancelled if so."""
    look()
    if not followed():
        solver.run()
        return
    from highspy import cb

    stopped: list[Cancelled] = []

    def ask(kind: int, message: str, out: Any, given: Any, data: Any) -> None:
        """A Python error must not cross the solver: it is kept, and raised once the solver has stopped."""
        try:
            if not stopped:
                look()
        except Cancelled as cancelled:
            stopped.append(cancelled)
        given.user_interrupt = bool(stopped)

    kinds = (cb.HighsCallbackType.kCallbackMipInterrupt, cb.HighsCallbackType.kCallbackSimplexInterrupt)
    solver.setCallback(ask, None)
    for kind in kinds:
        solver.startCallback(kind)
    solver.run()
    for kind in kinds:
        solver.stopCallback(kind)
    if stopped:
        raise stopped[0]


def _model(problem: Problem, *, target: int | None, relaxed: bool) -> Any:
    """Columns: x (integer), then y (continuous). Rows: y_c - sum x <= 0, groups, then budget (or value >= target)."""
    import highspy
    from scipy import sparse

    n, k = problem.size, problem.cover.width
    worth = np.concatenate([problem.quality, problem.population]) / problem.unit
    price = np.concatenate([problem.cost / THOUSAND_EUROS, np.zeros(k)])
    last, objective = (price, worth) if target is None else (worth, price)
    cover = sparse.hstack([-problem.cover.matrix().T, sparse.identity(k)])
    rows = sparse.vstack([cover, _group_rows(problem, n + k), sparse.csr_matrix(last)]).tocsr()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n + k, rows.shape[0]
    model.col_cost_ = objective
    model.sense_ = highspy.ObjSense.kMaximize if target is None else highspy.ObjSense.kMinimize
    model.col_lower_ = np.concatenate([problem.must.astype(float), np.zeros(k)])
    model.col_upper_ = np.concatenate([(~problem.ban).astype(float), np.ones(k)])
    infinite = highspy.kHighsInf
    limit = (-infinite, problem.budget / THOUSAND_EUROS) if target is None else (target / problem.unit, infinite)
    model.row_lower_ = np.concatenate([np.full(k, -infinite), [g.low for g in problem.groups], limit[:1]])
    model.row_upper_ = np.concatenate([np.zeros(k), [g.high for g in problem.groups], limit[1:]])
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    if not relaxed:
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger] * n + [kinds.kContinuous] * k
    return model


def _group_rows(problem: Problem, width: int) -> Any:
    from scipy import sparse

    lengths = [len(group.members) for group in problem.groups]
    columns = np.concatenate([group.members for group in problem.groups]) if lengths else np.zeros(0, dtype=np.int64)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    return sparse.csr_matrix((np.ones(len(columns)), (rows, columns)), shape=(len(lengths), width))
