"""What passes between the applicant and the service after a filing: requests for completion, messages, the clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from essaim.applications import actions
from essaim.applications.access import member_roles
from essaim.applications.forms import ExchangeForm
from essaim.applications.models import Application, CompletionRequest, Exchange
from essaim.applications.queries import legal_clock, open_request, parts_asked
from essaim.applications.views import pages
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.programmes.thread import thread_of


def _mine(request: HttpRequest, public_id: UUID) -> Application:
    """A filed application one is on the applicant's side of; the administration has its own pages."""
    found = pages.application_of(request.user, public_id)
    if found.filed_at is None or not member_roles(request.user, found):
        raise Http404
    return found


def waiting(user: Any, found: Application, *, at: datetime) -> dict[str, Any]:
    """What the top of a filed application says: the request that waits, the legal clock, the messages not read."""
    asked = open_request(found)
    unread = access.visible_to(user, Exchange).filter(application=found, from_service=True, read_at=None)
    return {
        "asked": asked,
        "asked_open": asked is not None and asked.is_open(at),
        "asked_parts": parts_asked(asked) if asked else [],
        "clock": legal_clock(found, at=at),
        "unread": unread.count(),
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def exchanges(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The requests, the legal clock and the messages of a file, and one more message."""
    found, at = _mine(request, public_id), clock.now()
    form = ExchangeForm(request.POST if request.method == "POST" else None, initial={"key": uuid4().hex})
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_to_service(found, by=request.user, at=at, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Votre message est envoyé au service."))
            return redirect(request.path)
    thread = access.visible_to(request.user, Exchange).filter(application=found).select_related("author", "read_by")
    requests = access.visible_to(request.user, CompletionRequest).filter(application=found).order_by("-number")
    context = {
        "application": found,
        "call": found.call,
        "at": at,
        "thread": thread_of(found.call.programme, at=at),
        "exchanges": thread,
        "requests": [(row, parts_asked(row)) for row in requests.select_related("application__call")],
        "form": form,
        "may_write": bool(pages.WRITERS & access.roles(request.user, found)),
        **waiting(request.user, found, at=at),
    }
    return render(request, "applications/exchanges.html", context, status=422 if form.errors else 200)


@require_POST
def read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark the service's messages as read."""
    found = _mine(request, public_id)
    if actions.mark_read(found, by=request.user, at=clock.now()):
        messages.success(request, _("Les messages sont marqués comme lus."))
    return redirect("applications:exchanges", public_id)


@never_cache
@require_safe
def completion(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The latest request for completion: what is asked, why, by when, and the one button that answers it."""
    found, at = _mine(request, public_id), clock.now()
    rows = access.visible_to(request.user, CompletionRequest).filter(application=found).select_related("answer")
    asked = rows.order_by("-number").first()
    if asked is None:
        return redirect("applications:exchanges", public_id)
    asked.application = found
    parts, copy = parts_asked(asked), found.open_revision
    context = {
        "application": found,
        "call": found.call,
        "at": at,
        "thread": thread_of(found.call.programme, at=at),
        "asked": asked,
        "asked_open": asked.is_open(at),
        "clock": legal_clock(found, at=at),
        "write_url": pages.step_url(copy, parts[0].step) if copy and parts else "",
        "part_urls": [(part, pages.step_url(copy, part.step) if copy else "") for part in parts],
        "may_write": bool(pages.WRITERS & access.roles(request.user, found)),
    }
    return render(request, "applications/completion.html", context)
