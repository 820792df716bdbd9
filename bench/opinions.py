"""Opinion groups: planted ones found, noise refused."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.measure import Figure, timed
from essaim.engine.opinion_groups import Vote, opinion_groups
from essaim.engine.refusal import Refusal

NAME = "Opinion groups"


def votes(sizes: tuple[int, ...], statements: int, *, seed: int = 1) -> list[Vote]:
    """Groups that follow a random creed five times out of six, and vote on six statements in ten."""
    chance = np.random.default_rng(seed)
    creeds = chance.choice([-1, 1], (len(sizes), statements))
    group = np.repeat(np.arange(len(sizes)), sizes)
    follows = chance.random((len(group), statements)) < 0.83
    table = np.where(follows, creeds[group], chance.integers(-1, 2, follows.shape))
    asked = np.argwhere(chance.random(table.shape) < 0.6).tolist()
    return [Vote(f"v{i:05d}", f"s{j:03d}", int(table[i, j])) for i, j in asked]


def figures(quick: bool) -> Iterator[Figure]:
    """All the figures of this problem."""
    for sizes, statements in [((90, 60), 40)] if quick else [((90, 60), 40), ((800, 700, 500), 100)]:
        given = votes(sizes, statements)
        seconds, found = timed(lambda given=given: opinion_groups(given, seed=1))
        result = f"{[len(group.voters) for group in found.groups]}, stability {found.stability:.3f}"
        met = [len(group.voters) for group in found.groups] == sorted(sizes, reverse=True)
        label = f"{sum(sizes)} voters x {statements} statements"
        yield Figure(NAME, label, "Essaim", seconds, result, "the planted groups, stable at .80", met)
    noise = votes((1,) * 150, 40)
    try:
        result = f"{len(opinion_groups(noise, seed=1).groups)} groups"
    except Refusal as refusal:
        result = refusal.en
    yield Figure(NAME, "150 voters of 150 opinions", "Essaim", None, result, "refused", "draw no" in result)
