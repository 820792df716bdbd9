"""Rules and values said in French and English: the public page of a call is written from the checks themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from essaim.engine.money import NBSP, Lang, format_eur, format_int, format_percent, percent_units
from essaim.engine.rules.model import (
    All,
    Any,
    Check,
    Compare,
    DocumentPresent,
    Leaf,
    Not,
    OneOf,
    Ratio,
    Rule,
    RuleSet,
    Sum,
    Territory,
    TextPresent,
)
from essaim.engine.rules.vocabulary import FactType, Text

_MONTHS: Final = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
FLIPPED: Final = {"le": "gt", "gt": "le", "ge": "lt", "lt": "ge"}
"""The comparison that is true exactly when the other is false."""


def format_date(day: date, lang: Lang) -> str:
    """« 1er décembre 2013 » or "1 December 2013"."""
    number = "1er" if lang == "fr" and day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[lang][day.month - 1]} {day.year}"


def both(fr: str, en: str) -> Text:
    """A text in both languages."""
    return Text(fr, en)


def value_text(value: object, kind: FactType, rules: RuleSet) -> Text:
    """A value as people write it: amount, date in words, name of a choice."""
    if kind == "money" and isinstance(value, int):
        return Text(format_eur(value, "fr"), format_eur(value, "en"))
    if isinstance(value, date):
        return Text(format_date(value, "fr"), format_date(value, "en"))
    if isinstance(value, int):
        return Text(format_int(value, "fr"), format_int(value, "en"))
    return rules.label(str(value))


def share_text(value: Fraction, bound: Fraction | None = None) -> Text:
    """A share as a percentage, with enough decimals never to read as equal to a ``bound`` it differs from."""
    digits = 1
    while bound is not None and value != bound and digits < 8:
        if percent_units(value, digits) != percent_units(bound, digits):
            break
        digits += 1
    return Text(format_percent(value, "fr", digits), format_percent(value, "en", digits))


def listing(items: Sequence[Text], fr: str = "ou", en: str = "or") -> Text:
    """« a, b ou c »."""

    def join(words: list[str], last: str) -> str:
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"

    return Text(join([item.fr for item in items], fr), join([item.en for item in items], en))


def of(title: Text) -> Text:
    """« du coût », « de l’aide », "of the cost"."""
    fr = "du " + title.fr[3:] if title.fr.startswith("le ") else "de " + title.fr
    return Text(fr, "of " + title.en)


def capital(text: str) -> str:
    """The first letter in upper case, the rest untouched."""
    return text[:1].upper() + text[1:]


def sentence(rules: RuleSet, rule: Rule, lang: Lang) -> str:
    """A rule said in one sentence: « L’aide demandée est comprise entre 50 000 € et 200 000 €. »"""
    return capital(clause(rules, rule.check).say(lang)) + "."


def clause(rules: RuleSet, check: Check, nested: bool = False) -> Text:
    """A check said without capital or full stop."""
    if isinstance(check, All | Any):
        return _combination(rules, check, nested)
    if isinstance(check, Not):
        return _negation(rules, check.check)
    return _leaf(rules, check)


def _combination(rules: RuleSet, check: All | Any, nested: bool) -> Text:
    if isinstance(check, All):
        between = _between(rules, check)
        if between is not None:
            return between
    parts = [clause(rules, part, nested=True) for part in check.checks]
    if len(parts) == 1:
        return parts[0]
    if isinstance(check, Any):
        return Text("soit " + ", soit ".join(p.fr for p in parts), "either " + ", or ".join(p.en for p in parts))
    text = Text(", et ".join(p.fr for p in parts), ", and ".join(p.en for p in parts))
    return Text("à la fois " + text.fr, "both " + text.en) if nested else text


def _between(rules: RuleSet, check: All) -> Text | None:
    """« est comprise entre a et b », when a conjunction is a lower and an upper bound on one amount."""
    match check.checks:
        case (Compare("ge", low_fact, low, None), Compare("le", high_fact, high, None)) if low_fact == high_fact:
            spec = rules.spec(low_fact)
            a, b = value_text(low, spec.type, rules), value_text(high, spec.type, rules)
            if spec.type == "date":
                verb = both("se situe entre le {a} et le {b}", "falls between {a} and {b}")
            elif spec.name == low_fact and low_fact not in dict(rules.facts):
                verb = both(f"est compris{'e' if spec.feminine else ''} entre {{a}} et {{b}}", "is between {a} and {b}")
            else:
                verb = both("se situe entre {a} et {b}", "is between {a} and {b}")
            return joined(spec.title, verb.fill(a=a, b=b))
    return None


def _negation(rules: RuleSet, check: Check) -> Text:
    if isinstance(check, Compare) and check.op in FLIPPED:
        flipped = Compare(FLIPPED[check.op], check.fact, check.value, check.other)  # type: ignore[arg-type]
        return _leaf(rules, flipped)
    if isinstance(check, Not):
        return clause(rules, check.check)
    inner = clause(rules, check, nested=True)
    return both(f"ceci est exclu{NBSP}: {{x}}", "this is excluded: {x}").fill(x=inner)


_ORDERS: Final = {
    "le": both("ne dépasse pas {x}", "does not exceed {x}"),
    "ge": both("est d’au moins {x}", "is at least {x}"),
    "lt": both("reste en dessous de {x}", "stays below {x}"),
    "gt": both("dépasse {x}", "exceeds {x}"),
    "eq": both("est exactement {x}", "is exactly {x}"),
}
_DATES: Final = {
    "le": both("est au plus tard le {x}", "is {x} at the latest"),
    "ge": both("est au plus tôt le {x}", "is {x} at the earliest"),
    "lt": both("est avant le {x}", "is before {x}"),
    "gt": both("est après le {x}", "is after {x}"),
    "eq": both("est le {x}", "is {x}"),
}
_OTHERS: Final = {
    "le": both("ne dépasse pas {x}", "does not exceed {x}"),
    "ge": both("atteint au moins {x}", "is at least {x}"),
    "lt": both("reste en dessous {of}", "stays below {x}"),
    "gt": both("dépasse {x}", "exceeds {x}"),
    "eq": both("est la même valeur que {x}", "is the same as {x}"),
}
_DATE_OTHERS: Final = {
    "le": both("ne vient pas après {x}", "does not come after {x}"),
    "ge": both("ne vient pas avant {x}", "does not come before {x}"),
    "lt": both("vient avant {x}", "comes before {x}"),
    "gt": both("vient après {x}", "comes after {x}"),
    "eq": both("est {x}", "is {x}"),
}


def _compare(rules: RuleSet, check: Compare) -> Text:
    spec = rules.spec(check.fact)
    if spec.type == "yes_no" and check.other is None:
        if check.value is True:
            return spec.title
        return both(f"la réponse est non à{NBSP}: {{x}}", "the answer is no to: {x}").fill(x=spec.title)
    if spec.below is not None and check.op == "eq" and check.value == 0:
        return both("les ressources égalent les dépenses", "resources equal costs")
    if check.other is not None:
        other = rules.spec(check.other).title
        verbs = _DATE_OTHERS if spec.type == "date" else _OTHERS
        verb = verbs[check.op].fill(x=other, of=of(other))
    elif spec.type in ("choice", "code"):
        verb = both("est {x}", "is {x}").fill(x=value_text(check.value, spec.type, rules))
    else:
        verbs = _DATES if spec.type == "date" else _ORDERS
        verb = verbs[check.op].fill(x=value_text(check.value, spec.type, rules))
    return joined(spec.title, verb)


def joined(first: Text, second: Text) -> Text:
    """Two pieces of one sentence."""
    return Text(f"{first.fr} {second.fr}", f"{first.en} {second.en}")


def _bounds(low: Text | None, high: Text | None, whole: Text | None) -> Text:
    """« ne dépasse pas 70 % du coût », « représente entre 10 % et 20 % du coût », « est d’au moins 5 000 € »."""
    tail = both("", "") if whole is None else Text(" " + of(whole).fr, " " + of(whole).en)
    if low is None and high is not None:
        return both("ne dépasse pas {b}{t}", "does not exceed {b}{t}").fill(b=high, t=tail)
    if high is None and low is not None:
        return both("représente au moins {a}{t}", "amounts to at least {a}{t}").fill(a=low, t=tail)
    assert low is not None
    assert high is not None
    return both("représente entre {a} et {b}{t}", "amounts to between {a} and {b}{t}").fill(a=low, b=high, t=tail)


def _sum(rules: RuleSet, check: Sum) -> Text:
    parts = []
    if check.minimum is not None or check.maximum is not None:
        low, high = (None if c is None else value_text(c, "money", rules) for c in (check.minimum, check.maximum))
        parts.append(_bounds(low, high, None))
    if check.min_share is not None or check.max_share is not None:
        low, high = (None if s is None else share_text(s) for s in (check.min_share, check.max_share))
        parts.append(_bounds(low, high, rules.spec("cost").title))
    return joined(
        categories_text(rules, check, "le total des dépenses", "the total of costs"), listing(parts, "et", "and")
    )


def categories_text(rules: RuleSet, check: Sum, fr: str, en: str) -> Text:
    """« le total des dépenses « personnel, conseil » »."""
    names = [rules.label(category) for category in check.categories]
    return Text(
        f"{fr} «{NBSP}{', '.join(name.fr for name in names)}{NBSP}»", f"{en} “{', '.join(name.en for name in names)}”"
    )


def document_text(rules: RuleSet, code: str) -> Text:
    """« la pièce « Statuts » »."""
    name = rules.label(code)
    return Text(f"la pièce «{NBSP}{name.fr}{NBSP}»", f"the document “{name.en}”")


def _leaf(rules: RuleSet, check: Leaf) -> Text:
    match check:
        case Compare():
            return _compare(rules, check)
        case Ratio(numerator, denominator):
            low, high = (None if s is None else share_text(s) for s in (check.minimum, check.maximum))
            return joined(rules.spec(numerator).title, _bounds(low, high, rules.spec(denominator).title))
        case Sum():
            return _sum(rules, check)
        case OneOf(fact, values):
            return joined(rules.spec(fact).title, _is(rules, values, True))
        case Territory():
            return joined(rules.spec(check.fact).title, _is(rules, check.codes, check.inside))
        case TextPresent(fact, 1):
            return joined(rules.spec(fact).title, both("n’est pas vide", "is not empty"))
        case TextPresent(fact, length):
            count = value_text(length, "number", rules)
            verb = both("compte au moins {n} caractères", "has at least {n} characters").fill(n=count)
            return joined(rules.spec(fact).title, verb)
        case DocumentPresent(code):
            return joined(document_text(rules, code), both("est jointe", "is attached"))


def _is(rules: RuleSet, codes: Sequence[str], inside: bool) -> Text:
    names = listing([rules.label(code) for code in codes])
    return (both("est {x}", "is {x}") if inside else both("n’est pas {x}", "is not {x}")).fill(x=names)
