"""Scores without the experts' severity."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.measure import Figure, timed
from essaim.engine.calibration import Score, calibrate

NAME = "Calibration"


def scores(applications: int, reviews: int, experts: int, seed: int) -> tuple[list[Score], np.ndarray]:
    """Scores drawn from the model, and the true ranks."""
    chance = np.random.default_rng(seed)
    quality, severity = chance.normal(0, 0.8, applications), chance.normal(0, 0.5, experts)
    rounds = -(-applications * reviews // experts)
    reader = np.concatenate([chance.permutation(experts) for _ in range(rounds)])[: applications * reviews]
    value = 4 + np.repeat(quality, reviews) - severity[reader] + chance.normal(0, 0.8, applications * reviews)
    rank = np.empty(applications)
    rank[np.argsort(-quality)] = np.arange(1, applications + 1)
    names = np.repeat(np.arange(applications), reviews)
    return [
        Score(f"a{i:05d}", f"e{e:04d}", float(v))
        for i, e, v in zip(names.tolist(), reader.tolist(), value.tolist(), strict=True)
    ], rank


def figures(quick: bool) -> Iterator[Figure]:
    """All the figures of this problem."""
    panels = [(154, 3, 40, 2_000, 1.0)]
    if not quick:
        panels += [(154, 3, 40, 10_000, None), (2000, 3, 300, 2_000, None), (10_000, 4, 1500, 2_000, 6.0)]
        panels += [(10_000, 4, 1500, 10_000, None)]
    for applications, reviews, experts, draws, limit in panels:
        yield from one_panel(applications, reviews, experts, draws, limit)


def one_panel(applications: int, reviews: int, experts: int, draws: int, limit: float | None) -> Iterator[Figure]:
    """Essaim beside the plain mean."""
    from scipy.stats import spearmanr

    given, rank = scores(applications, reviews, experts, 11)
    label = f"{applications} x {reviews}, {experts} experts, {draws} draws"
    seconds, found = timed(lambda: calibrate(given, fundable=applications // 11, draws=draws, seed=1))
    place = {one.id: one for one in found.applications}
    ordered = [place[name] for name in sorted(place)]
    expected = spearmanr([one.expected_rank for one in ordered], rank)[0]
    plain = spearmanr([-one.mean for one in ordered], rank)[0]
    inside = np.mean([one.low <= true <= one.high for one, true in zip(ordered, rank, strict=True)])
    result = f"Spearman with the truth {expected:.3f}, 90 % intervals cover {100 * inside:.1f} %"
    why = "the experts' matrix is factored at each point of a grid, then each draw is a triangular solve"
    met = None if limit is None else seconds <= limit
    yield Figure(NAME, label, "Essaim", seconds, result, "" if limit is None else f"{limit:g} s", met, why)
    yield Figure(NAME, label, "mean score", 0.0, f"Spearman with the truth {plain:.3f}")
    if applications == 154 and draws == 2_000:
        yield coverage(applications, reviews, experts)


def coverage(applications: int, reviews: int, experts: int) -> Figure:
    """How often the 90 % intervals hold the truth, over several panels."""
    inside = []
    for seed in range(20):
        given, rank = scores(applications, reviews, experts, 100 + seed)
        place = {one.id: one for one in calibrate(given, draws=1_000, seed=1).applications}
        inside += [place[name].low <= true <= place[name].high for name, true in zip(sorted(place), rank, strict=True)]
    share = 100 * float(np.mean(inside))
    return Figure(
        NAME, f"20 panels of {applications} x {reviews}", "Essaim", None, f"90 % intervals cover {share:.1f} %",
        "88 to 92 %", 88 <= share <= 92, "ranks are whole numbers: an interval of ranks holds a little more than 90 %",
    )  # fmt: skip
