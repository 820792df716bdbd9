"""The legal clock of a filed application: when silence would be a rejection, and what suspends it.

Two months of silence on a request for money reject it (article L. 231-4, 3° CRPA). A request for completion suspends
that time while the delay given to answer runs, and the answer ends the suspension (article L. 114-5 CRPA).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from essaim.ui.formats import day

RUNNING = ("filed", "admissible")


def silence_date(call: Any, received_at: datetime) -> date:
    """The day silence becomes a decision: as many months later (the last day of the month when it has no such day)."""
    local = received_at.astimezone(ZoneInfo(call.zone)).date()
    months = local.month - 1 + call.silence_months
    year, month = local.year + months // 12, months % 12 + 1
    return date(year, month, min(local.day, monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Suspension:
    """A time that does not count: from the day of a request to the day of its end, `days` in all.

    `over`: it has ended; else `until` is the last day it can last. `how`: answered, lapsed, withdrawn or asked.
    """

    number: int
    since: date
    until: date
    over: bool
    how: str

    @property
    def days(self) -> int:
        """How many days it adds to the clock."""
        return (self.until - self.since).days

    @property
    def sentence(self) -> str:
        """The suspension, said."""
        names = {"since": day(self.since), "until": day(self.until)}
        if not self.over:
            return (
                _("Suspendu depuis le %(since)s, au plus tard jusqu’au %(until)s : il reprend dès la réponse.") % names
            )
        said = {
            "answered": _("Suspendu du %(since)s au %(until)s, jour de la réponse."),
            "withdrawn": _("Suspendu du %(since)s au %(until)s, jour où le service a retiré sa demande."),
        }
        return said.get(self.how, _("Suspendu du %(since)s au %(until)s, fin du délai donné pour répondre.")) % names


@dataclass(frozen=True, slots=True)
class LegalClock:
    """Where the two months of silence stand. `first`: the date without any suspension; `silence`: the date now."""

    started: date
    first: date
    silence: date
    suspensions: tuple[Suspension, ...]
    stopped: bool
    passed: bool

    @property
    def suspended(self) -> bool:
        """Whether time does not count today."""
        return not self.stopped and any(not one.over for one in self.suspensions)

    @property
    def sentence(self) -> str:
        """What silence would mean, and when."""
        if self.stopped:
            return ""
        if self.passed:
            return _(
                "Le service n’a pas répondu dans le délai : depuis le %(day)s, le silence vaut décision de rejet "
                "(article L. 231-4, 3°, du code des relations entre le public et l’administration). "
                "Une décision expresse peut encore venir."
            ) % {"day": day(self.silence)}
        if self.suspended:
            return _(
                "Le délai au bout duquel le silence vaut rejet est suspendu (article L. 114-5 du code des relations "
                "entre le public et l’administration). Sans décision, la demande serait réputée rejetée au plus tard "
                "le %(day)s."
            ) % {"day": day(self.silence)}
        return _(
            "Sans réponse le %(day)s, et sous réserve que la demande soit complète, la demande est réputée rejetée "
            "(article L. 231-4, 3°, du code des relations entre le public et l’administration)."
        ) % {"day": day(self.silence)}

    def left(self, at: date) -> int:
        """How many days are left before silence speaks; 0 when it has."""
        return max(0, (self.silence - at).days)


def legal_clock(
    application: Any, *, at: datetime, requests: Iterable[Any] | None = None, answered: bool = False
) -> LegalClock | None:
    """The clock of an application at `at`; None while it is a draft. `requests`: its requests when already read.

    `answered`: as if the request that waits were answered at `at`.
    """
    if application.filed_at is None:
        return None
    call, zone = application.call, ZoneInfo(application.call.zone)
    asked = sorted(application.completion_requests.all() if requests is None else requests, key=lambda r: r.number)
    silence = first = silence_date(call, application.filed_at)
    suspensions = []
    for request in asked:
        since = request.asked_at.astimezone(zone).date()
        if since > silence:  # silence had already spoken: nothing is left to suspend
            continue
        waits = request.state == "asked" and at <= request.due_at
        closed = at if waits and answered else request.closed_at
        end = request.due_at if closed is None else min(closed, request.due_at)
        over = answered or not waits
        how = "lapsed" if request.state == "asked" and not waits else request.state
        suspensions.append(Suspension(request.number, since, end.astimezone(zone).date(), over, how))
        silence += timedelta(days=suspensions[-1].days)
    stopped = application.state not in RUNNING
    return LegalClock(
        started=application.filed_at.astimezone(zone).date(),
        first=first,
        silence=silence,
        suspensions=tuple(suspensions),
        stopped=stopped,
        passed=not stopped and at.astimezone(zone).date() > silence,
    )


def silence_once_filed(application: Any, *, at: datetime) -> date:
    """The silence date a receipt tells: of a first filing at `at`, or of one that completes the file at `at`."""
    if application.filed_at == at:
        return silence_date(application.call, at)
    clock = legal_clock(application, at=at, answered=True)
    return clock.silence if clock else silence_date(application.call, at)
