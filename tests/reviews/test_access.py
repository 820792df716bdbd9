"""What each role sees of the reviews, and that "what am I to it" never contradicts "may I see it"."""

import pytest
from django.contrib.auth.models import AnonymousUser

from essaim.applications.models import Application, CostLine, Document, Filing
from essaim.kernel import access
from essaim.reviews.models import Assignment, AssignmentRun, Conflict, Expert, Review
from tests.factories.jams import PersonFactory, TeamMemberFactory
from tests.factories.reviews import ConflictFactory, FiledFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]
MODELS = (Application, Filing, CostLine, Document, Expert, Assignment, Review, Conflict, AssignmentRun)


@pytest.fixture
def everything(desk, call, at):
    FiledFactory(call=call)
    for assignment in (desk.mine, desk.other):
        Review.objects.create(assignment=assignment, saved_at=at)
    ConflictFactory(expert=desk.free, application=desk.application)
    AssignmentRun.objects.create(call=call, number=1, computed_at=at)
    return desk


def test_roles_and_lists_agree_for_everybody(everything, call, officer, decision_maker, stranger):
    juror = TeamMemberFactory(programme=call.programme, role="juror").person
    everything.other.state = "recused"
    everything.other.save()
    people = [officer, decision_maker, juror, stranger, everything.expert, everything.second, AnonymousUser()]
    for person in people:
        for model in MODELS:
            seen = set(access.visible_to(person, model))
            for row in model.objects.all():
                assert bool(access.roles(person, row) - {"anyone"}) == (row in seen), (person, row)


def test_experts_see_their_own_assignment_and_review_only(everything):
    assert set(access.visible_to(everything.expert, Assignment)) == {everything.mine}
    assert set(access.visible_to(everything.expert, Review)) == {everything.mine.review}


def test_experts_read_a_file_through_their_assignment_only(everything):
    for model in (Application, Filing, CostLine, Document):
        assert set(access.visible_to(everything.expert, model)) == set()


def test_another_programmes_officer_sees_nothing(everything, db):
    other = PersonFactory()
    for model in MODELS:
        assert set(access.visible_to(other, model)) == set()
