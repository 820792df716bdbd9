"""What the site knows about a person, gathered from every part that keeps something.

Each part registers one exporter: `@personal_data("candidatures")` on a function of a person that returns plain data.
"""

from collections.abc import Callable
from typing import Any

Exporter = Callable[[Any], Any]
EXPORTERS: dict[str, Exporter] = {}
ERASERS: dict[str, Callable[..., None]] = {}


def personal_data(name: str) -> Callable[[Exporter], Exporter]:
    """Register `exporter(person)` (dates, numbers, texts, lists and dicts) under a heading of the export."""

    def register(exporter: Exporter) -> Exporter:
        if name in EXPORTERS:
            raise ValueError(f"the personal data {name!r} is declared twice")
        EXPORTERS[name] = exporter
        return exporter

    return register


def erased_with(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register `eraser(person, at=...)`: called in the transaction that closes an account, after the export's rule."""

    def register(eraser: Callable[..., None]) -> Callable[..., None]:
        if name in ERASERS:
            raise ValueError(f"the eraser {name!r} is declared twice")
        ERASERS[name] = eraser
        return eraser

    return register


def gather(person: Any) -> dict[str, Any]:
    """Everything registered about one person, by heading, in alphabetical order."""
    return {name: EXPORTERS[name](person) for name in sorted(EXPORTERS)}
