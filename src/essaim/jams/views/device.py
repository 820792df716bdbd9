"""Who acts: a participant by their device or their account; and what every page of a Jam shows around itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from essaim.jams.actions.people import device_digest
from essaim.jams.models import Jam, Participant
from essaim.kernel import access
from essaim.programmes.thread import thread_of

SALT = "essaim.jams.device"
KEPT_FOR = 60 * 60 * 24 * 120


def cookie_name(jam: Jam) -> str:
    """One cookie per Jam."""
    return f"essaim-jam-{jam.pk}"


def remember(response: HttpResponse, participant: Participant, token: str) -> HttpResponse:
    """Keep the token on the device: signed, out of reach of scripts, sent to the Jams' pages only."""
    response.set_cookie(
        cookie_name(participant.jam),
        signing.dumps(token, salt=SALT),
        max_age=KEPT_FOR,
        path="/jams/",
        httponly=True,
        samesite="Lax",
        secure=bool(getattr(settings, "SESSION_COOKIE_SECURE", False)),
    )
    return response


def participant_of(request: HttpRequest, jam: Jam) -> Participant | None:
    """The participant this request comes from: by the device's cookie, else by the account; None for anyone else."""
    found = _by_device(request, jam)
    if found is None and request.user.is_authenticated:
        found = jam.participants.filter(person=request.user).first()
    if found:
        found.jam = jam
    return found


def _by_device(request: HttpRequest, jam: Jam) -> Participant | None:
    kept = request.COOKIES.get(cookie_name(jam))
    if not kept:
        return None
    try:
        token = signing.loads(kept, salt=SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    return jam.participants.filter(device_sha256=device_digest(token)).first()


def actor(request: HttpRequest, jam: Jam) -> Any:
    """Who writes: the participant if there is one, else the account."""
    return participant_of(request, jam) or request.user


def fetch_jam(request: HttpRequest, slug: str, *roles: str) -> Jam:
    """The Jam at this address, or 404; with `roles`, 404 too for who has none of them."""
    jam = access.fetch(request.user, access.visible_to(request.user, Jam).select_related("programme"), slug=slug)
    if roles and not access.roles(request.user, jam) & set(roles):
        return access.fetch(request.user, Jam.objects.none(), slug=slug)
    return jam


def around(request: HttpRequest, jam: Jam, at: datetime, *, cell: str = "jam") -> dict[str, Any]:
    """What each page's frame needs: the Jam, the thread, the cell one is in, the instant, my roles."""
    return {
        "jam": jam,
        "thread": thread_of(jam.programme, at=at),
        "cell": cell,
        "now": at,
        "roles": access.roles(request.user, jam),
    }


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: the POST, even empty, else nothing."""
    return request.POST if request.method == "POST" else None


def asked(request: HttpRequest, name: str) -> str:
    """A word of the address, trimmed, without the null characters no database can look for."""
    return request.GET.get(name, "").replace("\x00", "").strip()
