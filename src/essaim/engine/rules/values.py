"""The values of a rules file, read one by one: what cannot be read is a fault with its line and what to write."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from essaim.engine.money import NBSP, MoneyError, parse_cents
from essaim.engine.rules.faults import Lines, RuleFault
from essaim.engine.rules.model import PHASES, Constant, Phase
from essaim.engine.rules.vocabulary import FACTS, NOTHING, FactType, Text, fact_spec

Table = Mapping[str, object]


class ValueReader:
    """Reads texts, words, shares, amounts and dates; `faults` gathers what is wrong."""

    def __init__(self, text: str) -> None:
        self.lines = Lines(text)
        self.faults: list[RuleFault] = []
        self.rule: int | None = None
        self.rule_id = ""
        self.labels: dict[str, Text] = {}
        self.seen: set[str] = set()

    # -- what is wrong

    def fault(self, key: str, fr: str, en: str) -> None:
        self.faults.append(RuleFault(self.lines.find(self.rule, key), self.rule_id, Text(fr, en)))

    def expected(self, key: str, fr: str, en: str) -> None:
        self.fault(key, f"«{NBSP}{key}{NBSP}» attend {fr}.", f"“{key}” expects {en}.")

    def unknown(self, key: str, word: str, known: list[str], fr: str, en: str) -> None:
        """A word that is not in a closed list, with the nearest one when there is one."""
        near = difflib.get_close_matches(word, known, 1)
        hint_fr = (
            f"vouliez-vous dire «{NBSP}{near[0]}{NBSP}»{NBSP}?" if near else f"choisissez parmi {', '.join(known)}."
        )
        hint_en = f"did you mean “{near[0]}”?" if near else f"choose among {', '.join(known)}."
        self.fault(
            key, f"{fr} inconnu{NBSP}: «{NBSP}{word}{NBSP}»{NBSP}; {hint_fr}", f"Unknown {en} “{word}”: {hint_en}"
        )

    def known_keys(self, table: Table, known: frozenset[str]) -> None:
        for key in table:
            if key not in known:
                self.unknown(key, key, sorted(known), "Mot", "word")

    # -- small values

    def text(self, table: Table, key: str) -> Text:
        value = table.get(key)
        if isinstance(value, dict) and set(value) == {"fr", "en"}:
            fr, en = value["fr"], value["en"]
            if isinstance(fr, str) and isinstance(en, str) and fr.strip() and en.strip():
                return Text(fr, en)
        self.expected(key, 'les deux langues, { fr = "…", en = "…" }', 'both languages, { fr = "…", en = "…" }')
        return NOTHING

    def word(self, table: Table, key: str, known: tuple[str, ...]) -> str:
        value = table.get(key)
        if not isinstance(value, str):
            self.expected(key, f"un mot parmi {', '.join(known)}", f"one of {', '.join(known)}")
        elif value not in known:
            self.unknown(key, value, list(known), "Mot", "word")
        else:
            return value
        return known[0]

    def words(self, table: Table, key: str) -> tuple[str, ...]:
        value = table.get(key)
        if isinstance(value, list) and value and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        self.expected(key, 'une liste de mots, ["…", "…"]', 'a list of words, ["…", "…"]')
        return ()

    def phases(self, table: Table) -> tuple[Phase, ...]:
        if "phases" not in table:
            return PHASES
        words = self.words(table, "phases")
        for word in words:
            if word not in PHASES:
                self.unknown("phases", word, list(PHASES), "Moment", "phase")
        return tuple(phase for phase in PHASES if phase in words)

    def fact_type(self, name: object, key: str) -> FactType | None:
        if not isinstance(name, str):
            self.expected(key, "le nom d’un fait", "the name of a fact")
            return None
        spec = fact_spec(name)
        if spec is None:
            self.unknown(key, name, [row.name for row in FACTS], "Fait", "fact")
        return spec.type if spec else None

    def fact(self, table: Table, key: str, *types: FactType) -> tuple[str, FactType]:
        name = table.get(key)
        kind = self.fact_type(name, key)
        if kind is not None and kind not in types:
            self.fault(
                key,
                f"Le fait «{NBSP}{name}{NBSP}» est de type {kind}, cet opérateur attend {' ou '.join(types)}.",
                f"The fact “{name}” is of type {kind}, this operator expects {' or '.join(types)}.",
            )
        return str(name), kind if kind in types else types[0]

    def cents(self, table: Table, key: str) -> int | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.expected(key, 'un montant entre guillemets, "50 000 €"', 'an amount in quotes, "50 000 €"')
            return None
        try:
            return parse_cents(value)
        except MoneyError as error:
            self.fault(key, error.sentence("fr"), error.sentence("en"))
            return None

    def share(self, table: Table, key: str) -> Fraction | None:
        value = table.get(key)
        if value is None:
            return None
        if isinstance(value, Decimal) and value.is_finite() and value >= 0:
            return Fraction(value)
        if isinstance(value, str):
            percent = re.fullmatch(r"(\d{1,6}(?:[.,]\d{1,6})?)[ \u00a0\u202f]?%", value.strip(), re.ASCII)
            if percent:
                return Fraction(percent[1].replace(",", ".")) / 100
            quotient = re.fullmatch(r"(\d{1,12})/([1-9]\d{0,11})", value.strip(), re.ASCII)
            if quotient:
                return Fraction(int(quotient[1]), int(quotient[2]))
        self.expected(key, 'une part, par exemple "70 %" ou "2/3"', 'a share, for example "70 %" or "2/3"')
        return None

    def constant(self, table: Table, key: str, kind: FactType) -> Constant | None:
        value = table.get(key)
        if kind == "money":
            return self.cents(table, key)
        if kind == "date":
            if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                try:
                    return date.fromisoformat(value)
                except ValueError:
                    value = None
            if isinstance(value, date) and not isinstance(value, datetime):
                return value
            self.expected(key, "une date, par exemple 2013-12-31", "a date, for example 2013-12-31")
        elif kind == "yes_no":
            if isinstance(value, bool):
                return value
            self.expected(key, "true ou false", "true or false")
        elif kind == "number":
            if type(value) is int:
                return value
            self.expected(key, "un nombre entier", "a whole number")
        elif isinstance(value, str) and value:
            return value
        else:
            self.expected(key, "un mot entre guillemets", "a word in quotes")
        return None
