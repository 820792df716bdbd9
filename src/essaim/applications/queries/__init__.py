"""What is asked of applications: lists and figures, what the form and the plan say, what is frozen when one files."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum

from essaim.applications.queries.cerfa import Account, CerfaView, account_names, cerfa_of
from essaim.applications.queries.clock import LegalClock, Suspension, legal_clock
from essaim.applications.queries.completion import (
    BUDGET,
    DOCUMENT,
    Part,
    open_request,
    parts_asked,
    parts_of,
)
from essaim.applications.queries.de_minimis import Room, reference_date, room_of
from essaim.applications.queries.facts import (
    Asked,
    Missing,
    articles_asking,
    balance_of,
    documents_asked,
    documents_counted,
    facts_of,
    files_asked,
    findings_of,
    missing_documents_of,
    missing_of,
    plan_of,
    remarks_of,
    tells_regions_of_2013,
    unmet_of,
)
from essaim.applications.queries.form import (
    Question,
    Section,
    asked,
    asked_codes,
    question_of,
    questions_of,
    sections_of,
)
from essaim.applications.queries.history import act_said, acts_of
from essaim.applications.queries.receipt import Verdict, receipt_document, verify_receipt
from essaim.applications.queries.saying import Said, said_sections

__all__ = [
    "BUDGET",
    "DOCUMENT",
    "Account",
    "ApplicationQuerySet",
    "Asked",
    "CerfaView",
    "LegalClock",
    "Missing",
    "Part",
    "Question",
    "Room",
    "Said",
    "Section",
    "Suspension",
    "Verdict",
    "account_names",
    "act_said",
    "acts_of",
    "articles_asking",
    "asked",
    "asked_codes",
    "balance_of",
    "cerfa_of",
    "documents_asked",
    "documents_counted",
    "facts_of",
    "files_asked",
    "findings_of",
    "legal_clock",
    "missing_documents_of",
    "missing_of",
    "open_request",
    "parts_asked",
    "parts_of",
    "plan_of",
    "question_of",
    "questions_of",
    "receipt_document",
    "reference_date",
    "remarks_of",
    "room_of",
    "said_sections",
    "sections_of",
    "tells_regions_of_2013",
    "unmet_of",
    "verify_receipt",
]


class ApplicationQuerySet(QuerySet[Any]):
    """Applications."""

    def whole(self) -> ApplicationQuerySet:
        """With all that a page, the rules or a filing read, in four queries."""
        documents = apps.get_model("applications", "Document")._default_manager.select_related("file")
        return (
            self.select_related(
                "call__programme",
                "rule_set",
                "organisation__de_minimis_statement",
                "commune__department__region",
                "created_by",
                "replaces",
                "paper_arrival",
            )
            .prefetch_related("cost_lines", "funding_lines", Prefetch("documents", queryset=documents))
            .defer("rule_set__call", "rule_set__letters", "rule_set__sources")
        )

    def drafts(self) -> ApplicationQuerySet:
        """Not filed yet; a working copy of a filed file is no draft of its own."""
        return self.files().filter(state="draft")

    def files(self) -> ApplicationQuerySet:
        """Files of their own: all but working copies."""
        return self.filter(replaces=None)

    def revisions(self) -> ApplicationQuerySet:
        """The working copies being written, of files that are filed."""
        return self.filter(replaces__state="filed", put_away_at=None)

    def ever_filed(self) -> ApplicationQuerySet:
        """Those that were filed, whatever became of them since."""
        return self.filter(filed_at__isnull=False)

    def in_the_running(self) -> ApplicationQuerySet:
        """Filed, and not withdrawn by their applicant."""
        return self.ever_filed().exclude(state="withdrawn")

    def search(self, text: str) -> ApplicationQuerySet:
        """Those whose title, organisation or number holds these words."""
        found = self
        for word in text.split()[:8]:
            number = word.rpartition("-")[2]
            same = Q(number=int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else Q()
            found = found.filter(Q(title__icontains=word) | Q(organisation__name__icontains=word) | same)
        return found

    def state_counts(self) -> dict[str, int]:
        """How many in each state that has some."""
        rows = self.order_by().values_list("state").annotate(count=Count("pk"))
        return dict(sorted(rows))

    def region_figures(self, *, of_2013: bool) -> list[dict[str, Any]]:
        """For each region, `code`, `name`, `count`, `cost_cents`, `requested_cents`; most numerous first.

        `of_2013`: the regions before 2016. An application without a commune is in none.
        """
        field = "commune__department__region_2013" if of_2013 else "commune__department__region"
        name = F(f"{field}__name_2013") if of_2013 else F(f"{field}__name")
        rows = self.filter(commune__isnull=False).order_by().values(code=F(field), name=name)
        figures = rows.annotate(count=Count("pk"), cost_cents=Sum("cost_cents"), requested_cents=Sum("requested_cents"))
        return sorted(figures, key=lambda row: (-row["count"], row["name"]))
