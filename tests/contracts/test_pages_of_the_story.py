"""Every page that links lead to, for each kind of visitor of the told story: what none may do, who may see which."""

import re
import tomllib
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client

from essaim.accounts.models import Person
from tests.contracts.routes import fetch, name_of, routes, walk

TABLE = tomllib.loads((Path(__file__).resolve().parent / "access_table.toml").read_text())
pytestmark = pytest.mark.usefixtures("told")

# Pages whose first reading leaves a mark on purpose, each with its reason.
WRITES = {}
# Statements allowed to repeat, and pages allowed more than thirty, each with its reason.
MANY = {}
# Pages that no link of the told story leads to, each with its reason.
UNLINKED = {}


class Undefined(str):
    """Stands for a template variable that does not exist, and remembers its name."""

    names: set[str] = set()

    def __contains__(self, part):
        return part == "%s" or super().__contains__(part)

    def __mod__(self, name):
        self.names.add(str(name))
        return ""


@pytest.fixture(scope="module")
def visits(told):
    """One walk per demonstration account, and one without an account."""
    engine = engines["django"].engine
    before, engine.string_if_invalid = engine.string_if_invalid, Undefined()
    Undefined.names = set()
    try:
        found = walk(Client(), "anyone", "/", "/programmes/", "/appels/", "/jams/")
        for person in Person.objects.exclude(demo_role="").order_by("email"):
            client = Client()
            client.force_login(person)
            found += walk(client, person.email, "/bureau/", "/compte/", "/candidatures/", "/expertise/", "/appels/fablabs-2013/instruction/")
    finally:
        engine.string_if_invalid = before
    return found


def test_no_link_is_broken(visits):
    assert [f"{visit}: {visit.status}" for visit in visits if visit.status not in {200, 301, 302}] == []


def test_reading_never_writes(visits):
    assert {str(visit): visit.writes for visit in visits if visit.writes and visit.name not in WRITES} == {}


def test_page_keeps_the_floor(visits):
    assert {str(visit): visit.problems for visit in visits if visit.problems} == {}


def test_page_names_no_undefined_variable(visits):
    assert sorted(Undefined.names) == []


def test_page_asks_the_database_little(visits):
    many = {str(v): len(v.statements) for v in visits if len(v.statements) > 30 and v.name not in MANY}
    repeated = {str(v): v.repeated for v in visits if v.repeated and v.name not in MANY}
    assert (many, repeated) == ({}, {})


def test_every_answer_carries_its_headers(visits):
    faults = []
    for visit in visits:
        headers = visit.headers
        policy = headers.get("Content-Security-Policy", "")
        for missing in (
            "unsafe-inline" in policy and "no unsafe-inline",
            "frame-ancestors 'none'" not in policy and "frame-ancestors",
            "default-src 'none'" not in policy and "default-src",
            headers.get("X-Content-Type-Options") != "nosniff" and "nosniff",
            headers.get("Referrer-Policy") != "same-origin" and "Referrer-Policy",
            headers.get("X-Frame-Options") != "DENY" and "X-Frame-Options",
            "Content-Type" not in headers and "Content-Type",
        ):
            if missing:
                faults.append(f"{visit}: {missing}")
        for name, cookie in visit.cookies.items():
            if not cookie["httponly"] or cookie["samesite"] not in {"Lax", "Strict"}:
                faults.append(f"{visit}: the cookie {name}")
    assert faults == []


def test_private_page_is_never_kept_by_a_cache(visits):
    kept = [
        str(visit)
        for visit in visits
        if visit.status == 200
        and TABLE.get(visit.name, {}).get("who") not in {"public", "demo"}
        and not {"no-store", "private"} & set(re.split(r",\s*", visit.headers.get("Cache-Control", "")))
    ]
    assert kept == []


def test_every_page_is_reached_by_a_link(visits):
    reading = {name for name, row in TABLE.items() if row.get("method") != "POST"}
    stages = {name for name in reading if ":" in name and not name.startswith(("accounts:", "ui:"))}
    assert sorted(stages - {visit.name for visit in visits} - set(UNLINKED)) == []


def test_visitor_without_account_sees_what_the_table_says(visits):
    wrong = []
    client = Client()
    for url, name in sorted({(visit.url, visit.name) for visit in visits if visit.status == 200}):
        if name not in TABLE or TABLE[name].get("method") == "POST":
            continue
        visit, _page = fetch(client, "anyone", url, name)
        who = TABLE[name]["who"]
        sent_away = visit.status in {302, 404} and (
            visit.status == 404 or name_of(visit.headers["Location"]) == "account_login"
        )
        if (visit.status == 200) != (who == "public") or (who not in {"public", "demo"} and not sent_away):
            wrong.append(f"{url} ({name}, {who}): {visit.status}")
    assert wrong == []


def test_parameterless_page_sends_the_stranger_to_the_door():
    client, wrong = Client(), []
    for name, address in routes().items():
        row = TABLE.get(name, {})
        if "<" in address or row.get("who") in {"public", "demo"}:
            continue
        response = client.get(f"/{address}")
        if response.status_code != 302 or not response["Location"].startswith("/compte/connexion/?next="):
            wrong.append(f"/{address} ({name}): {response.status_code} {response.headers.get('Location')}")
    assert wrong == []


def test_pages_are_in_english_for_who_reads_english(visits):
    client = Client()
    french = []
    for url in sorted({visit.url for visit in visits if visit.who == "anyone" and visit.status == 200}):
        visit, page = fetch(client, "anyone", url, name_of(url), "en")
        if page and page.select("html")[0].get("lang") != "en":
            french.append(url)
        if visit.problems:
            french.append(f"{url}: {visit.problems}")
    assert french == []
