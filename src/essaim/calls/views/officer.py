"""The officer's pages of a call: prepare and publish it, see who was told."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from essaim.calls import actions, queries
from essaim.calls.forms import PrepareForm
from essaim.calls.lifecycle import CALL, missing_of
from essaim.calls.models import Call, CallState, Subscription, SubscriptionState
from essaim.kernel import access, clock, tables
from essaim.kernel.workflow import Refused
from essaim.places.models import KnownPlace, Region
from essaim.programmes.thread import thread_of
from essaim.ui.formats import number, percent
from essaim.ui.shapes import Bar


def mine(request: HttpRequest, slug: str) -> Call:
    """The call, for an officer of its programme; 404 for anyone else."""
    call = access.fetch(request.user, access.visible_to(request.user, Call).whole(), slug=slug)
    if "officer" not in access.roles(request.user, call):
        raise Http404
    return call


@require_http_methods(["GET", "HEAD", "POST"])
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft: what is missing, its dates and texts, a preview, and publication."""
    call, at = mine(request, slug), clock.now()
    if call.state != CallState.DRAFT:
        messages.info(request, str(queries.today(call, at=at).sentence))
        return redirect("calls:reach", call.slug)
    with timezone.override(call.zone):
        form = PrepareForm(request.POST if request.method == "POST" else None, call=call)
        if request.method == "POST" and form.is_valid():
            with timezone.override(form.cleaned_data["zone"]):
                form = PrepareForm(request.POST, call=call)  # hours are read in the zone just given
                form.full_clean()
        if request.method == "POST" and form.is_valid():
            try:
                actions.prepare_call(call, changes=form.changes(), by=request.user, at=at)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Enregistré : le public ne voit pas l’appel avant sa publication."))
                return redirect("calls:prepare", call.slug)
        context = {
            "call": call,
            "form": form,
            "missing": missing_of(call),
            "refusal": CALL.why_not(call, "publish", by=request.user, at=at),
            "at": at,
            "rules": queries.sentences(call.rule_set) if call.rule_set else [],
            "thread": thread_of(call.programme, at=at),
        }
        return render(request, "calls/prepare.html", context, status=422 if form.errors else 200)


@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish the draft; a second click shows the published call."""
    call = mine(request, slug)
    if call.state != CallState.DRAFT:
        return redirect(call)
    try:
        CALL.perform(call, "publish", by=request.user, at=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("calls:prepare", call.slug)
    messages.success(request, _("L’appel est publié. Les personnes concernées seront prévenues à son ouverture."))
    return redirect(call)


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
        headers = [_("Région"), _("Lieux connus"), _("Lieux prévenus"), _("Abonnés prévenus"), _("Dont lieux inventés")]
        rows = [[row.region, row.places, row.told, row.subscribers, row.invented] for row in found.rows]
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
