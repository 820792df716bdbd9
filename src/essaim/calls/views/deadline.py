"""The officer's page of a closing: postponing it for everyone, at two; opening a door to one applicant."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from essaim.calls import actions, queries
from essaim.calls.lifecycle import EXTENSION
from essaim.calls.models import Call, Extension, LateCode
from essaim.kernel import access, clock
from essaim.kernel.workflow import Refused
from essaim.programmes.thread import thread_of
from essaim.ui.formats import instant

INPUT = "%Y-%m-%dT%H:%M:%S"


def _mine(request: HttpRequest, slug: str) -> Call:
    """The call, for its programme's officers and decision makers; 404 for anyone else."""
    call = access.fetch(request.user, access.visible_to(request.user, Call).whole(), slug=slug)
    if not {"officer", "decision_maker"} & access.roles(request.user, call) or call.closes_at is None:
        raise Http404
    return call


@require_safe
def closing(request: HttpRequest, slug: str) -> HttpResponse:
    """When the call closes, what was measured, the postponements proposed and decided, the codes given."""
    call, at = _mine(request, slug), clock.now()
    found = actions.suggestion(call, at=at)
    zone = ZoneInfo(call.zone)
    extensions = call.extensions.select_related("proposed_by", "decided_by")
    context: dict[str, Any] = {
        "call": call,
        "at": at,
        "today": queries.today(call, at=at),
        "rule": actions.rule_of(call),
        "suggestion": found,
        "lost_minutes": int(found.lost.total_seconds() // 60) if found else 0,
        "proposed_value": (found.closes_at if found else call.closes_at).astimezone(zone).strftime(INPUT),
        "extensions": [
            {"row": row, "may_approve": EXTENSION.why_not(row, "approve", by=request.user, at=at) is None}
            for row in extensions
        ],
        "codes": call.late_codes.select_related("created_by"),
        "is_officer": "officer" in access.roles(request.user, call),
        "thread": thread_of(call.programme, at=at),
    }
    return render(request, "calls/closing.html", context)


def _instant_given(request: HttpRequest, name: str, call: Call) -> datetime:
    """The instant typed, read in the zone of the call; raises the sentence to show."""
    try:
        given = datetime.fromisoformat(request.POST.get(name, ""))
    except ValueError:
        raise Refused(_("Écrivez un jour et une heure qui existent, par exemple 2013-09-13T23:59:59.")) from None
    return given if given.tzinfo else given.replace(tzinfo=ZoneInfo(call.zone))


@require_POST
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose a later closing for everyone."""
    call = _mine(request, slug)
    try:
        actions.propose_extension(
            call,
            closes_at=_instant_given(request, "closes_at", call),
            reason=request.POST.get("reason", "")[:2000],
            by=request.user,
            at=clock.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Le report est proposé : une autre personne de l’équipe l’approuve ou l’écarte."))
    return redirect("calls:closing", call.slug)


@require_POST
def decide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Approve or set aside a postponement."""
    call = _mine(request, slug)
    extension = access.fetch(request.user, Extension, pk=pk, call=call)
    move = "approve" if "approve" in request.POST else "decline"
    try:
        actions.decide_extension(extension, move, by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        call.refresh_from_db()
        sentence = (
            _("La clôture est reportée au %(closing)s : toutes les personnes qui ont un brouillon sont prévenues.")
            if move == "approve"
            else _("Le report est écarté : l’appel se clôt le %(closing)s.")
        )
        messages.success(request, sentence % {"closing": instant(call.closes_at, call.zone, seconds=True)})
    return redirect("calls:closing", call.slug)


@require_POST
def give_code(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a late code: shown once, mailed to the applicant."""
    call = _mine(request, slug)
    limit = request.POST.get("limit", "1")
    try:
        code, text = actions.give_late_code(
            call,
            email=request.POST.get("email", "")[:254],
            reason=request.POST.get("reason", "")[:2000],
            limit=int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 4 else 0,
            expires_at=_instant_given(request, "expires_at", call),
            by=request.user,
            at=clock.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Le code de %(email)s est %(code)s. Il vient de partir par courriel, et ne sera plus montré ici.")
            % {"email": code.email, "code": text},
        )
    return redirect("calls:closing", call.slug)


@require_POST
def cancel_code(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a late code back."""
    call = _mine(request, slug)
    try:
        actions.cancel_late_code(
            access.fetch(request.user, LateCode, pk=pk, call=call), by=request.user, at=clock.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Le code est annulé : il n’ouvre plus rien."))
    return redirect("calls:closing", call.slug)
