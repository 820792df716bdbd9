"""The form of a call, as frozen: its sections, its questions, and which are asked given the answers so far.

Answers are kept as typed. Reading one gives its value, or the sentence that says why it cannot be read: a draft takes
anything, a filing only what can be read. The answer to a question no longer asked is kept, not counted, not filed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from essaim.calls.queries.answers import Question, bound
from essaim.calls.queries.conditions import condition_of, holds
from essaim.kernel.bilingual import Bilingual

TYPES = {
    "short_text": _("Texte court"),
    "long_text": _("Texte long"),
    "number": _("Nombre"),
    "money": _("Montant en euros"),
    "date": _("Date"),
    "choice": _("Une réponse parmi plusieurs"),
    "several": _("Plusieurs réponses parmi plusieurs"),
    "yes_no": _("Oui ou non"),
    "commune": _("Commune"),
    "address": _("Adresse postale"),
    "siret": _("SIRET"),
    "file": _("Fichier"),
    "table": _("Tableau de lignes"),
    "declaration": _("Déclaration à certifier"),
    "email": _("Adresse électronique"),
    "phone": _("Téléphone"),
}
CELLS = ("short_text", "number", "money", "date", "choice", "yes_no", "email", "phone")  # what a table's column may be
MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that make sense together. `step`: the page where they are asked, "organisation" or "project"."""

    code: str
    title: Bilingual
    step: str
    questions: tuple[Question, ...]
    help: Bilingual = field(default_factory=Bilingual)


def sections_of(rule_set: Any) -> tuple[Section, ...]:
    """The sections of a frozen form, in order."""
    return sections_from(rule_set.form, rule_set.rules.get("labels", {}))


def sections_from(form: Mapping[str, Any], labels: Mapping[str, Any]) -> tuple[Section, ...]:
    """The sections a form writes, in order; `labels` names the choices."""
    return tuple(
        Section(
            code=section["code"],
            title=Bilingual(section["title"]),
            step=section.get("step", "project"),
            questions=tuple(question_from(row, labels) for row in section.get("question", [])),
            help=Bilingual(section.get("help", {})),
        )
        for section in form.get("section", [])
    )


def questions_of(rule_set: Any) -> dict[str, Question]:
    """Every question of a frozen form, by its code."""
    return {question.code: question for section in sections_of(rule_set) for question in section.questions}


def question_of(rule_set: Any, code: str) -> Question | None:
    """One question, or None when the form has no such code."""
    return questions_of(rule_set).get(code)


def asked_codes(questions: Iterable[Question], answers: Mapping[str, Any], *, place: Any = None) -> frozenset[str]:
    """The questions these answers call for. An answer to a question that is not asked does not count.

    `place`: the commune of the project, for the question that has its own page.
    """
    known = {question.code: question for question in questions}
    settled: dict[str, bool] = {}

    def given(code: str) -> Any:
        question = known.get(code)
        if question is None or not asked(question):
            return None
        return place if question.is_place else question.read(answers.get(code))[0]

    def read(code: str, value: Any) -> Any:
        question = known.get(code)
        return value if question is None or question.type in {"choice", "several"} else question.read(value)[0]

    def asked(question: Question) -> bool:
        if question.code not in settled:
            settled[question.code] = False  # a condition that leads back to itself is never met
            condition = question.shown_if
            settled[question.code] = condition is None or holds(condition, read, given)
        return settled[question.code]

    return frozenset(code for code, question in known.items() if asked(question))


def question_from(row: Mapping[str, Any], labels: Mapping[str, Any]) -> Question:
    """A question as its row of the form writes it; `labels` names the choices."""
    kind = row["type"]
    return Question(
        code=row["code"],
        type=kind,
        label=Bilingual(row["label"]),
        help=Bilingual(row.get("help", {})),
        example=Bilingual(row.get("example", {})),
        required=bool(row.get("required")),
        fact=row.get("fact", ""),
        choices=tuple((code, Bilingual(labels.get(code, {"fr": code}))) for code in row.get("choices", [])),
        look=row.get("look", "radio"),
        min_length=int(row.get("min_length", 0)),
        max_length=int(row.get("max_length", 0)),
        minimum=bound(kind, row.get("min")),
        maximum=bound(kind, row.get("max")),
        decimals=int(row.get("decimals", 0)),
        unit=Bilingual(row.get("unit", {})),
        min_choices=int(row.get("min_choices", 0)),
        max_choices=int(row.get("max_choices", 0)),
        text=Bilingual(row.get("text", {})),
        formats=tuple(row.get("formats", ("pdf",))),
        max_bytes=int(row.get("max_megabytes", 10)) * 10**6,
        multiple=bool(row.get("multiple")),
        columns=tuple(question_from(column, labels) for column in row.get("column", [])),
        min_rows=int(row.get("min_rows", 0)),
        max_rows=min(int(row.get("max_rows", 0)) or MOST_ROWS, MOST_ROWS),
        shown_if=condition_of(row.get("shown_if")),
    )
