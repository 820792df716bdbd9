"""A rule set as frozen data: a closed list of operators, nothing that is evaluated as a string."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from essaim.engine.rules.vocabulary import FactSpec, Text, fact_spec

Severity = Literal["blocking", "warning", "officer"]
Status = Literal["met", "not_met", "unknown"]
Phase = Literal["simulator", "draft", "filing", "admissibility", "award", "payment"]
Order = Literal["le", "ge", "lt", "gt", "eq"]
Constant = int | str | bool | date

PHASES: Final[tuple[Phase, ...]] = ("simulator", "draft", "filing", "admissibility", "award", "payment")


@dataclass(frozen=True)
class Compare:
    """``fact`` op ``value``, or op the fact named ``other``. Money in cents; dates included at both ends by le / ge."""

    op: Order
    fact: str
    value: Constant | None = None
    other: str | None = None


@dataclass(frozen=True)
class Ratio:
    """``minimum`` <= numerator / denominator <= ``maximum``, exactly; unknown when the denominator is 0."""

    numerator: str
    denominator: str
    minimum: Fraction | None = None
    maximum: Fraction | None = None


@dataclass(frozen=True)
class Sum:
    """The budget lines of ``categories`` added: bounds in cents, or as shares of the total cost."""

    categories: tuple[str, ...]
    minimum: int | None = None
    maximum: int | None = None
    min_share: Fraction | None = None
    max_share: Fraction | None = None


@dataclass(frozen=True)
class OneOf:
    """The value of ``fact`` is one of ``values``."""

    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Territory:
    """The project lies in (``inside``) or out of the regions, departments or communes ``codes``."""

    level: Literal["region", "department", "commune"]
    codes: tuple[str, ...]
    inside: bool = True

    @property
    def fact(self) -> str:
        """The fact that holds the code compared."""
        return f"territory.{self.level}"


@dataclass(frozen=True)
class TextPresent:
    """``fact`` has at least ``min_length`` characters, spaces at both ends not counted."""

    fact: str
    min_length: int = 1


@dataclass(frozen=True)
class DocumentPresent:
    """The document ``code`` is among those given."""

    code: str


@dataclass(frozen=True)
class All:
    """Every check holds."""

    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Any:
    """At least one check holds."""

    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Not:
    """The check does not hold."""

    check: Check


Leaf = Compare | Ratio | Sum | OneOf | Territory | TextPresent | DocumentPresent
Check = Leaf | All | Any | Not


@dataclass(frozen=True)
class Rule:
    """One rule of a call: what is checked, how serious it is, where it is written, what it says when met or not."""

    id: str
    title: Text
    article: Text
    severity: Severity
    check: Check
    met: Text
    not_met: Text
    phases: tuple[Phase, ...] = PHASES
    source: str = ""


@dataclass(frozen=True)
class RuleSet:
    """The rules of a call, in the order they are read, with the names of its own facts, choices and documents.

    ``facts`` and ``labels`` are sorted by key, so that two files that differ by the order of these tables are one set.
    """

    rules: tuple[Rule, ...]
    facts: tuple[tuple[str, Text], ...] = ()
    labels: tuple[tuple[str, Text], ...] = ()

    def label(self, key: str) -> Text:
        """The name of a choice, a document, a category or a territory code; the key itself when it has none."""
        return dict(self.labels).get(key, Text(key, key))

    def spec(self, fact: str) -> FactSpec:
        """The vocabulary row of a fact, under the name this call gives it. Raises KeyError for an unknown fact."""
        spec = fact_spec(fact)
        if spec is None:
            raise KeyError(fact)
        own = dict(self.facts).get(fact)
        if own is None:
            return spec
        return FactSpec(fact, spec.type, own, False, spec.lower, spec.raise_, spec.below, spec.above)


@dataclass(frozen=True)
class Change:
    """One thing to change: ``fact`` becomes ``value`` (cents, date, yes/no).

    ``fact`` is ``lines:a+b`` for the sum of the budget lines of categories a and b, ``documents:code`` for a document
    to attach.
    """

    fact: str
    value: Constant


@dataclass(frozen=True)
class Finding:
    """What one rule says of one application.

    ``figures`` are the facts compared and their values; ``message`` is the rule's own sentence; ``margin`` says in
    words what is left or what to do; ``advice`` is the same as data: alternatives, each a set of changes to make
    together, and each checked to make the rule met. ``missing`` names the facts without which the answer is unknown.
    """

    rule_id: str
    title: Text
    status: Status
    severity: Severity
    message: Text
    margin: Text
    article: Text
    figures: tuple[tuple[str, object], ...] = ()
    advice: tuple[tuple[Change, ...], ...] = ()
    missing: tuple[str, ...] = field(default=())
