"""Drafts begun without an account: written at once, held by one browser, claimed at sign-in, erased when nobody does.

A guest writes the answers and the plan; files, colleagues and the filing itself need an account. What stops abuse
counts by network address only far above what a room full of applicants behind one address would do.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from essaim.accounts.models import Person
from essaim.applications.access import forget
from essaim.applications.actions.drafts import journal_start, start
from essaim.applications.models import (
    AnswerVersion,
    Application,
    ApplicationState,
    Collaborator,
    Comment,
    Guest,
    Presence,
)
from essaim.calls.models import Call
from essaim.kernel.workflow import Refused

# An unclaimed draft is erased this long after it was last written.
KEPT = timedelta(days=30)
# From one network address, within an hour: a room of three hundred people is let in.
MOST_FROM_ONE_ADDRESS = 300
# On the whole site, waiting to be claimed.
MOST_WAITING = 20_000
MOST_DRAFTS = 5


def begin_guest(*, address: str, at: datetime) -> tuple[Person, str]:
    """A new guest, and the secret their browser keeps. `address` is the network's, of which only a digest is kept."""
    origin = origin_of(address)
    waiting = Guest.objects.filter(claimed_at=None)
    lately = waiting.filter(origin=origin, created_at__gt=at - timedelta(hours=1))
    if lately.count() >= MOST_FROM_ONE_ADDRESS or waiting.count() >= MOST_WAITING:
        raise Refused(
            _("Trop de dossiers viennent d’être commencés sans compte : connectez-vous pour commencer le vôtre.")
        )
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        # No letter can be sent to a name of the .invalid domain, and an inactive person never signs in.
        person = Person.objects.create_user(
            f"sans-compte-{uuid4()}@brouillon.invalid", name=_("Auteur sans compte"), is_active=False
        )
        Guest.objects.create(person=person, secret_sha256=digest_of(token), origin=origin, created_at=at)
    return person, token


def start_as_guest(call: Call, *, by: Person, at: datetime, **numbers: int | None) -> Application:
    """Begin a draft without an account; see `start`."""
    if Collaborator.objects.filter(person=by).count() >= MOST_DRAFTS:
        raise Refused(
            _("Vous avez déjà %(count)s brouillons sans compte : connectez-vous pour en commencer un autre.")
            % {"count": MOST_DRAFTS}
        )
    return start(call, by=by, at=at, guest=True, **numbers)


def guest_of(token: str) -> Person | None:
    """Whose browser this is: the guest who holds this secret and has not been claimed."""
    if not token or len(token) > 100:
        return None
    guest = Guest.objects.filter(secret_sha256=digest_of(token), claimed_at=None).select_related("person").first()
    return guest.person if guest else None


def claim(guest: Person, *, by: Person, at: datetime) -> list[Application]:
    """Pass the drafts of a guest to the account that has just signed in on the same browser; once."""
    with transaction.atomic():
        won = Guest.objects.filter(person=guest, claimed_at=None).update(claimed_at=at)
        if not won:
            return []
        drafts = list(Application.objects.filter(collaborators__person=guest).select_related("call__programme"))
        for draft in drafts:
            _mine, new = Collaborator.objects.get_or_create(
                application=draft, person=by, defaults={"role": Collaborator.Role.OWNER}
            )
            if draft.created_by_id == guest.pk:
                draft.created_by = by
                draft.save(update_fields=["created_by"])
            if new and draft.state == ApplicationState.DRAFT:
                journal_start(draft, by=by, at=at)
        AnswerVersion.objects.filter(by=guest).update(by=by)
        Comment.objects.filter(by=guest).update(by=by)
        Presence.objects.filter(person=guest).delete()
        Collaborator.objects.filter(person=guest).delete()
        if not Application.objects.filter(created_by=guest).exists():
            Person.objects.filter(pk=guest.pk).delete()
    forget(by)
    return drafts


def erase_guests(*, at: datetime) -> int:
    """Erase the drafts nobody claimed within `KEPT` of their last change; how many were erased."""
    erased = 0
    for guest in Guest.objects.filter(claimed_at=None, created_at__lt=at - KEPT).select_related("person"):
        drafts = Application.objects.filter(created_by=guest.person)
        if drafts.filter(saved_at__gte=at - KEPT).exists():
            continue
        with transaction.atomic():
            erased += drafts.count()
            drafts.delete()
            Person.objects.filter(pk=guest.person_id).delete()
    return erased


def erased_on(application: Application) -> datetime:
    """When a draft nobody claims is erased, if it is not written again."""
    return application.saved_at + KEPT


def digest_of(token: str) -> str:
    """What is kept of a browser's secret."""
    return sha256(token.encode()).hexdigest()


def origin_of(address: str) -> str:
    """A keyed digest of a network address: counts, and tells nothing."""
    key: Any = settings.SECRET_KEY
    return hmac.new(f"essaim.guests:{key}".encode(), address.encode(), sha256).hexdigest()[:32]
