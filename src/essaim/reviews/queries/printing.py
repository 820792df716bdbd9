"""What the printed application holds, as the template of the document takes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from essaim.applications.queries import legal_clock, said_sections
from essaim.calls.queries import FindingView
from essaim.reviews.queries.reading import budget_of, documents_read
from essaim.ui.formats import instant, money, number


def printed(application: Any, findings: Iterable[FindingView], *, at: datetime) -> dict[str, Any]:
    """The application in words: JSON values only. What the team wrote for itself is not in it."""
    call = application.call
    filing = application.filings.order_by("-number").first()
    clock = legal_clock(application, at=at)
    budget = budget_of(application)
    return {
        "reference": application.reference,
        "title": application.title,
        "call": str(call.title),
        "service": str(call.service_name),
        "organisation": str(application.organisation or ""),
        "siret": getattr(application.organisation, "siret", "") or "",
        "commune": str(application.commune or ""),
        "state": application.get_state_display(),
        "filed": instant(application.filed_at, call.zone, seconds=True),
        "printed": instant(at, call.zone),
        "cost": money(application.cost_cents),
        "requested": money(application.requested_cents),
        "sha256": filing.sha256 if filing else "",
        "silence": clock.sentence if clock else "",
        "invented": application.invented,
        "findings": [[str(row.title), row.label, str(row.margin) or str(row.message)] for row in findings],
        "sections": [
            {"title": str(title), "rows": [_answer(row) for row in rows]} for title, rows in said_sections(application)
        ],
        "costs": [[line.label, category, money(line.amount_cents)] for line, category in budget["costs"]]
        + [[_("Total des dépenses"), "", money(budget["cost_cents"])]],
        "fundings": [
            [line.funder, line.get_kind_display(), line.get_status_display(), money(line.amount_cents)]
            for line in budget["fundings"]
        ]
        + [[_("Total des ressources"), "", "", money(budget["funding_cents"])]],
        "remarks": budget["remarks"],
        "documents": [
            [
                title,
                document.name,
                _("%(size)s Ko") % {"size": number(-(-document.file.size // 1000))},
                document.file.sha256,
            ]
            for title, document in documents_read(application)
        ],
    }


def _answer(row: Any) -> dict[str, Any]:
    """An answer: its question, its text, and its table when it is one."""
    return {
        "label": str(row.label),
        "text": row.text or ("" if row.rows else _("Sans réponse")),
        "headers": [title for title, _numeric in row.headers],
        "rows": [[cell for cell, _numeric in line] for line in row.rows],
    }
