"""A question, and how each type of answer is read: its value, or the sentence that says what to write instead.

Fifteen types and a half: short_text, long_text, number, money, date, choice, several, yes_no, commune, address, siret,
file, table, declaration, email, phone. Values: text, int (cents for money), Decimal for a number with decimals, date,
bool, list, dict. A file is read from the documents of the application, not here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.accounts.identifiers import clean_siret
from essaim.calls.queries.conditions import Condition
from essaim.engine import money
from essaim.kernel.bilingual import Bilingual
from essaim.ui import formats

YES = {"true", "oui", "yes", "on", "1"}
NO = {"false", "non", "no", "0"}
PHONE = re.compile(r"^\+?[0-9][0-9 .\-()]{5,24}$")
FRENCH_DATE = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
POSTCODE = re.compile(r"^[0-9]{5}$")
COMMUNE = re.compile(r"^[0-9][0-9AB][0-9]{3}$")
ADDRESS = ("street", "postcode", "town")

PLACE = "territory.commune"  # the commune of the project itself: it has its own page, with a point on the map

Answer = tuple[Any, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the form, or a column of a table. Bounds are in the type's own values (cents, dates)."""

    code: str
    type: str
    label: Bilingual
    help: Bilingual = field(default_factory=Bilingual)
    example: Bilingual = field(default_factory=Bilingual)
    required: bool = False
    fact: str = ""
    choices: tuple[tuple[str, Bilingual], ...] = ()
    look: str = "radio"
    min_length: int = 0
    max_length: int = 0
    minimum: Any = None
    maximum: Any = None
    decimals: int = 0
    unit: Bilingual = field(default_factory=Bilingual)
    min_choices: int = 0
    max_choices: int = 0
    text: Bilingual = field(default_factory=Bilingual)
    formats: tuple[str, ...] = ()
    max_bytes: int = 0
    multiple: bool = False
    columns: tuple[Question, ...] = ()
    min_rows: int = 0
    max_rows: int = 0
    shown_if: Condition | None = None

    @property
    def is_place(self) -> bool:
        """Whether this asks where the project is, on its own page."""
        return self.type == "commune" and (self.fact == PLACE or self.code == "commune")

    @property
    def is_kept_apart(self) -> bool:
        """Whether the answer is not among the application's answers: its place, its files."""
        return self.is_place or self.type == "file"

    def read(self, typed: Any) -> tuple[Any, str]:
        """The value of what was typed (None when empty or unreadable), and the sentence that refuses it, or ""."""
        return read(self, typed)


def read(question: Question, typed: Any) -> Answer:
    """The value of what was typed (None when empty or unreadable), and the sentence that refuses it, or ""."""
    if typed is None or typed in ("", [], {}):
        return None, ""
    return READERS.get(question.type, _text)(question, typed)


def certified(question: Question) -> str:
    """The SHA-256 of the text a declaration certifies, in both languages: what one has agreed to, to the letter."""
    texts = "\n".join(f"{lang}:{question.text.get(lang, '')}" for lang in ("fr", "en"))
    return sha256(texts.encode()).hexdigest()


def yes_no(typed: Any) -> bool | None:
    """True, False, or None for a word that is neither."""
    if isinstance(typed, bool):
        return typed
    word = str(typed or "").strip().lower()
    return word in YES if word in YES | NO else None


def _yes_no(question: Question, typed: Any) -> Answer:
    value = yes_no(typed)
    return value, "" if value is not None else _("Répondez par oui ou par non.")


def _declaration(question: Question, typed: Any) -> Answer:
    if isinstance(typed, Mapping):
        if typed.get("certified") == certified(question):
            return True, ""
        return None, _("Le texte à certifier a changé depuis votre accord : relisez-le, puis cochez de nouveau.")
    value, problem = _yes_no(question, typed)
    if value and question.text:
        return None, _("Relisez le texte à certifier, puis cochez la case.")
    return value, problem


def _text(question: Question, typed: Any) -> Answer:
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


def _within(question: Question, value: Any, say: Callable[[Any], str]) -> Answer:
    """A value that can be compared, held to the question's minimum and maximum; refused, it stays readable."""
    low, high = question.minimum, question.maximum
    if low is not None and value < low:
        return value, _("Le minimum est %(limit)s : vous avez écrit %(value)s.") % {
            "limit": say(low),
            "value": say(value),
        }
    if high is not None and value > high:
        return value, _("Le maximum est %(limit)s : vous avez écrit %(value)s.") % {
            "limit": say(high),
            "value": say(value),
        }
    return value, ""


def _date(question: Question, typed: Any) -> Answer:
    text = str(typed).strip()
    if match := FRENCH_DATE.match(text):
        day, month, year = match.groups()
        text = f"{year}-{month:0>2}-{day:0>2}"
    try:
        value = date.fromisoformat(text)
    except ValueError:
        return None, _("« %(text)s » n’est pas une date : écrivez par exemple 01/12/2013.") % {"text": str(typed)[:40]}
    if question.minimum is not None and value < question.minimum:
        return value, _("Cette date est trop tôt : choisissez le %(limit)s ou après.") % {
            "limit": formats.day(question.minimum)
        }
    if question.maximum is not None and value > question.maximum:
        return value, _("Cette date est trop tard : choisissez le %(limit)s ou avant.") % {
            "limit": formats.day(question.maximum)
        }
    return value, ""


def _choice(question: Question, typed: Any) -> Answer:
    if isinstance(typed, str) and typed in {code for code, _label in question.choices}:
        return typed, ""
    return None, _("Choisissez une des réponses proposées.")


def _several(question: Question, typed: Any) -> Answer:
    given = typed if isinstance(typed, list) else [typed]
    known = [code for code, _label in question.choices if code in given]
    if len(known) != len(given):
        return None, _("Choisissez parmi les réponses proposées.")
    low, high, names = question.min_choices, question.max_choices, {"count": len(known)}
    if low and len(known) < low:
        return known, ngettext(
            "Cochez au moins %(limit)s réponse : il y en a %(count)s.",
            "Cochez au moins %(limit)s réponses : il y en a %(count)s.",
            low,
        ) % {"limit": low, **names}
    if high and len(known) > high:
        return known, ngettext(
            "Cochez au plus %(limit)s réponse : il y en a %(count)s.",
            "Cochez au plus %(limit)s réponses : il y en a %(count)s.",
            high,
        ) % {"limit": high, **names}
    return known, ""


def _number(question: Question, typed: Any) -> Answer:
    text = re.sub(r"[\s\u00a0\u202f]", "", str(typed)).replace("\u2212", "-").replace(",", ".")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _dot, decimals = digits.partition(".")
    if not (digits.isascii() and whole.isdigit() and len(whole) < 13 and (decimals.isdigit() or not _dot)):
        return None, _("« %(text)s » n’est pas un nombre : écrivez-le en chiffres.") % {"text": str(typed)[:40]}
    if sign and (question.minimum is None or question.minimum >= 0):
        return None, _("Ce nombre est négatif : écrivez-le sans signe moins.")
    if not question.decimals:
        if decimals.strip("0"):
            return None, _("« %(text)s » n’est pas un nombre entier : arrondissez-le.") % {"text": str(typed)[:40]}
        value: int | Decimal = int(sign + whole)
    else:
        if len(decimals) > question.decimals:
            return None, ngettext(
                "« %(text)s » a plus de %(limit)s décimale : arrondissez-le.",
                "« %(text)s » a plus de %(limit)s décimales : arrondissez-le.",
                question.decimals,
            ) % {"text": str(typed)[:40], "limit": question.decimals}
        value = Decimal(sign + whole + _dot + decimals)
    return _within(question, value, lambda one: said_number(question, one))


def said_number(question: Question, value: Any) -> str:
    """A number with its decimals and its unit: « 12,5 m² »."""
    decimals = 0 if value == int(value) else question.decimals
    text = formats.number(value, decimals)
    return f"{text}\u00a0{question.unit}" if question.unit else text


def _money(question: Question, typed: Any) -> Answer:
    try:
        cents = typed if type(typed) is int else money.parse_cents(str(typed), formats.language())
    except money.MoneyError as error:
        return None, error.sentence(formats.language())
    return _within(question, cents, formats.money)


def _siret(question: Question, typed: Any) -> Answer:
    try:
        return clean_siret(str(typed)), ""
    except ValidationError as error:
        return None, " ".join(error.messages)


def _phone(question: Question, typed: Any) -> Answer:
    text = str(typed).strip()
    if PHONE.match(text):
        return text, ""
    return None, _("« %(text)s » n’est pas un numéro de téléphone : écrivez par exemple 01 99 00 13 13.") % {
        "text": text[:40]
    }


def _email(question: Question, typed: Any) -> Answer:
    text = str(typed).strip()
    try:
        validate_email(text)
    except ValidationError:
        return None, _("« %(text)s » n’est pas une adresse électronique : vérifiez-la.") % {"text": text[:80]}
    return text, ""


def _commune(question: Question, typed: Any) -> Answer:
    if isinstance(typed, Mapping) and COMMUNE.match(str(typed.get("code", ""))):
        return {"code": str(typed["code"]), "name": str(typed.get("name", ""))}, ""
    return None, _("Choisissez la commune dans la liste trouvée par la recherche.")


def _address(question: Question, typed: Any) -> Answer:
    if not isinstance(typed, Mapping):
        return None, _("Écrivez la rue, le code postal et la ville.")
    value = {part: " ".join(str(typed.get(part) or "").split()) for part in ADDRESS}
    if not any(value.values()):
        return None, ""
    if not value["street"]:
        return None, _("Écrivez le numéro et la rue, ou le lieu-dit.")
    if not POSTCODE.match(value["postcode"]):
        return None, _("Un code postal compte 5 chiffres, par exemple 35000.")
    if not value["town"]:
        return None, _("Écrivez le nom de la ville.")
    return value, ""


def _table(question: Question, typed: Any) -> Answer:
    """The rows, cell by cell; the first cell that cannot be read is told with its line and its column."""
    if not isinstance(typed, list):
        return None, _("Ce tableau ne peut pas être lu : remplissez-le de nouveau.")
    rows = []
    for number, line in enumerate((line for line in typed if isinstance(line, Mapping)), start=1):
        row = {}
        for column in question.columns:
            value, problem = read(column, line.get(column.code))
            if not problem and value is None and column.required:
                problem = _("remplissez cette case.")
            if problem:
                names = {"line": number, "column": column.label, "problem": problem}
                return None, _("Ligne %(line)s, « %(column)s » : %(problem)s") % names
            row[column.code] = value
        rows.append(row)
    if not rows:
        return None, ""
    if question.min_rows and len(rows) < question.min_rows:
        missing = question.min_rows - len(rows)
        return rows, ngettext(
            "Ajoutez %(count)s ligne : il en faut au moins %(limit)s.",
            "Ajoutez %(count)s lignes : il en faut au moins %(limit)s.",
            missing,
        ) % {"count": missing, "limit": question.min_rows}
    if question.max_rows and len(rows) > question.max_rows:
        over = len(rows) - question.max_rows
        return rows, ngettext(
            "Retirez %(count)s ligne : il en faut au plus %(limit)s.",
            "Retirez %(count)s lignes : il en faut au plus %(limit)s.",
            over,
        ) % {"count": over, "limit": question.max_rows}
    return rows, ""


READERS: dict[str, Callable[[Any, Any], Answer]] = {
    "short_text": _text,
    "long_text": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "choice": _choice,
    "several": _several,
    "yes_no": _yes_no,
    "commune": _commune,
    "address": _address,
    "siret": _siret,
    "table": _table,
    "declaration": _declaration,
    "email": _email,
    "phone": _phone,
}


def bound(kind: str, value: Any) -> Any:
    """A minimum or a maximum of the form, as values of that type are compared; None when absent or unreadable."""
    if value in (None, ""):
        return None
    try:
        if kind == "money":
            return value if type(value) is int else money.parse_cents(str(value))
        if kind == "date":
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        return Decimal(str(value).replace(",", "."))
    except (ValueError, InvalidOperation):
        return None
