"""An officer makes a call from nothing on screen, and publishes it; what two people write at once is kept."""

import pytest
from django.test import Client
from django.urls import reverse

from essaim.calls.models import Call, Edition
from tests.factories.jams import TeamMemberFactory
from tests.page import Page, check_page

pytestmark = pytest.mark.django_db


def browser(person):
    client = Client(headers={"accept-language": "fr"})
    client.force_login(person)
    return client


def url(call, name, *parts):
    return reverse(f"calls:{name}", args=[call.slug, *parts])


def typed(page):
    """What a browser would send of the editor's form: every control with the value it shows."""
    form = next(form for form in page.select("form") if "es-editor" in (form.get("class") or ""))
    given = {}
    for field in form.iter():
        name = field.get("name")
        if field.tag == "input" and field.get("type") in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                given.setdefault(name, []).append(field.get("value", "on"))
        elif field.tag == "input" and name:
            given[name] = field.get("value", "")
        elif field.tag == "textarea":
            given[name] = (field.text or "").removeprefix("\n")
        elif field.tag == "select":
            chosen = [option for option in field.iter("option") if option.get("selected") is not None]
            given[name] = (chosen or list(field.iter("option")))[0].get("value", "")
    return given


def fill(client, address, **changes):
    """Open a page of the editor, change some fields, send it."""
    page = check_page(client.get(address))
    return client.post(address, {**typed(page), **changes})


ROOMS = ["texts", "dates", "frame", "form", "rules", "grid", "documents", "letters", "check"]


@pytest.mark.parametrize("room", ["prepare", *(f"edit-{room}" for room in ROOMS)])
def test_every_room_of_a_published_call_is_a_sound_page(call, officer, room, django_assert_max_num_queries):
    client = browser(officer)
    check_page(client.get(url(call, room)))
    with django_assert_max_num_queries(12):
        client.get(url(call, room))


def test_every_item_is_a_sound_page_and_saving_it_as_it_is_changes_nothing(call, officer):
    client = browser(officer)
    before = None
    pages = [url(call, "edit-texts"), url(call, "edit-dates"), url(call, "edit-frame"), url(call, "edit-grid")]
    content = call.rule_set
    pages += [url(call, "edit-section", row["code"]) for row in content.form["section"]]
    pages += [url(call, "edit-question", row["code"]) for part in content.form["section"] for row in part["question"]]
    pages += [url(call, "edit-rule", row["id"]) for row in content.rules["rule"]]
    pages += [url(call, "edit-criterion", row["code"]) for row in content.grid["criterion"]]
    pages += [url(call, "edit-document", row["code"]) for row in content.documents["document"]]
    pages += [url(call, "edit-letter", name) for name in content.letters]
    for address in pages:
        answer = fill(client, address)
        assert answer.status_code == 302, (address, Page(answer.content.decode()).text[:600])
        edition = Edition.objects.get()
        before = before or edition.content
        assert edition.content == before, address
    from essaim.calls.queries.content import content_of

    assert before == content_of(call)
