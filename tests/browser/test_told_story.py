"""The told story in the system's Chromium: accessible, quiet, readable at every width, and usable by keyboard alone."""

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from essaim.accounts.models import Person
from essaim.applications.models import Application
from essaim.awards.models import Agreement
from essaim.calls.models import Call
from essaim.jams.models import Jam, Proposal
from essaim.reviews.models import Assignment
from essaim.selections.models import Decision, Scenario
from essaim.territory.models import FundedPlace

pytestmark = pytest.mark.usefixtures("told")
WIDTHS = (1280, 360)
NARROW = 320  # what 1280 pixels become at 400 %


@pytest.fixture(scope="module")
def site(told):
    """The site, on the told story."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture(scope="module")
def contexts(site, chromium):
    """A browser context per person (None: nobody), signed in."""
    opened = {}

    def context_of(email):
        if email not in opened:
            context = opened[email] = chromium.new_context(locale="fr-FR")
            if email:
                client = Client()
                client.force_login(Person.objects.get(email=email))
                cookie = client.cookies["sessionid"]
                context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site}])
        return opened[email]

    yield context_of
    for context in opened.values():
        context.close()


def call_of_2013():
    return Call.objects.get(programme__slug="fablabs-2013", applications__isnull=False)


OFFICER, EXPERT, APPLICANT = "officier@demo.example", "expert@demo.example", "candidat@demo.example"
PAGES = {
    "home": (None, lambda: "/"),
    "programme": (None, lambda: "/programmes/fablabs-2013/"),
    "envelope": (None, lambda: "/programmes/fablabs-2013/enveloppe/"),
    "public record": (None, lambda: "/programmes/fablabs-2013/journal/"),
    "jam": (None, lambda: Jam.objects.get(programme__slug="fablabs-2013").get_absolute_url()),
    "proposal": (None, lambda: Proposal.objects.filter(state="retained").first().get_absolute_url()),
    "calls": (None, lambda: "/appels/"),
    "open call": (None, lambda: Call.objects.get(programme__slug="fablabs-essai").get_absolute_url()),
    "results": (None, lambda: reverse("selections:results", args=[call_slug()])),
    "map": (None, lambda: "/carte/"),
    "place": (None, lambda: FundedPlace.objects.first().get_absolute_url()),
    "data": (None, lambda: "/donnees/"),
    "sign in": (None, lambda: "/compte/connexion/"),
    "applicant's desk": (APPLICANT, lambda: "/bureau/"),
    "form: project": (APPLICANT, lambda: reverse("applications:project", args=[draft().public_id])),
    "form: budget": (APPLICANT, lambda: reverse("applications:budget", args=[draft().public_id])),
    "form: check": (APPLICANT, lambda: reverse("applications:check", args=[draft().public_id])),
    "form: plan": (APPLICANT, lambda: reverse("applications:plan", args=[draft().public_id])),
    "form: spreadsheet": (APPLICANT, lambda: reverse("applications:budget-import", args=[draft().public_id])),
    "form: documents": (APPLICANT, lambda: reverse("applications:documents", args=[draft().public_id])),
    "form: members": (APPLICANT, lambda: reverse("applications:members", args=[draft().public_id])),
    "receipt": (APPLICANT, lambda: reverse("applications:receipt", args=[filed().public_id])),
    "messages": (APPLICANT, lambda: reverse("applications:exchanges", args=[filed().public_id])),
    "what the administration sees": (APPLICANT, lambda: reverse("applications:filed", args=[filed().public_id, 1])),
    "decision": (APPLICANT, lambda: Decision.objects.get(application=filed()).get_absolute_url()),
    "agreement": (OFFICER, lambda: Agreement.objects.first().get_absolute_url()),
    "officer's desk": (OFFICER, lambda: "/bureau/"),
    "instruction": (OFFICER, lambda: reverse("reviews:instruction", args=[call_slug()])),
    "a file": (OFFICER, lambda: reverse("reviews:file", args=[filed().public_id])),
    "asking to complete": (OFFICER, lambda: reverse("reviews:ask", args=[filed().public_id])),
    "checklist": (OFFICER, lambda: reverse("reviews:items", args=[call_slug()])),
    "paper file": (OFFICER, lambda: reverse("reviews:paper", args=[call_slug()])),
    "ranking": (OFFICER, lambda: reverse("selections:ranking", args=[call_slug()])),
    "scenario": (OFFICER, lambda: Scenario.objects.filter(state="ratified").first().get_absolute_url()),
    "call: versions": (OFFICER, lambda: reverse("calls:versions", args=[open_slug()])),
    "call: preview": (OFFICER, lambda: reverse("calls:preview", args=[open_slug()])),
    "call: trial": (OFFICER, lambda: reverse("applications:trial", args=[open_slug()])),
    "call: closing": (OFFICER, lambda: reverse("calls:closing", args=[open_slug()])),
    "call: prepare": (OFFICER, lambda: reverse("calls:prepare", args=[open_slug()])),
    "call: rules": (OFFICER, lambda: reverse("calls:edit-rules", args=[open_slug()])),
    "call: check": (OFFICER, lambda: reverse("calls:edit-check", args=[open_slug()])),
    "review": (EXPERT, lambda: Assignment.objects.filter(expert__person__email=EXPERT).first().get_absolute_url()),
}


def open_slug():
    return Call.objects.get(programme__slug="fablabs-essai").slug


def call_slug():
    return Decision.objects.first().selection.call.slug


def filed():
    found = Application.objects.filter(collaborators__person__email=APPLICANT, decision__isnull=False)
    return found.first() or Application.objects.filter(filed_at__isnull=False).first()


def draft():
    return Application.objects.get(call__programme__slug="fablabs-essai")


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_quiet_and_fits(contexts, site, name):
    email, address = PAGES[name]
    page = contexts(email).new_page()
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        response = page.goto(site + address())
        assert response.status == 200
        page.wait_for_load_state("networkidle")
        assert said == []  # before axe, which reads style sheets its own way
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found = Axe().run(page)
            assert found.violations_count == 0, f"{width} px: {found.generate_report()}"
        page.set_viewport_size({"width": NARROW, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, "scrolls sideways at 400 %"
    finally:
        page.close()


def test_application_form_is_walked_by_keyboard_alone(contexts, site):
    """From the top of the page, Tab reaches every control of the form in reading order, each visibly focused."""
    page = contexts(APPLICANT).new_page()
    page.goto(site + reverse("applications:project", args=[draft().public_id]))
    walked = []
    for _step in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
            return {name: e.name || "", main: !!e.closest("main form"), top: b.top + scrollY, tag: e.tagName,
                    seen: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none"} }"""
        )
        if found["tag"] == "BODY":
            break
        walked.append(found)
    page.close()
    assert [step for step in walked if not step["seen"]] == []
    inside = [step for step in walked if step["main"]]
    assert len({step["name"] for step in inside if step["name"]}) >= 5
    # Controls side by side may differ by half a line; the next one is never higher than that.
    tops = [step["top"] for step in inside]
    assert [(before, after) for before, after in pairwise(tops) if after < before - 12] == []


def test_draft_is_written_without_javascript(site, chromium, contexts):
    context = chromium.new_context(
        locale="fr-FR", java_script_enabled=False, storage_state=contexts(APPLICANT).storage_state()
    )
    page = context.new_page()
    page.goto(site + reverse("applications:project", args=[draft().public_id]))
    page.locator("main form [name='title']").fill("Un atelier écrit sans script")
    page.locator("main form button[type=submit]:not([aria-hidden]):visible").first.click()
    page.goto(site + reverse("applications:project", args=[draft().public_id]))
    assert page.locator("main form [name='title']").input_value() == "Un atelier écrit sans script"
    context.close()
