"""Amounts and marks in words, for the sentences of the engine: exact integers in, typographic French or English out."""

from __future__ import annotations

NBSP = "\u00a0"
THIN = "\u202f"


def grouped(number: int, separator: str) -> str:
    """An integer with its thousands apart."""
    return f"{number:,}".replace(",", separator)


def euros(cents: int) -> str:
    """Cents as French euros: « 12 000 € », « 12 000,50 € »."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{grouped(whole, THIN)}{f',{rest:02d}' if rest else ''}{NBSP}€"


def euros_en(cents: int) -> str:
    """Cents as English euros: €12,000, €12,000.50."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}€{grouped(whole, ',')}{f'.{rest:02d}' if rest else ''}"


def mark(thousandths: int, point: str = ",") -> str:
    """Thousandths of a point without useless zeros: 400 -> « 0,4 »."""
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}{point}{rest:03d}".rstrip("0").rstrip(point)


def marks(thousandths: int) -> str:
    """« 0,4 point », « 2 points » (French: plural from two)."""
    return f"{mark(thousandths)}{NBSP}point{'s' if thousandths >= 2000 else ''}"


def marks_en(thousandths: int) -> str:
    """0.4 points, 1 point."""
    return f"{mark(thousandths, '.')} point{'' if thousandths == 1000 else 's'}"


def counted(number: int, one: str, several: str) -> str:
    """« 1 dossier », « 2 dossiers » (French: singular below two)."""
    return f"{number}{NBSP}{several if number >= 2 else one}"
