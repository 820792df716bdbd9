"""Feeds that other software reads: Atom (RFC 4287), iCalendar (RFC 5545), the rules byte for byte."""

import json
import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from xml.etree import ElementTree

import pytest

from essaim.engine import rules as engine
from tests.factories.calls import make_call

pytestmark = pytest.mark.django_db
URL = "/appels/ateliers-de-fabrication-numerique/"
ATOM = "{http://www.w3.org/2005/Atom}"


def test_atom_feed_holds_all_that_the_format_requires(client, call, draft_elsewhere):
    answer = client.get("/appels/flux.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated", "author"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}updated"))
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"].endswith("/appels/flux.atom")
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id").endswith(URL)
    assert entry.findtext(f"{ATOM}title") == "Aide au développement des ateliers de fabrication numérique"
    assert {category.get("term") for category in entry.findall(f"{ATOM}category")} == {
        "fablabs",
        "production",
        "education",
    }


@pytest.fixture
def draft_elsewhere(call):
    return make_call(programme=call.programme, slug="secret", published=False)


def test_an_empty_feed_is_still_a_feed(client, db, story):
    feed = ElementTree.fromstring(client.get("/appels/flux.atom").content)
    assert feed.findtext(f"{ATOM}updated") == "2013-09-10T10:00:00Z"


def events_of(answer):
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    body = answer.content.decode()
    assert body.endswith("END:VCALENDAR\r\n")
    assert "\n" not in body.replace("\r\n", "")
    assert max(len(line.encode()) for line in body.split("\r\n")) <= 75
    lines = body.replace("\r\n ", "").split("\r\n")
    events, current = [], None
    for line in lines:
        if line == "BEGIN:VEVENT":
            current = {}
        elif line == "END:VEVENT":
            events.append(current)
            current = None
        elif current is not None:
            name, _, value = line.partition(":")
            assert name not in current
            current[name] = value
    return events


@pytest.mark.parametrize("path", ["/appels/calendrier.ics", f"{URL}calendrier.ics"])
def test_calendar_gives_instants_in_utc_and_days_as_days(client, call, draft_elsewhere, path):
    events = events_of(client.get(path))
    assert [event.get("DTSTART") or event["DTSTART;VALUE=DATE"] for event in events] == [
        "20130624T220000Z",
        "20130913T215959Z",
        "20131015",
        "20131213",
    ]
    assert events[1]["SUMMARY"] == "Clôture · Aide au développement des ateliers de fabrication numérique"
    assert events[2]["DTEND;VALUE=DATE"] == "20131016"
    assert len({event["UID"] for event in events}) == 4
    for event in events:
        assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])


def test_calendar_escapes_what_separates(client, db, story):
    make_call(slug="special", title={"fr": "Un, deux; trois\\quatre", "en": "One"})
    events = events_of(client.get("/appels/special/calendrier.ics"))
    assert events[0]["SUMMARY"] == "Ouverture · Un\\, deux\\; trois\\\\quatre"


def test_a_closing_at_midnight_in_reunion_is_the_evening_before_in_utc(client, db, story):
    make_call(slug="reunion", zone="Indian/Reunion", closes_at=datetime(2013, 9, 13, 20, tzinfo=UTC))
    closing = events_of(client.get("/appels/reunion/calendrier.ics"))[1]
    assert closing["DTSTART"] == "20130913T200000Z"
    assert "samedi 14\u00a0septembre 2013 à 0\u00a0h\u00a000 (heure de La Réunion)" in closing["DESCRIPTION"]


def test_rules_are_the_bytes_whose_digest_is_published(client, call):
    answer = client.get(f"{URL}reglement.json")
    digest = sha256(answer.content)
    assert digest.hexdigest() == call.rule_set.rules_sha256
    assert answer["Repr-Digest"] == f"sha-256=:{b64encode(digest.digest()).decode()}:"
    assert engine.sha256(engine.from_json(answer.content.decode())) == call.rule_set.rules_sha256
    assert json.loads(answer.content) == call.rule_set.rules
    assert client.get(f"{URL}reglement.json?version=1").content == answer.content
    assert client.get(f"{URL}reglement.json?version=2").status_code == 404
