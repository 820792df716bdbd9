"""The one clock. Views read it once and pass `at` down; nothing below a view, a command or a task asks the time."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

# A request may wait in the proxy's queue this long; an older stamp is not believed.
LONGEST_WAIT = timedelta(hours=1)
# The proxy's clock may be ahead of ours by this much.
DRIFT = timedelta(seconds=1)


_told: datetime | None = None


def now() -> datetime:
    """The instant, aware, in UTC."""
    return _told or timezone.now().astimezone(UTC)


@contextmanager
def telling(at: datetime) -> Iterator[None]:
    """Make it `at` for the whole process, as when the story of 2013 is told again; refused in production."""
    global _told
    if settings.PRODUCTION:
        raise RuntimeError("the clock cannot be told what time it is in production")
    before, _told = _told, at
    try:
        yield
    finally:
        _told = before


def arrival(request: HttpRequest) -> datetime:
    """When the request reached our front door: what decides whether a filing is in time.

    A proxy stamps it with two headers, `X-Essaim-Stamp` (Unix time in seconds, as nginx's `$msec`) and
    `X-Essaim-Stamp-Secret` (the value of ESSAIM_TRUSTED_STAMP, known to the proxy and us only). Without the setting,
    with a wrong secret or an impossible instant, the headers are ignored and the instant is the one `FrontDoor` noted
    when the request was handed to us, or else now.
    """
    noted = getattr(request, "arrived_at", None)
    received: datetime = noted if isinstance(noted, datetime) else now()
    secret = settings.TRUSTED_STAMP
    given = request.headers.get("X-Essaim-Stamp-Secret", "")
    if not secret or not hmac.compare_digest(secret.encode(), given.encode()):
        return received
    try:
        stamp = datetime.fromtimestamp(float(request.headers.get("X-Essaim-Stamp", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return received
    return stamp if received - LONGEST_WAIT <= stamp <= received + DRIFT else received
