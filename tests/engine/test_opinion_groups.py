"""Opinion groups: planted ones are found, noise is refused, few people are protected."""

import numpy as np
import pytest

from essaim.engine.opinion_groups import Vote, opinion_groups
from essaim.engine.refusal import Refusal


def planted(sizes, *, statements=30, seen=0.6, loyal=0.85, seed=1):
    """Groups that each hold a random creed, follow it most of the time, and vote on part of the statements."""
    chance = np.random.default_rng(seed)
    creeds = chance.choice([-1, 1], (len(sizes), statements))
    group = np.repeat(np.arange(len(sizes)), sizes)
    table = np.where(chance.random((len(group), statements)) < loyal, creeds[group], chance.choice([-1, 0, 1]))
    asked = chance.random(table.shape) < seen
    votes = [Vote(f"v{i:03d}", f"s{j:02d}", int(table[i, j])) for i, j in zip(*np.nonzero(asked), strict=True)]
    return votes, group


def refusal(votes):
    with pytest.raises(Refusal) as refused:
        opinion_groups(votes, seed=1)
    return refused.value


@pytest.mark.parametrize("sizes", [(80, 60), (60, 50, 40)])
def test_planted_groups_are_found(sizes):
    votes, group = planted(sizes)
    found = opinion_groups(votes, seed=1)
    truth = {frozenset(f"v{i:03d}" for i in np.flatnonzero(group == k)) for k in range(len(sizes))}
    assert {frozenset(one.voters) for one in found.groups} == truth
    assert found.stability >= 0.8
    assert [len(one.voters) for one in found.groups] == list(sizes)
    first = found.groups[0].statements[0]
    assert abs(first.share_for - first.share_for_elsewhere) > 0.5


def test_order_of_votes_does_not_matter_and_seed_replays():
    votes, _group = planted((70, 50))
    assert opinion_groups(votes[::-1], seed=4) == opinion_groups(votes, seed=4)


@pytest.mark.parametrize("seed", range(5))
def test_noise_is_refused(seed):
    chance = np.random.default_rng(seed)
    votes = [Vote(f"v{i}", f"s{j}", int(chance.integers(-1, 2))) for i in range(150) for j in range(30)]
    refused = refusal(votes)
    assert "ces votes ne dessinent pas de groupes" in str(refused)
    assert "draw no groups" in refused.en


def test_a_hundred_voters_are_too_few():
    votes, _group = planted((60, 40))
    assert str(refusal(votes)) == (
        "Il y a 100 votants\u00a0: des groupes d’opinion ne se cherchent qu’au-dessus de 100."
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (Vote("v000", "x", 2), "Le vote de «\u00a0v000\u00a0» sur «\u00a0x\u00a0» n’est ni -1, ni 0, ni 1."),
        (Vote("v000", "s00", 1), "«\u00a0v000\u00a0» a voté deux fois sur «\u00a0s00\u00a0»."),
    ],
)
def test_what_is_not_a_vote_is_refused(wrong, sentence):
    assert str(refusal([Vote("v000", "s00", 1), wrong])) == sentence
