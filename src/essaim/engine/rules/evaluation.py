"""Is a check met by these facts? Three answers: met, not met, unknown (a fact is missing). Exact integers only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from essaim.engine.rules.model import (
    All,
    Any,
    Change,
    Check,
    Compare,
    DocumentPresent,
    Leaf,
    Not,
    OneOf,
    Order,
    Ratio,
    Status,
    Sum,
    Territory,
    TextPresent,
)
from essaim.engine.rules.vocabulary import FactType, fact_spec

Facts = Mapping[str, object]


class _Missing(Exception):
    """A fact is absent (or a denominator is 0), so the check cannot be answered."""


_FORBIDDEN: Mapping[FactType, str] = {
    "money": "whole cents (int)",
    "number": "an int",
    "date": "a date without time",
    "yes_no": "a bool",
    "choice": "a str",
    "code": "a str",
    "text": "a str",
}


def _fits(value: object, kind: FactType) -> bool:
    if kind in ("money", "number"):
        return type(value) is int
    if kind == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    if kind == "yes_no":
        return isinstance(value, bool)
    if kind in ("choice", "code", "text"):
        return isinstance(value, str)
    return isinstance(value, Iterable) and not isinstance(value, str)


def read_fact(facts: Facts, name: str) -> object | None:
    """The value of a fact, None when absent. Raises TypeError for a value of the wrong type: a float is never money."""
    value = facts.get(name)
    spec = fact_spec(name)
    if value is not None and spec is not None and not _fits(value, spec.type):
        raise TypeError(f"fact {name!r} must be {_FORBIDDEN.get(spec.type, 'a collection')}, not {value!r}")
    return value


def need(facts: Facts, name: str) -> object:
    """The value of a fact that must be there. Raises _Missing."""
    value = read_fact(facts, name)
    if value is None:
        raise _Missing(name)
    return value


def need_int(facts: Facts, name: str, *, positive: bool = False) -> int:
    """A whole number (cents or count) that must be there, above 0 when it is a denominator. Raises _Missing."""
    value = need(facts, name)
    if not isinstance(value, int) or (positive and value <= 0):
        raise _Missing(name)
    return value


def operands(check: Compare, facts: Facts) -> tuple[object, object]:
    """Both sides of a comparison. Raises _Missing."""
    left = need(facts, check.fact)
    return left, check.value if check.other is None else need(facts, check.other)


def compare(op: Order, left: object, right: object) -> bool:
    """left op right, for two values of one type."""
    if op == "eq":
        return left == right
    ordered: bool = left < right  # type: ignore[operator]  # same type, checked by the reader
    if op in ("le", "lt"):
        return ordered or (op == "le" and left == right)
    return not ordered and (op == "ge" or left != right)


def category_total(check: Sum, facts: Facts) -> int:
    """Cents of the lines of the check's categories. Raises _Missing."""
    total = 0
    for category, cents in need(facts, "lines"):  # type: ignore[attr-defined]  # a sequence, checked by read_fact
        if type(cents) is not int:
            raise TypeError(f"fact 'lines' must hold whole cents (int), not {cents!r}")
        total += cents if category in check.categories else 0
    return total


@dataclass(frozen=True)
class Measure:
    """A quantity ``part`` between shares of a ``whole`` (a plain amount has ``whole`` None and whole-number bounds)."""

    part: int
    whole: int | None
    minimum: Fraction | None
    maximum: Fraction | None

    @property
    def holds(self) -> bool:
        """Both bounds are respected, exactly."""
        return not self.too_low and not self.too_high

    @property
    def value(self) -> Fraction:
        """The share, or the amount itself."""
        return Fraction(self.part, 1 if self.whole is None else self.whole)

    @property
    def too_low(self) -> bool:
        """Below the minimum."""
        return self.minimum is not None and self.value < self.minimum

    @property
    def too_high(self) -> bool:
        """Above the maximum."""
        return self.maximum is not None and self.value > self.maximum


def measures(check: Ratio | Sum, facts: Facts) -> tuple[Measure, ...]:
    """What a ratio or a sum measures: two for a sum bounded both in cents and in share, else one. Raises _Missing."""
    if isinstance(check, Ratio):
        whole = need_int(facts, check.denominator, positive=True)
        return (Measure(need_int(facts, check.numerator), whole, check.minimum, check.maximum),)
    total = category_total(check, facts)
    found = []
    if check.minimum is not None or check.maximum is not None:
        found.append(Measure(total, None, _fraction(check.minimum), _fraction(check.maximum)))
    if check.min_share is not None or check.max_share is not None:
        found.append(Measure(total, need_int(facts, "cost", positive=True), check.min_share, check.max_share))
    return tuple(found)


def _fraction(cents: int | None) -> Fraction | None:
    return None if cents is None else Fraction(cents)


def _leaf(check: Leaf, facts: Facts) -> bool:
    match check:
        case Compare():
            return compare(check.op, *operands(check, facts))
        case Ratio() | Sum():
            return all(measure.holds for measure in measures(check, facts))
        case OneOf(fact, values):
            return need(facts, fact) in values
        case Territory():
            return (need(facts, check.fact) in check.codes) == check.inside
        case TextPresent(fact, length):
            return text_length(facts, fact) >= length
        case DocumentPresent(code):
            return code in need(facts, "documents")  # type: ignore[operator]  # a collection, checked by read_fact


def text_length(facts: Facts, fact: str) -> int:
    """Characters of a text, spaces at both ends not counted, a line break counted once. Raises _Missing."""
    return len(str(need(facts, fact)).replace("\r\n", "\n").strip())


def holds(check: Check, facts: Facts) -> Status:
    """Met, not met or unknown, in three-valued logic: a missing fact matters only when it could change the answer."""
    match check:
        case All(parts) | Any(parts):
            found = {holds(part, facts) for part in parts}
            decisive: Status = "not_met" if isinstance(check, All) else "met"
            if decisive in found:
                return decisive
            if "unknown" in found:
                return "unknown"
            return "met" if decisive == "not_met" else "not_met"
        case Not(inner):
            opposite: dict[Status, Status] = {"met": "not_met", "not_met": "met", "unknown": "unknown"}
            return opposite[holds(inner, facts)]
    try:
        return "met" if _leaf(check, facts) else "not_met"
    except _Missing:
        return "unknown"


def leaves(check: Check) -> Iterator[Leaf]:
    """Every leaf of a check, in reading order."""
    if isinstance(check, All | Any):
        for part in check.checks:
            yield from leaves(part)
    elif isinstance(check, Not):
        yield from leaves(check.check)
    else:
        yield check


def leaf_facts(check: Leaf) -> tuple[str, ...]:
    """The facts a leaf reads."""
    match check:
        case Compare(_, fact, _, other):
            return (fact,) if other is None else (fact, other)
        case Ratio(numerator, denominator):
            return (numerator, denominator)
        case Sum():
            shared = check.min_share is not None or check.max_share is not None
            return ("lines", "cost") if shared else ("lines",)
        case DocumentPresent():
            return ("documents",)
        case OneOf() | Territory() | TextPresent():
            return (check.fact,)


def missing_facts(check: Check, facts: Facts) -> tuple[str, ...]:
    """The facts without which the leaves that are unknown cannot be answered, in reading order."""
    names: dict[str, None] = {}
    for leaf in leaves(check):
        if holds(leaf, facts) != "unknown":
            continue
        absent = [name for name in leaf_facts(leaf) if read_fact(facts, name) is None]
        # Nothing is absent, yet the answer is unknown: the denominator is 0.
        names.update(dict.fromkeys(absent or leaf_facts(leaf)[-1:]))
    return tuple(names)


def figures(check: Check, facts: Facts) -> tuple[tuple[str, object], ...]:
    """The facts a check compares and their values; a text is given by its length, a sum by its total."""
    found: dict[str, object] = {}
    for leaf in leaves(check):
        if holds(leaf, facts) == "unknown":
            continue
        if isinstance(leaf, Sum):
            found[lines_key(leaf)] = category_total(leaf, facts)
        for name in leaf_facts(leaf):
            if isinstance(leaf, TextPresent):
                found[name] = text_length(facts, name)
            elif name == "documents":
                found[f"documents:{leaf.code}"] = leaf.code in need(facts, name)  # type: ignore[union-attr, operator]
            elif name != "lines":
                found[name] = facts[name]
    return tuple(found.items())


def lines_key(check: Sum) -> str:
    """The name of a sum of budget lines in changes and figures: ``lines:a+b``."""
    return "lines:" + "+".join(check.categories)


def apply_changes(facts: Facts, changes: Iterable[Change]) -> dict[str, object]:
    """The facts after some changes. Changing lines moves the cost and the balance with them."""
    after = dict(facts)
    for change in changes:
        family, _, rest = change.fact.partition(":")
        if family == "documents":
            after["documents"] = (*after.get("documents", ()), rest)  # type: ignore[misc]
        elif family == "lines":
            categories = tuple(rest.split("+"))
            delta = int(change.value) - category_total(Sum(categories), after)  # type: ignore[arg-type]
            after["lines"] = (*after["lines"], (categories[0], delta))  # type: ignore[misc]
            if "cost" in after:
                after["cost"] = need_int(after, "cost") + delta
            if "balance" in after:
                after["balance"] = need_int(after, "balance") - delta
        else:
            after[change.fact] = change.value
    return after
