"""The controls of the form's questions: each type is shown by its own template, and read back as it was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict, ErrorList
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from essaim.applications.queries import Question
from essaim.calls.queries.answers import ADDRESS, certified
from essaim.calls.queries.conditions import tests_of
from essaim.ui import formats

YES_NO = [("true", _("Oui")), ("false", _("Non"))]
TEMPLATES = {
    name: f"applications/questions/{name}.html" for name in ("address", "commune", "declaration", "file", "table")
}
MOST_ROWS_SENT = 300
INPUTS: dict[str, dict[str, str]] = {
    "email": {"type": "email", "autocomplete": "email", "spellcheck": "false"},
    "phone": {"type": "tel", "autocomplete": "tel"},
    "siret": {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"},
    "number": {"inputmode": "decimal", "autocomplete": "off"},
    "money": {"inputmode": "decimal", "autocomplete": "off"},
    "date": {"inputmode": "numeric", "autocomplete": "off"},
}


class AddressForm(forms.Form):
    """A postal address: no outside service is asked, nothing is completed by itself."""

    use_required_attribute = False

    street = forms.CharField(label=_("Numéro et rue"), widget=forms.TextInput(attrs={"autocomplete": "street-address"}))
    postcode = forms.CharField(
        label=_("Code postal"), widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"})
    )
    town = forms.CharField(label=_("Ville"), widget=forms.TextInput(attrs={"autocomplete": "address-level2"}))


class CellsForm(forms.Form):
    """One row of a table, or the simple questions of a page; `problems` are the sentences shown beside them."""

    use_required_attribute = False

    def __init__(
        self,
        questions: Iterable[Question],
        answers: Mapping[str, Any],
        problems: Mapping[str, str] | None = None,
        prefix: str | None = None,
    ) -> None:
        questions = list(questions)
        initial = {question.code: shown(question, answers.get(question.code)) for question in questions}
        super().__init__(initial=initial, prefix=prefix)
        self.fields = {question.code: field_of(question) for question in questions}
        told = {code: ErrorList([sentence]) for code, sentence in (problems or {}).items() if sentence}
        self._errors = ErrorDict({code: sentences for code, sentences in told.items() if code in self.fields})


@dataclass(frozen=True, slots=True)
class Control:
    """A question as the page shows it. `shown`: the answers so far call for it. `asks`: others depend on its answer."""

    question: Question
    template: str
    shown: bool = True
    asks: bool = False
    hint: str = ""
    suffix: str = ""
    problem: str = ""
    bound: Any = None
    parts: Any = None
    rows: list[Any] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)
    checked: bool = False
    text: str = ""
    history: int = 0

    @property
    def id(self) -> str:
        """The id of its control, where links of errors lead."""
        return f"id_{self.question.code}"

    @property
    def described_by(self) -> str:
        """The ids of its hint and of its error."""
        parts = [f"{self.id}_hint"] * bool(self.hint) + [f"{self.id}_error"] * bool(self.problem)
        return " ".join(parts)

    @property
    def accept(self) -> str:
        """The kinds of files, as a browser filters them."""
        return ",".join(f".{kind}" for kind in self.question.formats)


def controls(
    questions: Iterable[Question],
    answers: Mapping[str, Any],
    *,
    shown_codes: Iterable[str],
    problems: Mapping[str, str] | None = None,
    files: Iterable[Any] = (),
    more_rows: str = "",
) -> list[Control]:
    """The controls of a page, with the answers so far and what is wrong with each, readable or not.

    `files`: the application's documents. `more_rows`: the code of a table that is shown with one more empty row.
    """
    questions, wanted, given = list(questions), set(shown_codes), list(files)
    leading = {test.question for question in questions for test in tests_of(question.shown_if)}
    told = {q.code: q.read(answers.get(q.code))[1] for q in questions} | dict(problems or {})
    simple = CellsForm([q for q in questions if q.type not in TEMPLATES], answers, told)
    found = []
    for question in questions:
        common: dict[str, Any] = {
            "question": question,
            "template": TEMPLATES.get(question.type, "applications/questions/field.html"),
            "shown": question.code in wanted,
            "asks": question.code in leading,
            "hint": hint_of(question),
            "problem": told[question.code],
        }
        typed = answers.get(question.code)
        if question.type not in TEMPLATES:
            common |= {"bound": simple[question.code], "suffix": suffix_of(question)}
        elif question.type == "address":
            values = typed if isinstance(typed, Mapping) else {}
            common["parts"] = AddressForm(initial=dict(values), prefix=question.code)
        elif question.type == "table":
            common |= _rows_of(question, typed, extra=int(more_rows == question.code))
        elif question.type == "file":
            common["files"] = [document for document in given if document.slot == question.code]
        elif question.type == "declaration":
            common["checked"] = question.read(typed)[0] is True
        else:
            value = question.read(typed)[0]
            common["text"] = value["name"] or value["code"] if value else ""
        found.append(Control(**common))
    return found


def _rows_of(question: Question, typed: Any, *, extra: int) -> dict[str, Any]:
    """The rows of a table with, when there is none, as many empty ones as are asked."""
    lines = [line for line in typed if isinstance(line, Mapping)] if isinstance(typed, list) else []
    empty = max(question.min_rows - len(lines), 0 if lines else 1, extra)
    lines = [*lines, *[{}] * min(empty, max(question.max_rows - len(lines), 0))]
    columns = [_in_a_cell(column) for column in question.columns]
    rows = [
        CellsForm(columns, line, _problems_of(columns, line), prefix=f"{question.code}-{index}")
        for index, line in enumerate(lines)
    ]
    return {"rows": rows}


def _problems_of(columns: list[Question], line: Mapping[str, Any]) -> dict[str, str]:
    return {column.code: column.read(line.get(column.code))[1] for column in columns}


def _in_a_cell(column: Question) -> Question:
    """A column's control: a menu rather than buttons, and no counter under each cell."""
    return replace(column, look="select", min_length=0, max_length=0)


def field_of(question: Question) -> forms.Field:
    """The control of a simple question. `required` only marks it: a draft is saved incomplete."""
    common: dict[str, Any] = {
        "label": str(question.label),
        "help_text": hint_of(question),
        "required": question.required,
    }
    choices = YES_NO if question.type == "yes_no" else [(code, str(label)) for code, label in question.choices]
    if question.type in {"choice", "yes_no"}:
        if question.look == "select":
            return forms.ChoiceField(choices=[("", _("Choisissez")), *choices], **common)
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    if question.type == "several":
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
    attrs: dict[str, Any] = dict(INPUTS.get(question.type, {}))
    if question.min_length or question.max_length:
        attrs |= {"data-low": question.min_length, "data-high": question.max_length}
    if question.type == "long_text":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 8, **attrs}), **common)
    return forms.CharField(widget=forms.TextInput(attrs=attrs), **common)


def suffix_of(question: Question) -> str:
    """The unit written after the control."""
    return "€" if question.type == "money" else str(question.unit)


def hint_of(question: Question) -> str:
    """The help of the question, its example and its bounds."""
    parts = [str(question.help)]
    if question.example:
        parts.append(str(_("Par exemple : %(example)s.") % {"example": str(question.example).rstrip(".")}))
    elif question.type == "date":
        parts.append(str(_("Jour, mois, année, par exemple 01/12/2013.")))
    parts.append(_bounds(question))
    if question.type == "file":
        names = {"formats": ", ".join(question.formats).upper(), "size": question.max_bytes // 10**6}
        parts.append(str(_("%(formats)s, %(size)s Mo au plus.") % names))
    return " ".join(part for part in parts if part)


def _bounds(question: Question) -> str:
    """The limits of an answer, in a sentence."""
    low, high = question.minimum, question.maximum
    say: Any = {"money": formats.money, "date": formats.day}.get(question.type, formats.number)
    if question.type in {"short_text", "long_text"}:
        low, high = question.min_length or None, question.max_length or None
        names = {"low": low, "high": high}
        if low and high:
            return str(_("Entre %(low)s et %(high)s caractères.") % names)
        return str(_("%(high)s caractères au plus.") % names) if high else ""
    names = {"low": say(low) if low is not None else "", "high": say(high) if high is not None else ""}
    if low is not None and high is not None:
        return str(_("Entre %(low)s et %(high)s.") % names)
    if low is not None:
        return (
            str(_("Au moins %(low)s.") % names) if question.type != "date" else str(_("Le %(low)s ou après.") % names)
        )
    if high is not None:
        return (
            str(_("Au plus %(high)s.") % names) if question.type != "date" else str(_("Le %(high)s ou avant.") % names)
        )
    return ""


def shown(question: Question, value: Any) -> Any:
    """An answer as its control shows it."""
    if question.type == "yes_no":
        known, _problem = question.read(value)
        return "" if known is None else str(known).lower()
    if question.type == "date":
        known, _problem = question.read(value)
        return f"{known:%d/%m/%Y}" if isinstance(known, date) else value
    if question.type == "money" and type(value) is int:
        return formats.money(value).replace("€", "").strip()
    return value


def typed_answers(questions: Iterable[Question], data: QueryDict, *, without_row: str = "") -> dict[str, Any]:
    """What was typed for these questions, as it will be kept; what the page did not send is left out.

    `without_row`: "code:index" of the row of a table to take away.
    """
    typed: dict[str, Any] = {}
    for question in questions:
        code = question.code
        if question.type == "declaration":
            typed[code] = _agreed(question) if code in data else False
        elif question.type == "several":
            typed[code] = data.getlist(code)
        elif question.type == "address":
            if any(f"{code}-{part}" in data for part in ADDRESS):
                parts = {part: data.get(f"{code}-{part}", "").strip() for part in ADDRESS}
                typed[code] = parts if any(parts.values()) else ""
        elif question.type == "table":
            if code in data:
                typed[code] = list(_typed_rows(question, data, without_row))
        elif code in data and not question.is_kept_apart and question.type != "commune":
            typed[code] = _typed(question, data[code])
    return typed


def _agreed(question: Question) -> Any:
    """What is kept of a box ticked: the text that was read, by its digest."""
    return {"certified": certified(question)} if question.text else True


def _typed(question: Question, given: str) -> Any:
    readable = question.read(given)[0] if question.type in {"yes_no", "date"} else None
    return given if readable is None else readable


def _typed_rows(question: Question, data: QueryDict, without: str) -> Iterator[dict[str, Any]]:
    """The rows of a table that say something, in the order of the page."""
    pattern = re.compile(rf"{re.escape(question.code)}-(\d{{1,4}})-")
    numbers = sorted({int(found[1]) for key in data if (found := pattern.match(key))})[:MOST_ROWS_SENT]
    for number in numbers:
        if without == f"{question.code}:{number}":
            continue
        cells = {column.code: data.get(f"{question.code}-{number}-{column.code}", "") for column in question.columns}
        if any(cell.strip() for cell in cells.values()):
            yield {column.code: _typed(column, cells[column.code]) for column in question.columns}
