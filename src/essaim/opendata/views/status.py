"""Whether the site works, as its probe measures it from outside; and the address the probe writes to and reads from."""

from __future__ import annotations

import hmac
import json
from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from essaim.kernel import clock, probe, signing
from essaim.kernel.models import Probe, ProbeDraft

SHOWN = timedelta(days=1)


@login_not_required
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The last 24 hours: the share of the time measured as good, each gap, the last measure."""
    at = clock.now()
    gaps = probe.gaps(at - SHOWN, at)
    last = Probe.objects.order_by("-at").first()
    first = Probe.objects.order_by("at").values_list("at", flat=True).first()
    context = {"at": at, "last": last, "gaps": gaps, "measured": gaps is not None}
    if gaps is not None and first is not None:
        span = min(SHOWN, at - first)
        lost = sum((gap.length for gap in gaps), timedelta())
        context["share"] = 1 - lost / span if span else 1
        context["rows"] = [{"gap": gap, "minutes": gap.length / timedelta(minutes=1)} for gap in reversed(gaps[-200:])]
    return render(request, "opendata/status.html", context)


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sounding(request: HttpRequest, token: str) -> HttpResponse:
    """What the probe does: a POST creates its draft, another saves a text in it, a GET reads it. Signed, or 404."""
    given = request.headers.get("X-Essaim-Probe", "")
    if not hmac.compare_digest(given.encode(), probe.signature(token).encode()):
        raise Http404
    if request.method == "POST":
        try:
            text = str(json.loads(request.body).get("text", ""))[:64]
        except (ValueError, AttributeError):
            raise Http404 from None
        ProbeDraft.objects.update_or_create(token=token[:64], defaults={"text": text, "created_at": clock.now()})
    found = ProbeDraft.objects.filter(token=token[:64]).first()
    if found is None:
        raise Http404
    return JsonResponse({"text": found.text})


@login_not_required
@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The site's public key, by which receipts and heads of the journal are checked anywhere."""
    return JsonResponse({"algorithm": "Ed25519", "public_key": signing.public_key(), "format": "hexadecimal"})
