"""The receipt: read, printed, or kept as a signed file anyone can check."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from essaim.applications.models import Filing
from essaim.applications.queries import receipt_document
from essaim.applications.queries.receipt_words import said_content, words_of
from essaim.kernel import access, clock
from essaim.kernel.documents import render_pdf
from essaim.programmes.thread import thread_of
from essaim.ui.formats import language


def filing_of(user: Any, public_id: UUID, number: int | None = None) -> Filing:
    """A filing of an application one may read, the latest when no number is given, or 404."""
    mine = access.visible_to(user, Filing).select_related("application__call__programme", "application__organisation")
    mine = mine.filter(application__public_id=public_id, **({} if number is None else {"number": number}))
    found = mine.order_by("-number").first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def receipt(request: HttpRequest, public_id: UUID, number: int | None = None) -> HttpResponse:
    """The receipt as a page: when, to whom, what, and what happens next."""
    filing = filing_of(request.user, public_id, number)
    call = filing.application.call
    every = filing.application.filings.defer("content", "receipt").select_related("application")
    numbers = list(every.order_by("number"))
    context = {
        "filing": filing,
        "application": filing.application,
        "call": call,
        "thread": thread_of(call.programme, at=clock.now()),
        "words": words_of(filing),
        "others": [one for one in numbers if one.number != filing.number],
        "latest": max(one.number for one in numbers),
    }
    return render(request, "applications/receipt.html", context)


@never_cache
@require_safe
def receipt_pdf(request: HttpRequest, public_id: UUID, number: int | None = None) -> HttpResponse:
    """The receipt as a document to keep: tagged PDF (PDF/UA-1)."""
    filing = filing_of(request.user, public_id, number)
    pdf = render_pdf("receipt", words_of(filing), lang=language(), at=filing.filed_at)
    return _attachment(pdf, "application/pdf", filing, "pdf")


@never_cache
@require_safe
def receipt_json(request: HttpRequest, public_id: UUID, number: int | None = None) -> HttpResponse:
    """The signed receipt with its content, for /verifier/ and `essaim verify receipt`."""
    filing = filing_of(request.user, public_id, number)
    text = json.dumps(receipt_document(filing), ensure_ascii=False, indent=1, sort_keys=True)
    return _attachment(text.encode(), "application/json", filing, "json")


def _attachment(content: bytes, content_type: str, filing: Filing, extension: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="recepisse-{filing.application.reference}.{extension}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_safe
def filed(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """« Ce que l’administration voit »: a filed version, exactly, from what was frozen and signed."""
    filing = filing_of(request.user, public_id, number)
    call = filing.application.call
    context = {
        "filing": filing,
        "application": filing.application,
        "call": call,
        "thread": thread_of(call.programme, at=clock.now()),
        "content": said_content(json.loads(filing.content), filing.application),
    }
    return render(request, "applications/filed.html", context)
