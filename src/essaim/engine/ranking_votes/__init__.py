"""Ideas and projects ranked from votes: dots, approvals and scores, pairwise comparisons, participatory budgets."""

from essaim.engine.ranking_votes.budget import Funding, Outcome, equal_shares, greedy_welfare, max_welfare
from essaim.engine.ranking_votes.pairwise import (
    Comparison,
    IdeaStrength,
    PairwiseRanking,
    bradley_terry,
    next_pair,
)
from essaim.engine.ranking_votes.tally import Standing, Tally, Vote, approvals, dots, scores

__all__ = [
    "Comparison",
    "Funding",
    "IdeaStrength",
    "Outcome",
    "PairwiseRanking",
    "Standing",
    "Tally",
    "Vote",
    "approvals",
    "bradley_terry",
    "dots",
    "equal_shares",
    "greedy_welfare",
    "max_welfare",
    "next_pair",
    "scores",
]
