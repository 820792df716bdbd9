"""The pages through HTTP: who reads what, in both languages, in few statements, with nothing lost."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from essaim.applications.actions import file_application
from essaim.applications.models import Application
from essaim.kernel import tasks as jobs
from essaim.kernel.models import Job
from essaim.kernel.worker import run_worker
from essaim.programmes.thread import thread_of
from essaim.reviews import queries, tasks
from essaim.reviews.models import Assignment, Conflict, Review
from essaim.reviews.views import assignments
from tests.factories.applications import SUMMER, draft
from tests.factories.jams import PersonFactory
from tests.factories.reviews import AssignmentFactory, ExpertFactory, FiledFactory
from tests.page import check_page
from tests.stopping import stopping_at

pytestmark = pytest.mark.django_db
WHY = "Une offre précise, des entreprises nommées et engagées."
CODES = ("companies", "service", "territory", "openness", "viability")


def instruction(call):
    return reverse("reviews:instruction", args=[call.slug])


def file_url(application):
    return reverse("reviews:file", args=[application.public_id])


def decision_url(application, move):
    return reverse("reviews:decide", args=[application.public_id, move])


def review_url(assignment):
    return reverse("reviews:review", args=[assignment.public_id])


def answers(score="4", text=WHY, **more):
    return {f"score_{c}": score for c in CODES} | {f"why_{c}": text for c in CODES} | more


def pages_of(desk, call):
    return [
        instruction(call),
        reverse("reviews:assignments", args=[call.slug]),
        reverse("reviews:assignments", args=[call.slug]) + "?vue=paires",
        file_url(desk.application),
    ]


def test_officers_pages_pass_the_floor_in_both_languages(signed_in, officer, desk, call):
    for address in pages_of(desk, call):
        for language in ("fr", "en"):
            check_page(signed_in(officer, language).get(address))


def test_experts_pages_pass_the_floor_in_both_languages(signed_in, desk):
    for address in (
        reverse("reviews:mine"),
        review_url(desk.mine),
        reverse("reviews:conflict", args=[desk.mine.public_id]),
    ):
        for language in ("fr", "en"):
            check_page(signed_in(desk.expert, language).get(address))


def test_officers_pages_do_not_exist_for_others(signed_in, client, desk, call, stranger):
    for address in pages_of(desk, call):
        assert client.get(address).status_code == 302  # to the sign-in page
    for address in pages_of(desk, call):
        for person in (stranger, desk.expert):
            assert signed_in(person).get(address).status_code == 404


def test_an_expert_reads_only_what_is_theirs(signed_in, desk):
    assert signed_in(desk.expert).get(review_url(desk.other)).status_code == 404
    assert signed_in(desk.free.person).get(review_url(desk.mine)).status_code == 404


def test_an_expert_reads_neither_scores_of_others_nor_contact_data(signed_in, desk):
    Review.objects.create(
        assignment=desk.other, scores={"companies": 1}, comment="Avis secret", saved_at=desk.mine.given_at
    )
    page = check_page(signed_in(desk.expert).get(review_url(desk.mine)))
    assert "Avis secret" not in page.html
    assert "01 99 00 13 13" not in page.html
    assert desk.second.name not in page.html
    assert "Deux demi-journées par semaine" in page.text


@pytest.mark.parametrize("count", [1, 3, 50])
def test_lists_ask_as_many_questions_whatever_the_rows(signed_in, officer, desk, call, count, now):
    files = [FiledFactory(call=call, admissible=True) for _n in range(count)]
    for application in files:
        AssignmentFactory(expert=desk.free, application=application)
        AssignmentFactory(expert=desk.mine.expert, application=application)
    client = signed_in(officer)
    thread_of(call.programme, at=desk.mine.given_at)
    for address in pages_of(desk, call)[:3]:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        assert len(found) <= 12, [q["sql"][:120] for q in found]
    client = signed_in(desk.free.person)
    with CaptureQueriesContext(connection) as found:
        client.get(reverse("reviews:mine"))
    assert len(found) <= 12


def test_list_says_findings_and_state_and_downloads_alike(signed_in, officer, call):
    good = FiledFactory(call=call)
    bad = FiledFactory(call=call, unmet=True)
    client = signed_in(officer)
    page = check_page(client.get(instruction(call)))
    assert "1 bloquante" in page.text
    assert page.links["Ouvrir le suivant"] == reverse("reviews:next", args=[call.slug])
    answer = client.get(instruction(call) + "?format=csv&q=" + bad.reference)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [bad.reference]
    assert good.reference not in answer.content.decode()


def test_list_filters_by_state_and_region_and_sorts(signed_in, officer, call):
    small = FiledFactory(call=call, requested_cents=6_000_000)
    large = FiledFactory(call=call, requested_cents=15_000_000, admissible=True)
    client = signed_in(officer)
    assert small.reference not in check_page(client.get(instruction(call) + "?etat=admissible")).text
    assert "Aucun dossier ne correspond" in check_page(client.get(instruction(call) + "?region=11")).text
    text = check_page(client.get(instruction(call) + "?tri=aide&region=53")).text
    assert text.index(large.reference) < text.index(small.reference)


def test_the_next_file_is_the_first_that_waits(signed_in, officer, call):
    first, second = FiledFactory(call=call), FiledFactory(call=call)
    client = signed_in(officer)
    following = reverse("reviews:next", args=[call.slug])
    assert client.get(following)["Location"] == file_url(first)
    assert client.get(f"{following}?apres={first.number}")["Location"] == file_url(second)
    Application.objects.update(state="admissible")
    assert client.get(following)["Location"] == instruction(call)


@pytest.fixture
def filed(call, media):
    application = draft(call)
    file_application(application, by=application.created_by, at=SUMMER, key="k1", acknowledged=True)
    return application


def test_a_whole_file_is_admitted_once_by_a_double_click(signed_in, officer, filed):
    client = signed_in(officer)
    page = check_page(client.get(file_url(filed)))
    assert "Le formulaire est complet : oui" in page.text
    for _click in range(2):
        answer = client.post(decision_url(filed, "admit"), {"reason": ""}, follow=True)
        assert "Décision enregistrée : Recevable, en expertise." in check_page(answer).text
    filed.refresh_from_db()
    assert filed.state == "admissible"


def test_inadmissibility_without_a_reason_is_refused_and_nothing_moves(signed_in, officer, filed):
    page = check_page(signed_in(officer).post(decision_url(filed, "reject_admissibility"), {"reason": " "}), 422)
    assert "Donnez une raison : elle accompagnera la décision." in page.text
    filed.refresh_from_db()
    assert filed.state == "filed"


def test_ineligibility_is_prefilled_from_the_findings(signed_in, officer, call, now):
    application = FiledFactory(call=call, cost_cents=6_700_000, requested_cents=4_800_000)
    client = signed_in(officer)
    page = check_page(client.get(file_url(application)))
    typed = next(area for area in page.select("textarea") if area.get("id") == "id_declare_ineligible_reason")
    assert "50 000" in (typed.text or "").replace("\u202f", " ").replace("\u00a0", " ")
    answer = client.post(decision_url(application, "declare_ineligible"), {"reason": typed.text}, follow=True)
    assert "Décision enregistrée : Inéligible." in check_page(answer).text


def test_admitting_against_a_rule_asks_for_a_reason(signed_in, officer, call):
    application = FiledFactory(call=call, cost_cents=6_700_000, requested_cents=4_800_000)
    page = check_page(signed_in(officer).post(decision_url(application, "admit"), {"reason": ""}), 422)
    assert "donnez la raison de cette dérogation" in page.text


def test_a_decision_maker_reads_but_does_not_decide(signed_in, decision_maker, filed):
    client = signed_in(decision_maker)
    check_page(client.get(file_url(filed)))
    assert client.post(decision_url(filed, "admit"), {"reason": ""}).status_code == 422
    filed.refresh_from_db()
    assert filed.state == "filed"


def test_documents_are_downloads_for_their_readers(signed_in, officer, filed, stranger):
    document = filed.documents.get(slot="statutes")
    address = reverse("reviews:document", args=[filed.public_id, document.pk])
    answer = signed_in(officer).get(address)
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert signed_in(stranger).get(address).status_code == 404
    assignment = AssignmentFactory(expert=ExpertFactory(call=filed.call), application=filed)
    client = signed_in(assignment.expert.person)
    assert client.get(address).status_code == 404

    def given(slot):
        document = filed.documents.get(slot=slot)
        return client.get(reverse("reviews:given-document", args=[assignment.public_id, document.pk]))

    assert b"".join(given("statutes").streaming_content).startswith(b"%PDF")
    assert given("bank_details").status_code == 404
    Assignment.objects.update(state="recused")
    assert given("statutes").status_code == 404


def test_assignment_is_computed_from_the_page_and_refused_in_a_sentence(signed_in, officer, call):
    FiledFactory(call=call, admissible=True)
    address = reverse("reviews:compute", args=[call.slug])
    page = check_page(signed_in(officer).post(address, {"due_on": "2013-10-04"}), 422)
    assert "Il faut au moins un dossier recevable et un expert" in page.text
    for _n in range(3):
        ExpertFactory(call=call)
    page = check_page(signed_in(officer).post(address, {"due_on": "2013-10-04"}, follow=True))
    assert "3 expertises confiées. Aucune autre affectation ne serait meilleure : c’est prouvé." in page.text
    check_page(signed_in(officer).get(reverse("reviews:assignments", args=[call.slug]) + "?vue=paires"))


def test_expert_is_added_by_address_and_unknown_addresses_are_said(signed_in, officer, call, stranger):
    client, address = signed_in(officer), reverse("reviews:add-expert", args=[call.slug])
    page = check_page(client.post(address, {"email": "personne@nulle.example", "max_load": "5"}), 422)
    assert "Aucun compte n’a l’adresse personne@nulle.example" in page.text
    data = {"email": stranger.email, "max_load": "5", "specialties": "bois, métal"}
    check_page(client.post(address, data, follow=True))
    expert = call.experts.get(person=stranger)
    assert (expert.specialties, expert.max_load) == (["bois", "métal"], 5)


def test_review_is_saved_then_handed_in(signed_in, desk):
    client = signed_in(desk.expert)
    answer = client.post(review_url(desk.mine), {"score_companies": "3", "do": "save"}, follow=True)
    assert "Enregistré. L’expertise n’est pas encore rendue." in check_page(answer).text
    page = check_page(client.post(review_url(desk.mine), {"score_companies": "3", "do": "submit"}), 422)
    assert "Il manque une note, ou une justification d’au moins 40 caractères" in page.text
    assert Review.objects.get().scores == {"companies": 3}
    for _click in range(2):
        answer = client.post(review_url(desk.mine), answers(do="submit"), follow=True)
        assert check_page(answer).h1 == "Mes expertises"
    assert Assignment.objects.get(pk=desk.mine.pk).state == "done"
    check_page(client.get(review_url(desk.mine)))


def test_review_is_saved_as_one_types(signed_in, desk):
    client = signed_in(desk.expert)
    answer = client.post(review_url(desk.mine), {"why_service": "Un début"}, headers={"X-Requested-With": "autosave"})
    assert set(answer.json()) == {"saved_at"}
    assert Review.objects.get().justifications["service"] == "Un début"


def test_a_score_out_of_the_scale_is_said_and_the_text_kept(signed_in, desk):
    page = check_page(signed_in(desk.expert).post(review_url(desk.mine), answers(score="9", do="save")), 422)
    assert "Une note va de 0 à 5." in page.text
    assert WHY in page.html
    assert not Review.objects.exists()


def test_conflict_is_explained_then_one_click_and_the_file_is_read_no_more(signed_in, desk):
    client, address = signed_in(desk.expert), reverse("reviews:conflict", args=[desk.mine.public_id])
    page = check_page(client.get(address))
    assert "Vous ne lirez plus ce dossier ; il est confié à un autre expert." in page.text
    assert not Conflict.objects.exists()
    for _click in range(2):
        answer = client.post(address, {"note": ""}, follow=True)
        assert check_page(answer).h1 == f"Vous vous êtes déporté de {desk.application.reference}"
    assert Conflict.objects.count() == 1
    assert desk.application.assignments.exclude(state="recused").count() == 2
    assert desk.application.title not in answer.content.decode()


def test_nobody_is_left_without_a_word(signed_in, stranger):
    assert "Aucun dossier ne vous est confié" in check_page(signed_in(stranger).get(reverse("reviews:mine"))).text
    assert PersonFactory._meta.model.objects.count() >= 1


def test_reading_writes_nothing(signed_in, officer, desk, call, never_writes):
    client = signed_in(officer)
    with never_writes():
        for address in pages_of(desk, call):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("moment", [1, 2])
def test_a_long_assignment_is_stopped_from_the_page_and_gives_nothing(
    signed_in, officer, call, real_queue, monkeypatch, moment
):
    monkeypatch.setattr(assignments, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "LOOK_EVERY", 0)
    FiledFactory.create_batch(2, call=call, admissible=True)
    ExpertFactory.create_batch(4, call=call)
    client, address = signed_in(officer), reverse("reviews:compute", args=[call.slug])
    page = check_page(client.post(address, {"due_on": "2013-10-04"}, follow=True))
    assert ("Calcul en cours" in page.text, "Arrêter le calcul" in page.text) == (True, True)
    client.post(address, {"due_on": "2013-10-04"})
    assert Job.objects.filter(name=tasks.compute.name).count() == 1
    with stopping_at(moment):
        run_worker(once=True)
    assert (Assignment.objects.count(), call.assignment_runs.count()) == (0, 0)
    assert "Le calcul a été arrêté" in check_page(client.get(reverse("reviews:assignments", args=[call.slug]))).text
    client.post(address, {"due_on": "2013-10-04"})
    page = check_page(client.post(address, {"action": "stop"}, follow=True))
    assert jobs.latest(tasks.compute, call=call.pk).state == "cancelled"
    client.post(address, {"due_on": "2013-10-04"})
    run_worker(once=True)
    page = check_page(client.get(reverse("reviews:assignments", args=[call.slug])))
    assert ("Le calcul a été arrêté" in page.text, Assignment.objects.count()) == (False, 6)


def test_only_the_officer_stops_an_assignment(signed_in, officer, decision_maker, call, real_queue, monkeypatch):
    monkeypatch.setattr(assignments, "AT_ONCE", 1)
    FiledFactory(call=call, admissible=True)
    ExpertFactory.create_batch(3, call=call)
    address = reverse("reviews:compute", args=[call.slug])
    signed_in(officer).post(address, {"due_on": "2013-10-04"})
    signed_in(decision_maker).post(address, {"action": "stop"})
    assert jobs.latest(tasks.compute, call=call.pk).state == "queued"


def test_each_pair_says_what_another_expert_would_cost(signed_in, officer, call, at):
    application = FiledFactory(call=call, admissible=True, title="Un atelier de poterie")
    best = ExpertFactory(call=call, specialties=["poterie"])
    second = ExpertFactory(call=call, specialties=["poterie", "xylophone"])
    full = ExpertFactory(call=call, specialties=["poterie"], max_load=0)
    pair = AssignmentFactory(expert=best, application=application, affinity=10_000)
    experts = queries.expert_rows(call)
    change = queries.changes_of(call, [pair], experts)[pair.pk]
    assert (change.expert, change.lost) == (second, 0.4)
    Conflict.objects.create(expert=second, application=application, declared_at=at)
    assert queries.changes_of(call, [pair], experts)[pair.pk] is None
    assert full in experts
    page = check_page(signed_in(officer).get(reverse("reviews:assignments", args=[call.slug]) + "?vue=paires"))
    assert "Personne n’a de place sans conflit." in page.text
