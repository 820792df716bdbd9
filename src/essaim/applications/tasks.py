"""Reminders to those who have begun and not filed yet; what is told when a document turns out to be infected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.applications.actions import compute_standings, lapse_completions
from essaim.applications.actions.completion import tell
from essaim.applications.actions.letters import writers_of
from essaim.applications.models import Application, CompletionRequest, CompletionState, Document
from essaim.calls.models import Call
from essaim.kernel import files, journal, mail
from essaim.kernel.tasks import periodic

journal.declare("applications.document.infected", label=_("Trouver une pièce infectée"))

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


@files.when_infected
def tell_of_infected_document(sha256: str, *, detail: str, at: datetime) -> None:
    """Write to those who write the application, and to the officers once it is filed: another file is needed."""
    infected = Document.objects.filter(file__sha256=sha256).select_related("application__call", "application", "file")
    for document in infected.order_by("pk"):
        application = document.application
        journal.append(
            "applications.document.infected",
            subject=application,
            by=None,
            at=at,
            payload={"slot": document.slot, "sha256": sha256},
        )
        for person in writers_of(application):
            page = "documents" if application.state == "draft" else "application"
            _tell_infected(document, person, f"applications:{page}", detail=detail, at=at)
        if application.filed_at is not None:
            officers = application.call.programme.team.filter(role="officer").select_related("person")
            for member in officers.order_by("pk"):
                _tell_infected(document, member.person, "applications:application", detail=detail, at=at)


def _tell_infected(document: Document, person: Any, page: str, *, detail: str, at: datetime) -> None:
    mail.send(
        to=person,
        template="application_infected",
        context={
            "document": document,
            "application": document.application,
            "call": document.application.call,
            "detail": detail,
            "link": settings.SITE_URL + reverse(page, args=[document.application.public_id]),
        },
        at=at,
        key=f"infected:{document.pk}:{person.pk}",
        subject_of=document.application,
    )


COMPLETION_REMINDERS = (timedelta(days=1), timedelta(days=3), timedelta(days=7))


@periodic(every=timedelta(hours=1))
def follow_completions(*, at: datetime) -> None:
    """Remind of the requests for completion seven days, three days and a day before their term; close those past it."""
    lapse_completions(at=at)
    waiting = CompletionRequest.objects.filter(state=CompletionState.ASKED, due_at__gte=at)
    for request in waiting.filter(due_at__lte=at + max(COMPLETION_REMINDERS)).select_related("application__call"):
        before = next(one for one in COMPLETION_REMINDERS if request.due_at - one <= at)
        # Who was asked with less time than that has just been written to.
        if request.asked_at < request.due_at - before:
            tell(request, template="completion_due", key=f"due:{before.days}", at=at)


@periodic(every=timedelta(hours=1))
def compute_missing_standings(*, at: datetime) -> None:
    """Compute what the rules say of files filed before it was kept."""
    compute_standings()
