"""What goes out of the stage: the thread's cell, reminders before closing, figures by region."""

from datetime import timedelta

import pytest

from essaim.applications import actions, tasks
from essaim.applications.models import Application
from essaim.kernel.models import Message
from essaim.programmes.thread import thread_of
from tests.factories import applications as factories
from tests.factories.applications import SUMMER, member

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def cell(call, at=SUMMER):
    return next(cell for cell in thread_of(call.programme, at=at).cells if cell.key == "candidatures")


def test_the_cell_counts_what_is_filed_and_nothing_of_drafts(call, draft, owner):
    assert (cell(call).status, cell(call).sentence) == ("current", "Aucun dossier déposé pour l’instant")
    actions.file_application(draft, by=owner, at=SUMMER, key="k")
    factories.draft(call)
    assert cell(call).sentence == "1 dossier déposé, 1 région"
    assert cell(call).figures == (("dossier déposé", "1"), ("région", "1"))
    assert cell(call, call.closes_at + timedelta(days=1)).status == "done"


def test_figures_by_region_are_those_of_the_time(call, draft, owner):
    actions.file_application(draft, by=owner, at=SUMMER, key="k")
    assert Application.objects.ever_filed().region_figures(of_2013=True) == [
        {"code": "53", "name": "Bretagne", "count": 1, "cost_cents": 18_000_000, "requested_cents": 11_000_000}
    ]
    assert Application.objects.all().state_counts() == {"filed": 1}


def test_drafts_are_reminded_three_times_and_filed_ones_never(call, draft, owner):
    filed = factories.draft(call)
    actions.file_application(filed, by=filed.created_by, at=SUMMER, key="k")
    moments = (timedelta(days=8), timedelta(days=7), timedelta(days=5), timedelta(hours=48), timedelta(hours=4))
    counts = []
    for before in (*moments, timedelta(hours=1), timedelta(seconds=-1)):
        for _twice in range(2):
            tasks.remind_drafts(at=call.closes_at - before)
        counts.append(Message.objects.filter(template="application_reminder").count())
    assert counts == [0, 1, 1, 2, 3, 3, 3]
    message = Message.objects.filter(template="application_reminder").first()
    assert message.person == owner
    assert message.subject == (
        "Votre dossier n’est pas déposé\xa0: clôture vendredi 13\xa0septembre 2013 à 23\xa0h\xa059 (heure de Paris)"
    )
    assert draft.get_absolute_url() in message.text


def test_a_draft_begun_two_hours_before_closing_is_not_reminded_of_the_four_hours(call):
    factories.draft(call, at=call.closes_at - timedelta(hours=2))
    tasks.remind_drafts(at=call.closes_at - timedelta(hours=1))
    assert not Message.objects.filter(template="application_reminder").exists()


def test_a_reader_is_not_written_to(call, draft):
    person = member(draft.organisation, "reader")
    tasks.remind_drafts(at=call.closes_at - timedelta(hours=3))
    assert not Message.objects.filter(person=person).exists()
