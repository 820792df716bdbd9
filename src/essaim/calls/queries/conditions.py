"""When a question is asked: conditions on the answers to other questions, read from the form, said in words.

    shown_if = { question = "existing", equals = false }
    shown_if = { any = [ { question = "staff", greater_than = "5" }, { question = "site", answered = true } ] }

Tests: `equals`, `not`, `one_of`, `greater_than`, `answered`. Without an answer, only `answered = false` holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

TESTS = {
    "equals": _("vaut"),
    "not": _("ne vaut pas"),
    "one_of": _("est parmi"),
    "greater_than": _("dépasse"),
    "answered": _("a une réponse"),
}


@dataclass(frozen=True, slots=True)
class Test:
    """A question's answer compared with a value, as the form writes it."""

    question: str
    op: str
    value: Any

    def holds(self, read: Callable[[str, Any], Any], given: Any) -> bool:
        """Whether `given`, the answer read (None when there is none), passes; `read` reads the value alike."""
        if self.op == "answered":
            return (given is not None) is bool(self.value)
        if given is None:
            return False
        if self.op == "one_of":
            wanted = [read(self.question, value) for value in self.value]
            return any(one in wanted for one in _all(given))
        wanted = read(self.question, self.value)
        if self.op == "greater_than":
            return _comparable(given, wanted) and bool(given > wanted)
        return (wanted in _all(given)) is (self.op == "equals")


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions: `all` of them, or `any`."""

    op: str
    parts: tuple[Condition, ...]


Condition = Test | Group


def condition_of(row: Mapping[str, Any] | None) -> Condition | None:
    """The condition a form writes in `shown_if`, or None when the question is always asked."""
    if not row:
        return None
    for op in ("all", "any"):
        if op in row:
            parts = (condition_of(part) for part in row[op])
            return Group(op, tuple(part for part in parts if part is not None))
    op = next((name for name in TESTS if name in row), "answered")
    return Test(row["question"], op, row.get(op, True))


def tests_of(condition: Condition | None) -> Iterator[Test]:
    """Every comparison of a condition."""
    if isinstance(condition, Test):
        yield condition
    elif condition is not None:
        for part in condition.parts:
            yield from tests_of(part)


def holds(condition: Condition, read: Callable[[str, Any], Any], given: Callable[[str], Any]) -> bool:
    """Whether a condition holds; `given(code)` is the answer read, `read(code, text)` reads a value the same way."""
    if isinstance(condition, Test):
        return condition.holds(read, given(condition.question))
    outcomes = (holds(part, read, given) for part in condition.parts)
    return all(outcomes) if condition.op == "all" else any(outcomes)


def _all(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _comparable(given: Any, wanted: Any) -> bool:
    numbers = all(isinstance(one, int | Decimal) and not isinstance(one, bool) for one in (given, wanted))
    return numbers or all(isinstance(one, date) for one in (given, wanted))
