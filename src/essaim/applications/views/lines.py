"""The lines of a plan as rows of a table: the template of a line is rendered once, its places filled for each line.

Forty lines of a dozen controls cost a template engine more than all the rest of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from essaim.applications.forms.plan import Row

TEMPLATES = {"costs": "applications/_cost_line.html", "fundings": "applications/_funding_line.html"}
# ⟦i⟧ number, ⟦label⟧ a text as typed, ⟦is category machines⟧ " selected" or nothing, ⟦invalid label⟧ marks an error.
_PLACE = re.compile("⟦([^⟧]*)⟧")


def line_rows(rows: Iterable[Row], side: str, menus: Mapping[str, Any]) -> SafeString:
    """The rows of one side of the plan, as HTML."""
    pieces = _PLACE.split(render_to_string(TEMPLATES[side], dict(menus)))
    return mark_safe("".join(_row(row, pieces) for row in rows))  # noqa: S308 - each word put in is escaped


def _row(row: Row, pieces: list[str]) -> str:
    words = {name: escape(text) for name, text in row.texts.items()}
    words |= {
        "i": str(row.index),
        "gist": escape(row.gist),
        "name": escape(row.name),
        "open": " open" if row.errors else "",
        "wrong": _wrong(row) if row.errors else "",
    }
    words.setdefault("eligible", "100")
    return "".join(piece if place % 2 == 0 else _word(piece, words, row) for place, piece in enumerate(pieces))


def _word(place: str, words: Mapping[str, str], row: Row) -> str:
    kind, _space, rest = place.partition(" ")
    if kind == "is":
        name, _space, value = rest.partition(" ")
        return " selected" if words.get(name) == value else ""
    if kind == "invalid":
        return f' aria-invalid="true" aria-describedby="{row.side}-{row.index}-wrong"' if rest in row.errors else ""
    return words.get(place, "")


def _wrong(row: Row) -> SafeString:
    sentences = format_html_join(" ", "{}", ((sentence,) for sentence in row.errors.values()))
    return format_html('<p class="es-error" id="{}-{}-wrong">{}</p>', row.side, row.index, sentences)
