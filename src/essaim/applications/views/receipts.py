"""The receipt: read, printed, or kept as a signed file anyone can check."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from essaim.applications.models import Filing
from essaim.applications.queries import receipt_document
from essaim.kernel import access, clock
from essaim.kernel.bilingual import as_bilingual
from essaim.kernel.documents import render_pdf
from essaim.programmes.thread import thread_of
from essaim.ui.formats import day, instant, language, number


def filing_of(user: Any, public_id: UUID, number: int | None = None) -> Filing:
    """A filing of an application one may read, the latest when no number is given, or 404."""
    mine = access.visible_to(user, Filing).select_related("application__call__programme", "application__organisation")
    mine = mine.filter(application__public_id=public_id, **({} if number is None else {"number": number}))
    found = mine.order_by("-number").first()
    if found is None:
        raise Http404
    return found


def words_of(filing: Filing) -> dict[str, Any]:
    """The receipt as people read it, in their language; every word comes from what was signed."""
    statement = json.loads(filing.receipt)
    service = statement["service"]
    silence = date.fromisoformat(statement["silence"]["date"])
    received = datetime.fromisoformat(statement["received_at"])
    return {
        "reference": statement["reference"],
        "title": statement["title"],
        "call": str(as_bilingual(statement["call"]["title"])),
        "organisation": statement["organisation"],
        "received": instant(received, statement["zone"], seconds=True),
        "service": {**service, "name": str(as_bilingual(service["name"]))},
        "silence_day": day(silence),
        "silence": _(
            "Sans réponse le %(day)s, et sous réserve que la demande soit complète, la demande est réputée rejetée."
        )
        % {"day": day(silence)},
        "silence_rule": str(as_bilingual(statement["silence"]["rule"])),
        "appeal": str(as_bilingual(statement["appeal"])),
        "missing": statement["missing_documents"],
        "files": [
            {**row, "said_size": _("%(size)s Ko") % {"size": number(-(-row["size"] // 1000))}}
            for row in statement["documents"]
        ],
        "sha256": statement["content_sha256"],
        "journal": statement["journal"],
        "invented": statement["invented"],
        "signature": filing.signature,
    }


@never_cache
@require_safe
def receipt(request: HttpRequest, public_id: UUID, number: int | None = None) -> HttpResponse:
    """The receipt as a page: when, to whom, what, and what happens next."""
    filing = filing_of(request.user, public_id, number)
    call = filing.application.call
    context = {
        "filing": filing,
        "application": filing.application,
        "call": call,
        "thread": thread_of(call.programme, at=clock.now()),
        "words": words_of(filing),
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
