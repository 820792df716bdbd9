"""What is left, or what to change: exact to the cent, and every piece of advice is tried before it is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice, product
from typing import Final

from essaim.engine.money import NBSP
from essaim.engine.rules.evaluation import (
    Facts,
    Measure,
    apply_changes,
    category_total,
    holds,
    lines_key,
    measures,
    missing_facts,
    operands,
    read_fact,
    text_length,
)
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
    Ratio,
    RuleSet,
    Sum,
    Territory,
    TextPresent,
)
from essaim.engine.rules.vocabulary import NOTHING, FactSpec, Text
from essaim.engine.rules.wording import (
    FLIPPED,
    both,
    capital,
    categories_text,
    document_text,
    joined,
    listing,
    share_text,
    value_text,
)

Option = tuple[Change, ...]
MAX_OPTIONS: Final = 4
_MAX_TRIED: Final = 64


def advice(rules: RuleSet, check: Check, facts: Facts) -> tuple[Option, ...]:
    """Alternatives that make a check met, at most four; each one was applied and the check asked again."""
    tried = dict.fromkeys(islice(_options(rules, check, facts), _MAX_TRIED))
    return tuple(option for option in tried if holds(check, apply_changes(facts, option)) == "met")[:MAX_OPTIONS]


def margin(rules: RuleSet, check: Check, facts: Facts, options: tuple[Option, ...]) -> Text:
    """What is left when met, what to do when not, what to fill in when unknown; empty when there is nothing to say."""
    status = holds(check, facts)
    if status == "unknown":
        titles = [_asked(rules.spec(name)) for name in missing_facts(check, facts)]
        return _sentence(both(f"à renseigner{NBSP}: {{x}}", "to fill in: {x}").fill(x=listing(titles, "et", "and")))
    if status == "met":
        return _room_text(_room(check, facts))
    # "Attach the document" already says that it is missing.
    failing = [
        _statement(rules, leaf, facts)
        for leaf in _failing(check, facts)
        if not (options and isinstance(leaf, DocumentPresent))
    ]
    told = Text(f"{NBSP}; ".join(text.fr for text in failing), "; ".join(text.en for text in failing))
    steps = [listing([_step(rules, change, facts) for change in option], "et", "and") for option in options]
    if not steps:
        return _sentence(told)
    todo = Text(", ou ".join(step.fr for step in steps), ", or ".join(step.en for step in steps))
    return _sentence(
        both(f"{{told}}{NBSP}: {{todo}}", "{told}: {todo}").fill(told=told, todo=todo) if told.fr else todo
    )


def _asked(spec: FactSpec) -> Text:
    """What to fill in; a statement is answered by yes or no."""
    return joined(spec.title, both("(oui ou non)", "(yes or no)")) if spec.type == "yes_no" else spec.title


def _sentence(text: Text) -> Text:
    return Text(capital(text.fr) + ".", capital(text.en) + ".") if text.fr else NOTHING


def _failing(check: Check, facts: Facts) -> Iterator[Leaf]:
    """The leaves to speak of when a check is not met (a comparison under "not" is said the other way round)."""
    if isinstance(check, All | Any):
        for part in check.checks:
            if holds(part, facts) == "not_met":
                yield from _failing(part, facts)
    elif isinstance(check, Not):
        flipped = _flip(check.check)
        yield from () if flipped is None else _failing(flipped, facts)
    else:
        yield check


def _flip(check: Check) -> Check | None:
    if isinstance(check, Compare) and check.op in FLIPPED:
        return Compare(FLIPPED[check.op], check.fact, check.value, check.other)  # type: ignore[arg-type]
    return check.check if isinstance(check, Not) else None


# -- options


def _options(rules: RuleSet, check: Check, facts: Facts) -> Iterator[Option]:
    match check:
        case All(parts):
            failing = [part for part in parts if holds(part, facts) == "not_met"]
            choices = [list(islice(_options(rules, part, facts), _MAX_TRIED)) for part in failing]
            for chosen in islice(product(*choices), _MAX_TRIED):
                yield tuple(dict.fromkeys(change for option in chosen for change in option))
        case Any(parts):
            for part in parts:
                yield from _options(rules, part, facts)
        case Not(inner):
            flipped = _flip(inner)
            if flipped is not None:
                yield from _options(rules, flipped, facts)
        case Compare():
            yield from ((change,) for change in _compare_changes(check, facts) if _sayable(rules, change, facts))
        case Ratio():
            yield from ((change,) for change in _ratio_changes(check, facts) if _sayable(rules, change, facts))
        case Sum():
            yield from ((Change(lines_key(check), target),) for target in _sum_targets(check, facts))
        case DocumentPresent(code):
            yield (Change(f"documents:{code}", True),)
        case OneOf() | Territory() | TextPresent():
            return  # nobody is told to become someone else or to live elsewhere; the statement says what is expected


def _compare_changes(check: Compare, facts: Facts) -> Iterator[Change]:
    left, right = operands(check, facts)
    if isinstance(left, bool) or not isinstance(left, int | date):
        return  # a declaration is answered truthfully, not as advised
    assert isinstance(right, int | date)
    step = {"lt": -1, "gt": 1}.get(check.op, 0)
    yield Change(check.fact, _shift(right, step))
    if check.other is not None:
        yield Change(check.other, _shift(left, -step))


def _shift(value: int | date, step: int) -> int | date:
    if not isinstance(value, date):
        return value + step
    try:
        return value + timedelta(days=step)
    except OverflowError:  # the first or last day of the calendar: an offer that does not help is dropped later
        return value


def _ratio_changes(check: Ratio, facts: Facts) -> Iterator[Change]:
    (measure,) = measures(check, facts)
    assert measure.whole is not None
    if measure.too_high and measure.maximum is not None:
        yield Change(check.numerator, _floor(measure.maximum * measure.whole))
        if measure.maximum:
            yield Change(check.denominator, _ceil(measure.part / measure.maximum))
    elif measure.minimum is not None:
        yield Change(check.numerator, _ceil(measure.minimum * measure.whole))
        if measure.minimum:
            yield Change(check.denominator, _floor(measure.part / measure.minimum))


def _sum_targets(check: Sum, facts: Facts) -> Iterator[int]:
    """The total nearest to the present one within the bounds; the cost moves with the lines (see apply_changes)."""
    total = category_total(check, facts)
    lows, highs = [Fraction(0)], list[Fraction]()
    for measure in measures(check, facts):
        # Other costs stay: total <= share * (rest + total), hence total <= share / (1 - share) * rest.
        rest = None if measure.whole is None else measure.whole - total
        for bound, found in ((measure.minimum, lows), (measure.maximum, highs)):
            if bound is not None:
                found.append(bound if rest is None else bound / (1 - bound) * rest)
    low = _ceil(max(lows))
    if total < low:
        yield low
    elif highs and total > _floor(min(highs)):
        yield _floor(min(highs))


def _floor(value: Fraction) -> int:
    return value.numerator // value.denominator


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


# -- words


def _verb(spec: FactSpec, old: int | date, new: int | date) -> Text | None:
    return spec.raise_ if new > old else spec.lower  # type: ignore[operator]  # same type


def _sayable(rules: RuleSet, change: Change, facts: Facts) -> bool:
    """The applicant can change this fact, and this changes it; an amount never goes below zero (a balance may)."""
    old, spec = read_fact(facts, change.fact), rules.spec(change.fact)
    if not isinstance(old, int | date) or not isinstance(change.value, int | date) or old == change.value:
        return False
    if isinstance(change.value, int) and change.value < 0 and spec.below is None:
        return False
    return _verb(spec, old, change.value) is not None


def _step(rules: RuleSet, change: Change, facts: Facts) -> Text:
    """One change as an instruction: « baissez la demande de 3 500 € »."""
    family, _, rest = change.fact.partition(":")
    if family == "documents":
        return joined(both("joignez", "attach"), document_text(rules, rest))
    if family == "lines":
        check = Sum(tuple(rest.split("+")))
        gap = int(change.value) - category_total(check, facts)  # type: ignore[arg-type]  # cents
        verb = both("ajoutez {by}", "add {by}") if gap > 0 else both("retirez {by}", "remove {by}")
        names = categories_text(rules, check, "de dépenses", "of costs")
        return joined(verb.fill(by=value_text(abs(gap), "money", rules)), names)
    spec, old, new = rules.spec(change.fact), facts[change.fact], change.value
    assert isinstance(old, int | date)
    assert isinstance(new, int | date)
    verb_text = _verb(spec, old, new)
    assert verb_text is not None
    by = abs((new - old).days) if isinstance(new, date) else abs(new - old)  # type: ignore[operator]
    return verb_text.fill(by=value_text(by, spec.type, rules), to=value_text(new, spec.type, rules))


def _statement(rules: RuleSet, leaf: Leaf, facts: Facts) -> Text:
    """Where a failing leaf stands: « 71,4 % pour un maximum de 70 % »."""
    match leaf:
        case Compare():
            return _compare_statement(rules, leaf, facts)
        case Ratio() | Sum():
            (measure, *_) = [measure for measure in measures(leaf, facts) if not measure.holds]
            return _measure_statement(rules, measure)
        case OneOf(fact, values):
            known = listing([rules.label(value) for value in values])
            return both("valeurs admises pour {f}\u00a0: {x}", "accepted for {f}: {x}").fill(
                f=rules.spec(fact).title, x=known
            )
        case Territory(_, codes, inside):
            names = listing([rules.label(code) for code in codes])
            told = (
                both("l’appel est ouvert à {x}", "the call is open to {x}")
                if inside
                else both("l’appel n’est pas ouvert à {x}", "the call is not open to {x}")
            )
            return told.fill(x=names)
        case TextPresent(fact, length):
            count = text_length(facts, fact)
            return both("il manque {x} caractères ({y} sur {z})", "{x} characters are missing ({y} of {z})").fill(
                x=value_text(length - count, "number", rules),
                y=value_text(count, "number", rules),
                z=value_text(length, "number", rules),
            )
        case DocumentPresent(code):
            return joined(document_text(rules, code), both("manque", "is missing"))


def _measure_statement(rules: RuleSet, measure: Measure) -> Text:
    low = measure.too_low
    bound = measure.minimum if low else measure.maximum
    assert bound is not None
    if measure.whole is None:
        value, limit = value_text(measure.part, "money", rules), value_text(int(bound), "money", rules)
    else:
        value, limit = share_text(measure.value, bound), share_text(bound)
    return _FORMS["ge" if low else "le"].fill(v=value, b=limit)


_FORMS: Final = {
    "le": both("{v} pour un maximum de {b}", "{v} for a maximum of {b}"),
    "ge": both("{v} pour un minimum de {b}", "{v} for a minimum of {b}"),
    "lt": both("{v}, à ramener en dessous de {b}", "{v}, to be brought below {b}"),
    "gt": both("{v}, à porter au-dessus de {b}", "{v}, to be brought above {b}"),
    "eq": both("{v} au lieu de {b}", "{v} instead of {b}"),
}
_DATE_FORMS: Final = {
    "le": both("le {v}, pour une limite fixée au {b}", "{v}, where the limit is {b}"),
    "ge": both("le {v}, pour une date au plus tôt le {b}", "{v}, where the earliest date is {b}"),
    "lt": both("le {v}, pour une date avant le {b}", "{v}, where the date must be before {b}"),
    "gt": both("le {v}, pour une date après le {b}", "{v}, where the date must be after {b}"),
    "eq": both("le {v} au lieu du {b}", "{v} instead of {b}"),
}


def _compare_statement(rules: RuleSet, check: Compare, facts: Facts) -> Text:
    spec = rules.spec(check.fact)
    left, right = operands(check, facts)
    if spec.type == "yes_no":
        form = both("cette condition n’est pas remplie\u00a0: {x}", "this condition is not met: {x}")
        return form.fill(x=spec.title)
    if spec.below is not None and spec.above is not None and check.op == "eq" and right == 0:
        assert isinstance(left, int)
        return (spec.below if left < 0 else spec.above).fill(by=value_text(abs(left), "money", rules))
    forms = _DATE_FORMS if spec.type == "date" else _FORMS
    return forms[check.op].fill(v=value_text(left, spec.type, rules), b=value_text(right, spec.type, rules))


# -- room left


@dataclass(frozen=True, order=True)
class Room:
    """How far a met bound is: cents, days or units (« kind » sorts money first)."""

    kind: str
    amount: int


def _room(check: Check, facts: Facts) -> Room | None:
    match check:
        case All(parts):
            return min(_rooms(parts, facts), default=None)
        case Any(parts):
            met = [part for part in parts if holds(part, facts) == "met"]
            return max(_rooms(met, facts), default=None) if len(met) == 1 else None
        case Not(inner):
            flipped = _flip(inner)
            return None if flipped is None else _room(flipped, facts)
        case Compare():
            return _compare_room(check, facts)
        case Ratio() | Sum():
            return min((room for m in measures(check, facts) for room in _measure_rooms(check, m)), default=None)
        case _:
            return None


def _rooms(checks: Iterable[Check], facts: Facts) -> Iterator[Room]:
    for check in checks:
        room = _room(check, facts)
        if room is not None:
            yield room


def _compare_room(check: Compare, facts: Facts) -> Room | None:
    left, right = operands(check, facts)
    if check.op == "eq" or not isinstance(left, int | date) or not isinstance(right, int | date):
        return None
    strict = 1 if check.op in ("lt", "gt") else 0
    gap = right - left if check.op in ("le", "lt") else left - right  # type: ignore[operator]  # same type
    if isinstance(gap, timedelta):
        return Room("3 days", gap.days - strict)
    money = check.fact.startswith(("number.",))
    return Room("2 units" if money else "1 money", gap - strict)


def _measure_rooms(check: Ratio | Sum, measure: Measure) -> Iterator[Room]:
    """Room of the numerator (the lines of a sum), the cost following the lines in a share of it."""
    kind = "2 units" if isinstance(check, Ratio) and check.numerator.startswith("number.") else "1 money"
    for bound, high in ((measure.maximum, True), (measure.minimum, False)):
        if bound is None:
            continue
        if measure.whole is None:
            limit = bound
        elif isinstance(check, Sum):
            limit = bound / (1 - bound) * (measure.whole - measure.part)
        else:
            limit = bound * measure.whole
        yield Room(kind, _floor(limit) - measure.part if high else measure.part - _ceil(limit))


def _room_text(room: Room | None) -> Text:
    if room is None:
        return NOTHING
    if room.amount == 0:
        return both("Vous êtes exactement à la limite.", "You are exactly at the limit.")
    kind = "money" if room.kind == "1 money" else "number"
    amount = value_text(room.amount, kind, RuleSet(()))  # type: ignore[arg-type]  # two types of fact
    if room.kind == "3 days":
        days = both("{n} jour", "{n} day") if room.amount == 1 else both("{n} jours", "{n} days")
        amount = days.fill(n=amount)
    return both("Il vous reste {x} de marge.", "You have {x} to spare.").fill(x=amount)
