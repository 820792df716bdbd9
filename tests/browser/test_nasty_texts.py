"""Nasty texts in the pages that show them: no dialog opens, no script of theirs runs, whoever reads."""

import pytest
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from essaim.accounts.models import Organisation, Person
from essaim.applications.models import Application, Document
from essaim.jams.models import Card, Jam, Proposal
from essaim.reviews.models import Review
from tests.nasty import STRINGS, big_list

pytestmark = pytest.mark.usefixtures("told")
APPLICANT, OFFICER = "candidat@demo.example", "officier@demo.example"


@pytest.fixture
def site(told):
    server = LiveServer("localhost")
    yield server.url
    server.stop()


def texts():
    """The strings that could run, a few at a time, without what no database takes."""
    alive = [text for text in [*STRINGS, *big_list()] if set("<&{") & set(text) or "script" in text.lower()]
    return [text.replace("\x00", "") for text in alive]


def poison():
    """Write them wherever people write, each row its own."""
    nasty = texts()
    for model in (Organisation, Application, Document, Card, Proposal, Review):
        words = [
            found.name
            for found in model._meta.concrete_fields
            if isinstance(found, models.TextField)
            or (isinstance(found, models.CharField) and found.max_length >= 100 and not found.choices)
        ]
        for rank, row in enumerate(model.objects.order_by("pk")[:40]):
            text = "\n".join(nasty[rank * 12 % len(nasty) :][:12])
            cut = {name: text[: model._meta.get_field(name).max_length or 4000] for name in words if name != "receipt"}
            try:
                with transaction.atomic():
                    model.objects.filter(pk=row.pk).update(**cut)
            except DatabaseError:
                continue  # the table protects itself
    for row in Application.objects.all():
        answers = {code: "\n".join(nasty) for code, value in row.answers.items() if isinstance(value, str)}
        Application.objects.filter(pk=row.pk).update(answers={**row.answers, **answers, "title": nasty[0]})


def test_no_script_of_theirs_runs(site, chromium):
    draft = Application.objects.filter(call__programme__slug="fablabs-essai", state="draft").latest("pk")
    filed = Application.objects.filter(state="funded").first()
    jam = Jam.objects.get(programme__slug="fablabs-2013")
    poison()
    pages = {
        None: [jam.get_absolute_url(), Proposal.objects.first().get_absolute_url(), "/lieux/"],
        APPLICANT: [
            "/bureau/",
            "/organismes/",
            *(reverse(f"applications:{step}", args=[draft.public_id]) for step in ("project", "documents", "check")),
        ],
        OFFICER: [
            reverse("reviews:instruction", args=[filed.call.slug]),
            reverse("reviews:file", args=[filed.public_id]),
        ],
    }
    opened = []

    def trap(dialog):
        opened.append(dialog.message)
        dialog.dismiss()

    for email, urls in pages.items():
        context = chromium.new_context(locale="fr-FR")
        if email:
            client = Client()
            client.force_login(Person.objects.get(email=email))
            context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
        tab = context.new_page()
        tab.on("dialog", trap)
        for url in urls:
            answer = tab.goto(site + url)
            assert answer.status in (200, 404), (url, answer.status)
            if answer.status == 200:
                opened += [
                    f"{url}: {what}"
                    for what in tab.evaluate("""() => [
                  ...Array.from(document.querySelectorAll("xnasty, iframe, object, embed, marquee"), (e) => e.tagName),
                  ...Array.from(document.querySelectorAll("*")).flatMap((e) => e.getAttributeNames()
                    .filter((name) => name.startsWith("on")).map((name) => `${e.tagName} ${name}`)),
                ]""")
                ]
        context.close()
    assert opened == []
