"""Filling in the pages of the editor as a browser does: every control is sent with the value it shows."""

from django.test import Client
from django.urls import reverse

from tests.page import check_page


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
