"""Answers in words: the same on the applicant's pages, on paper, and for those who examine the application."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from essaim.applications.queries.form import Question, asked, sections_of
from essaim.calls.queries.answers import said_number
from essaim.kernel.bilingual import Bilingual
from essaim.ui import formats


@dataclass(frozen=True, slots=True)
class Said:
    """One answer in words. `headers` and `rows`: a table's. `files`: the documents given to a question that asks them.

    `long`: a text of several lines. `problem`: why what was typed cannot be read (then `text` is what was typed).
    """

    code: str
    label: Bilingual
    text: str = ""
    long: bool = False
    problem: str = ""
    certified: str = ""
    headers: tuple[tuple[str, bool], ...] = ()
    rows: tuple[tuple[tuple[str, bool], ...], ...] = ()
    files: tuple[Any, ...] = ()


def said_sections(application: Any, *, hidden: Iterable[str] = ()) -> list[tuple[Bilingual, list[Said]]]:
    """The sections that were asked, each with its answers in words; types in `hidden` are left out."""
    left_out, codes = set(hidden), {question.code for question in asked(application)}
    sections = []
    for section in sections_of(application.rule_set):
        rows = [
            said(application, question)
            for question in section.questions
            if question.code in codes and question.type not in left_out
        ]
        if rows:
            sections.append((section.title, rows))
    return sections


def said(application: Any, question: Question) -> Said:
    """One answer in words; what was typed when it cannot be read."""
    if question.is_place:
        return Said(question.code, question.label, str(application.commune or ""))
    if question.type == "file":
        files = tuple(row for row in application.documents.all() if row.slot == question.code)
        return Said(question.code, question.label, ", ".join(row.name for row in files), files=files)
    return said_answer(question, application.answers.get(question.code))


def said_answer(question: Question, typed: Any) -> Said:
    """An answer in words, from what was typed alone."""
    value, problem = question.read(typed)
    name = {"code": question.code, "label": question.label, "problem": problem}
    if question.type == "table":
        rows = [row for row in typed if isinstance(row, dict)] if isinstance(typed, list) else []
        numeric = [column.type in {"number", "money"} for column in question.columns]
        headers = tuple(zip((str(column.label) for column in question.columns), numeric, strict=True))
        cells = tuple(
            tuple(
                (_cell(column, row.get(column.code)), column.type in {"number", "money"}) for column in question.columns
            )
            for row in rows
        )
        text = "\n".join(" · ".join(cell for cell, _numeric in row) for row in cells)
        return Said(**name, text=text, headers=headers if cells else (), rows=cells)
    if value is None:
        return Said(**name, text=_as_typed(typed))
    certified = str(question.text) if question.type == "declaration" else ""
    return Said(**name, text=words_of(question, value), long=question.type == "long_text", certified=certified)


def words_of(question: Question, value: Any) -> str:
    """A value read, in words."""
    labels = {code: str(label) for code, label in question.choices}
    match question.type:
        case "yes_no" | "declaration":
            return _("Oui") if value else _("Non")
        case "money":
            return formats.money(value)
        case "number":
            return said_number(question, value)
        case "date":
            return formats.day(value)
        case "choice":
            return labels.get(value, value)
        case "several":
            return ", ".join(labels.get(code, code) for code in value)
        case "address":
            return f"{value['street']}, {value['postcode']} {value['town']}"
        case "commune":
            return value["name"] or value["code"]
    return str(value)


def _cell(column: Question, typed: Any) -> str:
    value, _problem = column.read(typed)
    return _as_typed(typed) if value is None else words_of(column, value)


def _as_typed(typed: Any) -> str:
    """What was typed and cannot be read, as plain words."""
    if isinstance(typed, dict):
        return ", ".join(str(part) for part in typed.values() if part and not isinstance(part, dict | list))
    if isinstance(typed, list):
        return ", ".join(str(part) for part in typed)
    return "" if typed in (None, False) else str(typed)
