"""Amounts of money: integer cents inside, French and English outside.

One type everywhere: ``int`` cents of euro. Floats are refused. What a person typed is read by
:func:`parse_cents`, which refuses with a sentence rather than guess: an amount wrong by a factor of a thousand costs
more than a second try.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

Lang = Literal["fr", "en"]

MAX_CENTS = 10**12
"""Largest amount read from a person: ten billion euros."""

NBSP = "\u00a0"
NNBSP = "\u202f"
MINUS = "\u2212"

_SENTENCES: MappingProxyType[str, dict[str, str]] = MappingProxyType(
    {
        "empty": {
            "fr": "Indiquez un montant, par exemple 12\u202f000,50\u00a0€.",
            "en": "Enter an amount, for example €12,000.50.",
        },
        "negative": {
            "fr": "Le montant «\u00a0{text}\u00a0» est négatif\u00a0: indiquez un montant positif ou nul.",
            "en": "The amount “{text}” is negative: enter zero or a positive amount.",
        },
        "not_a_number": {
            "fr": "«\u00a0{text}\u00a0» n’est pas un montant\u00a0: écrivez-le en chiffres, "
            "par exemple 12\u202f000,50\u00a0€.",
            "en": "“{text}” is not an amount: write it in figures, for example €12,000.50.",
        },
        "too_many_decimals": {
            "fr": "Le montant «\u00a0{text}\u00a0» a plus de deux décimales\u00a0: arrondissez-le au centime.",
            "en": "The amount “{text}” has more than two decimals: round it to the cent.",
        },
        "ambiguous": {
            "fr": "Le montant «\u00a0{text}\u00a0» peut se lire de deux façons\u00a0: "
            "écrivez {thousands} ou {decimals}.",
            "en": "The amount “{text}” can be read in two ways: write {thousands} or {decimals}.",
        },
        "bad_grouping": {
            "fr": "Les chiffres de «\u00a0{text}\u00a0» ne sont pas groupés par trois\u00a0: "
            "écrivez par exemple 12\u202f000,50\u00a0€.",
            "en": "The digits of “{text}” are not grouped by three: write for example €12,000.50.",
        },
        "too_large": {
            "fr": "Le montant «\u00a0{text}\u00a0» dépasse {maximum}\u00a0: vérifiez le nombre de zéros.",
            "en": "The amount “{text}” is above {maximum}: check the number of zeros.",
        },
    }
)


class MoneyError(ValueError):
    """What was typed is not an amount we accept.

    ``code`` is stable (``empty``, ``negative``, ``not_a_number``, ``too_many_decimals``, ``ambiguous``,
    ``bad_grouping``, ``too_large``); ``params`` are the values of its sentence (always ``text``, what was typed, cut at
    40 characters). ``str()`` is the French sentence.
    """

    def __init__(self, code: str, **params: str) -> None:
        self.code = code
        self.params = params
        super().__init__(self.sentence("fr"))

    def sentence(self, lang: Lang) -> str:
        """What is wrong and what to do, in one sentence."""
        return _SENTENCES[self.code][lang].format(**self.params)


_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_CURRENCY = re.compile(r"€|\beuros?\b|\beur\b", re.IGNORECASE)
_SHAPE = re.compile(r"[0-9][0-9 .,]*")


def parse_cents(text: str, lang: Lang = "fr") -> int:
    """Read an amount typed by a person, in euros, and give it in cents (0 to 10^12 included).

    Spaces of any kind group thousands; « , » and « . » are told apart by their place. One separator followed by exactly
    three digits ("12,345") is refused as ambiguous, except a comma in English (``lang="en"``, or a leading euro sign).
    Raises :class:`MoneyError`.
    """
    raw = _SPACES.sub(" ", text).strip()
    shown = raw[:40]
    if not raw:
        raise MoneyError("empty", text=shown)
    english = lang == "en" or raw.lstrip(f"-{MINUS} ").startswith("€")
    body, currencies = _CURRENCY.subn(" ", raw)
    body = body.strip()
    if currencies > 1 or not body:
        raise MoneyError("not_a_number", text=shown)
    if body[0] in f"-–{MINUS}" and _SHAPE.fullmatch(body[1:].strip()):
        raise MoneyError("negative", text=shown)
    if not _SHAPE.fullmatch(body):
        raise MoneyError("not_a_number", text=shown)
    whole, decimals = _split(body, shown, english)
    if len(whole) > 13:
        raise MoneyError("too_large", text=shown, maximum=format_eur(MAX_CENTS, lang))
    cents = int(whole) * 100 + int(decimals.ljust(2, "0"))
    if cents > MAX_CENTS:
        raise MoneyError("too_large", text=shown, maximum=format_eur(MAX_CENTS, lang))
    return cents


def _split(body: str, shown: str, english: bool) -> tuple[str, str]:
    """Digits before and after the decimal mark (at most two after)."""
    marks = [char for char in body if char in ".,"]
    mark = marks[-1] if marks else ""
    # The last mark is the decimal one, unless it repeats ("1.234.567") or is English grouping ("160,000").
    grouped = marks.count(mark) > 1 or (english and mark == "," and bool(re.search(r",[0-9]{3}$", body)))
    if not mark or grouped:
        return _ungroup(body, shown), ""
    whole, _, decimals = body.rpartition(mark)
    if not decimals.isdigit():
        raise MoneyError("not_a_number", text=shown)
    if len(decimals) == 3 and len(marks) == 1 and " " not in whole and len(whole) <= 3 and whole[0] != "0":
        raise MoneyError(
            "ambiguous", text=shown, thousands=f"{whole}{NNBSP}{decimals}", decimals=f"{whole},{decimals[:2]}"
        )
    if len(decimals) > 2:
        raise MoneyError("too_many_decimals", text=shown)
    return _ungroup(whole, shown), decimals


def _ungroup(whole: str, shown: str) -> str:
    """The digits without their thousands marks; one kind of mark only, and groups of three."""
    if not re.fullmatch(r"[0-9]+|[0-9]{1,3}(?:([ .,])[0-9]{3})(?:\1[0-9]{3})*", whole):
        raise MoneyError("bad_grouping", text=shown)
    return (re.sub(r"[ .,]", "", whole)).lstrip("0") or "0"


def format_eur(cents: int, lang: Lang) -> str:
    """«\u00a0160\u202f000\u00a0€\u00a0» or "€160,000"; cents are written only when there are some."""
    sign = MINUS if cents < 0 else ""
    euros, rest = divmod(abs(cents), 100)
    if lang == "en":
        return f"{sign}€{euros:,}" + (f".{rest:02d}" if rest else "")
    return sign + format_int(euros, "fr") + (f",{rest:02d}" if rest else "") + f"{NBSP}€"


def format_int(number: int, lang: Lang) -> str:
    """A whole number with its thousands marked: «\u00a012\u202f000\u00a0» or "12,000"."""
    text = f"{abs(number):,}"
    return (MINUS if number < 0 else "") + (text if lang == "en" else text.replace(",", NNBSP))


def percent_units(value: Fraction | Decimal, digits: int) -> int:
    """A share (1 is 100 %) rounded half up, away from zero, counted in units of 10^-digits of a percent."""
    scaled: Fraction = Fraction(value) * int(10 ** (digits + 2))
    units = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return units if scaled >= 0 else -units


def format_percent(value: Fraction | Decimal, lang: Lang, digits: int = 1) -> str:
    """A share (1 is 100 %) said as a percentage, rounded half up: «\u00a066,7\u00a0%\u00a0» or "66.7%"."""
    units = percent_units(value, digits)
    whole, rest = divmod(abs(units), 10**digits)
    decimals = f"{rest:0{digits}d}".rstrip("0") if digits else ""
    sign = MINUS if units < 0 else ""
    text = sign + format_int(whole, lang)
    if decimals:
        text += ("." if lang == "en" else ",") + decimals
    return text + ("%" if lang == "en" else f"{NBSP}%")
