"""How much a choice owes to chance in the marks: the portfolio solved again on draws of the qualities.

The probability that an application is funded is the share of the posterior draws whose best portfolio holds it (draws:
`calibration.posterior_draws`). Everything but the marks is held equal. One exact selection per draw: 0.1 s at 154.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from essaim.engine.coverage import Communes, Floats, Place
from essaim.engine.portfolio import Candidate, Constraints, PortfolioError
from essaim.engine.portfolio.problem import build
from essaim.engine.portfolio.search import solve
from essaim.engine.progress import look


def funded_by_draw(
    applications: Sequence[str],
    quality: Floats,
    candidates: Sequence[Candidate],
    communes: Communes,
    constraints: Constraints,
    *,
    existing_places: Sequence[Place] = (),
    gap: float = 1e-4,
) -> Iterator[frozenset[str]]:
    """The ids funded in each draw, one after the other.

    quality: (draws, n) marks in points, in the order of `applications`; a negative one counts as zero. Raises
    PortfolioError when the applications are not the candidates, or a mark is not finite.
    """
    problem = build(candidates, communes, constraints, existing_places)
    column = {id_: k for k, id_ in enumerate(applications)}
    missing = next((id_ for id_ in problem.ids if id_ not in column), None)
    if missing is not None:
        raise PortfolioError(
            f"Les tirages n’ont pas le dossier {missing}.", f"The draws do not have application {missing}."
        )
    if quality.ndim != 2 or quality.shape[1] != len(applications) or not np.isfinite(quality).all():
        raise PortfolioError(
            "Les tirages doivent être des nombres finis, une ligne par tirage et une colonne par dossier.",
            "The draws must be finite numbers, one row per draw and one column per application.",
        )
    order = np.array([column[id_] for id_ in problem.ids])
    for row in quality[:, order]:
        look()
        marks = np.rint(1000 * np.maximum(0.0, row)).astype(np.int64)
        found = solve(replace(problem, quality=problem.unit * marks), gap=gap, time_limit=None)
        yield frozenset(problem.ids[i] for i in np.flatnonzero(found.chosen))


def probabilities(funded: Sequence[frozenset[str]], ids: Sequence[str]) -> Mapping[str, float]:
    """id -> share of the draws that fund it."""
    return {id_: sum(id_ in draw for draw in funded) / len(funded) for id_ in ids}
