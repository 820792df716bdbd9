"""The content of a call as its folder holds it, in plain JSON: call, rules, form, grid, documents and letters."""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from essaim.engine import rules as engine
from essaim.kernel import toml
from essaim.kernel.bilingual import Bilingual

PARTS = ("call", "rules", "form", "grid", "documents", "letters")
TEXTS = ("title", "summary", "purpose", "who", "how_much", "spending", "commitments")
SAID = ("silence", "appeal", "late")
# Columns of a call and where its call.toml says them.
PLACES = {
    **{name: (name,) for name in (*TEXTS, "slug", "reference")},
    **{name: (name, "text") for name in SAID},
    "opens_at": ("period", "opens_at"),
    "closes_at": ("period", "closes_at"),
    "zone": ("period", "timezone"),
    "extension": ("period", "extension"),
    "service_name": ("service", "name"),
    "service_email": ("service", "email"),
    "service_phone": ("service", "telephone"),
    "service_address": ("service", "postal_address"),
    "silence_months": ("silence", "months"),
    "themes": ("themes", "codes"),
    "territory": ("territory", "regions"),
    "calendar": ("calendar",),
    "categories": ("category",),
    "reviews_each": ("reviews", "each"),
}
DEFAULTS: dict[str, Any] = {"zone": "Europe/Paris", "extension": {}, "silence_months": 2, "reviews_each": 3}
LISTS = ("themes", "territory", "calendar", "categories")
INSTANTS = ("opens_at", "closes_at")


def fields_of(content: dict[str, Any]) -> dict[str, Any]:
    """The columns of a call, from its call.toml; what is absent is empty, or takes the column's default."""
    return {name: _field(name, _at(content, place)) for name, place in PLACES.items()}


def _at(content: Any, place: tuple[str, ...]) -> Any:
    for key in place:
        content = content.get(key) if isinstance(content, dict) else None
    return content


def _field(name: str, value: Any) -> Any:
    if name in (*TEXTS, *SAID, "service_name"):
        return Bilingual(value) if isinstance(value, dict) else Bilingual(fr=str(value)) if value else Bilingual()
    if name in INSTANTS:
        return datetime.fromisoformat(value) if isinstance(value, str) and value else value or None
    if name in LISTS:
        return json.loads(json.dumps(value or [], default=str))
    return DEFAULTS.get(name, "") if value is None else value


def content_of(call: Any) -> dict[str, Any]:
    """The whole content of a call as it stands: its latest version, with the texts and dates the call has now."""
    version = call.rule_set
    return {
        "call": call_content(call, version.call if version else {}),
        "rules": deepcopy(version.rules) if version else {"rule": []},
        "form": deepcopy(version.form) if version else {"section": []},
        "grid": deepcopy(version.grid) if version else {"criterion": []},
        "documents": deepcopy(version.documents) if version else {"document": []},
        "letters": deepcopy(version.letters) if version else {},
    }


def call_content(call: Any, base: dict[str, Any]) -> dict[str, Any]:
    """A call.toml's content for a call: `base` where it says the same, the call's own columns where it does not."""
    return put_fields(base, call, PLACES)


def put_fields(base: dict[str, Any], call: Any, names: Iterable[str]) -> dict[str, Any]:
    """A call.toml's content where these columns are those of the call; it is rewritten only where it says otherwise."""
    content = deepcopy(base)
    said = fields_of(content)
    for name in names:
        place, value = PLACES[name], getattr(call, name)
        if said[name] != value and (value or name not in (*LISTS, "extension") or _at(content, place)):
            _put(content, place, _as_written(name, value, call.zone))
    return content


def _as_written(name: str, value: Any, zone: str) -> Any:
    if name in INSTANTS and value is not None:
        return value.astimezone(ZoneInfo(zone)).isoformat()
    return dict(value) if isinstance(value, Bilingual) else deepcopy(value)


def _put(content: dict[str, Any], place: tuple[str, ...], value: Any) -> None:
    *tables, key = place
    for table in tables:
        content = content.setdefault(table, {})
    if value is None:
        content.pop(key, None)
    else:
        content[key] = value


def texts_of_content(content: dict[str, Any], sources: dict[str, str]) -> dict[str, str]:
    """The files of a content by their name, as text.

    A file keeps the text its author wrote (`sources`: comments, layout) while it says the same; else it is written in
    the canonical layout. Examples and other files of `sources` follow as they are.
    """
    found = {}
    for part in PARTS[:-1]:
        name, held = f"{part}.toml", content.get(part) or {}
        written = sources.get(name, "")
        found[name] = written if written and _says(part, written, held) else toml.dumps(held)
    letters = {f"letters/{name}": text for name, text in sorted((content.get("letters") or {}).items())}
    others = {name: text for name, text in sorted(sources.items()) if name not in found and "letters/" not in name}
    return found | letters | others


def _says(part: str, text: str, content: Any) -> bool:
    """Whether a file as written says exactly this content."""
    try:
        if part == "rules":
            return canonical_rules(toml.loads(text)) == canonical_rules(content)
        return bool(toml.loads(text) == content)
    except ValueError:  # also what the engine and tomllib raise
        return False


def canonical_rules(content: Any) -> Any:
    """Rules in their canonical words (amounts, shares), from any way to write them. Raises RuleSetError."""
    return json.loads(engine.canonical_json(engine.from_json(json.dumps(content))))
