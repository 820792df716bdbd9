"""Long computations tell how far they are, stop when asked at any moment, and answer the same followed or not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.engine.territory import candidates, communes

from essaim.engine.assignment import assign
from essaim.engine.calibration import Score, calibrate
from essaim.engine.explain import envelope_curve, explain
from essaim.engine.grouping import Person, replan, seat
from essaim.engine.portfolio import Constraints, select
from essaim.engine.progress import Cancelled, Step, followed, following, look, tell

SAID = Step("un", "one")
CHANCE = np.random.default_rng(5)
AFFINITY = CHANCE.random((60, 14))
SCORES = [Score(f"a{i}", f"e{(i + k) % 7}", float(CHANCE.normal())) for i in range(30) for k in range(3)]
PEOPLE = [Person(f"p{i:02d}", {"role": "abcd"[i % 4], "region": "xyz"[i % 3]}, f"o{i // 3}") for i in range(40)]
FILES, TOWNS = candidates(14, seed=3), communes(60, seed=3)
RULES = Constraints(budget_cents=sum(one.grant_cents for one in FILES) // 3, weight=1000)

COMPUTATIONS: dict[str, Callable[..., Any]] = {
    "seating": lambda **how: seat(PEOPLE, tables=5, rounds=2, seed=1, effort=0.2, **how),
    "repaired seating": lambda **how: replan(
        seat(PEOPLE, tables=5, rounds=2, seed=1, effort=0.1), PEOPLE, absent=["p03", "p17"], **how
    ),
    "assignment": lambda **how: assign(AFFINITY, reviews=3, loads=(10, 14), **how),
    "fair assignment": lambda **how: assign(AFFINITY, reviews=3, loads=(10, 14), floor="auto", **how),
    "ranking": lambda **how: calibrate(SCORES, fundable=5, draws=1_000, seed=1, **how),
    "portfolio": lambda **how: select(FILES, TOWNS, constraints=RULES, proof=True, **how),
    "explanations": lambda **how: explain(select(FILES, TOWNS, constraints=RULES), FILES, TOWNS, RULES, **how),
    "envelopes": lambda **how: envelope_curve(
        [RULES.budget_cents * k // 4 for k in range(2, 7)], FILES, TOWNS, RULES, **how
    ),
}


@pytest.mark.parametrize("name", COMPUTATIONS)
def test_a_followed_computation_answers_the_same_and_says_what_it_does(name):
    told: list[tuple[int, int, Step]] = []
    compute = COMPUTATIONS[name]
    followed_answer = compute(progress=lambda done, total, step: told.append((done, total, step)))
    plain = compute()
    if name == "portfolio":
        assert (followed_answer.funded, followed_answer.bound) == (plain.funded, plain.bound)
    else:
        assert followed_answer == plain
    assert told
    assert all(0 <= done <= total and step.fr and step.en for done, total, step in told)


@pytest.mark.parametrize("name", COMPUTATIONS)
def test_a_computation_stops_wherever_it_is_asked_to(name):
    count = 0

    def following_until(last: int) -> Callable[[int, int, Step], None]:
        def progress(done: int, total: int, step: Step) -> None:
            nonlocal count
            count += 1
            if count == last:
                raise Cancelled

        return progress

    compute = COMPUTATIONS[name]
    compute(progress=following_until(-1))
    moments = count
    assert moments
    for last in sorted({1, moments // 3, moments // 2, moments - 1, moments} - {0}):
        count = 0
        with pytest.raises(Cancelled):
            compute(progress=following_until(last))
        assert count == last
    assert not followed()


def test_nothing_is_said_when_nobody_follows():
    tell(1, 2, SAID)
    look()
    assert not followed()


def test_an_inner_computation_keeps_telling_who_follows_the_outer_one():
    told = []
    with following(lambda *said: told.append(said)):
        tell(1, 2, SAID)
        with following(None):
            look()
    assert told == [(1, 2, SAID), (1, 2, SAID)]
