"""Around the closing of a call: reminders, automatic filings, news of a postponement; documents found infected."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from essaim.applications.actions import compute_standings, lapse_completions
from essaim.applications.actions.automatic import file_automatically
from essaim.applications.actions.completion import tell
from essaim.applications.actions.guests import erase_guests
from essaim.applications.actions.letters import writers_of
from essaim.applications.models import Application, CompletionRequest, CompletionState, Document
from essaim.calls.models import Call, Extension
from essaim.calls.queries import is_late
from essaim.kernel import clock, files, journal, mail
from essaim.kernel.tasks import job, periodic

journal.declare("applications.document.infected", label=_("Trouver une pièce infectée"))

REMINDERS = (timedelta(hours=4), timedelta(hours=48), timedelta(days=7))
# Changes not filed again are recalled when the closing is near: their file, at least, is filed.
REVISION_REMINDERS = (timedelta(hours=4), timedelta(hours=48))
# How long after a closing the automatic filings are still looked for, should the worker have been stopped.
AUTOMATIC_WITHIN = timedelta(days=2)


def reminder_due(call: Call, *, at: datetime, reminders: tuple[timedelta, ...] = REMINDERS) -> timedelta | None:
    """Which reminder is due at `at`: the shortest time before closing already reached, None when none or closed."""
    if call.closes_at is None or is_late(call, at=at):
        return None
    return next((before for before in reminders if call.closes_at - before <= at), None)


@periodic(every=timedelta(minutes=15))
def remind_drafts(*, at: datetime) -> None:
    """Write to the holders of every unfiled draft seven days, 48 hours and 4 hours before closing, whatever the day;
    and of every change not filed again, 48 hours and 4 hours before."""
    for call in Call.objects.open(at):
        if call.closes_at is None:
            continue
        if (before := reminder_due(call, at=at)) is not None:
            drafts = Application.objects.drafts().filter(call=call, created_at__lt=call.closes_at - before)
            for draft in drafts.select_related("call").order_by("pk"):
                _remind(draft, "application_reminder", before=before, at=at)
        if (before := reminder_due(call, at=at, reminders=REVISION_REMINDERS)) is not None:
            copies = Application.objects.revisions().filter(call=call, only__isnull=True).exclude(touched={})
            for copy in copies.select_related("call", "replaces").order_by("pk"):
                _remind(copy, "application_revision_reminder", before=before, at=at)


def _remind(draft: Application, template: str, *, before: timedelta, at: datetime) -> None:
    file = draft.original
    for person in writers_of(file):
        mail.send(
            to=person,
            template=template,
            context={
                "application": draft,
                "call": draft.call,
                "link": settings.SITE_URL + reverse("applications:application", args=[file.public_id]),
            },
            at=at,
            # An extended closing reminds again.
            key=f"draft:{draft.pk}:{before.total_seconds():.0f}:{draft.call.closes_at:%Y%m%d%H%M%S}:{person.pk}",
            subject_of=file,
        )


@job(attempts=8)
def tell_postponed(*, extension: int) -> None:
    """Tell everyone who holds a draft, or changes not filed again, that the closing is later, once each."""
    found = Extension.objects.select_related("call").get(pk=extension)
    drafts = Application.objects.drafts().filter(call=found.call)
    copies = Application.objects.revisions().filter(call=found.call, only__isnull=True)
    for file in (*drafts, *(copy.original for copy in copies.select_related("replaces"))):
        link = settings.SITE_URL + reverse("applications:application", args=[file.public_id])
        for person in writers_of(file):
            context = {"application": file, "call": found.call, "extension": found, "link": link}
            key = f"extension:{found.pk}:{file.pk}:{person.pk}"
            mail.send(
                to=person, template="application_postponed", context=context, at=clock.now(), key=key, subject_of=file
            )


@periodic(every=timedelta(seconds=20))
def file_what_asked(*, at: datetime) -> None:
    """File, as of the closing instant, the drafts that asked for it; each on its own."""
    closed = Call.objects.filter(state="published", closes_at__lt=at, closes_at__gte=at - AUTOMATIC_WITHIN)
    waiting = Application.objects.drafts().filter(call__in=closed).exclude(files_itself_for=None)
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        file_automatically(Application.objects.whole().select_related("files_itself_for").get(pk=pk), at=at)


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


@periodic(every=timedelta(hours=6))
def erase_unclaimed_drafts(*, at: datetime) -> None:
    """Erase the drafts begun without an account that nobody has claimed within thirty days of their last change."""
    erase_guests(at=at)
