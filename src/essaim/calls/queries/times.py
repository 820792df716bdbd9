"""Where a call stands at an instant. Open or closed comes from the clock at each request, never from a stored state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from essaim.kernel.bilingual import as_bilingual
from essaim.ui import formats


class CallQuerySet(QuerySet[Any]):
    """Calls."""

    def public(self) -> CallQuerySet:
        """Those anyone may read: all but drafts."""
        return self.exclude(state="draft")

    def open(self, at: datetime) -> CallQuerySet:
        """Those one may file to at `at`."""
        return self.filter(state="published", opens_at__lte=at, closes_at__gte=at)

    def upcoming(self, at: datetime) -> CallQuerySet:
        """Published, not yet open."""
        return self.filter(state="published", opens_at__gt=at)

    def past(self, at: datetime) -> CallQuerySet:
        """Closed for filing."""
        return self.filter(Q(closes_at__lt=at) | Q(state__in=["settled", "withdrawn"])).exclude(state="draft")

    def whole(self) -> CallQuerySet:
        """With what its page shows, in one query; the rest of its version is read only by those who edit it."""
        unseen = (f"rule_set__{name}" for name in ("call", "letters", "sources", "form", "grid"))
        return self.select_related("programme", "rule_set", "origin__jam").defer(*unseen)


def is_open(call: Any, *, at: datetime) -> bool:
    """Whether one may file at `at`: from the opening instant up to the closing instant, both included."""
    return bool(call.state == "published" and call.opens_at <= at and not is_late(call, at=at))


def is_late(call: Any, *, at: datetime) -> bool:
    """Whether `at` is past the closing. The closing instant itself is in time: it is said to the second, and counted
    so."""
    return bool(call.closes_at is not None and at > call.closes_at)


@dataclass(frozen=True, slots=True)
class Today:
    """Where a call stands: `key` is draft, upcoming, open, closed, settled or withdrawn; `level` is a badge's."""

    key: str
    label: str
    level: str
    sentence: str


def today(call: Any, *, at: datetime) -> Today:
    """The state of a call at `at`, in a word and in a sentence."""
    if call.state == "draft":
        sentence = _("Cet appel se prépare : le public ne le voit pas encore.")
        return Today("draft", _("En préparation"), "neutral", sentence)
    if call.state == "withdrawn":
        return Today("withdrawn", _("Retiré"), "error", _("Cet appel a été retiré : on ne peut pas y répondre."))
    if call.state == "settled":
        return Today("settled", _("Résultats publiés"), "info", _("Les résultats sont publiés, avec leurs raisons."))
    if at < call.opens_at:
        sentence = _("L’appel ouvre le %(instant)s.") % {"instant": formats.instant(call.opens_at, call.zone)}
        return Today("upcoming", _("À venir"), "new", sentence)
    closing = {"instant": formats.instant(call.closes_at, call.zone)}
    if is_open(call, at=at):
        return Today("open", _("Ouvert"), "success", _("On peut y répondre jusqu’au %(instant)s.") % closing)
    sentence = _("L’appel est clos depuis le %(instant)s ; le choix est en cours.") % closing
    return Today("closed", _("Clos"), "warning", sentence)


@dataclass(frozen=True, slots=True)
class Moment:
    """One date of a call's calendar; `instant` is None for a day known without its hour."""

    key: str
    title: str
    text: str
    state: str
    day: date
    instant: datetime | None = None


def moments(call: Any, *, at: datetime) -> list[Moment]:
    """The calendar in order: opening and closing (each one datum, never copied), then what the call announces."""
    found = []
    for key, title, instant in (("opening", _("Ouverture"), call.opens_at), ("closing", _("Clôture"), call.closes_at)):
        if instant is not None:
            day = instant.astimezone(ZoneInfo(call.zone)).date()
            state = "done" if instant < at else "todo"
            found.append(Moment(key, title, formats.instant(instant, call.zone), state, day, instant))
    now = at.astimezone(ZoneInfo(call.zone)).date()
    for announced in call.calendar:
        day = date.fromisoformat(announced["date"])
        text = formats.day(day)
        if announced.get("approximate"):
            text = _("vers le %(day)s") % {"day": text}
        state = "done" if day < now else "current" if day == now else "todo"
        found.append(Moment("", str(as_bilingual(announced["title"])), text, state, day))
    found.sort(key=lambda moment: (moment.day, moment.instant is None))
    upcoming = next((number for number, moment in enumerate(found) if moment.state != "done"), None)
    if upcoming is not None and upcoming > 0:
        ahead = found[upcoming]
        found[upcoming] = Moment(ahead.key, ahead.title, ahead.text, "current", ahead.day, ahead.instant)
    return found
