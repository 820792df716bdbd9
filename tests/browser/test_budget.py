"""The budget page with its script: sums while typing, the server's after each save, lines moved in place."""

import pytest
from django.test import Client

from essaim.applications import actions
from essaim.applications.models import Application
from essaim.engine.money import MoneyError, format_eur, parse_cents
from essaim.kernel import clock
from tests.applications.conftest import call, draft  # noqa: F401 - fixtures
from tests.factories.applications import SUMMER

pytestmark = pytest.mark.django_db(transaction=True)
TYPED = ["", "0", "12", "12,5", "12.50", "12 500,50 €", "12\u202f500", "1.234.567,89", "1,234,567.89", "12,345",
         "160,000", "€160,000", "1e9", "-5", "12 34", "12,345,6", "12 euros", "10 000 000 000", "10 000 000 000,01",
         "007", "1 2", "12€€", "abc", "0,005"]  # fmt: skip


@pytest.fixture
def page(live_server, tab, draft):  # noqa: F811 - the fixture
    client = Client()
    client.force_login(draft.created_by)
    cookie = client.cookies["sessionid"] if "sessionid" in client.cookies else next(iter(client.cookies.values()))
    tab.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    with clock.telling(SUMMER):
        tab.goto(f"{live_server.url}/candidatures/{draft.public_id}/budget/")
        yield tab


def sums(tab):
    return {
        name: tab.text_content(f"[data-sum={name}]").strip()
        for name in ("cost", "resource", "requested", "rate", "public", "public-rate", "base", "balance")
    }


def test_sums_follow_what_is_typed_and_the_server_agrees(page, draft):  # noqa: F811
    page.fill("[name=costs-2-label]", "Fraiseuse")
    page.click("#costs-2-line summary")
    page.fill("[name=costs-2-quantity]", "2,5")
    page.fill("[name=costs-2-unit_price]", "8 000,50")
    page.fill("[name=costs-2-eligible]", "66,67")
    assert page.input_value("[name=costs-2-amount_cents]") == "20\u202f001,25"
    page.fill("[name=fundings-0-amount_cents]", "120 000")
    said = sums(page)
    assert said["balance"] == "Il manque 10\u202f001,25\u00a0€ de ressources."
    assert (said["cost"], said["base"]) == ("200\u202f001,25\u00a0€", "193\u202f334,83\u00a0€")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator("[name=fundings-0-amount_cents]").blur()
    page.wait_for_timeout(300)
    assert sums(page) == said
    fresh = Application.objects.get(pk=draft.pk)
    assert actions.lines_of(fresh)[0][2].amount_cents == 2_000_125


def test_lines_move_and_go_in_place_and_the_order_is_kept(page, draft):  # noqa: F811
    first = page.input_value("[name=costs-0-label]")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.click("#costs-0-line button[value=costs-0-down]")
        page.click("#costs-1-line button[value=costs-1-remove]")
        page.locator("[name=costs-0-label]").focus()
        page.locator("[name=costs-0-label]").blur()
    page.wait_for_timeout(300)
    costs, _fundings = actions.lines_of(Application.objects.get(pk=draft.pk))
    assert [line.label for line in costs] == [first]
    assert "Il y a" not in sums(page)["balance"]


def test_the_page_reads_and_writes_amounts_as_the_server_does(page):
    script = """async ([typed, lang]) => {
      const plan = await import("/static/applications/plan.js");
      return typed.map((text) => { const read = plan.parseCents(text, lang);
        return [read === undefined ? "refused" : read === null ? "" : String(read),
                read ? plan.formatEur(read, lang) : ""]; });
    }"""
    for lang in ("fr", "en"):
        assert page.evaluate(script, [TYPED, lang]) == [expected(text, lang) for text in TYPED]


def expected(text, lang):
    try:
        cents = parse_cents(text, lang)
    except MoneyError as error:
        return ["" if error.code == "empty" else "refused", ""]
    return [str(cents), format_eur(cents, lang) if cents else ""]


@pytest.mark.parametrize("width", [360, 1280])
def test_no_part_of_the_page_overflows(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
