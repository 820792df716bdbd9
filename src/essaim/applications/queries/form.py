"""The form of a call, as frozen: its sections and questions, and how each answer typed is read.

Answers are kept as typed. Reading one gives its value, or the sentence that says why it cannot be read: a draft takes
anything, a filing only what can be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from essaim.accounts.identifiers import clean_siret
from essaim.engine import money
from essaim.kernel.bilingual import Bilingual

YES = {"true", "oui", "yes", "on", "1"}
NO = {"false", "non", "no", "0"}
PHONE = re.compile(r"^\+?[0-9][0-9 .\-()]{5,24}$")
FRENCH_DATE = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the form. `shown_if`: (code of another question, value it must have)."""

    code: str
    type: str
    label: Bilingual
    help: Bilingual
    required: bool
    fact: str
    choices: tuple[tuple[str, Bilingual], ...]
    min_length: int
    max_length: int
    shown_if: tuple[str, Any] | None

    def shown(self, answers: Mapping[str, Any]) -> bool:
        """Whether the answers already given call for this question."""
        if self.shown_if is None:
            return True
        code, value = self.shown_if
        given = answers.get(code)
        return bool((_yes_no(given)[0] if isinstance(value, bool) else given) == value)

    def read(self, typed: Any) -> tuple[Any, str]:
        """The value of what was typed (None when empty or unreadable), and the sentence that refuses it, or ""."""
        if typed is None or typed == "" or typed == []:
            return None, ""
        return _READERS.get(self.type, _text)(self, typed)


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that make sense together. `step`: the page where they are asked, "organisation" or "project"."""

    code: str
    title: Bilingual
    step: str
    questions: tuple[Question, ...]


def sections_of(rule_set: Any) -> tuple[Section, ...]:
    """The sections of a frozen form, in order."""
    labels = rule_set.rules.get("labels", {})
    return tuple(
        Section(
            code=section["code"],
            title=Bilingual(section["title"]),
            step=section.get("step", "project"),
            questions=tuple(_question(row, labels) for row in section.get("question", [])),
        )
        for section in rule_set.form.get("section", [])
    )


def questions_of(rule_set: Any) -> dict[str, Question]:
    """Every question of a frozen form, by its code."""
    return {question.code: question for section in sections_of(rule_set) for question in section.questions}


def question_of(rule_set: Any, code: str) -> Question | None:
    """One question, or None when the form has no such code."""
    return questions_of(rule_set).get(code)


def _question(row: Mapping[str, Any], labels: Mapping[str, Any]) -> Question:
    shown_if = row.get("shown_if")
    return Question(
        code=row["code"],
        type=row["type"],
        label=Bilingual(row["label"]),
        help=Bilingual(row.get("help", {})),
        required=bool(row.get("required")),
        fact=row.get("fact", ""),
        choices=tuple((code, Bilingual(labels.get(code, {"fr": code}))) for code in row.get("choices", [])),
        min_length=int(row.get("min_length", 0)),
        max_length=int(row.get("max_length", 0)),
        shown_if=(shown_if["question"], shown_if["equals"]) if shown_if else None,
    )


def _yes_no(typed: Any) -> tuple[bool | None, str]:
    if isinstance(typed, bool):
        return typed, ""
    word = str(typed or "").strip().lower()
    if word in YES | NO:
        return word in YES, ""
    return None, ""


def _read_yes_no(question: Question, typed: Any) -> tuple[bool | None, str]:
    value, _none = _yes_no(typed)
    return value, "" if value is not None else _("Répondez par oui ou par non.")


def _text(question: Question, typed: Any) -> tuple[str | None, str]:
    text = str(typed).replace("\r\n", "\n").strip()
    if not text:
        return None, ""
    if question.max_length and len(text) > question.max_length:
        over = len(text) - question.max_length
        return text, ngettext(
            "Ce texte dépasse de %(over)s caractère la limite de %(limit)s : raccourcissez-le.",
            "Ce texte dépasse de %(over)s caractères la limite de %(limit)s : raccourcissez-le.",
            over,
        ) % {"over": over, "limit": question.max_length}
    if len(text) < question.min_length:
        short = question.min_length - len(text)
        return text, ngettext(
            "Ce texte est trop court : ajoutez au moins %(count)s caractère.",
            "Ce texte est trop court : ajoutez au moins %(count)s caractères.",
            short,
        ) % {"count": short}
    return text, ""


def _date(question: Question, typed: Any) -> tuple[date | None, str]:
    text = str(typed).strip()
    if match := FRENCH_DATE.match(text):
        day, month, year = match.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return None, _("« %(text)s » n’est pas une date : écrivez par exemple 01/12/2013.") % {"text": str(typed)[:40]}


def _choice(question: Question, typed: Any) -> tuple[str | None, str]:
    if typed in {code for code, _label in question.choices}:
        return str(typed), ""
    return None, _("Choisissez une des réponses proposées.")


def _several(question: Question, typed: Any) -> tuple[list[str] | None, str]:
    given = typed if isinstance(typed, list) else [typed]
    known = [code for code, _label in question.choices if code in given]
    return (known, "") if len(known) == len(given) else (None, _("Choisissez parmi les réponses proposées."))


def _number(question: Question, typed: Any) -> tuple[int | None, str]:
    digits = re.sub(r"[\s\u00a0\u202f]", "", str(typed))
    if digits.isascii() and digits.isdigit() and len(digits) < 13:
        return int(digits), ""
    return None, _("« %(text)s » n’est pas un nombre entier : écrivez-le en chiffres.") % {"text": str(typed)[:40]}


def _money(question: Question, typed: Any) -> tuple[int | None, str]:
    language: money.Lang = "en" if (get_language() or "fr").startswith("en") else "fr"
    try:
        return (typed if type(typed) is int else money.parse_cents(str(typed), language)), ""
    except money.MoneyError as error:
        return None, error.sentence(language)


def _siret(question: Question, typed: Any) -> tuple[str | None, str]:
    try:
        return clean_siret(str(typed)), ""
    except ValidationError as error:
        return None, " ".join(error.messages)


def _phone(question: Question, typed: Any) -> tuple[str | None, str]:
    text = str(typed).strip()
    if PHONE.match(text):
        return text, ""
    return None, _("« %(text)s » n’est pas un numéro de téléphone : écrivez par exemple 01 99 00 13 13.") % {
        "text": text[:40]
    }


def _email(question: Question, typed: Any) -> tuple[str | None, str]:
    text = str(typed).strip()
    try:
        validate_email(text)
    except ValidationError:
        return None, _("« %(text)s » n’est pas une adresse électronique : vérifiez-la.") % {"text": text[:80]}
    return text, ""


_READERS = {
    "short_text": _text,
    "long_text": _text,
    "yes_no": _read_yes_no,
    "declaration": _read_yes_no,
    "date": _date,
    "choice": _choice,
    "several": _several,
    "number": _number,
    "money": _money,
    "siret": _siret,
    "phone": _phone,
    "email": _email,
}
