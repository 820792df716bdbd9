"""Who may make which move of an assignment, in which state."""

import pytest

from essaim.reviews.lifecycle import ASSIGNMENT
from essaim.reviews.models import AssignmentState, Review

pytestmark = [pytest.mark.django_db, pytest.mark.both]
CODES = ("companies", "service", "territory", "openness", "viability")
MOVES = {
    "submit": ("assigned", {"expert"}),
    "recuse": ("assigned", {"expert", "officer", None}),
    "reopen": ("done", {"officer"}),
}


@pytest.mark.parametrize("state", AssignmentState.values)
@pytest.mark.parametrize("role", ["expert", "second", "officer", "decision_maker", "stranger", None])
def test_matrix_only_the_declared_moves_are_available(request, desk, at, state, role):
    by = getattr(desk, role) if role in {"expert", "second"} else role and request.getfixturevalue(role)
    why = dict.fromkeys(CODES, "Une raison assez longue pour être lue par le porteur du dossier.")
    Review.objects.create(assignment=desk.mine, scores=dict.fromkeys(CODES, 3), justifications=why, saved_at=at)
    desk.mine.state = state
    desk.mine.save()
    expected = [name for name, (source, who) in MOVES.items() if source == state and role in who]
    assert [move.name for move in ASSIGNMENT.available(desk.mine, by=by, at=at)] == expected


def test_a_review_that_is_not_begun_cannot_be_handed_in(desk, at):
    assert ASSIGNMENT.why_not(desk.mine, "submit", by=desk.expert, at=at) == (
        "Il manque une note, ou une justification d’au moins 40 caractères, pour : "
        "« Services rendus aux entreprises », « Amélioration du service », « Apport au territoire », "
        "« Ouverture et partenariats », « Solidité du projet »."
    )
