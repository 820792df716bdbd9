"""Counts that anyone can redo by hand: dots, approvals, mean scores. Equal counts share a rank, and ties are stated."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from essaim.engine.refusal import Refusal


@dataclass(frozen=True)
class Vote:
    """`value` dots (or a score) given by a voter to an idea; several lines of one voter for one idea add up (dots)."""

    voter: str
    idea: str
    value: int = 1


@dataclass(frozen=True)
class Standing:
    """An idea in the tally: total, number of voters, rank from 1 (equals share it: 1, 2, 2, 4), those tied with it."""

    idea: str
    total: Fraction
    voters: int
    rank: int
    tied_with: tuple[str, ...]


@dataclass(frozen=True)
class Tally:
    """Standings by rank then identifier, number of voters, and the groups of ideas that nothing tells apart."""

    standings: tuple[Standing, ...]
    voters: int
    ties: tuple[tuple[str, ...], ...]


def dots(votes: Sequence[Vote], *, ideas: Sequence[str] = (), per_voter: int | None = None) -> Tally:
    """Rank by number of dots, then by number of voters; what is still equal is tied.

    ideas: those that exist, so that an idea without a dot is listed with 0. per_voter: the dots each voter holds; a
    voter who laid more, or a negative vote, raises Refusal.
    """
    laid: dict[str, int] = {}
    for vote in votes:
        if vote.value < 0:
            raise Refusal(
                f"« {vote.voter} » a donné un nombre de points négatif à « {vote.idea} ».",
                f"“{vote.voter}” gave “{vote.idea}” a negative number of dots.",
                [vote.voter],
            )
        laid[vote.voter] = laid.get(vote.voter, 0) + vote.value
        if per_voter is not None and laid[vote.voter] > per_voter:
            raise Refusal(
                f"« {vote.voter} » a posé {laid[vote.voter]} points alors que chacun en a {per_voter}.",
                f"“{vote.voter}” laid {laid[vote.voter]} dots while each person has {per_voter}.",
                [vote.voter],
            )
    totals, voters = _sums(votes, ideas)
    return _tally({idea: Fraction(total) for idea, total in totals.items()}, voters, votes)


def approvals(votes: Sequence[Vote], *, ideas: Sequence[str] = ()) -> Tally:
    """Rank by number of voters who approve (value > 0); a voter counts once per idea."""
    once = {(vote.voter, vote.idea): Vote(vote.voter, vote.idea) for vote in votes if vote.value > 0}
    return dots(list(once.values()), ideas=[*ideas, *(vote.idea for vote in votes)])


def scores(votes: Sequence[Vote], *, ideas: Sequence[str] = ()) -> Tally:
    """Rank by exact mean score, then by number of voters; ideas nobody scored come last with 0."""
    totals, voters = _sums(votes, ideas)
    count = {idea: sum(vote.idea == idea for vote in votes) for idea in totals}
    means = {idea: Fraction(total, count[idea]) if count[idea] else Fraction(0) for idea, total in totals.items()}
    return _tally(means, voters, votes)


def _sums(votes: Sequence[Vote], ideas: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Idea -> sum of values, idea -> number of distinct voters with a positive value."""
    totals = dict.fromkeys(ideas, 0)
    voters: dict[str, set[str]] = {idea: set() for idea in totals}
    for vote in votes:
        totals[vote.idea] = totals.get(vote.idea, 0) + vote.value
        voters.setdefault(vote.idea, set())
        if vote.value > 0:
            voters[vote.idea].add(vote.voter)
    return totals, {idea: len(who) for idea, who in voters.items()}


def _tally(totals: dict[str, Fraction], voters: dict[str, int], votes: Sequence[Vote]) -> Tally:
    """Rank by (total, voters), both decreasing; equals share the rank."""
    groups: dict[tuple[Fraction, int], list[str]] = {}
    for idea in sorted(totals):
        groups.setdefault((-totals[idea], -voters[idea]), []).append(idea)
    standings: list[Standing] = []
    for key in sorted(groups):
        rank = len(standings) + 1
        for idea in groups[key]:
            tied = tuple(other for other in groups[key] if other != idea)
            standings.append(Standing(idea, totals[idea], voters[idea], rank, tied))
    ties = tuple(tuple(groups[key]) for key in sorted(groups) if len(groups[key]) > 1)
    return Tally(tuple(standings), len({vote.voter for vote in votes}), ties)
