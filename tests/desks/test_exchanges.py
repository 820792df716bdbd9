"""What passes between the service and applicants waits on both desks."""

from datetime import date, timedelta

import pytest

from essaim.applications import actions
from essaim.desks.queries.desk import desk_of
from tests.factories.applications import SUMMER, draft
from tests.factories.calls import make_call
from tests.factories.jams import TeamMemberFactory

pytestmark = pytest.mark.django_db


def titles(person, at):
    return {item.title: item for item in desk_of(person, at=at).waiting}


def test_requests_and_messages_wait_on_the_desk_of_whoever_must_act(media):
    call = make_call()
    officer = TeamMemberFactory(programme=call.programme, officer=True).person
    application = draft(call)
    owner = application.created_by
    actions.file_application(application, by=owner, at=SUMMER, key="k", acknowledged=True)
    application.refresh_from_db()
    actions.ask_completion(
        application, parts=["budget"], why="Un devis.", due_on=date(2013, 7, 20), by=officer, at=SUMMER
    )
    actions.write_to_applicant(application, text="Bonjour", key="a", by=officer, at=SUMMER)
    actions.write_to_service(application, text="Bonjour", key="b", by=owner, at=SUMMER)
    later = SUMMER + timedelta(hours=1)
    mine = titles(owner, later)
    assert mine[f"Compléter «\xa0{application.title}\xa0»"].until is not None
    assert mine[f"Lire le message du service sur «\xa0{application.title}\xa0»"].url.endswith("/echanges/")
    theirs = titles(officer, later)
    assert theirs["Lire les messages du porteur de 1 dossier"].url.endswith("/instruction/?messages=nonlus")
    actions.mark_read(application, by=officer, at=later)
    after = titles(officer, SUMMER + timedelta(days=20))
    assert after["Décider après 1 demande de complément restée sans réponse"].url.endswith("?complement=passee")
    assert f"Compléter «\xa0{application.title}\xa0»" not in titles(owner, SUMMER + timedelta(days=20))
