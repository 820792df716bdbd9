"""Experts, conflicts, who reads what, reviews: the writes, their refusals in words, their lines in the journal."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from essaim.kernel.models import Event, Message
from essaim.kernel.workflow import Refused
from essaim.reviews import actions
from essaim.reviews.models import Assignment, AssignmentRun, Conflict, Review
from tests.factories.applications import OrganisationFactory
from tests.factories.jams import PersonFactory
from tests.factories.reviews import (
    DUE,
    AssignmentFactory,
    ConflictFactory,
    ExpertFactory,
    FiledFactory,
    works_for,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]
WHY = "Une offre précise, des entreprises nommées et engagées."
CODES = ("companies", "service", "territory", "openness", "viability")


def refusal(action, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        action(*args, **kwargs)
    return str(caught.value)


def whole(score=4):
    return {"scores": dict.fromkeys(CODES, score), "justifications": dict.fromkeys(CODES, WHY)}


def test_naming_an_expert_twice_changes_nothing(call, officer, stranger, at):
    first = actions.name_expert(call, person=stranger, specialties=["bois", "art"], by=officer, at=at)
    assert actions.name_expert(call, person=stranger, by=officer, at=at) == first
    assert first.specialties == ["art", "bois"]
    assert Event.objects.filter(verb="reviews.expert.name").count() == 1


def test_only_an_officer_names_experts(call, stranger, at):
    assert refusal(actions.name_expert, call, person=stranger, by=stranger, at=at) == (
        "Seul un chargé de programme s’occupe des experts et des affectations."
    )


def test_loads_that_cross_are_refused(call, officer, stranger, at):
    assert refusal(actions.name_expert, call, person=stranger, loads=(5, 3), by=officer, at=at) == (
        "La charge minimale dépasse la charge maximale : corrigez l’une ou l’autre."
    )


def test_conflicts_are_found_from_memberships_names_and_writers(call, at):
    member, namesake, writer, free = (ExpertFactory(call=call) for _n in range(4))
    ours, theirs, written = (FiledFactory(call=call) for _n in range(3))
    works_for(member.person, ours.organisation)
    namesake.organisation = theirs.organisation.name.upper()
    namesake.save()
    written.collaborators.create(person=writer.person, role="editor")
    assert actions.find_organisation_conflicts(call, at=at) == 3
    assert actions.find_organisation_conflicts(call, at=at) == 0
    found = set(Conflict.objects.values_list("expert", "application", "origin"))
    assert found == {
        (member.pk, ours.pk, "organisation"),
        (namesake.pk, theirs.pk, "organisation"),
        (writer.pk, written.pk, "author"),
    }
    assert not free.conflicts.exists()
    assert Event.objects.get(verb="reviews.conflict.find").payload["conflicts"] == 3


def test_assignment_holds_loads_and_conflicts(call, officer, at):
    experts = [ExpertFactory(call=call, max_load=3) for _n in range(6)]
    files = [FiledFactory(call=call, admissible=True) for _n in range(4)]
    FiledFactory(call=call)  # not examined: nobody reads it
    barred = ConflictFactory(expert=experts[0], application=files[0])
    run = actions.compute_assignment(call, due_on=DUE, by=officer, at=at)
    assert run.result["pairs"] == 12
    assert run.result["proven_optimal"] is True
    assert run.result["total"] == run.result["bound"]
    pairs = list(Assignment.objects.values_list("application", "expert"))
    assert sorted(pairs).count((files[0].pk, barred.expert_id)) == 0
    assert all(sum(a == file.pk for a, _e in pairs) == 3 for file in files)
    assert all(sum(e == expert.pk for _a, e in pairs) <= 3 for expert in experts)
    assert Message.objects.filter(template="reviews/assigned").count() == len({e for _a, e in pairs})


def test_each_pair_says_why_without_naming_anybody(call, officer, at):
    experts = [ExpertFactory(call=call), *(ExpertFactory(call=call, specialties=["poterie"]) for _n in range(3))]
    file = FiledFactory(call=call, admissible=True)
    actions.compute_assignment(call, due_on=DUE, by=officer, at=at)
    best = Assignment.objects.get(expert=experts[0])
    assert best.why == {
        "fr": "A la meilleure affinité avec le sujet (1,00 sur 1) parmi 4 experts possibles.",
        "en": "The best affinity with the subject (1.00 out of 1) among 4 possible experts.",
    }
    assert file.assignments.count() == 3


def test_computing_again_keeps_what_is_given_and_says_there_is_nothing_to_do(call, officer, at):
    for _n in range(4):
        ExpertFactory(call=call)
    FiledFactory(call=call, admissible=True)
    actions.compute_assignment(call, due_on=DUE, by=officer, at=at)
    before = set(Assignment.objects.values_list("pk", flat=True))
    assert refusal(actions.compute_assignment, call, due_on=DUE, by=officer, at=at) == (
        "Chaque dossier recevable a déjà ses experts : il n’y a rien à calculer."
    )
    FiledFactory(call=call, admissible=True)
    run = actions.compute_assignment(call, due_on=DUE, by=officer, at=at)
    assert (run.number, run.result["pairs"], run.result["kept"]) == (2, 3, 3)
    assert before < set(Assignment.objects.values_list("pk", flat=True))


def test_impossible_assignment_names_the_files(call, officer, at):
    expert = ExpertFactory(call=call)
    file = FiledFactory(call=call, admissible=True)
    assert refusal(actions.compute_assignment, call, due_on=DUE, by=officer, at=at) == (
        f"Il manque des experts sans conflit pour le dossier {file.reference} : ajoutez-en, ou relevez leur charge "
        "maximale."
    )
    assert AssignmentRun.objects.count() == 0
    assert not expert.assignments.exists()


def test_assignment_needs_files_and_experts_and_a_day_to_come(call, officer, at):
    assert refusal(actions.compute_assignment, call, due_on=DUE, by=officer, at=at) == (
        "Il faut au moins un dossier recevable et un expert pour calculer une affectation."
    )
    assert refusal(actions.compute_assignment, call, due_on=date(2013, 1, 1), by=officer, at=at) == (
        "La date de retour est passée : choisissez un jour à venir."
    )


def test_154_files_and_40_experts_in_few_statements(call, officer, at):
    organisation = OrganisationFactory()
    files = [FiledFactory(call=call, admissible=True, organisation=organisation) for _n in range(154)]
    experts = [ExpertFactory(call=call, max_load=15) for _n in range(40)]
    works_for(PersonFactory(), organisation)
    ConflictFactory(expert=experts[0], application=files[0])
    with CaptureQueriesContext(connection) as found:
        run = actions.compute_assignment(call, due_on=DUE, by=officer, at=at)
    assert run.result["pairs"] == 462
    mail = [q for q in found if "kernel_message" in q["sql"] or "kernel_job" in q["sql"] or "POINT" in q["sql"]]
    assert len(found) - len(mail) <= 20 + 40
    assert len(found) <= 20 + 2 * 462


def test_conflict_in_one_click_gives_the_file_to_another_at_once(desk, at):
    made = actions.declare_conflict(desk.mine, note="Ancien collègue", by=desk.expert, at=at)
    assert (made.expert, made.application, made.due_on) == (desk.free, desk.application, desk.mine.due_on)
    assert desk.mine.state == "recused"
    conflict = Conflict.objects.get()
    assert (conflict.origin, conflict.note) == ("declared", "Ancien collègue")
    verbs = list(Event.objects.order_by("-seq").values_list("verb", flat=True)[:3])
    assert verbs == ["reviews.assignment.replace", "reviews.conflict.declare", "reviews.assignment.recuse"]
    assert Message.objects.get(template="reviews/assigned").person == desk.free.person


def test_conflict_found_by_the_officer_says_so(desk, officer, at):
    assert actions.declare_conflict(desk.mine, by=officer, at=at).expert == desk.free
    assert Conflict.objects.get().origin == "officer"


def test_conflict_twice_is_refused_and_moves_nothing(desk, at):
    actions.declare_conflict(desk.mine, by=desk.expert, at=at)
    count = Assignment.objects.count()
    assert refusal(actions.declare_conflict, desk.mine, by=desk.expert, at=at) == (
        "Cette action n’est pas possible dans l’état « Déport »."
    )
    assert Assignment.objects.count() == count


def test_conflict_when_nobody_is_free_leaves_the_file_short(desk, at):
    desk.free.max_load = 0
    desk.free.save()
    assert actions.declare_conflict(desk.mine, by=desk.expert, at=at) is None
    assert desk.application.assignments.exclude(state="recused").count() == 1


def test_a_review_is_kept_incomplete_then_whole(desk, at):
    review = actions.save_review(
        desk.mine, scores={"companies": 3}, justifications={"companies": "Bien"}, by=desk.expert, at=at
    )
    assert (review.scores, review.total) == ({"companies": 3}, None)
    review = actions.save_review(desk.mine, **whole(5), by=desk.expert, at=at)
    assert review.total == 20_000
    assert Review.objects.count() == 1


@pytest.mark.parametrize("score", [-1, 6, "4", 2.5, True])
def test_bad_score_is_refused_and_nothing_is_lost(desk, at, score):
    actions.save_review(desk.mine, **whole(), by=desk.expert, at=at)
    assert (
        refusal(actions.save_review, desk.mine, scores={"companies": score}, justifications={}, by=desk.expert, at=at)
        == "Une note va de 0 à 5."
    )
    assert Review.objects.get().scores == dict.fromkeys(CODES, 4)


def test_submitting_lists_what_is_missing_and_keeps_what_is_typed(desk, at):
    content = whole()
    del content["scores"]["viability"]
    content["justifications"]["territory"] = "Bien."
    actions.save_review(desk.mine, **content, by=desk.expert, at=at)
    assert refusal(actions.submit_review, desk.mine, by=desk.expert, at=at) == (
        "Il manque une note, ou une justification d’au moins 40 caractères, pour : "
        "« Apport au territoire », « Solidité du projet »."
    )
    assert Review.objects.get().scores["companies"] == 4


def test_submitting_twice_is_one_review(desk, at):
    actions.save_review(desk.mine, **whole(), by=desk.expert, at=at)
    actions.submit_review(desk.mine, by=desk.expert, at=at)
    actions.submit_review(desk.mine, by=desk.expert, at=at)
    assert desk.mine.state == "done"
    event = Event.objects.get(verb="reviews.assignment.submit")
    assert event.payload["application"] == desk.application.pk
    assert len(event.payload["review_sha256"]) == 64
    assert "entreprises nommées" not in str(event.payload)
    assert refusal(actions.save_review, desk.mine, **whole(), by=desk.expert, at=at) == (
        "Cette expertise est rendue : demandez au service de la rouvrir pour la changer."
    )


def test_only_its_expert_writes_a_review(desk, officer, at):
    for person in (desk.second, officer):
        assert refusal(actions.save_review, desk.mine, **whole(), by=person, at=at) == (
            "Seul l’expert affecté à ce dossier peut le noter."
        )


def test_a_review_is_reopened_with_a_reason(desk, officer, at):
    actions.save_review(desk.mine, **whole(), by=desk.expert, at=at)
    actions.submit_review(desk.mine, by=desk.expert, at=at)
    assert refusal(actions.reopen_review, desk.mine, reason=" ", by=officer, at=at) == (
        "Donnez une raison : elle accompagnera la décision."
    )
    actions.reopen_review(desk.mine, reason="Note inversée", by=officer, at=at)
    assert desk.mine.state == "assigned"
    assert Review.objects.get().submitted_at is None


def test_admitting_what_is_whole_leaves_the_rest_to_be_read(call, officer, at):
    FiledFactory(call=call)  # its required documents are missing
    assert actions.admit_complete(call, by=officer, at=at) == 0
    assert AssignmentFactory._meta.model.objects.count() == 0
