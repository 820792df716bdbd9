"""Reminders to those who have begun and not filed yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from essaim.applications.actions.letters import writers_of
from essaim.applications.models import Application
from essaim.calls.models import Call
from essaim.kernel import mail
from essaim.kernel.tasks import periodic

REMINDERS = (timedelta(hours=4), timedelta(hours=48), timedelta(days=7))


def reminder_due(call: Call, *, at: datetime) -> timedelta | None:
    """Which reminder is due at `at`: the shortest time before closing already reached, None when none or closed."""
    if call.closes_at is None or at > call.closes_at:
        return None
    return next((before for before in REMINDERS if call.closes_at - before <= at), None)


@periodic(every=timedelta(minutes=15))
def remind_drafts(*, at: datetime) -> None:
    """Write to the holders of every unfiled draft seven days, 48 hours and 4 hours before closing, whatever the day."""
    for call in Call.objects.open(at):
        before = reminder_due(call, at=at)
        if before is None or call.closes_at is None:
            continue
        started = call.closes_at - before
        drafts = Application.objects.drafts().filter(call=call, created_at__lt=started).select_related("call")
        for draft in drafts.order_by("pk"):
            _remind(draft, before=before, at=at)


def _remind(draft: Application, *, before: timedelta, at: datetime) -> None:
    for person in writers_of(draft):
        mail.send(
            to=person,
            template="application_reminder",
            context={
                "application": draft,
                "call": draft.call,
                "link": settings.SITE_URL + reverse("applications:application", args=[draft.public_id]),
            },
            at=at,
            # An extended closing reminds again.
            key=f"draft:{draft.pk}:{before.total_seconds():.0f}:{draft.call.closes_at:%Y%m%d%H%M%S}:{person.pk}",
            subject_of=draft,
        )
