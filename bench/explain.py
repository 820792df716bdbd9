"""Why not me: every explanation of a selection."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.measure import Figure, timed
from bench.portfolio import Instance, instance
from essaim.engine.explain import envelope_curve, explain

NAME = "Explanations"
QUOTAS = "each refused application needs exact solutions with quotas, and each quota one more"


def figures(quick: bool) -> Iterator[Figure]:
    """All the figures of this problem."""
    for given, label, why in (
        (instance(154), "154 x 35k", ""),
        (instance(154, quotas=True), "154 x 35k, quotas", QUOTAS),
    ):
        yield everyone(given, label, why, 20 if quick else None)
    yield curve(instance(154), "154 x 35k", 1.0)
    if not quick:
        yield curve(instance(2_000), "2000 x 35k", None)
        yield from some(instance(2_000), "2000 x 35k", 10)


def everyone(given: Instance, label: str, why: str, most: int | None) -> Figure:
    """All applications, or the first ones."""
    ids = sorted(candidate.id for candidate in given.candidates)[:most]
    portfolio = given.solve()
    seconds, found = timed(
        lambda: explain(
            portfolio, given.candidates, given.communes, given.rules, ids, existing_places=given.places, top_mark=10
        )
    )
    size = f"{label}, {len(found)} explanations"
    if most:
        return Figure(NAME, size, "Essaim", seconds, f"{seconds / len(found):.3f} s each")
    return Figure(NAME, size, "Essaim", seconds, f"{seconds / len(found):.3f} s each", "20 s", seconds <= 20, why)


def curve(given: Instance, label: str, limit: float | None) -> Figure:
    """Thirteen envelopes around the one given."""
    budgets = [given.rules.budget_cents * k // 12 for k in range(6, 19)]
    seconds, found = timed(
        lambda: envelope_curve(budgets, given.candidates, given.communes, given.rules, existing_places=given.places)
    )
    result = f"{seconds / len(found):.2f} s each"
    size, met = f"{label}, {len(found)} envelopes", None if limit is None else seconds <= limit
    bar = "" if limit is None else f"{limit:g} s"
    return Figure(NAME, size, "Essaim", seconds, result, bar, met, "one exact selection per envelope")


def some(given: Instance, label: str, count: int) -> Iterator[Figure]:
    """A few refused applications of a large call: their missing points alone, then with the cut of their request."""
    from essaim.engine.portfolio.core import best_case
    from essaim.engine.portfolio.exact import Relaxation

    portfolio, problem = given.solve(), given.problem()
    relaxation = Relaxation(problem)
    chosen = np.array([id_ in portfolio.ids for id_ in problem.ids])
    refused = np.flatnonzero(~chosen)[:count].tolist()
    seconds, _ = timed(lambda: [best_case(problem.forcing(i, True), relaxation, chosen) for i in refused])
    each = seconds / count
    yield Figure(
        NAME, f"{label}, {count} refused, points", "Essaim", seconds, f"{each:.2f} s each", "0.3 s each", each <= 0.3,
        "each is an exact optimum with the application forced in; some need a second search, and load counts double",
    )  # fmt: skip
    ids = [problem.ids[i] for i in refused]
    seconds, _ = timed(
        lambda: explain(portfolio, given.candidates, given.communes, given.rules, ids, existing_places=given.places)
    )
    yield Figure(
        NAME, f"{label}, {count} refused, points, cut and rules", "Essaim", seconds, f"{seconds / count:.2f} s each"
    )
