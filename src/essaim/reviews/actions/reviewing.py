"""What an expert does with a file: leave it, keep scores, hand the review in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.kernel import access, journal
from essaim.kernel.workflow import Refused
from essaim.reviews.actions.assigning import replace
from essaim.reviews.lifecycle import ASSIGNMENT
from essaim.reviews.models import Assignment, AssignmentState, Conflict, Review
from essaim.reviews.queries import total_of

journal.declare("reviews.conflict.declare", label=gettext_lazy("Déclarer un déport"), public=("origin",))

LONGEST_TEXT = 4000


def declare_conflict(assignment: Assignment, *, note: str = "", by: Person | None, at: datetime) -> Assignment | None:
    """An expert leaves a file in one click; another gets it at once. Returns the new assignment, if any.

    The officer may do it too; the conflict then says so.
    """
    with transaction.atomic():
        ASSIGNMENT.perform(assignment, "recuse", by=by, at=at)
        own = by is None or by.pk == assignment.expert.person_id
        origin = Conflict.Origin.DECLARED if own else Conflict.Origin.OFFICER
        conflict, created = Conflict.objects.get_or_create(
            expert=assignment.expert,
            application=assignment.application,
            defaults={"origin": origin, "note": note.strip()[:300], "declared_at": at},
        )
        if created:
            role = "system" if by is None else "expert" if own else "officer"
            payload = {"origin": str(origin), "application": assignment.application_id}
            journal.append("reviews.conflict.declare", subject=conflict, by=by, at=at, role=role, payload=payload)
        return replace(assignment, at=at)


def save_review(
    assignment: Assignment,
    *,
    scores: Mapping[str, int],
    justifications: Mapping[str, str],
    comment: str = "",
    by: Person,
    at: datetime,
) -> Review:
    """Keep what an expert typed, complete or not; nothing is lost, nothing is handed in yet.

    `scores` and `justifications` by criterion code. Raises Refused for a score out of the scale or a text too long.
    """
    if "expert" not in access.roles(by, assignment):
        raise Refused(_("Seul l’expert affecté à ce dossier peut le noter."))
    if assignment.state == AssignmentState.DONE:
        raise Refused(_("Cette expertise est rendue : demandez au service de la rouvrir pour la changer."))
    if assignment.state == AssignmentState.RECUSED:
        raise Refused(_("Vous vous êtes déporté de ce dossier : il est confié à un autre expert."))
    grid = assignment.application.rule_set.grid
    codes = [criterion["code"] for criterion in grid["criterion"]]
    kept = _scores_kept(grid["scale"], codes, scores)
    texts = {code: justifications.get(code, "").replace("\r\n", "\n") for code in codes}
    longest = max(map(len, [comment, *texts.values()]))
    if longest > LONGEST_TEXT:
        raise Refused(
            _("Un texte de %(count)d caractères dépasse la limite de %(limit)d : raccourcissez-le.")
            % {"count": longest, "limit": LONGEST_TEXT}
        )
    with transaction.atomic():
        # The state is asked again under the lock: a review handed in meanwhile is not touched.
        still = Assignment.objects.select_for_update().filter(pk=assignment.pk, state=AssignmentState.ASSIGNED)
        if not still.exists():
            raise Refused(_("Cette expertise vient d’être rendue ou confiée à un autre : rechargez la page."))
        review, _created = Review.objects.update_or_create(
            assignment=assignment,
            defaults={
                "scores": kept,
                "justifications": texts,
                "comment": comment.replace("\r\n", "\n"),
                "total": total_of(grid, kept) if len(kept) == len(codes) else None,
                "saved_at": at,
            },
        )
    return review


def _scores_kept(scale: Mapping[str, int], codes: list[str], scores: Mapping[str, int]) -> dict[str, int]:
    """The scores of known criteria; Refused when one is not a whole number of the scale."""
    for code in codes:
        if code in scores and (type(scores[code]) is not int or not scale["min"] <= scores[code] <= scale["max"]):
            raise Refused(_("Une note va de %(min)d à %(max)d.") % {"min": scale["min"], "max": scale["max"]})
    return {code: scores[code] for code in codes if code in scores}


def submit_review(assignment: Assignment, *, by: Person, at: datetime) -> None:
    """Hand the review in; refused with the list of what is missing. Handing in again changes nothing."""
    assignment.refresh_from_db(fields=["state"])
    if assignment.state == AssignmentState.DONE and "expert" in access.roles(by, assignment):
        return
    ASSIGNMENT.perform(assignment, "submit", by=by, at=at)


def reopen_review(assignment: Assignment, *, reason: str, by: Person, at: datetime) -> None:
    """Let an expert change a review they handed in, for a reason given in words."""
    with transaction.atomic():
        ASSIGNMENT.perform(assignment, "reopen", by=by, at=at, reason=reason)
        Review.objects.filter(assignment=assignment).update(submitted_at=None)
