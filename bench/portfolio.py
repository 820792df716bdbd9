"""Who is funded: applications, an envelope, and the inhabitants newly reached."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.measure import Figure, absent, peer, timed
from essaim.engine.coverage import Communes
from essaim.engine.portfolio import Candidate, Constraints, Portfolio, select
from essaim.engine.portfolio.problem import Problem, build
from essaim.places import table

NAME = "Portfolio"
CORE = "the exact programme on what prices leave undecided takes most of it, and moves with the load"
PROOF = "the proof in integers is computed too when asked; it is told apart from the answer"


@dataclass(frozen=True, eq=False)
class Instance:
    """What `select` is given."""

    candidates: list[Candidate]
    communes: Communes
    rules: Constraints
    places: list[tuple[float, float]]

    def solve(self, **options: Any) -> Portfolio:
        """The answer of Essaim."""
        return select(self.candidates, self.communes, constraints=self.rules, existing_places=self.places, **options)

    def problem(self) -> Problem:
        """The same, as integers over cells."""
        return build(self.candidates, self.communes, self.rules, self.places)


def instance(applications: int, cells: int | None = None, *, quotas: bool = False, seed: int = 1) -> Instance:
    """Applications near towns, 50 to 200 thousand euros, marks of 10; 60 places already there; 2.2 M euros for 154."""
    chance = np.random.default_rng(seed)
    rows = table.communes()
    people = np.array([int(row["population"]) for row in rows])
    latitude, longitude = (np.array([float(row[name]) for row in rows]) for name in ("latitude", "longitude"))
    region = np.array([row["region"] for row in rows])
    if cells:  # communes split in neighbourhoods, to reach a size
        extra = chance.choice(len(rows), cells - len(rows), p=people / people.sum() / 2 + 0.5 / len(rows))
        at = np.concatenate([np.arange(len(rows)), extra])
        people = np.maximum(1, people[at] // np.bincount(at)[at])
        latitude = latitude[at] + chance.normal(0, 0.014, cells)
        longitude, region = longitude[at] + chance.normal(0, 0.02, cells), region[at]
    where = chance.choice(len(people), applications, replace=False, p=people**0.7 / (people**0.7).sum())
    old = chance.choice(len(people), 60, replace=False, p=people**1.2 / (people**1.2).sum())
    asked = np.clip(chance.lognormal(11.85, 0.33, applications).round(-3), 50e3, 200e3).astype(int)
    marks = np.clip(6 + 1.5 * chance.normal(0, 1, applications) + chance.normal(0, 0.6, applications), 0, 10)
    candidates = [
        Candidate(
            id=f"D{k:05d}", grant_cents=int(asked[k]) * 100, value=int(marks[k] * 1000), region=str(region[i]),
            latitude=float(latitude[i]), longitude=float(longitude[i]), commune=str(i),
        )
        for k, i in enumerate(where.tolist())
    ]  # fmt: skip
    budget = round(2.2e6 * applications / 154) * 100
    rules = Constraints(budget_cents=budget, one_per_commune=True)
    if quotas:
        funded = applications // 11
        codes, counts = np.unique(region[where], return_counts=True)
        share = counts / applications * funded
        limits = {str(c): (int(s * 0.8), int(np.ceil(s * 1.2))) for c, s in zip(codes, share, strict=True)}
        rules = replace(rules, quotas=limits)
    names = tuple(f"{k:06d}" for k in range(len(people)))
    places = [(float(latitude[i]), float(longitude[i])) for i in old]
    return Instance(candidates, Communes(names, latitude, longitude, people), rules, places)


def figures(quick: bool) -> Iterator[Figure]:
    """All the figures of this problem."""
    small = instance(154)
    yield ours(small, "154 x 35k", limit=0.2, gap=0.0, why="communes are matched to applications again each time")
    yield proof(small, "154 x 35k")
    yield from peers(small, "154 x 35k", slow=not quick)
    yield ours(instance(154, quotas=True), "154 x 35k, quotas", limit=0.2, gap=0.0, why=PROOF)
    sizes = [(600, None, 2.0)] if quick else [(2_000, None, 2.0), (10_000, 100_000, 10.0)]
    for applications, cells, limit in sizes:
        label = f"{applications} x {'35k' if cells is None else '100k'}"
        plain = instance(applications, cells)
        yield ours(plain, label, limit=limit, gap=1e-4)
        if cells is None:
            yield from peers(plain, label, slow=False)
        yield ours(instance(applications, cells, quotas=True), f"{label}, quotas", limit=limit, gap=1e-4)
        yield ours(
            replace(plain, rules=replace(plain.rules, partial_permille=600)), f"{label}, partial", limit=limit, gap=1e-4
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    yield Figure(NAME, "all of the above", "Essaim and peers", None, f"peak memory {peak:.2f} GB", "2 GB", peak <= 2)


def ours(given: Instance, label: str, *, limit: float, gap: float, why: str = CORE) -> Figure:
    """Essaim, with the gap it proves."""
    seconds, found = timed(lambda: given.solve(gap=max(gap, 1e-4)), times=3 if len(given.candidates) < 500 else 1)
    result = (
        f"value {found.points(found.value):.3f}, gap {100 * found.gap:.4f} %, {len(found.funded)} funded, "
        f"{found.cells} cells, spent {found.spent_cents / 100:,.0f} euros"
    )
    bar = f"{'exact' if gap == 0 else '.01 %'} in {limit:g} s"
    return Figure(NAME, label, "Essaim", seconds, result, bar, found.gap <= gap and seconds <= limit, why)


def proof(given: Instance, label: str) -> Figure:
    """The published tree of cases, and its independent verification in integers."""
    from essaim.engine.certificate import verify_certificate

    seconds, found = timed(lambda: given.solve(proof=True))
    document = found.certificate.document()
    check, bound = timed(lambda: verify_certificate(document))
    result = f"{len(document['multipliers'])} sets of prices, bound {'= value' if bound == found.value else 'above'}; "
    return Figure(
        NAME, f"{label}, proof", "Essaim", seconds, f"{result}verified in {check:.2f} s", "gap 0 certified",
        bound == found.value,
    )  # fmt: skip


def peers(given: Instance, label: str, *, slow: bool) -> Iterator[Figure]:
    """HiGHS and CP-SAT on our cells, CBC as one would write it, spopt without money, and a spreadsheet's greedy."""
    problem = given.problem()
    seconds, chosen = timed(lambda: greedy(problem))
    yield told(problem, label, "best marks per euro", seconds, chosen)
    yield highs(problem, label)
    yield cp_sat(problem, label)
    if problem.size < 500:
        yield cbc(problem, label)
    if slow:
        yield spopt(given, label)


def told(problem: Problem, label: str, who: str, seconds: float, chosen: np.ndarray | None) -> Figure:
    """A peer's portfolio, valued by us."""
    if chosen is None:
        return Figure(NAME, label, who, seconds, "no portfolio in the time given")
    value = problem.value(chosen) / problem.unit / 1000
    broken = "" if problem.allows(chosen) else ", BREAKS A RULE"
    return Figure(NAME, label, who, seconds, f"value {value:.3f}, {int(chosen.sum())} funded{broken}")


def greedy(problem: Problem) -> np.ndarray:
    """What a spreadsheet does: by marks per euro, while it fits."""
    chosen = np.zeros(problem.size, dtype=bool)
    for i in np.argsort(-problem.quality / problem.cost, kind="stable"):
        chosen[i] = True
        chosen[i] = problem.allows(chosen)
    return chosen


def highs(problem: Problem, label: str) -> Figure:
    """The whole integer programme given to HiGHS (scipy)."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, hstack, identity

    n, cells = problem.size, problem.cover.width
    cost = np.concatenate([problem.cost / 1e5, np.zeros(cells)])
    reached = hstack([problem.cover.matrix().T, -identity(cells)]).tocsr()
    rules = [LinearConstraint(csr_array(cost[None, :]), -np.inf, problem.budget / 1e5), LinearConstraint(reached, 0)]
    for group in problem.groups:
        row = np.zeros(n + cells)
        row[group.members] = 1
        rules.append(LinearConstraint(csr_array(row[None, :]), group.low, group.high))

    def work() -> np.ndarray | None:
        found = milp(
            -np.concatenate([problem.quality, problem.population]) / problem.unit, bounds=Bounds(0, 1),
            integrality=np.concatenate([np.ones(n), np.zeros(cells)]), constraints=rules,
            options={"time_limit": 120, "mip_rel_gap": 1e-4},
        )  # fmt: skip
        return None if found.x is None else found.x[:n] > 0.5

    return told(problem, label, "HiGHS on our cells", *timed(work))


def cp_sat(problem: Problem, label: str) -> Figure:
    """CP-SAT on the cells, one worker, 60 seconds at most."""
    model_of = peer("ortools.sat.python.cp_model")
    if model_of is None:
        return absent(NAME, label, "OR-tools CP-SAT on our cells")

    def work() -> np.ndarray | None:
        model = model_of.CpModel()
        x = [model.new_bool_var("") for _ in range(problem.size)]
        y = [model.new_bool_var("") for _ in range(problem.cover.width)]
        model.add(sum(int(c) * v for c, v in zip(problem.cost, x, strict=True)) <= problem.budget)
        columns = problem.cover.transposed()
        for cell, reached in enumerate(y):
            model.add_bool_or([x[i] for i in columns.row(cell)] + [reached.negated()])
        for group in problem.groups:
            model.add_linear_constraint(sum(x[i] for i in group.members), group.low, group.high)
        worth = [*problem.quality.tolist(), *problem.population.tolist()]
        model.maximize(sum(w * v for w, v in zip(worth, [*x, *y], strict=True)))
        solver = model_of.CpSolver()
        solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 1, 60
        solver.parameters.relative_gap_limit = 1e-4
        if solver.solve(model) not in (model_of.OPTIMAL, model_of.FEASIBLE):
            return None
        return np.array([bool(solver.value(v)) for v in x])

    return told(problem, label, "OR-tools CP-SAT on our cells", *timed(work))


def cbc(problem: Problem, label: str) -> Figure:
    """PuLP and CBC, on the cells."""
    pulp = peer("pulp")
    if pulp is None:
        return absent(NAME, label, "PuLP/CBC on our cells")

    def work() -> np.ndarray | None:
        model = pulp.LpProblem("choice", pulp.LpMaximize)
        x = [pulp.LpVariable(f"x{i}", cat="Binary") for i in range(problem.size)]
        y = [pulp.LpVariable(f"y{c}", 0, 1) for c in range(problem.cover.width)]
        worth = np.concatenate([problem.quality, problem.population]) / problem.unit
        model += pulp.lpSum(float(w) * v for w, v in zip(worth, [*x, *y], strict=True))
        model += pulp.lpSum(float(c) / 1e5 * v for c, v in zip(problem.cost, x, strict=True)) <= problem.budget / 1e5
        columns = problem.cover.transposed()
        for cell, reached in enumerate(y):
            model += reached <= pulp.lpSum(x[i] for i in columns.row(cell))
        for group in problem.groups:
            model += pulp.lpSum(x[i] for i in group.members) <= group.high
            model += pulp.lpSum(x[i] for i in group.members) >= group.low
        model.solve(pulp.PULP_CBC_CMD(msg=False, threads=1, timeLimit=120))
        return np.array([(v.value() or 0) > 0.5 for v in x])

    try:
        return told(problem, label, "PuLP/CBC on our cells", *timed(work))
    except pulp.PulpError as error:
        return Figure(NAME, label, "PuLP/CBC on our cells", None, f"fails: {error}")


def spopt(given: Instance, label: str) -> Figure:
    """spopt's maximal covering, which knows a number of sites and no money."""
    locate, pulp = peer("spopt.locate"), peer("pulp")
    if locate is None or pulp is None:
        return absent(NAME, label, "spopt MCLP (no money)")
    places = np.array([(c.latitude, c.longitude) for c in given.candidates])
    towns = np.stack([given.communes.latitude, given.communes.longitude], axis=1)

    def unit(points: np.ndarray) -> np.ndarray:
        phi, lam = np.radians(points).T
        return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=1)

    distance = 6371 * np.arccos(np.clip(unit(towns) @ unit(places).T, -1, 1))

    def work() -> float:
        model = locate.MCLP.from_cost_matrix(
            distance, given.communes.population, given.rules.radius_km, p_facilities=len(places) // 11
        )
        model.solve(pulp.PULP_CBC_CMD(msg=False, threads=1, timeLimit=120))
        return float(pulp.value(model.problem.objective) or 0)

    seconds, reached = timed(work)
    return Figure(
        NAME, label, "spopt MCLP (no money)", seconds, f"{reached:,.0f} inhabitants by {len(places) // 11} sites"
    )
