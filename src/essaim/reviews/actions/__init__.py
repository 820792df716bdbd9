"""Writes on reviews: naming experts, conflicts, who reads what, scores."""

from essaim.reviews.actions.assigning import compute_assignment, replace
from essaim.reviews.actions.experts import find_organisation_conflicts, name_expert, tell_experts
from essaim.reviews.actions.instruction import MOVES, admit_complete, decide
from essaim.reviews.actions.reviewing import declare_conflict, reopen_review, save_review, submit_review

__all__ = [
    "MOVES",
    "admit_complete",
    "compute_assignment",
    "decide",
    "declare_conflict",
    "find_organisation_conflicts",
    "name_expert",
    "reopen_review",
    "replace",
    "save_review",
    "submit_review",
    "tell_experts",
]
