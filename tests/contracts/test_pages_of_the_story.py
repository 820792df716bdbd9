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
WRITES = {"account_email": "allauth notes the address of an account that others made, the first time it is shown"}
# Statements allowed to repeat, and pages allowed more than thirty, each with its reason.
MANY = {
    "desks:home": "the first reading after an act counts every programme's thread, which is then kept",
    "opendata:index": "the first reading after an act writes every file, which is then kept",
}
# Pages that no link of the told story leads to, each with its reason.
IN_A_MESSAGE = "its address is in a message only"
BY_SCRIPT = "asked by a script of another page"
IN_THE_API = "an address for programs, described on the page of the API"
IN_THE_ROOM = "for the devices that joined the room: tests/jams walks them"
UNLINKED = {
    "applications:completion": "offered while a request for completion waits, and the told story makes none",
    "applications:differences": "offered while a filed file is being changed, and the story changes none",
    "applications:late": IN_A_MESSAGE,
    "applications:receipt-json": "the latest receipt at an address one can write down; pages link each by its number",
    "applications:receipt-number": "offered once a file was filed again, and the story files each once",
    "applications:receipt-pdf": "the latest receipt at an address one can write down; pages link each by its number",
    "applications:versions": "offered beside an answer written again, and the story writes each once",
    "awards:report": "offered while a report is due, and all are given",
    "calls:confirm": IN_A_MESSAGE,
    "calls:stop": IN_A_MESSAGE,
    "jams:amend": IN_THE_ROOM,
    "jams:dots": IN_THE_ROOM,
    "jams:draft": IN_THE_ROOM,
    "jams:room": IN_THE_ROOM,
    "jams:room_state": IN_THE_ROOM,
    "jams:conduct_state": BY_SCRIPT,
    "jams:screen_state": BY_SCRIPT,
    "jams:answer": "offered while an answer is due, and every proposal of the told Jam has its own",
    "opendata:api_calls": IN_THE_API,
    "opendata:api_programme": IN_THE_API,
    "opendata:api_results": IN_THE_API,
    "opendata:api_thread": IN_THE_API,
    "opendata:sounding": "asked by the probe alone",
    "reviews:ask": "offered before the decision on admissibility, and all are made",
    "reviews:assignments": "offered while admissible files wait for experts, and none does",
    "reviews:bulk-act": "what became of an act in bulk: a form leads to it",
    "reviews:bulk-archive": "on the page of an act in bulk that printed files",
    "reviews:conflict": "offered while a review is to be given, and all of them are",
    "reviews:next": "offered while a file waits for its decision, and none does",
    "selections:points": BY_SCRIPT,
    "territory:outlines": BY_SCRIPT,
    "territory:points": BY_SCRIPT,
}


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
        found = walk(Client(), "anyone", "/")
        for person in Person.objects.exclude(demo_role="").order_by("email"):
            client = Client()
            client.force_login(person)
            found += walk(client, person.email, "/", "/bureau/", "/expertise/")
    finally:
        engine.string_if_invalid = before
    return found


def say(faults):
    """Fail with one line per fault."""
    faults = set(faults)
    assert not faults, "\n" + "\n".join(sorted(faults))


def test_no_link_is_broken(visits):
    say([f"{visit}: {visit.status}" for visit in visits if visit.status not in {200, 301, 302}])


def test_reading_never_writes(visits):
    say([f"{visit}: {visit.writes}" for visit in visits if visit.writes and visit.name not in WRITES])


def test_page_keeps_the_floor(visits):
    say({f"{visit.name}: {problem} ({visit.url})" for visit in visits for problem in visit.problems})


def test_page_names_no_undefined_variable(visits):
    assert sorted(Undefined.names) == []


def test_page_asks_the_database_little(visits):
    say([f"{v}: {len(v.statements)} statements" for v in visits if len(v.statements) > 30 and v.name not in MANY])
    say([f"{v}: {n} times {sql}" for v in visits if v.name not in MANY for sql, n in v.repeated.items()])


def test_every_answer_carries_its_headers(visits):
    say([f"{visit}: {fault}" for visit in visits for fault in header_faults(visit)])


def header_faults(visit):
    """What an answer's headers and cookies lack."""
    headers = visit.headers
    policy = headers.get("Content-Security-Policy", "")
    expected = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    yield from (name for name, value in expected.items() if headers.get(name) != value)
    yield from (
        part for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'") if part not in policy
    )
    if "unsafe" in policy:
        yield policy
    if "Content-Type" not in headers:
        yield "Content-Type"
    for name, cookie in visit.cookies.items():
        if cookie.value and not (cookie["httponly"] and cookie["samesite"] in {"Lax", "Strict"}):
            yield f"the cookie {name}"


def test_private_page_is_never_kept_by_a_cache(visits):
    say(
        f"{visit}: {visit.headers.get('Cache-Control')}"
        for visit in visits
        if visit.status == 200
        and TABLE.get(visit.name, {}).get("who") not in ("public", "demo")
        and not {"no-store", "private"} & set(re.split(r",\s*", visit.headers.get("Cache-Control", "")))
    )


def test_every_page_is_reached_by_a_link(visits):
    reading = {name for name, row in TABLE.items() if row.get("method") != "POST"}
    stages = {name for name in reading if ":" in name and not name.startswith(("accounts:", "ui:"))}
    say(stages - {visit.name for visit in visits if visit.status == 200} - set(UNLINKED))


def test_visitor_without_account_sees_what_the_table_says(visits):
    wrong, client = [], Client()
    public = {visit.url for visit in visits if visit.who == "anyone"}
    for url, name in sorted({(visit.url, visit.name) for visit in visits if visit.status == 200}):
        if name not in TABLE or TABLE[name].get("method") == "POST":
            continue
        visit, _page = fetch(client, "anyone", url, name)
        who = TABLE[name]["who"]
        sent_away = visit.status == 404 or (
            visit.status == 302 and visit.headers["Location"].startswith("/compte/connexion/?next=")
        )
        if who not in ("public", "demo") and not sent_away:
            wrong.append(f"{url} ({name}, {who}): {visit.status} although it is not public")
        if who == "public" and sent_away and url in public:
            wrong.append(f"{url} ({name}): {visit.status} although it is public")
    say(wrong)


def test_parameterless_page_sends_the_stranger_to_the_door():
    client, wrong = Client(), []
    for name, address in routes().items():
        if "<" in address or TABLE.get(name, {}).get("who") in ("public", "demo"):
            continue
        response = client.get(f"/{address}")
        if response.status_code != 302 or not response["Location"].startswith("/compte/connexion/?next="):
            wrong.append(f"/{address} ({name}): {response.status_code} {response.headers.get('Location')}")
    say(wrong)


def test_pages_are_in_english_for_who_reads_english(visits):
    client, wrong = Client(), []
    for url in sorted({visit.url for visit in visits if visit.who == "anyone" and visit.status == 200}):
        visit, page = fetch(client, "anyone", url, name_of(url), "en")
        if page and page.select("html") and page.select("html")[0].get("lang") not in (None, "en"):
            wrong.append(f"{url}: in French")
        wrong += [f"{url}: {problem}" for problem in visit.problems]
    say(wrong)
