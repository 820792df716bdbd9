"""Calibration: equal data give equal ranks, severity is found, intervals cover the truth, seeds replay."""

from dataclasses import replace

import numpy as np
import pytest

from essaim.engine.calibration import Score, calibrate, posterior_draws
from essaim.engine.refusal import Refusal


def panel(applications: int, reviews: int, experts: int, seed: int) -> tuple[list[Score], np.ndarray]:
    """Scores drawn from the model, and the true qualities."""
    rng = np.random.default_rng(seed)
    quality, severity = rng.normal(0, 0.8, applications), rng.normal(0, 0.5, experts)
    readers = rng.permutation(np.tile(np.arange(experts), applications * reviews // experts + 1))
    scores = [
        Score(f"a{i:03}", f"e{readers[i * reviews + k]:02}", 0.0) for i in range(applications) for k in range(reviews)
    ]
    return [
        replace(s, value=float(4 + quality[int(s.application[1:])] - severity[int(s.expert[1:])] + rng.normal(0, 0.8)))
        for s in scores
    ], quality


def test_complete_design_with_equal_means_gives_equal_ranks() -> None:
    grades = {"a": (5, 3), "b": (3, 5), "c": (4, 4), "d": (6, 6), "e": (1, 2)}
    result = calibrate([Score(a, f"e{k}", v) for a, vs in grades.items() for k, v in enumerate(vs)], fundable=2, seed=1)
    by_id = {found.id: found for found in result.applications}
    assert by_id["a"].expected_rank == by_id["b"].expected_rank == by_id["c"].expected_rank
    assert by_id["a"].probability_fundable == by_id["b"].probability_fundable
    assert [found.id for found in result.applications] == ["d", "a", "b", "c", "e"]
    assert sum(found.expected_rank for found in result.applications) == pytest.approx(15)
    assert sum(found.probability_fundable or 0 for found in result.applications) == pytest.approx(2)


def test_all_scores_equal_leave_everyone_undecided() -> None:
    result = calibrate([Score(a, e, 3) for a in "abcd" for e in "xy"], fundable=2, seed=1)
    assert {found.expected_rank for found in result.applications} == {2.5}
    assert {found.group for found in result.applications} == {"undecided"}
    assert {(found.low, found.high) for found in result.applications} == {(1, 4)}
    assert {expert.severity for expert in result.experts} == {0.0}


def test_order_of_rows_does_not_matter_and_seed_replays() -> None:
    scores, _ = panel(20, 3, 6, 1)
    assert calibrate(scores, fundable=5, seed=3) == calibrate(scores[::-1], fundable=5, seed=3)
    assert calibrate(scores, fundable=5, seed=3) != calibrate(scores, fundable=5, seed=4)


def test_severe_expert_is_found_and_no_longer_hurts() -> None:
    scores, _ = panel(40, 3, 8, 2)
    harsh = [replace(s, value=s.value - 2) if s.expert == "e00" else s for s in scores]
    result = calibrate(harsh, seed=1)
    severity = {expert.id: expert.severity for expert in result.experts}
    assert max(severity, key=lambda e: severity[e]) == "e00"
    assert severity["e00"] > 1


def test_intervals_cover_the_truth_and_beat_the_mean() -> None:
    covered, ours, plain = [], [], []
    for seed in range(6):
        scores, quality = panel(80, 3, 20, seed)
        truth = np.empty(80)
        truth[np.argsort(-quality)] = np.arange(1, 81)
        result = sorted(calibrate(scores, draws=1000, seed=1).applications, key=lambda found: found.id)
        covered += [found.low <= rank <= found.high for found, rank in zip(result, truth, strict=True)]
        ours.append(np.corrcoef([found.expected_rank for found in result], truth)[0, 1])
        plain.append(np.corrcoef(np.argsort(np.argsort([-found.mean for found in result])), truth)[0, 1])
    assert 0.86 <= np.mean(covered) <= 0.95
    assert np.mean(ours) > np.mean(plain)


def test_expected_ranks_agree_with_a_gibbs_sampler() -> None:
    """Same model, other algorithm: variances fixed at their posterior means, plain Gibbs."""
    scores, _ = panel(12, 3, 5, 4)
    result = calibrate(scores, draws=4000, seed=1)
    va, ve, vr = result.variance.application, result.variance.expert, result.variance.residual
    rng = np.random.default_rng(0)
    a = np.array([int(s.application[1:]) for s in scores])
    e = np.array([int(s.expert[1:]) for s in scores])
    y = np.array([s.value for s in scores])
    theta, nu, mean = np.zeros(12), np.zeros(5), y.mean()
    ranks = np.zeros(12)
    for sweep in range(6000):
        precision = np.bincount(a, minlength=12) / vr + 1 / va
        theta = np.bincount(a, y - mean - nu[e], 12) / vr / precision + rng.normal(size=12) / np.sqrt(precision)
        precision = np.bincount(e, minlength=5) / vr + 1 / ve
        nu = np.bincount(e, y - mean - theta[a], 5) / vr / precision + rng.normal(size=5) / np.sqrt(precision)
        mean = (y - theta[a] - nu[e]).mean() + rng.normal() * np.sqrt(vr / len(y))
        if sweep >= 500:
            ranks += np.argsort(np.argsort(-theta)) + 1
    expected = {found.id: found.expected_rank for found in result.applications}
    assert np.array([expected[f"a{k:03}"] for k in range(12)]) == pytest.approx(ranks / 5500, abs=0.45)


def test_groups_follow_the_probability() -> None:
    scores, _ = panel(30, 3, 8, 5)
    for found in calibrate(scores, fundable=10, seed=1).applications:
        chance = found.probability_fundable
        assert chance is not None
        assert found.group == ("fund" if chance >= 0.75 else "refuse" if chance <= 0.25 else "undecided")


def test_posterior_draws_have_one_row_per_draw() -> None:
    scores, _ = panel(10, 2, 4, 6)
    posterior = posterior_draws(scores, draws=50, seed=1)
    assert posterior.quality.shape == (50, 10)
    assert posterior.severity.shape == (50, 4)


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ([], "Il n’y a aucune note à étalonner."),
        ([Score("a", "e", float("inf"))] * 3, "La note de « e » sur « a » n’est pas un nombre."),
        ([Score("a", "e", 1)], "Il faut au moins trois notes pour comparer des demandes."),
    ],
)
def test_what_cannot_be_compared_is_refused(scores: list[Score], sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        calibrate(scores, seed=1)
    assert str(refused.value) == sentence
