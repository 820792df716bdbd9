"""Experts, conflicts, assignments and reviews; and the administration's own work on the files."""

from essaim.reviews.models.instruction import (
    BulkAct,
    ChecklistItem,
    DefaultView,
    Handling,
    Note,
    SavedView,
    Tag,
    Tick,
)
from essaim.reviews.models.reviewing import Assignment, AssignmentRun, AssignmentState, Conflict, Expert, Review

__all__ = [
    "Assignment",
    "AssignmentRun",
    "AssignmentState",
    "BulkAct",
    "ChecklistItem",
    "Conflict",
    "DefaultView",
    "Expert",
    "Handling",
    "Note",
    "Review",
    "SavedView",
    "Tag",
    "Tick",
]
