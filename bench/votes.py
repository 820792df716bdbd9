"""Ideas compared two by two, and participatory budgets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.measure import Figure, absent, peer, timed
from essaim.engine.pabulib import Ballot, Election, Project
from essaim.engine.ranking_votes import Comparison, bradley_terry, equal_shares, next_pair

NAME = "Votes"


def comparisons(ideas: int, votes: int, seed: int) -> tuple[list[Comparison], np.ndarray]:
    """Votes drawn from known strengths, pairs at random."""
    chance = np.random.default_rng(seed)
    strength = chance.normal(0, 1, ideas)
    first = chance.integers(0, ideas, votes)
    second = (first + chance.integers(1, ideas, votes)) % ideas
    wins = chance.random(votes) < 1 / (1 + np.exp(strength[second] - strength[first]))
    pairs = zip(np.where(wins, first, second).tolist(), np.where(wins, second, first).tolist(), strict=True)
    return [Comparison(f"i{winner:04d}", f"i{loser:04d}") for winner, loser in pairs], strength


def election(projects: int, voters: int, seed: int) -> Election:
    """Approval ballots, costs spread over two decades, a budget of a third of all."""
    chance = np.random.default_rng(seed)
    cost = np.rint(10 ** chance.uniform(5, 7, projects)).astype(int) * 100
    liked = chance.dirichlet(np.full(projects, 0.8))
    ballots = tuple(
        Ballot(
            f"v{voter}", {f"p{k}": 1 for k in chance.choice(projects, chance.integers(1, 8), replace=False, p=liked)}
        )
        for voter in range(voters)
    )
    return Election(int(cost.sum() // 3), tuple(Project(f"p{k}", int(cost[k])) for k in range(projects)), ballots)


def figures(quick: bool) -> Iterator[Figure]:
    """All the figures of this problem."""
    yield from pairwise(*((200, 5_000) if quick else (1_000, 24_000)))
    yield top_recall(60, 1500, 4 if quick else 20)
    for projects, voters in ((30, 1500),) if quick else ((30, 1500), (100, 10_000)):
        yield from budget(projects, voters)


def pairwise(ideas: int, votes: int) -> Iterator[Figure]:
    """Strengths and the next pair, beside choix."""
    from scipy.stats import kendalltau

    given, truth = comparisons(ideas, votes, 1)
    names, label = [f"i{k:04d}" for k in range(ideas)], f"{ideas} ideas, {votes} votes"

    def tau(strength: object) -> str:
        return f"Kendall tau with the truth {kendalltau(truth, strength)[0]:.3f}"

    data = [(int(vote.winner[1:]), int(vote.loser[1:])) for vote in given]
    choix, slowest = peer("choix"), None
    rows = []
    if choix is None:
        rows.append(absent(NAME, label, "choix"))
    else:
        for how in ("mm_pairwise", "ilsr_pairwise", "opt_pairwise"):
            try:
                seconds, found = timed(lambda how=how: getattr(choix, how)(ideas, data, alpha=0.01))
                rows.append(Figure(NAME, label, f"choix {how}", seconds, tau(found)))
                slowest = max(slowest or 0.0, seconds) if how == "mm_pairwise" else slowest
            except (RuntimeError, ValueError) as error:
                rows.append(Figure(NAME, label, f"choix {how}", None, f"fails: {error}"))
    seconds, ranking = timed(lambda: bradley_terry(given, ideas=names, seed=1))
    strength = {idea.id: idea.strength for idea in ranking.ideas}
    met = None if slowest is None else slowest >= 20 * seconds
    why = "intervals, probabilities of being in the top and the next pair are in our time, which choix does not give"
    result = f"{tau([strength[name] for name in names])}, with intervals"
    yield Figure(NAME, label, "Essaim", seconds, result, "20 times the speed of choix mm", met, why)
    yield from rows
    seconds, _ = timed(lambda: next_pair(given, ideas=names, start=strength, seed=1), times=3)
    why = "one Cholesky factor of ideas x ideas, O(n^3), is the floor of an exact posterior draw"
    yield Figure(NAME, f"{label}, next pair", "Essaim", seconds, "", "0.05 s", seconds <= 0.05, why)


def top_recall(ideas: int, votes: int, times: int) -> Figure:
    """Share of the true top ten found, the pairs asked being the ones suggested."""
    chance, shares = np.random.default_rng(7), []
    names = [f"i{k:02d}" for k in range(ideas)]
    for turn in range(times):
        strength = chance.normal(0, 1, ideas)
        given: list[Comparison] = []
        known: dict[str, float] = {}
        for step in range(votes):
            if step % 25 == 0 and given:
                known = {one.id: one.strength for one in bradley_terry(given, ideas=names, draws=1, seed=1).ideas}
            one, two = next_pair(given, ideas=names, start=known, seed=turn * votes + step)
            gap = strength[int(one[1:])] - strength[int(two[1:])]
            first = chance.random() < 1 / (1 + np.exp(-gap))
            given.append(Comparison(one, two) if first else Comparison(two, one))
        best = {idea.id for idea in bradley_terry(given, ideas=names, draws=1, seed=1).ideas[:10]}
        shares.append(len(best & {names[k] for k in np.argsort(-strength)[:10]}) / 10)
    recall = float(np.mean(shares))
    result = f"top-10 recall {recall:.3f} over {times} runs, 25 votes an idea"
    return Figure(
        NAME, f"{ideas} ideas, {votes} votes", "Essaim", None, result, "recall .88", recall >= 0.88,
        f"{times} runs: the mean of a share of ten moves by a few hundredths",
    )  # fmt: skip


def budget(projects: int, voters: int) -> Iterator[Figure]:
    """The method of equal shares, beside pabutools."""
    given, label = election(projects, voters, 3), f"equal shares, {projects} projects, {voters} voters"
    seconds, ours = timed(lambda: equal_shares(given), times=3)
    rules = peer("pabutools.rules")
    if rules is None:
        yield Figure(NAME, label, "Essaim", seconds, f"{len(ours.funded)} funded", "45 times pabutools")
        yield absent(NAME, label, "pabutools")
        return
    from pabutools.election import ApprovalBallot, ApprovalProfile, Cost_Sat, Instance
    from pabutools.election import Project as Theirs

    known = {project.id: Theirs(project.id, project.cost) for project in given.projects}
    instance = Instance(known.values(), budget_limit=given.budget)
    profile = ApprovalProfile([ApprovalBallot({known[p] for p in ballot.points}) for ballot in given.ballots])
    theirs, found = timed(lambda: rules.method_of_equal_shares(instance, profile, sat_class=Cost_Sat))
    same = {project.name for project in found} == set(ours.funded)
    why = "exact integers; the prototype was faster in floating point, where rounding can decide a tie"
    result = f"{len(ours.funded)} funded, {'the same' if same else 'OTHERS'} as pabutools"
    yield Figure(NAME, label, "Essaim", seconds, result, "45 times pabutools", same and theirs >= 45 * seconds, why)
    yield Figure(NAME, label, "pabutools", theirs, f"{len(found)} funded")
