"""The receipt: read, printed, or kept as a signed file anyone can check."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from essaim.applications.models import Filing
from essaim.applications.queries import receipt_document
from essaim.kernel import access


def filing_of(user: Any, public_id: UUID) -> Filing:
    """The latest filing of an application one may read, or 404."""
    mine = access.visible_to(user, Filing).select_related("application__call__programme", "application__organisation")
    return access.fetch(user, mine.order_by("-number")[:1], application__public_id=public_id)


def receipt_json(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The signed receipt with its content, for /verifier/ and `essaim verify receipt`."""
    filing = filing_of(request.user, public_id)
    text = json.dumps(receipt_document(filing), ensure_ascii=False, indent=1, sort_keys=True)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="recepisse-{filing.application.reference}.json"'
    response["Cache-Control"] = "private, no-store"
    return response
