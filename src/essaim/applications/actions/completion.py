"""Requests for completion (article L. 114-5 CRPA): what is asked, by when; answered by filing again, or left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.accounts.models import Person
from essaim.applications.actions.letters import writers_of
from essaim.applications.actions.revising import put_away, revise
from essaim.applications.lifecycle import COMPLETION
from essaim.applications.models import Application, ApplicationState, CompletionRequest, CompletionState, Filing
from essaim.applications.queries import legal_clock, open_request, parts_asked, parts_of
from essaim.kernel import access, journal, mail
from essaim.kernel.workflow import Refused
from essaim.ui.formats import day

journal.declare(
    "applications.application.ask_completion",
    label=gettext_lazy("Demander un complément"),
    public=("number", "request", "due"),
)

LONGEST = timedelta(days=366)


def ask_completion(
    application: Application, *, parts: Iterable[str], why: str, due_on: date, by: Person, at: datetime
) -> CompletionRequest:
    """Ask the applicant to complete these parts by the end of `due_on`, and reopen only them; mails them.

    The legal time to answer the application is suspended meanwhile. Raises Refused: not an officer, not filed, a
    request already waiting, nothing or something unknown asked, no reason, a day already past.
    """
    if refusal := why_not_ask(application, by=by):
        raise Refused(refusal)
    wanted = set(parts)
    asked = [part.code for part in parts_of(application) if part.code in wanted]
    if not asked:
        raise Refused(_("Cochez ce que le porteur doit compléter : au moins une question, une pièce ou le budget."))
    if not why.strip():
        raise Refused(_("Dites au porteur pourquoi : il doit comprendre ce qui manque."))
    due_at = datetime.combine(due_on, time(23, 59, 59), ZoneInfo(application.call.zone))
    if due_on <= at.astimezone(ZoneInfo(application.call.zone)).date():
        raise Refused(_("Laissez au moins un jour pour répondre : choisissez une date à venir."))
    if due_at > at + LONGEST:
        raise Refused(_("Le délai pour répondre ne dépasse pas un an : choisissez une date plus proche."))
    with transaction.atomic():
        Application.objects.select_for_update().get(pk=application.pk)
        request = CompletionRequest.objects.create(
            application=application,
            number=application.completion_requests.count() + 1,
            parts=asked,
            why=why.strip(),
            asked_by=by,
            asked_at=at,
            due_at=due_at,
        )
        journal.append(
            "applications.application.ask_completion",
            subject=application,
            by=by,
            at=at,
            role="officer",
            payload={
                "number": application.number,
                "request": request.number,
                "parts": asked,
                "due": due_on.isoformat(),
                "why_sha256": journal.digest(request.why),
            },
        )
        revise(application, by=by, at=at, only=asked, until=due_at)
        forget_requests(application)
        tell(request, template="completion_asked", key="asked", at=at)
    return request


def why_not_ask(application: Application, *, by: Person | None) -> str | None:
    """Why `by` cannot ask for a completion now, in a sentence; None when they can."""
    if "officer" not in access.roles(by, application):
        return _("Seul un chargé de programme demande un complément.")
    if application.state != ApplicationState.FILED:
        return _("Un complément se demande avant la décision de recevabilité : ce dossier est « %(state)s ».") % {
            "state": application.get_state_display()
        }
    if waiting := open_request(application):
        return _("Une demande de complément attend déjà une réponse jusqu’au %(due)s : retirez-la d’abord.") % {
            "due": day(waiting.due_at.astimezone(ZoneInfo(application.call.zone)).date())
        }
    return None


def withdraw_completion(request: CompletionRequest, *, reason: str, by: Person, at: datetime) -> None:
    """Take a request back, with the reason the applicant will read; the legal clock runs again. Twice is once."""
    request.refresh_from_db(fields=["state"])
    if request.state == CompletionState.WITHDRAWN:
        return
    with transaction.atomic():
        COMPLETION.perform(request, "withdraw", by=by, at=at, reason=reason)
        copy = Application.objects.filter(replaces=request.application_id, put_away_at=None, only__isnull=False).first()
        if copy is not None:
            put_away(copy, at=at)
        forget_requests(request.application)
        tell(request, template="completion_withdrawn", key="withdrawn", at=at)


def answer_completion(application: Application, *, filing: Filing, by: Person | None, at: datetime) -> None:
    """A new filing answers the request that waits, if there is one and it is in time; in the filing's transaction."""
    forget_requests(application)
    request = open_request(application)
    if request is not None and request.is_open(at):
        COMPLETION.perform(request, "answer", by=by, at=at, filing=filing)
        forget_requests(application)


def lapse_completions(*, at: datetime) -> int:
    """Close the requests whose time has passed without an answer, and tell the applicants; gives how many."""
    late = CompletionRequest.objects.filter(state=CompletionState.ASKED, due_at__lt=at)
    count = 0
    for request in late.select_related("application__call").order_by("pk"):
        with transaction.atomic():
            try:
                COMPLETION.perform(request, "lapse", by=None, at=at)
            except Refused:  # answered or withdrawn meanwhile
                continue
            tell(request, template="completion_lapsed", key="lapsed", at=at)
        count += 1
    return count


def tell(request: CompletionRequest, *, template: str, key: str, at: datetime) -> None:
    """Mail everyone who writes the application, once each for `key`."""
    application = request.application
    link = reverse("applications:completion", args=[application.public_id])
    for person in writers_of(application):
        mail.send(
            to=person,
            template=template,
            context={
                "request": request,
                "application": application,
                "call": application.call,
                "due_on": request.due_at.astimezone(ZoneInfo(application.call.zone)).date(),
                "parts": parts_asked(request),
                "clock": legal_clock(application, at=at),
                "link": settings.SITE_URL + link,
            },
            at=at,
            key=f"completion:{request.pk}:{key}:{person.pk}",
            subject_of=application,
        )


def forget_requests(application: Application) -> None:
    """Requests read before are not the requests any more."""
    application.__dict__.get("_prefetched_objects_cache", {}).pop("completion_requests", None)
