"""Votes: counts with ties stated, finite strengths, funded projects recomputed naively."""

from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.engine import pabulib
from essaim.engine.pabulib import Ballot, Election, Project
from essaim.engine.ranking_votes import (
    Comparison,
    Vote,
    approvals,
    bradley_terry,
    dots,
    equal_shares,
    greedy_welfare,
    max_welfare,
    next_pair,
    scores,
)
from essaim.engine.refusal import Refusal

TOULOUSE = Path(__file__).parents[3] / "shared" / "data" / "votes" / "France_Toulouse_2019.pb"


def test_dots_rank_and_state_ties() -> None:
    votes = [Vote("a", "x", 2), Vote("b", "x"), Vote("a", "y"), Vote("b", "y", 2), Vote("c", "z", 3)]
    tally = dots(votes, ideas=["w"])
    assert [(s.idea, s.total, s.voters, s.rank, s.tied_with) for s in tally.standings] == [
        ("x", 3, 2, 1, ("y",)),
        ("y", 3, 2, 1, ("x",)),
        ("z", 3, 1, 3, ()),
        ("w", 0, 0, 4, ()),
    ]
    assert tally.ties == (("x", "y"),)
    assert tally.voters == 3


def test_dots_refuse_more_than_each_holds() -> None:
    with pytest.raises(Refusal) as refused:
        dots([Vote("Ana", "x", 2), Vote("Ana", "y", 2)], per_voter=3)
    assert str(refused.value) == "« Ana » a posé 4 points alors que chacun en a 3."


def test_approvals_count_a_voter_once() -> None:
    tally = approvals([Vote("a", "x"), Vote("a", "x"), Vote("b", "y"), Vote("c", "y"), Vote("d", "z", 0)])
    assert [(s.idea, s.total) for s in tally.standings] == [("y", 2), ("x", 1), ("z", 0)]


def test_scores_are_exact_means() -> None:
    tally = scores([Vote("a", "x", 1), Vote("b", "x", 2), Vote("c", "x", 2), Vote("a", "y", 2)])
    assert [(s.idea, s.total) for s in tally.standings] == [("y", Fraction(2)), ("x", Fraction(5, 3))]


def test_bradley_terry_is_finite_and_ordered() -> None:
    ranking = bradley_terry([Comparison("a", "b")] * 9 + [Comparison("b", "c")] * 9, ideas=["d"], top=1, seed=1)
    assert [idea.id for idea in ranking.ideas] == ["a", "b", "d", "c"]
    assert all(np.isfinite([idea.strength, idea.low, idea.high]).all() for idea in ranking.ideas)
    assert ranking.ideas[0].probability_top > ranking.ideas[1].probability_top
    assert sum(idea.probability_top for idea in ranking.ideas) == pytest.approx(1)


def test_bradley_terry_maximises_the_posterior() -> None:
    from scipy.optimize import minimize

    rng = np.random.default_rng(0)
    pairs = [tuple(rng.permutation(5)[:2].tolist()) for _ in range(40)]
    ranking = bradley_terry([Comparison(str(a), str(b)) for a, b in pairs], seed=1)

    def loss(t: np.ndarray) -> float:
        return float(sum(np.logaddexp(0, t[b] - t[a]) for a, b in pairs) + 0.15 * t @ t)

    found = minimize(loss, np.zeros(5), tol=1e-12).x
    ours = {idea.id: idea.strength for idea in ranking.ideas}
    assert np.array([ours[str(k)] for k in range(5)]) == pytest.approx(found, abs=1e-5)


def test_bradley_terry_gives_equal_data_equal_strength() -> None:
    ranking = bradley_terry([Comparison("a", "b"), Comparison("b", "c"), Comparison("c", "a")], seed=1)
    assert [idea.strength for idea in ranking.ideas] == pytest.approx([0, 0, 0], abs=1e-9)


def test_bradley_terry_ignores_the_order_of_rows() -> None:
    votes = [Comparison(a, b) for a, b in [("a", "b"), ("c", "a"), ("b", "c"), ("a", "d"), ("d", "c")]]
    assert bradley_terry(votes, seed=4) == bradley_terry(votes[::-1], seed=4)


def test_bradley_terry_finds_the_top_of_a_jam() -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(size=60)
    first = rng.integers(0, 60, 1500)
    second = (first + rng.integers(1, 60, 1500)) % 60
    wins = rng.random(1500) < 1 / (1 + np.exp(truth[second] - truth[first]))
    votes = [
        Comparison(f"{a if w else b:02}", f"{b if w else a:02}") for a, b, w in zip(first, second, wins, strict=True)
    ]
    best = {idea.id for idea in bradley_terry(votes, seed=1).ideas[:10]}
    assert len(best & {f"{k:02}" for k in np.argsort(-truth)[:10]}) >= 8


def test_next_pair_is_drawn_from_the_seed_and_starts_with_the_unseen() -> None:
    votes = [Comparison("a", "b")] * 5
    assert next_pair(votes, ideas=["a", "b", "c", "d"], seed=7) == next_pair(votes, ideas=["d", "c", "b", "a"], seed=7)
    assert set(next_pair(votes, ideas=["c", "d"], seed=7)) == {"c", "d"}


def test_comparison_of_an_idea_with_itself_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        bradley_terry([Comparison("a", "a")], seed=1)
    assert str(refused.value) == "L’idée « a » est comparée à elle-même."


@st.composite
def elections(draw: st.DrawFn) -> Election:
    costs = draw(st.lists(st.integers(1, 30), min_size=1, max_size=6))
    projects = tuple(Project(f"p{k}", cost) for k, cost in enumerate(costs))
    ballots = draw(st.lists(st.sets(st.integers(0, len(costs) - 1)), min_size=1, max_size=6))
    return Election(
        draw(st.integers(1, 60)),
        projects,
        tuple(Ballot(str(v), {f"p{k}": 1 for k in sorted(chosen)}) for v, chosen in enumerate(ballots)),
    )


def naive_equal_shares(election: Election) -> list[str]:
    """The definition, with cost satisfaction, trying every price at which someone runs out."""
    purse = [Fraction(election.budget, len(election.ballots))] * len(election.ballots)
    cost = {p.id: p.cost for p in election.projects}
    funded: list[str] = []
    while True:
        options = []
        for project in cost:
            fans = [v for v, ballot in enumerate(election.ballots) if project in ballot.points]
            if project in funded or not fans or sum(purse[v] for v in fans) < cost[project]:
                continue
            for k in range(len(fans)):
                poor = sorted(fans, key=lambda v: purse[v])[:k]
                each = (cost[project] - sum(purse[v] for v in poor)) / Fraction(len(fans) - k)
                if all(purse[v] <= each for v in poor) and all(purse[v] >= each for v in set(fans) - set(poor)):
                    options.append((each / cost[project], project, fans, each))
        if not options:
            return funded
        _, project, fans, each = min(options)
        funded.append(project)
        for v in fans:
            purse[v] -= min(purse[v], each)


@settings(max_examples=150, deadline=None)
@given(elections())
def test_equal_shares_follow_the_definition(election: Election) -> None:
    assert list(equal_shares(election).funded) == naive_equal_shares(election)


@settings(max_examples=100, deadline=None)
@given(elections(), st.sampled_from(["cost", "cardinality"]))
def test_max_welfare_is_brute_force_and_budget_never_passed(election: Election, satisfaction: str) -> None:
    cost = {p.id: p.cost for p in election.projects}
    fans = {p: sum(p in ballot.points for ballot in election.ballots) for p in cost}
    worth = {p: fans[p] * (cost[p] if satisfaction == "cost" else 1) for p in cost}
    best = max(
        sum(worth[p] for p in chosen)
        for size in range(len(cost) + 1)
        for chosen in combinations(cost, size)
        if sum(cost[p] for p in chosen) <= election.budget
    )
    outcome = max_welfare(election, satisfaction=satisfaction)  # type: ignore[arg-type]
    assert sum(worth[p] for p in outcome.funded) == best
    for other in (outcome, greedy_welfare(election), equal_shares(election, completion="greedy")):
        assert other.cost == sum(cost[p] for p in other.funded) <= election.budget


def test_ties_are_stated_and_go_to_the_smaller_identifier() -> None:
    election = Election(10, (Project("b", 10), Project("a", 10)), (Ballot("v", {"a": 1, "b": 1}),))
    outcome = equal_shares(election)
    assert outcome.funded == ("a",)
    assert outcome.ties == (("a", "b"),)


@pytest.mark.skipif(not TOULOUSE.exists(), reason="the file of Toulouse is not here")
def test_toulouse_2019_is_funded_as_its_definition_says() -> None:
    election = pabulib.parse(TOULOUSE.read_text(encoding="utf-8"))
    funded = "16 13 10 20 30 1 18 7 6 3 25 27 12 14 24"
    assert equal_shares(election).funded == tuple(funded.split())
    assert greedy_welfare(election).cost == 99400000
    assert max_welfare(election).cost == 100000000
