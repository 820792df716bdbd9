"""What is asked of reviews: marks, affinities for the engine, a file as it is read, what waits for whom."""

from essaim.reviews.queries.changes import Change, changes_of
from essaim.reviews.queries.checklist import Point, Proposal, points_of, proposal_of
from essaim.reviews.queries.figures import (
    assigned_to,
    expert_rows,
    pairs_of,
    short_of_reviews,
    to_remind,
    with_progress,
)
from essaim.reviews.queries.history import acts_on
from essaim.reviews.queries.printing import printed
from essaim.reviews.queries.reading import (
    CONTACT,
    budget_of,
    documents_read,
    experts_read_slot,
    reason_from_findings,
)
from essaim.reviews.queries.scoring import affinities, pair_sentence, total_of, unfinished_criteria
from essaim.reviews.queries.waiting import waiting_for

__all__ = [
    "CONTACT",
    "Change",
    "Point",
    "Proposal",
    "acts_on",
    "affinities",
    "assigned_to",
    "budget_of",
    "changes_of",
    "checklist_of",
    "documents_read",
    "expert_rows",
    "experts_read_slot",
    "pair_sentence",
    "pairs_of",
    "points_of",
    "printed",
    "proposal_of",
    "reason_from_findings",
    "short_of_reviews",
    "to_remind",
    "total_of",
    "unfinished_criteria",
    "waiting_for",
    "with_progress",
]
