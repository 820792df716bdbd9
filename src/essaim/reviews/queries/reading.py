"""A filed application as it is read: answers beside their questions, plan, documents, what can be checked at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language

from essaim.applications.queries import (
    documents_asked,
    documents_counted,
    files_asked,
    remarks_of,
)
from essaim.calls.queries import FindingView
from essaim.kernel.bilingual import Bilingual

# Types of answers by which one reaches or identifies the applicant: experts judge a project, they do not need them.
CONTACT = frozenset({"siret", "phone", "email"})


def budget_of(application: Any) -> dict[str, Any]:
    """The financing plan as read: `costs`, `fundings`, totals in cents, and what does not hold in it, in sentences."""
    names = {row["code"]: Bilingual(row.get("title", row.get("label", {}))) for row in application.call.categories}
    costs, fundings = list(application.cost_lines.all()), list(application.funding_lines.all())
    return {
        "costs": [(line, str(names.get(line.category, "")) or line.category) for line in costs],
        "fundings": fundings,
        "cost_cents": sum(line.amount_cents for line in costs),
        "funding_cents": sum(line.amount_cents for line in fundings),
        "remarks": remarks_of(application),
    }


def documents_read(application: Any, *, for_experts: bool = False) -> list[tuple[str, Any]]:
    """Each document given with the title of what was asked; experts do not read those kept for the administration."""
    titles = {asked.code: str(asked.title) for asked in [*documents_asked(application), *files_asked(application)]}
    return [
        (titles.get(document.slot, document.slot), document)
        for document in documents_counted(application)
        if not for_experts or experts_read_slot(application.rule_set, document.slot)
    ]


def experts_read_slot(rule_set: Any, slot: str) -> bool:
    """Whether experts may read what is given for a slot (`experts = false` in the call's documents forbids it)."""
    rows = rule_set.documents.get("document", [])
    return all(row.get("experts", True) for row in rows if row["code"] == slot)


def reason_from_findings(findings: Iterable[FindingView]) -> str:
    """The reason of an ineligibility, written from the blocking rules not met, with their article."""
    english = (get_language() or "fr").startswith("en")
    lines = []
    for found in findings:
        if found.blocks:
            title, article = str(found.title), str(found.article)
            colon = ":" if english else "\u00a0:"
            said = " ".join(filter(None, (str(found.message), str(found.margin))))
            lines.append(f"{title}{f' ({article})' if article else ''}{colon} {said}")
    return "\n".join(lines)
