"""The portfolio solved again on draws of the marks."""

import numpy as np
import pytest
from tests.engine.territory import candidates, communes

from essaim.engine.portfolio import Constraints, PortfolioError, select
from essaim.engine.robustness import funded_by_draw, probabilities

RULES = Constraints(budget_cents=300_000_00)


def test_each_draw_is_the_selection_on_its_marks():
    everyone, towns = candidates(10, 3), communes(40, 3)
    marks = np.random.default_rng(5).uniform(0, 20, (6, 10)).round(3)
    names = [candidate.id for candidate in reversed(everyone)]
    drawn = list(funded_by_draw(names, marks[:, ::-1], everyone, towns, RULES))
    for row, funded in zip(marks, drawn, strict=True):
        again = [type(c)(**{**vars(c), "value": round(1000 * m)}) for c, m in zip(everyone, row, strict=True)]
        assert funded == select(again, towns, constraints=RULES).ids


def test_probability_is_the_share_of_the_draws():
    assert probabilities([frozenset("a"), frozenset("ab")], ["a", "b", "c"]) == {"a": 1.0, "b": 0.5, "c": 0.0}


def test_draws_of_other_applications_are_refused():
    everyone, towns = candidates(3, 1), communes(5, 1)
    with pytest.raises(PortfolioError, match="n’ont pas le dossier D02"):
        list(funded_by_draw(["D00", "D01"], np.ones((1, 2)), everyone, towns, RULES))
    with pytest.raises(PortfolioError, match="nombres finis"):
        list(funded_by_draw(["D00", "D01", "D02"], np.full((1, 3), np.nan), everyone, towns, RULES))
