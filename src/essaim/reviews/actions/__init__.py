"""Writes on reviews: the instruction of files, naming experts, conflicts, who reads what, scores."""

from essaim.reviews.actions.assigning import compute_assignment, replace
from essaim.reviews.actions.bulk import foresee, order
from essaim.reviews.actions.checklist import add_item, drop_item, tick
from essaim.reviews.actions.experts import find_organisation_conflicts, name_expert, tell_experts
from essaim.reviews.actions.handling import give_file, put_tag, take_tag, write_note
from essaim.reviews.actions.instruction import MOVES, admit_complete, decide
from essaim.reviews.actions.printing import pdf_of
from essaim.reviews.actions.reviewing import declare_conflict, reopen_review, save_review, submit_review
from essaim.reviews.actions.saved_views import forget_view, open_first, save_view

__all__ = [
    "MOVES",
    "add_item",
    "admit_complete",
    "compute_assignment",
    "decide",
    "declare_conflict",
    "drop_item",
    "find_organisation_conflicts",
    "foresee",
    "forget_view",
    "give_file",
    "name_expert",
    "open_first",
    "order",
    "pdf_of",
    "put_tag",
    "reopen_review",
    "replace",
    "save_review",
    "save_view",
    "submit_review",
    "take_tag",
    "tell_experts",
    "tick",
    "write_note",
]
