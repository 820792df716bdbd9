"""Proof of service: every 15 seconds, from outside the processes that serve, create, save and read again through HTTP.

What is measured is kept; a time without a measure is a gap, since nothing then shows that the site worked.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.utils.translation import gettext_lazy as _

from essaim.kernel import clock, journal
from essaim.kernel.models import Log, Probe, ProbeDraft
from essaim.kernel.tasks import periodic

logger = logging.getLogger("essaim.probe")

EVERY = timedelta(seconds=15)
# Two good measures further apart than this have a gap between them: one round may be late, not two.
LATEST = timedelta(seconds=40)
TIMEOUT = 10
KEPT_FOR = timedelta(days=90)

journal.declare(
    "kernel.log.probed",
    label=_("Disponibilité mesurée pendant une heure"),
    public=("hour", "rounds", "failed", "sha256"),
)


def signature(token: str) -> str:
    """What shows a request to be our probe's: nobody else may write through its address."""
    return hmac.new(settings.SECRET_KEY.encode(), f"probe:{token}".encode(), sha256).hexdigest()


def measure(base: str) -> str:
    """Create a draft, save a text in it, read it again; "" when all went well, else what did not, shortly."""
    token, text = secrets.token_hex(16), secrets.token_hex(16)
    try:
        for wanted in ("", text):
            _call(base, token, {"text": wanted} if wanted else {})
        kept = _call(base, token, None)
    except urllib.error.HTTPError as error:
        error.close()
        return f"HTTP {error.code}"
    except (urllib.error.URLError, OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"[:200]
    return "" if kept == text else "the text read is not the text saved"


def _call(base: str, token: str, body: dict[str, str] | None) -> str:
    address = f"{base}/etat/sonde/{token}/"
    headers = {"X-Essaim-Probe": signature(token), "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data=data, headers=headers)  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
        return str(json.load(answer)["text"])


def run(
    base: str, *, every: timedelta = EVERY, rounds: int | None = None, wait: Callable[[float], object] = time.sleep
) -> None:
    """Measure for ever (or `rounds` times); what cannot be written while the database is away is written after."""
    waiting: list[Probe] = []
    while rounds is None or rounds > 0:
        at, started = clock.now(), time.monotonic()
        problem = measure(base)
        spent = time.monotonic() - started
        waiting.append(Probe(at=at, ok=not problem, milliseconds=int(spent * 1000), detail=problem))
        try:
            close_old_connections()
            Probe.objects.bulk_create(waiting, ignore_conflicts=True)
            waiting = []
        except DatabaseError:
            logger.warning("%d measures wait for the database", len(waiting))
        rounds = None if rounds is None else rounds - 1
        wait(max(0.0, every.total_seconds() - (time.monotonic() - started)))


@dataclass(frozen=True, slots=True)
class Gap:
    """A time when nothing shows that the site worked; `detail`: what the probe met, "" when there is no measure."""

    start: datetime
    end: datetime
    detail: str

    @property
    def length(self) -> timedelta:
        """How long it lasted."""
        return self.end - self.start


def gaps(start: datetime, end: datetime) -> list[Gap] | None:
    """The times between two instants when the site did not work, or was not measured; None when it never was.

    Before the very first measure nothing is said: the probe did not exist yet.
    """
    first = Probe.objects.order_by("at").values_list("at", flat=True).first()
    if first is None or first >= end:
        return None
    begin = max(start, first)
    rows = Probe.objects.filter(at__gte=begin - LATEST, at__lt=end).order_by("at").values_list("at", "ok", "detail")
    found: list[Gap] = []
    good, detail = begin, ""
    for at, ok, problem in [*rows, (end, True, "")]:
        if not ok:
            detail = detail or problem
            continue
        last = at == end
        if detail or at - good > LATEST:
            found.append(Gap(max(good, begin), min(at, end), detail))
        if not last:
            good, detail = at, ""
    return [gap for gap in found if gap.end > gap.start]


def lost(start: datetime, end: datetime) -> timedelta | None:
    """The whole time lost between two instants; None when nothing was measured."""
    found = gaps(start, end)
    return None if found is None else sum((gap.length for gap in found), timedelta())


@periodic(every=timedelta(hours=1))
def seal_hour(*, at: datetime) -> None:
    """Write in the site's journal what the hour before measured: nobody can mend it afterwards without being seen."""
    end = at.replace(minute=0, second=0, microsecond=0)
    rows = list(Probe.objects.filter(at__gte=end - timedelta(hours=1), at__lt=end).values_list("at", "ok"))
    if rows:
        text = "\n".join(f"{instant.isoformat()} {int(ok)}" for instant, ok in rows)
        payload = {
            "hour": (end - timedelta(hours=1)).isoformat(),
            "rounds": len(rows),
            "failed": sum(not ok for _instant, ok in rows),
            "sha256": journal.digest(text),
        }
        with transaction.atomic():
            subject = Log.objects.get_or_create(name=journal.GENERAL_LOG)[0]
            journal.append("kernel.log.probed", subject=subject, by=None, at=at, payload=payload)
    ProbeDraft.objects.filter(created_at__lt=at - timedelta(hours=1)).delete()
    Probe.objects.filter(at__lt=at - KEPT_FOR).delete()
