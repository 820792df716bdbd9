"""Writing that is never lost, in the system's Chromium: cut off, crossed by another, by keyboard, without script."""

import re
import time

import pytest
from django.test import Client

from essaim.accounts.models import Membership
from essaim.applications.models import Application
from essaim.kernel import clock
from essaim.kernel.models import Message
from tests.factories.applications import ANSWERS, PDF, SUMMER, OrganisationFactory, member, rennes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def summer():
    """The call of 2013 is open."""
    with clock.telling(SUMMER):
        yield


@pytest.fixture
def call_open():
    from tests.factories.calls import make_call

    return make_call()


@pytest.fixture
def draft(call_open, media):
    from tests.factories.applications import draft

    return draft(call_open, documents=False)


def enter(context, site, person):
    client = Client()
    client.force_login(person)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])


def typed(page, text):
    page.fill("#id_title", text)
    page.focus("#id_lieu")


def saved(draft, title, seconds=10):
    """Whether the server has this title within so many seconds."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        draft.refresh_from_db()
        if draft.title == title:
            return True
        time.sleep(0.1)
    return False


def kept_here(tab, count, seconds=10):
    """Whether the browser keeps so many sealed copies; asked again and again (the policy of the site forbids eval)."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if tab.evaluate("Object.keys(localStorage).length") == count:
            return True
        time.sleep(0.1)
    return False


def open_project(tab, live_server, draft, person=None):
    enter(tab.context, live_server.url, person or draft.created_by)
    tab.goto(f"{live_server.url}/candidatures/{draft.public_id}/projet/")


def test_what_is_typed_offline_is_said_kept_and_sent(tab, live_server, draft):
    open_project(tab, live_server, draft)
    tab.context.set_offline(True)
    typed(tab, "Écrit dans le train")
    tab.wait_for_selector(".es-autosave--offline")
    assert "Hors ligne depuis" in tab.inner_text("[data-autosave-state]")
    stored = tab.evaluate("Object.values(localStorage).join()")
    assert "train" not in stored
    tab.context.set_offline(False)
    assert saved(draft, "Écrit dans le train")
    tab.wait_for_selector(".es-autosave--saved")
    assert kept_here(tab, 0)


def test_a_crashed_tab_gives_back_what_was_not_sent(tab, live_server, draft):
    open_project(tab, live_server, draft)
    tab.route("**/projet/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    typed(tab, "Écrit avant la panne")
    assert kept_here(tab, 1)
    tab.wait_for_selector(".es-autosave--offline")
    other = tab.context.new_page()
    tab.close(run_before_unload=False)
    other.goto(f"{live_server.url}/candidatures/{draft.public_id}/projet/")
    assert saved(draft, "Écrit avant la panne")
    assert other.input_value("#id_title") == "Écrit avant la panne"


def test_an_ended_session_keeps_the_text_until_one_signs_in_again(tab, live_server, draft):
    open_project(tab, live_server, draft)
    tab.context.clear_cookies(name="sessionid")
    typed(tab, "Écrit sans session")
    tab.wait_for_selector(".es-autosave--refused")
    assert "Session terminée" in tab.inner_text("[data-autosave-state]")
    enter(tab.context, live_server.url, draft.created_by)
    tab.evaluate("window.dispatchEvent(new Event('focus'))")
    assert saved(draft, "Écrit sans session", seconds=15)


def test_two_people_cross_and_choose(tab, chromium, live_server, draft):
    open_project(tab, live_server, draft)
    second = chromium.new_context(locale="fr-FR").new_page()
    open_project(second, live_server, draft, member(draft.organisation, "editor"))
    typed(second, "Le titre de l’autre")
    assert saved(draft, "Le titre de l’autre")
    typed(tab, "Mon titre")
    tab.wait_for_selector("[data-autosave-said]")
    tab.click("[data-autosave-said] button")
    assert tab.inner_text("h1") == "Deux textes se croisent"
    tab.check("#m-title")
    tab.click("text=Enregistrer mon choix")
    assert saved(draft, "Mon titre")
    second.context.close()


def test_without_script_and_without_account_the_first_answer_is_safe(chromium, live_server, call_open):
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}{call_open.get_absolute_url()}")
    page.click("button:has-text('Commencer un dossier')")
    screens = [page.inner_text("h1")]
    page.click("button:has-text('Enregistrer et continuer')")
    screens.append(page.inner_text("h1"))
    page.fill("#id_title", "Sans script ni compte")
    page.click("button:has-text('Enregistrer et continuer')")
    screens.append(page.inner_text("h1"))
    assert screens == ["L’organisme", "Le projet", "Le budget et son financement"]
    assert Application.objects.get().title == "Sans script ni compte"
    context.close()


def test_the_form_is_written_by_keyboard_alone(tab, live_server, draft):
    open_project(tab, live_server, draft)
    tab.focus("#id_lieu")
    lost = []
    for _key in range(12):
        tab.keyboard.press("Tab")
        seen = tab.evaluate(
            "(() => { const it = document.activeElement; const box = it.getBoundingClientRect();"
            " return it !== document.body && box.width > 0 && it.matches(':focus-visible'); })()"
        )
        lost += [] if seen else [tab.evaluate("document.activeElement.outerHTML.slice(0, 120)")]
        if tab.evaluate("document.activeElement.id") == "id_title":
            tab.keyboard.press("Control+A")
            tab.keyboard.type("Écrit au clavier")
    assert lost == []
    assert saved(draft, "Écrit au clavier")
    assert tab.evaluate("document.activeElement !== document.body")


def fill(page, answers):
    """Answer the questions of the page that are among these."""
    for name, value in answers.items():
        field = page.locator(f"[name='{name}']")
        if field.count() and field.first.get_attribute("type") == "radio":
            page.check(f"[name='{name}'][value='{str(value).lower()}']")
        elif field.count() and field.first.get_attribute("type") == "checkbox":
            page.check(f"[name='{name}']")
        elif field.count():
            field.fill(str(value))


def test_from_the_call_to_the_receipt_without_script(chromium, live_server, call_open, media):
    rennes()
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(8_000)
    began, screens = time.monotonic(), []
    page.goto(f"{live_server.url}{call_open.get_absolute_url()}?cout=180000&demande=110000&autres=70000")
    page.click("button:has-text('Commencer un dossier')")
    for _step in range(3):
        screens.append(page.inner_text("h1"))
        fill(page, ANSWERS | {"lieu": "Rennes"})
        page.click("button[name=next]")
    screens.append(page.inner_text("h1"))
    page.fill("[name=email], [name=login]", "nadia@example.org")
    page.click("main form.es-form button[type=submit], main form button.fr-btn")
    screens.append(page.inner_text("h1"))
    code = re.search(r"\b\d{6}\b", Message.objects.latest("pk").text).group()
    page.fill("[name=code]", code)
    page.click("main form.es-form button[type=submit], main form button.fr-btn")
    screens.append(page.inner_text("h1"))
    draft = Application.objects.get()
    assert draft.created_by.email == "nadia@example.org"
    for slot in ("bank_details", "statutes"):
        part = page.locator(f"#piece-{slot}")
        part.locator("input[type=file]").first.set_input_files(
            {"name": f"{slot}.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        part.locator("button[type=submit]").last.click()
    page.click("a:has-text('vérifier et déposer')")
    screens.append(page.inner_text("h1"))
    # A first-time applicant has one thing left, and then may file: their organisation, which needs an account.
    assert page.locator(".fr-alert--warning li").all_inner_texts() == ["Dites pour quel organisme vous déposez."]
    Membership.objects.create(organisation=OrganisationFactory(), person=draft.created_by, role="mandated")
    page.goto(f"{live_server.url}/candidatures/{draft.public_id}/organisme/")
    page.click("#id_organisation button")
    page.goto(f"{live_server.url}/candidatures/{draft.public_id}/verifier/")
    if page.locator("#id_acknowledged").count():
        page.check("#id_acknowledged")
    page.click("button:has-text('Déposer le dossier')")
    seconds = time.monotonic() - began
    draft.refresh_from_db()
    assert draft.state == "filed"
    assert screens == [
        "L’organisme",
        "Le projet",
        "Le budget et son financement",
        "Se connecter",
        "Saisir le code reçu",
        "Les pièces",
        "Vérifier et déposer",
    ]
    assert seconds < 60
    context.close()
