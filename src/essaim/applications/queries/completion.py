"""What can be asked to be completed in an application, and how it is named: questions, documents, the budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from essaim.applications.queries.facts import documents_asked, files_asked, step_of
from essaim.applications.queries.form import asked, sections_of

BUDGET = "budget"
DOCUMENT = "document:"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing the applicant may be asked to change: its code, its name, its group, the page where it is written."""

    code: str
    label: str
    group: str
    step: str


def parts_of(application: Any) -> list[Part]:
    """Everything that can be asked again, in the order of the pages."""
    codes = {question.code for question in asked(application)}
    found = [
        Part(
            code="place" if question.is_place else question.code,
            label=str(question.label),
            group=str(section.title),
            step="place" if question.is_place else step_of(application.rule_set, question.code),
        )
        for section in sections_of(application.rule_set)
        for question in section.questions
        if question.code in codes and question.type != "file"
    ]
    found.append(Part(BUDGET, _("Les dépenses et leur financement"), _("Le budget"), "budget"))
    found += [
        Part(DOCUMENT + row.code, str(row.title), _("Les pièces"), "documents")
        for row in [*documents_asked(application), *files_asked(application)]
    ]
    return found


def parts_asked(request: Any) -> list[Part]:
    """What a request asks to complete, named as the form names it; what the form has no more is left out."""
    wanted = set(request.parts)
    return [part for part in parts_of(request.application) if part.code in wanted]


def open_request(application: Any) -> Any | None:
    """The request that waits for an answer, past its time or not; None when there is none."""
    return next((found for found in application.completion_requests.all() if found.state == "asked"), None)
