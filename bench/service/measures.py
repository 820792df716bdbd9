"""One line of the document: which target, what was done, what was found, whether it is met."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """`target`: its number in the list of targets; `met`: None when nothing was asked in figures."""

    target: str
    what: str
    database: str
    found: str
    asked: str
    met: bool | None

    def row(self) -> str:
        """A row of the table."""
        verdict = {None: "", True: "met", False: "**missed**"}[self.met]
        return f"| {self.target} | {self.what} | {self.database} | {self.found} | {self.asked} | {verdict} |"
