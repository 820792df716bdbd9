"""Asking an applicant to complete a file, taking a request back; and the messages exchanged with them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from essaim.applications import actions as applications
from essaim.applications.models import Application, CompletionRequest, Exchange
from essaim.applications.queries import legal_clock, parts_of
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.reviews import queries
from essaim.reviews.forms import RequestForm, TextForm
from essaim.reviews.views.reading import new_key, team_application, thread_context
from essaim.ui.formats import day

USUAL_DELAY = timedelta(days=15)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose what to complete, say why and by when; only that is reopened."""
    application, at = team_application(request, public_id), clock.now()
    parts = parts_of(application)
    choices = [(part.code, part.label) for part in parts]
    initial = {
        "due_on": (at.astimezone(ZoneInfo(application.call.zone)) + USUAL_DELAY).date(),
        "parts": _proposed(application),
        "why": "",
    }
    form = RequestForm(request.POST if request.method == "POST" else None, parts=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            asked = applications.ask_completion(
                application, by=request.user, at=clock.arrival(request), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("La demande est envoyée. Le porteur a jusqu’au %(due)s ; le délai légal est suspendu d’ici là.")
                % {"due": day(asked.due_at.astimezone(ZoneInfo(application.call.zone)))},
            )
            return redirect("reviews:file", public_id=public_id)
    context = {
        "application": application,
        "call": application.call,
        "form": form,
        "groups": _grouped(parts, form),
        "refusal": applications.why_not_ask(application, by=request.user),
        "clock": legal_clock(application, at=at),
        **thread_context(application.call.programme, at=at),
    }
    return render(request, "reviews/ask.html", context, status=422 if form.errors else 200)


def _proposed(application: Application) -> list[str]:
    """What the checklist objects to, already ticked: a missing document, an incomplete answer."""
    return [
        point.code for point in queries.points_of(application) if point.objects and point.code.startswith("document:")
    ]


def _grouped(parts: list[Any], form: RequestForm) -> list[tuple[str, list[tuple[Any, str, bool]]]]:
    """The parts under their headings, each with the id of its box and whether it is ticked."""
    ticked = set(form["parts"].value() or [])
    groups: dict[str, list[tuple[Any, str, bool]]] = {}
    for rank, part in enumerate(parts):
        groups.setdefault(part.group, []).append((part, f"id_parts_{rank}", part.code in ticked))
    return list(groups.items())


@require_POST
def withdraw(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Take a request back, with the reason the applicant will read."""
    application = team_application(request, public_id)
    mine = access.visible_to(request.user, CompletionRequest).select_related("application__call")
    found = access.fetch(request.user, mine.filter(application=application), number=number)
    try:
        applications.withdraw_completion(
            found, reason=request.POST.get("reason", ""), by=request.user, at=clock.arrival(request)
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("La demande est retirée, et le porteur prévenu. Le délai légal court de nouveau."))
    return redirect(f"{reverse('reviews:file', args=[public_id])}#complement")


@require_http_methods(["GET", "HEAD", "POST"])
def exchanges(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The messages with the applicant, and one more."""
    application, at = team_application(request, public_id), clock.now()
    form = TextForm(request.POST if request.method == "POST" else None, initial={"key": new_key()})
    if request.method == "POST" and form.is_valid():
        try:
            applications.write_to_applicant(application, by=request.user, at=at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Le message est envoyé : le porteur est prévenu par courriel."))
            return redirect(request.path)
    thread = access.visible_to(request.user, Exchange).filter(application=application)
    context = {
        "application": application,
        "call": application.call,
        "exchanges": thread.select_related("author", "read_by"),
        "form": form,
        "unread": thread.filter(from_service=False, read_at=None).count(),
        "is_officer": "officer" in access.roles(request.user, application),
        **thread_context(application.call.programme, at=at),
    }
    return render(request, "reviews/exchanges.html", context, status=422 if form.errors else 200)


@require_POST
def read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark the applicant's messages as read by the service."""
    application = team_application(request, public_id)
    if applications.mark_read(application, by=request.user, at=clock.now()):
        messages.success(request, _("Les messages sont marqués comme lus."))
    return redirect("reviews:exchanges", public_id=public_id)
