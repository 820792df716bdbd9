"""What other software reads of calls: Atom, iCalendar, canonical JSON."""

from base64 import b64encode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from essaim.calls import exports
from essaim.calls.models import Call
from essaim.kernel import access, clock
from essaim.programmes.models import RuleSet


@login_not_required
@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """The fifty latest calls."""
    calls = Call.objects.public().select_related("rule_set").order_by("-published_at")[:50]
    return HttpResponse(exports.atom(calls, at=clock.now()), content_type=exports.ATOM_TYPE)


@login_not_required
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """The dates of the two hundred latest calls."""
    calls = Call.objects.public().exclude(state="withdrawn").select_related("rule_set").order_by("-published_at")[:200]
    return _calendar(calls, "appels.ics")


@login_not_required
@require_safe
def call_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The dates of one published call."""
    call = access.fetch(request.user, Call.objects.public().select_related("rule_set"), slug=slug)
    return _calendar([call], f"{call.slug}.ics")


def _calendar(calls: object, name: str) -> HttpResponse:
    response = HttpResponse(exports.calendar(calls, at=clock.now()), content_type=exports.ICS_TYPE)  # type: ignore[arg-type]
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_not_required
@require_safe
def rules_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The rules as frozen (`?version=` for an earlier one): the bytes whose SHA-256 is published (RFC 9530)."""
    call = access.fetch(request.user, access.visible_to(request.user, Call).select_related("rule_set"), slug=slug)
    rule_set = call.rule_set
    if (asked := request.GET.get("version", "")).isdecimal() and rule_set is not None:
        earlier = RuleSet.objects.filter(call_slug=call.slug, number__lte=rule_set.number)
        rule_set = access.fetch(request.user, earlier, number=int(asked[:6]))
    if rule_set is None:
        raise Http404
    response = HttpResponse(exports.rules_bytes(rule_set), content_type="application/json")
    digest = b64encode(bytes.fromhex(rule_set.rules_sha256)).decode()
    response["Repr-Digest"] = f"sha-256=:{digest}:"
    response["ETag"] = f'"{rule_set.rules_sha256}"'
    return response
