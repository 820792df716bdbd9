"""Plain JSON content and TOML text, both ways; the text is written in one canonical layout."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

BARE = re.compile(r"^[A-Za-z0-9_-]+$")
DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$")
MARKS = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def loads(text: str) -> Any:
    """The content of a TOML text as plain JSON: dates and instants become ISO texts. Raises tomllib.TOMLDecodeError."""
    return json.loads(json.dumps(tomllib.loads(text), default=_iso))


def _iso(value: Any) -> str:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a call")


def dumps(content: Mapping[str, Any]) -> str:
    """The TOML text of plain JSON content, such that `loads(dumps(content)) == content` (nothing is written for None).

    Texts that are an ISO date or instant are written as TOML dates. Order is kept; tables come after plain values.
    """
    lines = list(_table(content, ""))
    while lines and not lines[0]:
        del lines[0]
    return "\n".join(lines) + "\n" if lines else ""


def _table(content: Mapping[str, Any], path: str) -> Iterator[str]:
    """The lines of a table: its values, then its sub-tables (only of the whole file), then its arrays of tables."""
    values, tables, arrays = [], [], []
    for key, value in content.items():
        if _is_array_of_tables(value):
            arrays.append((key, value))
        elif not path and isinstance(value, Mapping) and value and not _is_words(value):
            tables.append((key, value))
        elif value is not None:
            values.append(f"{_key(key)} = {_value(value)}")
    yield from values
    for key, value in tables:
        yield from ["", f"[{_key(key)}]", *_table(value, _key(key))]
    for key, value in arrays:
        name = f"{path}.{_key(key)}" if path else _key(key)
        for item in value:
            yield from ["", f"[[{name}]]", *_table(item, name)]


def _is_array_of_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) and item for item in value)


def _is_words(value: Mapping[str, Any]) -> bool:
    """A text in its languages, written on one line."""
    return set(value) <= {"fr", "en"}


def _key(key: str) -> str:
    return key if BARE.match(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, str):
        return value if _is_date(value) else _text(value)
    if isinstance(value, Mapping):
        held = ", ".join(f"{_key(key)} = {_value(part)}" for key, part in value.items() if part is not None)
        return f"{{ {held} }}" if held else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_value(part) for part in value)}]"
    raise TypeError(f"{type(value).__name__} cannot be written in TOML")


def _is_date(text: str) -> bool:
    """Whether a text is exactly a date or an instant of TOML, and reads back as the same text."""
    if not (DAY.match(text) or INSTANT.match(text)):
        return False
    try:
        return bool(loads(f"x = {text}")["x"] == text)
    except ValueError:
        return False


def _text(text: str) -> str:
    return (
        '"'
        + "".join(
            MARKS.get(mark) or (mark if mark >= " " and mark != "\x7f" else f"\\u{ord(mark):04X}") for mark in text
        )
        + '"'
    )
