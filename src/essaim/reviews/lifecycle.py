"""The life of an assignment: reviewed, or handed back because of a conflict."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.kernel import journal
from essaim.kernel.access import SYSTEM
from essaim.kernel.bilingual import Bilingual
from essaim.kernel.workflow import Lifecycle, move
from essaim.reviews.models import Assignment, AssignmentState, Review
from essaim.reviews.queries import unfinished_criteria


def scores_and_reasons(assignment: Assignment, *, by: Any, at: datetime) -> str | None:
    """Chaque critère a une note et une justification assez longue."""
    review = Review.objects.filter(assignment=assignment).first()
    grid = assignment.application.rule_set.grid
    unfinished = unfinished_criteria(grid, review.scores if review else {}, review.justifications if review else {})
    if not unfinished:
        return None
    names = ", ".join(_("« %(name)s »") % {"name": Bilingual(criterion["title"])} for criterion in unfinished)
    least = grid.get("justification_min_length", 0)
    return _("Il manque une note, ou une justification d’au moins %(least)d caractères, pour : %(names)s.") % {
        "least": least,
        "names": names,
    }


def stamp_review(assignment: Assignment, *, by: Any, at: datetime, **data: Any) -> None:
    """Keep the instant at which the review was handed in."""
    Review.objects.filter(assignment=assignment).update(submitted_at=at)


def reviewed(assignment: Assignment, data: dict[str, Any]) -> dict[str, Any]:
    """The journal keeps which file, and the digest of what was thought of it."""
    review = Review.objects.get(assignment=assignment)
    words = [review.comment, *(f"{code}={score}" for code, score in sorted(review.scores.items()))]
    words += [f"{code}:{text}" for code, text in sorted(review.justifications.items())]
    return {**ids(assignment, data), "review_sha256": journal.digest("\n".join(words))}


def ids(assignment: Assignment, data: dict[str, Any]) -> dict[str, Any]:
    """The journal keeps which file, not what was thought of it."""
    return {"application": assignment.application_id}


ASSIGNMENT = Lifecycle(
    Assignment,
    AssignmentState,
    (
        move(
            "submit",
            AssignmentState.ASSIGNED,
            AssignmentState.DONE,
            by="expert",
            label=gettext_lazy("Rendre l’expertise"),
            needs=[scores_and_reasons],
            then=[stamp_review],
            record=reviewed,
            public=("from", "to", "review_sha256"),
        ),
        move(
            "recuse",
            AssignmentState.ASSIGNED,
            AssignmentState.RECUSED,
            by={"expert", "officer", SYSTEM},
            label=gettext_lazy("Se déporter"),
            record=ids,
            public=("from", "to"),
        ),
        move(
            "reopen",
            AssignmentState.DONE,
            AssignmentState.ASSIGNED,
            by="officer",
            label=gettext_lazy("Rouvrir l’expertise"),
            reason=True,
            record=ids,
        ),
    ),
)
