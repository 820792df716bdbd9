"""What waits for whom, and the reminders."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from essaim.kernel.models import Message
from essaim.reviews import tasks
from essaim.reviews.queries import waiting_for
from tests.factories.reviews import AssignmentFactory, ExpertFactory, FiledFactory

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_an_officer_is_told_of_files_to_examine_and_of_files_short_of_experts(desk, call, officer, at):
    late = FiledFactory(call=call)
    found = waiting_for(officer, at)
    assert [(item["title"], item["count"], item["since"]) for item in found] == [
        ("1 dossier dont examiner la recevabilité", 1, late.filed_at),
        ("1 dossier recevable sans assez d’experts", 1, None),
    ]
    assert found[0]["url"] == f"/appels/{call.slug}/instruction/?etat=filed"
    assert found[1]["url"] == f"/appels/{call.slug}/affectations/"


def test_an_expert_is_told_how_many_reviews_are_due_and_when(desk, at):
    AssignmentFactory(expert=desk.mine.expert, application=FiledFactory(call=desk.application.call, admissible=True))
    assert waiting_for(desk.expert, at) == [
        {
            "title": "2 expertises à rendre",
            "url": "/expertise/",
            "since": desk.mine.given_at,
            "until": datetime(2013, 10, 4, 21, 59, 59, tzinfo=UTC),
            "count": 2,
        }
    ]


def test_nothing_waits_for_a_stranger_or_for_nobody(desk, stranger, at):
    assert waiting_for(stranger, at) == []
    assert waiting_for(None, at) == []


def test_what_waits_is_asked_in_few_questions(desk, officer, call, at):
    with CaptureQueriesContext(connection) as one:
        waiting_for(officer, at)
    for _n in range(3):
        FiledFactory(call=call)
    with CaptureQueriesContext(connection) as four:
        waiting_for(officer, at)
    assert len(one) == len(four) <= 4


def sent(person):
    rows = Message.objects.filter(person=person, template="reviews/reminder").order_by("pk")
    return list(rows.values_list("subject", flat=True))


def test_reminders_are_written_seven_days_and_two_days_before_once_each(desk):
    for day, count in [(26, 0), (27, 1), (28, 1), (30, 1)]:
        tasks.remind_experts(at=datetime(2013, 9, day, 6, tzinfo=UTC))
        assert len(sent(desk.expert)) == count
    for day, count in [(1, 1), (2, 2), (3, 2), (4, 2), (5, 2)]:
        tasks.remind_experts(at=datetime(2013, 10, day, 6, tzinfo=UTC))
        assert len(sent(desk.expert)) == count
    assert sent(desk.expert)[0] == "1 expertise à rendre avant le 4\u00a0octobre 2013"
    assert sent(desk.free.person) == []


def test_reviews_handed_in_are_not_reminded(desk):
    desk.mine.state = "done"
    desk.mine.save()
    tasks.remind_experts(at=datetime(2013, 10, 2, 6, tzinfo=UTC))
    assert sent(desk.expert) == []
    assert len(sent(desk.second)) == 1


def test_a_computation_in_the_background_is_the_same(call, officer, at):
    FiledFactory(call=call, admissible=True)
    for _n in range(3):
        ExpertFactory(call=call)
    job = tasks.compute.enqueue(key="k", call=call.pk, due_on=date(2099, 1, 1).isoformat(), by=officer.pk)
    assert (job.state, job.progress_done, job.progress_total) == ("done", 1, 1)
    assert call.assignment_runs.get().result["pairs"] == 3


def test_a_refused_computation_keeps_its_sentence(call, officer):
    job = tasks.compute.enqueue(key="k", call=call.pk, due_on="2099-01-01", by=officer.pk)
    assert job.state == "failed"
    assert job.error == ("GiveUp: Il faut au moins un dossier recevable et un expert pour calculer une affectation.")
