"""One text and one fingerprint for a rule set: what a published call freezes.

The canonical JSON uses the words of the TOML file (amounts as "50000.00", shares as "7/10", dates as ISO), so the same
reader takes both and a frozen version can be read by a person.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date

from essaim.engine.rules.model import (
    PHASES,
    All,
    Any,
    Check,
    Compare,
    Constant,
    DocumentPresent,
    Not,
    OneOf,
    Ratio,
    Rule,
    RuleSet,
    Sum,
    Territory,
    TextPresent,
)
from essaim.engine.rules.vocabulary import Text, fact_spec

Json = dict[str, object]


def canonical_json(ruleset: RuleSet) -> str:
    """The rule set as canonical JSON: sorted keys, no spaces, UTF-8 as such. Rules keep their order."""
    table: Json = {"rule": [_rule(rule) for rule in ruleset.rules]}
    if ruleset.facts:
        table["facts"] = {key: _text(text) for key, text in ruleset.facts}
    if ruleset.labels:
        table["labels"] = {key: _text(text) for key, text in ruleset.labels}
    return json.dumps(table, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(ruleset: RuleSet) -> str:
    """SHA-256, in hexadecimal, of the canonical JSON in UTF-8."""
    return hashlib.sha256(canonical_json(ruleset).encode()).hexdigest()


def _text(text: Text) -> Json:
    return {"fr": text.fr, "en": text.en}


def _rule(rule: Rule) -> Json:
    table: Json = {
        "id": rule.id,
        "title": _text(rule.title),
        "article": _text(rule.article),
        "severity": rule.severity,
        "check": _check(rule.check),
        "met": _text(rule.met),
        "not_met": _text(rule.not_met),
    }
    if rule.phases != PHASES:
        table["phases"] = list(rule.phases)
    if rule.source:
        table["source"] = rule.source
    return table


def _cents(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _constant(value: Constant | None, fact: str) -> object:
    spec = fact_spec(fact)
    if spec is not None and spec.type == "money" and isinstance(value, int):
        return _cents(value)
    return value.isoformat() if isinstance(value, date) else value


def _check(check: Check) -> Json:
    match check:
        case Compare(op, fact, value, None):
            return {"op": op, "fact": fact, "value": _constant(value, fact)}
        case Compare(op, fact, _, other):
            return {"op": op, "fact": fact, "other": other}
        case Ratio(numerator, denominator, low, high):
            return _given(op="ratio", numerator=numerator, denominator=denominator, min=_str(low), max=_str(high))
        case Sum():
            return _given(
                op="sum",
                categories=list(check.categories),
                min=None if check.minimum is None else _cents(check.minimum),
                max=None if check.maximum is None else _cents(check.maximum),
                min_share=_str(check.min_share),
                max_share=_str(check.max_share),
            )
        case OneOf(fact, values):
            return {"op": "one_of", "fact": fact, "values": list(values)}
        case Territory(level, codes, inside):
            return {"op": "territory_in" if inside else "territory_not_in", "level": level, "codes": list(codes)}
        case TextPresent(fact, length):
            return {"op": "text", "fact": fact, "min_length": length}
        case DocumentPresent(code):
            return {"op": "document", "code": code}
        case All(checks) | Any(checks):
            return {"op": "all" if isinstance(check, All) else "any", "checks": [_check(part) for part in checks]}
        case Not(inner):
            return {"op": "not", "check": _check(inner)}


def _given(**values: object) -> Json:
    return {key: value for key, value in values.items() if value is not None}


def _str(share: object) -> str | None:
    if share is None:
        return None
    text = str(share)
    return text if "/" in text else f"{text}/1"
