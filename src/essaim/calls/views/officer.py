"""The officer's pages of a published call: who was told, and withdrawing it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from essaim.calls import queries
from essaim.calls.lifecycle import CALL
from essaim.calls.models import CallState, Subscription, SubscriptionState
from essaim.calls.views.editor.rooms import mine
from essaim.kernel import clock, tables
from essaim.kernel.workflow import Refused
from essaim.places.models import KnownPlace, Region
from essaim.programmes.thread import thread_of
from essaim.ui.formats import number, percent
from essaim.ui.shapes import Bar


@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Withdraw a published call, with a reason; a second click shows the call."""
    call = mine(request, slug)
    if call.state == CallState.WITHDRAWN:
        return redirect(call)
    try:
        CALL.perform(call, "withdraw", by=request.user, at=clock.now(), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("calls:reach", call.slug)
    messages.success(request, _("L’appel est retiré : sa page le dit, et personne ne peut plus y répondre."))
    return redirect(call)


@require_safe
def reach(request: HttpRequest, slug: str) -> HttpResponse:
    """Promise G1: the known places and subscribers told, by region, and why some were not; no address is shown."""
    call = mine(request, slug)
    if call.opens_at is None:
        raise Http404
    pending = Subscription.objects.filter(state=SubscriptionState.PENDING).count()
    found = queries.reach_of(call, places=KnownPlace.objects.all(), regions=Region.objects.all(), pending=pending)
    if format := tables.wanted_format(request):
        headers = [
            _("Région"),
            _("Lieux connus"),
            _("Lieux prévenus"),
            _("Abonnés prévenus"),
            _("Dont lieux inventés"),
            _("Sans adresse connue"),
        ]
        rows = [[row.region, row.places, row.told, row.subscribers, row.invented, row.silent] for row in found.rows]
        return tables.download(f"portee-{call.slug}", format, headers, rows)
    context = {
        "call": call,
        "at": clock.now(),
        "today": queries.today(call, at=clock.now()),
        "reach": found,
        "invented": any(row.invented for row in found.rows),
        "may_withdraw": CALL.why_not(call, "withdraw", by=request.user, at=clock.now()) is None,
        "bars": [
            Bar(label=row.region, value=float(row.share * 100), text=percent(row.share, 0))
            for row in found.rows
            if row.places
        ],
        "places": number(found.places),
        "told": number(found.told),
        "subscribers": number(found.subscribers),
        "thread": thread_of(call.programme, at=clock.now()),
    }
    return render(request, "calls/reach.html", context)
