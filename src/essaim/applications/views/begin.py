"""Beginning an application: three numbers at most, no account needed, the first page of the form at once."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from essaim.accounts.access import WRITERS as ORGANISATION_WRITERS
from essaim.accounts.access import organisations_of
from essaim.accounts.models import Organisation
from essaim.applications import actions
from essaim.applications.access import written_by
from essaim.applications.forms import StartForm
from essaim.applications.models import Application
from essaim.applications.views import guests, pages
from essaim.calls.models import Call
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.programmes.thread import thread_of

NUMBERS = ("cout", "demande", "autres")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin an application, with the three numbers of the simulator; signed in or not.

    From the call's page the button posts `direct`: whoever has nothing to choose is led to the first page at once.
    """
    call = access.fetch(request.user, Call, slug=slug)
    writer = request.user if request.user.is_authenticated else guests.guest_in(request)
    given = request.GET.copy()
    given.update(request.POST)
    organisations = _organisations(writer)
    mine = written_by(writer).filter(call=call).drafts().select_related("organisation").order_by("-saved_at")
    first = str(organisations[0].public_id) if len(organisations) == 1 else ""
    initial = {name: given.get(name, "") for name in NUMBERS} | {"organisation": first}
    begin = request.method == "POST" and (
        "begin" in given or ("direct" in given and not mine and len(organisations) < 2)
    )
    data = given.copy() if begin else None
    if data is not None and "direct" in data:
        data["organisation"] = first
    form = StartForm(data, organisations=organisations, initial=initial)
    at = clock.now()
    if begin and form.is_valid():
        try:
            return _begun(request, call, form, writer)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "call": call,
        "form": form,
        "at": at,
        "mine": mine,
        "writer": writer,
        "thread": thread_of(call.programme, at=at),
        "earlier": written_by(writer).exclude(call=call).exists() if request.user.is_authenticated else False,
    }
    return render(request, "applications/start.html", context, status=422 if form.errors else 200)


def _organisations(writer: Any) -> list[Organisation]:
    if writer is None:
        return []
    mine = organisations_of(writer, *ORGANISATION_WRITERS)
    return list(Organisation.objects.filter(pk__in=mine).order_by("name"))


def _begun(request: HttpRequest, call: Call, form: StartForm, writer: Any) -> HttpResponse:
    """The draft is begun: its first page."""
    at, numbers = clock.now(), form.numbers()
    if request.user.is_authenticated:
        application = actions.start(call, by=request.user, at=at, organisation=form.chosen(), **numbers)
        return redirect(first_page(application))
    token = ""
    if writer is None:
        actions.check_begins(call, at=at)
        writer, token = actions.begin_guest(address=get_adapter(request).get_client_ip(request), at=at)
    application = actions.start_as_guest(call, by=writer, at=at, **numbers)
    response = redirect(first_page(application))
    return guests.remember(response, token) if token else response


def first_page(application: Application) -> str:
    """Where the writing begins."""
    return pages.step_url(application, "organisation")
