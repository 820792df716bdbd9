"""Every form that an applicant, an officer, an expert or a passer-by reaches takes any text: never a 5xx, nothing alive
on the pages that show it, no cell that runs in the files one downloads."""

import csv
import inspect
import io
import re
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.urls import get_resolver

from essaim.accounts.actions import add_to_vault
from essaim.accounts.models import Organisation, Person
from essaim.kernel import clock, tables
from essaim.kernel.bilingual import BilingualField
from essaim.reviews.models import Assignment
from tests.contracts.forms import crawl, read, shut
from tests.contracts.routes import LEFT_ALONE, name_of
from tests.factories.applications import PDF
from tests.nasty import STRINGS, big_list

pytestmark = [pytest.mark.usefixtures("told"), pytest.mark.django_db]
SRC = Path(tables.__file__).resolve().parents[1]
# What would end the visit, or is not ours.
LEFT = {"account_logout", "accounts:close", "accounts:leave"}


PEOPLE = (None, "officier@demo.example", "candidat@demo.example", "expert@demo.example")
STARTS = ("/bureau/", "/expertise/", "/appels/")


@pytest.fixture(autouse=True)
def files_of_the_story(settings, story_folder):
    """The files the story gave."""
    settings.MEDIA_ROOT = story_folder / "files"


def signed_in(email):
    client = Client(headers={"accept-language": "fr"}, raise_request_exception=False)
    if email:
        client.force_login(Person.objects.get(email=email))
    return client


@pytest.fixture(scope="module")
def found(told, django_db_blocker):
    """The forms and addresses each kind of visitor meets."""
    with django_db_blocker.unblock():
        given = Assignment.objects.filter(expert__person__email="expert@demo.example").first()
        Assignment.objects.filter(pk=given.pk).update(state="assigned")
        organisation = Organisation.objects.filter(memberships__person__email="candidat@demo.example").first()
        member = Person.objects.get(email="candidat@demo.example")
        kept = {"uploaded": PDF, "name": "statuts.pdf", "by": member, "at": clock.now()}
        add_to_vault(organisation=organisation, kind="statutes", **kept)
        return {email: crawl(signed_in(email), *(STARTS if email else ["/"])) for email in PEOPLE}


def batches(strings, fields, count):
    """`count` ways to fill the fields: each string in turn, by itself; then all of them at once, in pieces."""
    turn = cycle(strings)
    for _time in range(count):
        yield list(islice(turn, fields))
    whole = [text for text in strings if len(text) < 1000]
    for start in range(0, len(whole), 150):
        yield ["\n".join(whole[start : start + 150])] * fields


def fill(client, form, texts):
    """Send a form filled with these texts, then undo it: the faults of the answer and of the page it leads to."""
    values = {}
    for name, value in form.values:
        values.setdefault(name, []).append(value)
    values |= dict(zip(form.typed, texts, strict=False))
    faults = []
    with transaction.atomic():
        response = client.post(form.action, values)
        for _hop in range(2):
            if response.status_code >= 500:
                faults.append(f"{response.status_code}")
            page = read(form.action, response)
            faults += [f"alive: {what}" for what in page.alive] if page else []
            if response.status_code not in {301, 302} or not response["Location"].startswith("/"):
                break
            response = client.get(response["Location"])
        transaction.set_rollback(True)
    return [f"{form.key[0]} ({form.page}) {fault} with {texts[0][:60]!r}" for fault in faults]


def drive(found, strings, count):
    """Fill every form found with every string, spread over the forms."""
    faults, done = [], set()
    for email, (forms, _pages) in found.items():
        client = signed_in(email)
        for key, form in forms.items():
            if key in done or key[0] in LEFT or form.action.startswith(LEFT_ALONE):
                continue
            done.add(key)
            shift = len(done) * 7 % len(strings)
            for texts in batches(strings[shift:] + strings[:shift], len(form.typed), count):
                faults += fill(client, form, texts)
    return done, sorted(set(faults))


def test_every_form_takes_our_nasty_texts(found):
    done, faults = drive(found, STRINGS, 6)
    assert faults == []
    assert {"applications:project", "accounts:organisation_create", "calls:simulator"} - {
        name for name, _f in done
    } <= {"calls:simulator"}
    assert len(done) >= 20


@pytest.mark.skipif(not big_list(), reason="the big list is not here")
def test_every_form_takes_the_big_list(found):
    _done, faults = drive(found, big_list(), 2)
    assert faults == []


def test_every_address_takes_nasty_parameters(found):
    """Searches, filters and pages in the address: never a 5xx, nothing alive."""
    faults, done = [], set()
    texts = cycle([*STRINGS, *big_list()])
    for email, (_forms, pages) in found.items():
        client = signed_in(email)
        for url in sorted({url.partition("?")[0] for url, answer in pages.items() if answer.status_code == 200}):
            if name_of(url) in done:
                continue
            done.add(name_of(url))
            names = ("q", "page", "etat", "tri", "format", "region", "theme")
            response = client.get(url, dict(zip(names, texts, strict=False)))
            shut(response)
            page = read(url, response)
            if response.status_code >= 500:
                faults.append(f"{url}: {response.status_code}")
            faults += [f"{url}: {what}" for what in page.alive] if page else []
    assert faults == []


def exporters():
    """The routes whose function downloads a table, by their names."""
    named = {}
    for path in SRC.rglob("views/*.py"), SRC.rglob("views.py"):
        for source in path:
            module = ".".join(["essaim", *source.relative_to(SRC).with_suffix("").parts])
            for function in re.split(r"\n(?=def |@)", source.read_text()):
                if "tables.download(" in function and (name := re.search(r"def (\w+)", function)):
                    named[module, name[1]] = None
    return set(named)


def routes_by_function(patterns, namespace=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes_by_function(pattern.url_patterns, inner)
        elif pattern.name:
            view = inspect.unwrap(pattern.callback)
            yield (view.__module__, getattr(view, "__name__", "")), namespace + pattern.name


def poison(text):
    """Write the text wherever people's words are kept, in every table of the story."""
    for model in apps.get_models():
        if not model.__module__.startswith("essaim.") or model._meta.app_label in {"kernel", "places"}:
            continue
        words = {
            found.name: text
            for found in model._meta.concrete_fields
            if isinstance(found, models.CharField | models.TextField)
            and not isinstance(found, models.EmailField | models.SlugField | models.URLField)
            and not (found.choices or found.unique or found.primary_key)
            and (found.max_length is None or found.max_length >= 60)
            and "sha256" not in found.name
            and found.name
            not in {"password", "demo_role", "theme", "zone", "receipt", "content", "signature", "payload"}
        }
        words |= {
            found.name: {"fr": text, "en": text}
            for found in model._meta.concrete_fields
            if isinstance(found, BilingualField)
        }
        if words:
            with suppress(DatabaseError), transaction.atomic():  # a constraint protects some tables: all the better
                model._base_manager.update(**words)


def cells_of(format, content):
    """Every cell of a downloaded table; for XLSX and ODS, formulas are named."""
    if format == "csv":
        return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]
    if format == "xlsx":
        from openpyxl import load_workbook

        rows = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
        return [f"={cell.value}" if cell.data_type == "f" else str(cell.value or "") for cell in rows]
    from odf.opendocument import load
    from odf.table import TableCell

    cells = load(io.BytesIO(content)).getElementsByType(TableCell)
    return ["=formula" if cell.getAttribute("formula") else str(cell) for cell in cells]


def test_no_cell_of_any_export_runs(found):
    """Every `tables.download`, and the open data files, with formulas in every text of the database."""
    by_function = dict(routes_by_function(get_resolver().url_patterns))
    expected = {by_function[function] for function in exporters() if function in by_function}
    downloads = {}
    for email, (_forms, pages) in found.items():
        for url, answer in pages.items():
            name = name_of(url)
            if answer.status_code == 200 and (name in expected or name == "opendata:file"):
                downloads.setdefault((name, url.partition("?")[0] if name in expected else url), email)
    assert expected - {name for name, _url in downloads} <= NOT_MET
    poison("=1+1|nasty")
    faults, seen = [], 0
    for (name, url), email in downloads.items():
        client = signed_in(email)
        formats = ("csv", "xlsx", "ods") if name in expected else ("",)
        for format in formats:
            answer = client.get(url, {"format": format} if format else {})
            if format == "" and not url.endswith(".csv"):
                continue
            if answer.status_code != 200 or "attachment" not in answer.get("Content-Disposition", "attachment"):
                faults.append(f"{url} {format}: {answer.status_code}")
                continue
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            shut(answer)
            cells = cells_of(format or "csv", content)
            seen += any("=1+1|nasty" in cell for cell in cells)
            alive = [cell for cell in cells if cell.startswith(tables.FORMULA_STARTS) and not number(cell)]
            faults += [f"{url} {format}: {alive[0][:60]!r}"] if alive else []
    assert faults == []
    assert seen >= 10


def number(cell):
    """A negative number is no formula."""
    return re.fullmatch(r"-\d+([.,]\d+)?", cell) is not None


# Exports that the told story offers to nobody the test signs in as, each with its own test elsewhere.
NOT_MET: set[str] = set()
