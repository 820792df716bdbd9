"""Calls as feeds (Atom, RFC 4287; iCalendar, RFC 5545) and as rows of a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from essaim.calls.queries import moments, today
from essaim.programmes.actions import canonical_json

ATOM_TYPE = "application/atom+xml; charset=utf-8"
ICS_TYPE = "text/calendar; charset=utf-8"


def atom(calls: Iterable[Any], *, at: datetime) -> str:
    """The feed of public calls, latest first; each entry says its dates and its state in a sentence."""
    calls = list(calls)
    updated = max((_updated(call) for call in calls), default=at)
    home = settings.SITE_URL + reverse("calls:calls")
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{get_language() or "fr"}">',
        f"<id>{escape(home)}</id>",
        f"<title>{escape(_('Appels à projets'))} – Essaim</title>",
        f"<updated>{_rfc3339(updated)}</updated>",
        "<author><name>Essaim</name></author>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(settings.SITE_URL + reverse("calls:atom"))}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(home)}/>',
    ]
    for call in calls:
        lines += _entry(call, at=at)
    return "\n".join([*lines, "</feed>", ""])


def _entry(call: Any, *, at: datetime) -> Iterator[str]:
    url = settings.SITE_URL + call.get_absolute_url()
    yield "<entry>"
    yield f"<id>{escape(url)}</id>"
    yield f"<title>{escape(str(call.title))}</title>"
    yield f"<updated>{_rfc3339(_updated(call))}</updated>"
    yield f"<published>{_rfc3339(call.published_at or call.opens_at)}</published>"
    yield f'<link rel="alternate" type="text/html" href={quoteattr(url)}/>'
    yield f"<author><name>{escape(str(call.service_name) or 'Essaim')}</name></author>"
    for theme in call.themes:
        yield f"<category term={quoteattr(theme)}/>"
    yield f'<summary type="text">{escape(f"{call.summary} {today(call, at=at).sentence}".strip())}</summary>'
    yield "</entry>"


def _updated(call: Any) -> datetime:
    dates = [call.published_at or call.opens_at, call.rule_set.frozen_at if call.rule_set else None]
    return max(date for date in dates if date is not None)


def _rfc3339(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def calendar(calls: Iterable[Any], *, at: datetime) -> str:
    """The dates of calls: opening and closing as UTC instants, announced days as whole days; lines end with CRLF."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Essaim//Appels//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(_('Appels à projets'))}",
    ]
    for call in calls:
        for number, moment in enumerate(moments(call, at=at)):
            lines += _event(call, moment, number)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(call: Any, moment: Any, number: int) -> list[str]:
    url = settings.SITE_URL + call.get_absolute_url()
    name = moment.key or f"date-{number}"
    lines = [
        "BEGIN:VEVENT",
        f"UID:{name}.{call.slug}@{urlsplit(settings.SITE_URL).hostname or 'essaim'}",
        f"DTSTAMP:{_utc(_updated(call))}",
    ]
    if moment.instant is None:
        lines += [
            f"DTSTART;VALUE=DATE:{moment.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{moment.day + timedelta(days=1):%Y%m%d}",
        ]
    else:
        lines.append(f"DTSTART:{_utc(moment.instant)}")
    return [
        *lines,
        f"SUMMARY:{_text(f'{moment.title} · {call.title}')}",
        f"DESCRIPTION:{_text(f'{moment.text}. {url}')}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(value: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11): what separates is escaped."""
    for mark in ("\\", ";", ","):
        value = value.replace(mark, f"\\{mark}")
    return value.replace("\r\n", "\\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    """The line cut in pieces of at most 75 octets (RFC 5545, 3.1), never inside a character."""
    pieces, size = [""], 0
    for character in line:
        octets = len(character.encode())
        if size + octets > 75:
            pieces.append(" ")
            size = 1
        pieces[-1] += character
        size += octets
    return "\r\n".join(pieces)


def rules_bytes(rule_set: Any) -> bytes:
    """The canonical JSON of a version's rules: its SHA-256 is the digest published with it."""
    return canonical_json(rule_set.rules).encode()


def call_rows(calls: Iterable[Any], *, at: datetime) -> tuple[list[str], list[list[Any]]]:
    """Headers and rows of the list of calls."""
    headers = [
        _("Appel"),
        _("Adresse"),
        _("État"),
        _("Ouverture"),
        _("Clôture"),
        _("Fuseau"),
        _("Thèmes"),
        _("Régions"),
    ]
    rows = [
        [
            str(call.title),
            settings.SITE_URL + call.get_absolute_url(),
            today(call, at=at).label,
            call.opens_at,
            call.closes_at,
            call.zone,
            ", ".join(call.themes),
            ", ".join(call.territory),
        ]
        for call in calls
    ]
    return headers, rows
