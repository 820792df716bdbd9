"""TOML (or our own JSON) to a :class:`RuleSet`: every error at once, each with its line, its rule and what to write."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, cast, get_args

from essaim.engine.money import NBSP
from essaim.engine.rules.faults import RuleFault, RuleSetError, syntax_fault
from essaim.engine.rules.model import (
    All,
    Any,
    Check,
    Compare,
    DocumentPresent,
    Not,
    OneOf,
    Order,
    Ratio,
    Rule,
    RuleSet,
    Severity,
    Sum,
    Territory,
    TextPresent,
)
from essaim.engine.rules.values import Table, ValueReader
from essaim.engine.rules.vocabulary import FactType, Text


def load_rules(toml_text: str) -> RuleSet:
    """Read a rules file. Raises :class:`RuleSetError` with every error."""
    try:
        data = tomllib.loads(toml_text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RuleSetError((syntax_fault(str(error), toml_text),)) from error
    return _Reader(toml_text).read(data)


def from_json(text: str) -> RuleSet:
    """Read what ``canonical_json`` wrote. Raises :class:`RuleSetError`."""
    try:
        data = json.loads(text, parse_float=Decimal)
    except ValueError as error:
        fault = RuleFault(None, "", Text(f"Le texte n’est pas du JSON{NBSP}: {error}.", f"This is not JSON: {error}."))
        raise RuleSetError((fault,)) from error
    return _Reader("").read(data if isinstance(data, dict) else {})


_RULE_KEYS: Final = frozenset({"id", "title", "article", "severity", "phases", "source", "met", "not_met", "check"})
_OP_KEYS: Final[Mapping[str, frozenset[str]]] = {
    **{op: frozenset({"op", "fact", "value", "other"}) for op in ("le", "ge", "lt", "gt", "eq", "before", "after")},
    "ratio": frozenset({"op", "numerator", "denominator", "min", "max"}),
    "sum": frozenset({"op", "categories", "min", "max", "min_share", "max_share"}),
    "one_of": frozenset({"op", "fact", "values"}),
    "territory_in": frozenset({"op", "level", "codes"}),
    "territory_not_in": frozenset({"op", "level", "codes"}),
    "text": frozenset({"op", "fact", "min_length"}),
    "document": frozenset({"op", "code"}),
    "all": frozenset({"op", "checks"}),
    "any": frozenset({"op", "checks"}),
    "not": frozenset({"op", "check"}),
}
_PLACEHOLDER: Final = DocumentPresent("")


class _Reader(ValueReader):
    """Reads rules and their checks."""

    # -- the whole

    def read(self, data: Table) -> RuleSet:
        self.known_keys(data, frozenset({"labels", "facts", "rule"}))
        facts = self.texts(data, "facts")
        for name in facts:
            self.fact_type(name, name)
        self.labels = self.texts(data, "labels")
        tables = data.get("rule", [])
        if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
            self.fault(
                "rule",
                f"Le règlement ne contient aucune règle{NBSP}: ajoutez un bloc [[rule]].",
                "The rule set holds no rule: add a [[rule]] block.",
            )
            tables = []
        rules = tuple(self.read_rule(index, table) for index, table in enumerate(tables))
        self.rule, self.rule_id = None, ""
        if self.faults:
            raise RuleSetError(tuple(sorted(self.faults, key=lambda fault: fault.line or 0)))
        return RuleSet(rules, tuple(sorted(facts.items())), tuple(sorted(self.labels.items())))

    def texts(self, data: Table, key: str) -> dict[str, Text]:
        table = data.get(key, {})
        if not isinstance(table, dict):
            self.expected(key, "une table", "a table")
            return {}
        return {name: self.text(table, name) for name in table}

    def read_rule(self, index: int, table: Table) -> Rule:
        self.rule = index
        raw = table.get("id")
        self.rule_id = raw if isinstance(raw, str) else f"n° {index + 1}"
        if not isinstance(raw, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", raw):
            self.expected(
                "id", f"un nom court en minuscules, par exemple «{NBSP}taux-maximum{NBSP}»", "a short lower-case name"
            )
        elif raw in self.seen:
            self.fault("id", "Deux règles portent ce nom, donnez-en un autre.", "Two rules have this id, change one.")
        self.seen.add(self.rule_id)
        self.known_keys(table, _RULE_KEYS)
        source = table.get("source", "")
        if not isinstance(source, str):
            self.expected("source", "un texte", "a text")
        return Rule(
            id=self.rule_id,
            title=self.text(table, "title"),
            article=self.text(table, "article"),
            severity=cast(Severity, self.word(table, "severity", get_args(Severity))),
            check=self.check(table.get("check"), "check"),
            met=self.text(table, "met"),
            not_met=self.text(table, "not_met"),
            phases=self.phases(table),
            source=source if isinstance(source, str) else "",
        )

    # -- checks

    def check(self, table: object, key: str) -> Check:
        if not isinstance(table, dict) or not isinstance(table.get("op"), str):
            self.expected(key, 'une table avec un opérateur, { op = "…" }', 'a table with an operator, { op = "…" }')
            return _PLACEHOLDER
        op = table["op"]
        if op not in _OP_KEYS:
            self.unknown("op", op, list(_OP_KEYS), "Opérateur", "operator")
            return _PLACEHOLDER
        self.known_keys(table, _OP_KEYS[op])
        return _BUILDERS[op](self, table)

    def compare(self, table: Table) -> Check:
        op = str(table["op"])
        types: tuple[FactType, ...] = ("money", "number", "date", "choice", "code", "yes_no")
        if op in ("before", "after"):
            types = ("date",)
        elif op != "eq":
            types = ("money", "number", "date")
        fact, kind = self.fact(table, "fact", *types)
        order = cast(Order, {"before": "le", "after": "ge"}.get(op, op))
        if ("value" in table) == ("other" in table):
            self.fault(
                "fact",
                f"Comparez à une constante («{NBSP}value{NBSP}») ou à un autre fait "
                f"(«{NBSP}other{NBSP}»), l’un des deux.",
                "Compare with a constant (“value”) or with another fact (“other”), one of them.",
            )
            return _PLACEHOLDER
        if "other" in table:
            return Compare(order, fact, other=self.fact(table, "other", kind)[0])
        return Compare(order, fact, value=self.constant(table, "value", kind))

    def ratio(self, table: Table) -> Check:
        numerator, kind = self.fact(table, "numerator", "money", "number")
        denominator, _ = self.fact(table, "denominator", kind)
        minimum, maximum = self.share(table, "min"), self.share(table, "max")
        self.bounds("max", minimum, maximum)
        return Ratio(numerator, denominator, minimum, maximum)

    def sum(self, table: Table) -> Check:
        bounds = self.cents(table, "min"), self.cents(table, "max")
        shares = self.share(table, "min_share"), self.share(table, "max_share")
        if not any(key in table for key in ("min_share", "max_share")):
            self.bounds("categories", *bounds)
        else:
            self.bounds("max_share", *shares)
            if max(share or 0 for share in shares) >= 1:
                self.expected("max_share", "une part de moins de 100 %", "a share below 100%")
        return Sum(self.words(table, "categories"), *bounds, *shares)

    def bounds(self, key: str, low: Fraction | int | None, high: Fraction | int | None) -> None:
        if low is None and high is None:
            self.fault(key, "Donnez un minimum ou un maximum.", "Give a minimum or a maximum.")
        elif low is not None and high is not None and low > high:
            self.fault(
                key,
                f"Le minimum dépasse le maximum{NBSP}: personne ne pourrait respecter cette règle.",
                "The minimum is above the maximum: nobody could meet this rule.",
            )

    def one_of(self, table: Table) -> Check:
        fact, _ = self.fact(table, "fact", "choice", "code")
        values = self.words(table, "values")
        for value in values:
            self.named(value, "values")
        return OneOf(fact, values)

    def named(self, word: str, key: str) -> None:
        if word not in self.labels:
            self.fault(
                key,
                f"Nommez «{NBSP}{word}{NBSP}» dans la table [labels]{NBSP}: les phrases du règlement en ont besoin.",
                f"Name “{word}” in the [labels] table: the sentences of the rules need it.",
            )

    def territory(self, table: Table) -> Check:
        level = self.word(table, "level", ("region", "department", "commune"))
        return Territory(
            level,  # type: ignore[arg-type]  # one of the three words above
            self.words(table, "codes"),
            inside=table["op"] == "territory_in",
        )

    def text_present(self, table: Table) -> Check:
        fact, _ = self.fact(table, "fact", "text")
        length = table.get("min_length", 1)
        if type(length) is not int or length < 1:
            self.expected("min_length", "un nombre de caractères, 1 ou plus", "a number of characters, 1 or more")
            length = 1
        return TextPresent(fact, length)

    def document(self, table: Table) -> Check:
        code = table.get("code")
        if not isinstance(code, str) or not code:
            self.expected("code", "le code d’une pièce", "the code of a document")
            return _PLACEHOLDER
        self.named(code, "code")
        return DocumentPresent(code)

    def checks(self, table: Table) -> Check:
        items = table.get("checks")
        if not isinstance(items, list) or not items:
            self.expected("checks", "une liste de conditions", "a list of checks")
            items = []
        parts = tuple(self.check(item, "checks") for item in items)
        return All(parts) if table["op"] == "all" else Any(parts)

    def negation(self, table: Table) -> Check:
        return Not(self.check(table.get("check"), "check"))


_BUILDERS: Final[Mapping[str, Callable[[_Reader, Table], Check]]] = {
    **dict.fromkeys(("le", "ge", "lt", "gt", "eq", "before", "after"), _Reader.compare),
    "ratio": _Reader.ratio,
    "sum": _Reader.sum,
    "one_of": _Reader.one_of,
    "territory_in": _Reader.territory,
    "territory_not_in": _Reader.territory,
    "text": _Reader.text_present,
    "document": _Reader.document,
    "all": _Reader.checks,
    "any": _Reader.checks,
    "not": _Reader.negation,
}
