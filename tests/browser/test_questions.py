"""The questions in the page: they appear as one answers, rows are added, characters are counted, before any save."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from essaim.applications.models import Application
from essaim.calls import actions
from essaim.calls.lifecycle import CALL
from essaim.kernel import clock
from essaim.programmes.actions import load_programme
from tests.factories.applications import SUMMER, draft

pytestmark = pytest.mark.django_db(transaction=True)
FOLDER = Path(settings.PROGRAMMES_DIR) / "fablabs-essai"


@pytest.fixture
def written(live_server, tab):
    """The page of the practice call's questions, open in the applicant's browser."""
    at = datetime(2013, 6, 20, 8, tzinfo=UTC)
    programme = load_programme(FOLDER, by=None, at=at)
    call = actions.load_call(FOLDER, programme=programme, by=None, at=at)
    CALL.perform(call, "publish", by=None, at=at)
    application = draft(call, documents=False)
    client = Client()
    client.force_login(application.created_by)
    tab.context.add_cookies(
        [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    )
    with clock.telling(SUMMER):
        tab.goto(live_server.url + reverse("applications:project", args=[application.public_id]))
        yield application


def test_a_question_appears_and_hides_as_one_answers(tab, written):
    asked = tab.locator("[data-question=second_commune]")
    assert asked.is_hidden()
    tab.check("[name=second_site][value=true]")
    asked.wait_for(state="visible")
    tab.check("[name=second_site][value=false]")
    asked.wait_for(state="hidden")


def test_rows_and_characters_follow_the_keyboard(tab, written):
    tab.fill("[name=machines-0-name]", "Découpeuse")
    tab.locator("[data-rows=machines] [data-add-row]").press("Enter")
    tab.keyboard.type("Fraiseuse")
    assert tab.input_value("[name=machines-1-name]") == "Fraiseuse"
    tab.locator("[name=remove-row]").first.click()
    assert tab.locator("[data-rows=machines] tbody tr").count() == 1
    tab.fill("[name=title]", "Rue")
    tab.get_by_text("Il manque 2 caractères.").wait_for()
    with tab.expect_response(lambda answer: answer.request.headers.get("x-requested-with") == "autosave"):
        tab.locator("[name=title]").blur()
    kept = Application.objects.get(pk=written.pk).answers
    assert [row["name"] for row in kept["machines"]] == ["Fraiseuse"]
