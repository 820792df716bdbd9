"""The simulator in the page: with JavaScript only its part moves; without it, the same answers."""

import re

import pytest

from essaim.kernel import clock
from tests.calls.conftest import OPEN_DAY
from tests.factories.calls import make_call

pytestmark = pytest.mark.django_db(transaction=True)
MARGIN = "72 % pour un maximum de 70 % : baissez la demande de 5 000 €, ou portez le coût à 257 142,86 €."


@pytest.fixture
def call():
    with clock.telling(OPEN_DAY):
        yield make_call()


def simulate(page):
    page.fill("[name=cout]", "250 000")
    page.fill("[name=demande]", "180 000")
    page.fill("[name=autres]", "70 000")
    page.click("#simulateur button[type=submit]")
    page.wait_for_selector("#simulateur .fr-alert")
    said = re.sub(r"[\u00a0\u202f]", " ", page.inner_text("#simulateur"))
    assert MARGIN in said
    assert "cout=250" in page.url


def test_simulator_answers_in_place_and_gives_the_result_an_address(live_server, tab, call):
    tab.goto(live_server.url + call.get_absolute_url())
    tab.evaluate("window.sameDocument = true")
    simulate(tab)
    assert tab.evaluate("window.sameDocument")
    tab.reload()
    assert tab.input_value("[name=demande]") == "180 000"


def test_simulator_answers_without_javascript(live_server, chromium, call):
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + call.get_absolute_url())
    simulate(page)
    context.close()
