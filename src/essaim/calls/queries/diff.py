"""What changed from one version of a call to the next, in words: texts, dates, rules, questions, documents, grid."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from essaim.calls.queries.content import INSTANTS, fields_of
from essaim.calls.queries.rules import sentences
from essaim.kernel.bilingual import Bilingual, as_bilingual
from essaim.ui import formats

PARTS = {
    "texts": gettext_lazy("Textes de l’appel"),
    "dates": gettext_lazy("Dates et calendrier"),
    "rules": gettext_lazy("Règles"),
    "questions": gettext_lazy("Questions"),
    "documents": gettext_lazy("Pièces"),
    "grid": gettext_lazy("Grille d’expertise"),
    "letters": gettext_lazy("Lettres"),
}
NAMES = {
    "title": gettext_lazy("Titre"),
    "summary": gettext_lazy("Résumé"),
    "purpose": gettext_lazy("Objet"),
    "who": gettext_lazy("Qui peut candidater"),
    "how_much": gettext_lazy("Montants"),
    "spending": gettext_lazy("Dépenses prises en charge"),
    "commitments": gettext_lazy("Engagements"),
    "silence": gettext_lazy("Règle en cas de silence"),
    "appeal": gettext_lazy("Voies de recours"),
    "late": gettext_lazy("Règle en cas de retard"),
    "service_name": gettext_lazy("Service instructeur"),
    "service_email": gettext_lazy("Adresse électronique du service"),
    "service_phone": gettext_lazy("Téléphone du service"),
    "service_address": gettext_lazy("Adresse postale du service"),
    "silence_months": gettext_lazy("Mois de silence valant rejet"),
    "reviews_each": gettext_lazy("Expertises par dossier"),
    "themes": gettext_lazy("Thèmes"),
    "territory": gettext_lazy("Régions concernées"),
    "categories": gettext_lazy("Catégories de dépenses"),
    "opens_at": gettext_lazy("Ouverture"),
    "closes_at": gettext_lazy("Clôture"),
    "zone": gettext_lazy("Fuseau horaire"),
    "calendar": gettext_lazy("Dates annoncées"),
}
DATES = ("opens_at", "closes_at", "zone", "calendar")
ASPECTS = {
    "label": gettext_lazy("Question"),
    "title": gettext_lazy("Nom"),
    "question": gettext_lazy("Ce que l’on évalue"),
    "help": gettext_lazy("Aide"),
    "example": gettext_lazy("Exemple"),
    "text": gettext_lazy("Texte à certifier"),
    "low": gettext_lazy("Repère bas"),
    "high": gettext_lazy("Repère haut"),
    "type": gettext_lazy("Type"),
    "required": gettext_lazy("Obligatoire"),
    "required_for": gettext_lazy("Obligatoire pour"),
    "choices": gettext_lazy("Réponses proposées"),
    "min_length": gettext_lazy("Nombre minimal de caractères"),
    "max_length": gettext_lazy("Nombre maximal de caractères"),
    "min": gettext_lazy("Minimum"),
    "max": gettext_lazy("Maximum"),
    "formats": gettext_lazy("Formats reçus"),
    "max_megabytes": gettext_lazy("Taille maximale (Mo)"),
    "multiple": gettext_lazy("Plusieurs fichiers"),
    "shown_if": gettext_lazy("Condition"),
    "weight": gettext_lazy("Poids"),
    "column": gettext_lazy("Colonnes"),
    "severity": gettext_lazy("Gravité"),
}
SEVERITIES = {
    "blocking": gettext_lazy("bloquante"),
    "warning": gettext_lazy("avertissement"),
    "officer": gettext_lazy("laissée à l’appréciation du service"),
}
RULE_ASPECTS = {
    "sentence": "",
    "severity": gettext_lazy("Gravité"),
    "article": gettext_lazy("Article"),
    "title": gettext_lazy("Nom"),
}
SILENT = ("code", "source", "id")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words: `op` is same, added or removed."""

    op: str
    text: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that changed, word by word; `label` is empty when it is the whole."""

    label: str
    pieces: tuple[Piece, ...]

    @property
    def plain(self) -> str:
        """The change in characters: [-removed-] {+added+}."""
        marks = {"same": "{}", "added": "{{+{}+}}", "removed": "[-{}-]"}
        return "".join(marks[piece.op].format(piece.text) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one text, date, rule, question, document or criterion (`key`): added, removed or changed."""

    part: str
    kind: str
    key: str
    title: str
    aspects: tuple[Aspect, ...] = ()

    @property
    def sentence(self) -> str:
        """The change in a short sentence."""
        said = {
            "added": _("Ajout : %(title)s"),
            "removed": _("Retrait : %(title)s"),
            "changed": _("Modifié : %(title)s"),
        }
        return said[self.kind] % {"title": self.title}

    @property
    def part_name(self) -> str:
        """The part of the call it belongs to."""
        return str(PARTS[self.part])


def content_of_version(rule_set: Any) -> dict[str, Any]:
    """The six parts of a frozen version."""
    return {name: getattr(rule_set, name) for name in ("call", "rules", "form", "grid", "documents", "letters")}


def versions_diff(older: Any, newer: Any) -> list[Change]:
    """What a frozen version changes from an earlier one."""
    return diff(content_of_version(older), content_of_version(newer))


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every change between two contents of a call, in the reader's language, in the order of the call's page."""
    named = _labels(before), _labels(after)
    return [
        *_call(before["call"], after["call"]),
        *_rules(before["rules"], after["rules"]),
        *_rows("questions", _questions(before), _questions(after), *named),
        *_rows("documents", *(_by_code(held, "documents", "document") for held in (before, after)), *named),
        *_rows("grid", *(_by_code(held, "grid", "criterion") for held in (before, after)), {}, {}),
        *_letters(before.get("letters") or {}, after.get("letters") or {}),
    ]


def by_part(changes: Iterable[Change]) -> list[tuple[str, list[Change]]]:
    """Changes grouped under the name of their part, in the order of the call's page."""
    changes = list(changes)
    groups = [(str(name), [change for change in changes if change.part == part]) for part, name in PARTS.items()]
    return [(name, found) for name, found in groups if found]


def _call(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    if not before or not after:
        return []  # a version frozen before texts were part of it
    old, new = fields_of(dict(before)), fields_of(dict(after))
    found = []
    for name, title in NAMES.items():
        if old[name] != new[name]:
            aspects = _aspects("", *(_said(name, fields[name], fields["zone"]) for fields in (old, new)))
            if aspects:
                found.append(Change("dates" if name in DATES else "texts", "changed", name, str(title), aspects))
    return found


def _said(name: str, value: Any, zone: str) -> Any:
    """A column of a call as people read it."""
    if name in INSTANTS:
        return formats.instant(value, zone) if isinstance(value, datetime) else ""
    if name == "calendar":
        return " ; ".join(f"{as_bilingual(row.get('title'))} : {_day(row)}" for row in value)
    if name == "categories":
        return ", ".join(f"{as_bilingual(row.get('title'))} ({row.get('account', '')})" for row in value)
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _day(row: Mapping[str, Any]) -> str:
    try:
        day = formats.day(date.fromisoformat(str(row.get("date"))))
    except ValueError:
        return str(row.get("date", ""))
    return _("vers le %(day)s") % {"day": day} if row.get("approximate") else day


def _rules(before: Any, after: Any) -> list[Change]:
    old, new = _said_rules(before), _said_rules(after)
    found = []
    for key in dict.fromkeys([*old, *new]):
        first, last = old.get(key), new.get(key)
        if first == last:
            continue
        title = str((last or first)["title"])  # type: ignore[index]
        whole = first is None or last is None
        aspects = [
            aspect
            for name, label in RULE_ASPECTS.items()
            if not whole or name == "sentence"
            for aspect in _aspects(str(label), (first or {}).get(name, ""), (last or {}).get(name, ""))
        ]
        kind = "changed" if first and last else "added" if last else "removed"
        if aspects or kind != "changed":
            found.append(Change("rules", kind, key, title, tuple(aspects)))
    return found


def _said_rules(rules: Any) -> dict[str, dict[str, Any]]:
    if not rules.get("rule"):
        return {}
    try:
        found = sentences(SimpleNamespace(rules=rules))
    except ValueError:  # being written: rules that cannot be read are said by their words
        return {
            str(row.get("id", number)): {
                "title": as_bilingual(row.get("title")),
                "sentence": json.dumps(row.get("check"), ensure_ascii=False),
                "article": as_bilingual(row.get("article")),
                "severity": str(row.get("severity", "")),
            }
            for number, row in enumerate(rules["rule"])
        }
    return {
        rule.id: {
            "title": rule.title,
            "sentence": rule.sentence,
            "article": rule.article,
            "severity": str(SEVERITIES.get(rule.severity, rule.severity)),
        }
        for rule in found
    }


def _questions(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    sections = content["form"].get("section", [])
    return {str(row.get("code", "")): row for section in sections for row in section.get("question", [])}


def _by_code(content: Mapping[str, Any], part: str, name: str) -> dict[str, Mapping[str, Any]]:
    return {str(row.get("code", "")): row for row in content[part].get(name, [])}


def _labels(content: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = content["rules"].get("labels", {})
    return found


def _rows(part: str, old: Mapping[str, Any], new: Mapping[str, Any], named: Any, renamed: Any) -> list[Change]:
    found = []
    for key in dict.fromkeys([*old, *new]):
        first, last = old.get(key), new.get(key)
        row = last or first or {}
        title = str(as_bilingual(row.get("label") or row.get("title") or key))
        if first is None or last is None:
            found.append(Change(part, "added" if first is None else "removed", key, title))
            continue
        aspects: list[Aspect] = []
        for name in dict.fromkeys([*first, *last]):
            if name not in SILENT and first.get(name) != last.get(name):
                label = str(ASPECTS.get(name, name))
                aspects += _aspects(label, _value(first.get(name), named), _value(last.get(name), renamed))
        if aspects:
            found.append(Change(part, "changed", key, title, tuple(aspects)))
    return found


def _value(value: Any, labels: Mapping[str, Any]) -> Any:
    """A cell of a question or a document as people read it."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else _("oui") if value else _("non")
    if isinstance(value, Mapping) and set(value) <= {"fr", "en"}:
        return Bilingual(value)
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(str(as_bilingual(labels.get(part, _("tous") if part == "*" else part))) for part in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping | list) else str(value)


def _letters(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    found = []
    for name in dict.fromkeys([*sorted(old), *sorted(new)]):
        if old.get(name) != new.get(name):
            kind = "changed" if name in old and name in new else "added" if name in new else "removed"
            aspects = _aspects("", old.get(name, ""), new.get(name, "")) if kind == "changed" else ()
            found.append(Change("letters", kind, name, name, tuple(aspects)))
    return found


def _aspects(label: str, before: Any, after: Any) -> tuple[Aspect, ...]:
    """The change of one text, in the reader's language; in the other one when only that one changed."""
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        mine = (get_language() or "fr")[:2]
        for language in dict.fromkeys([mine, "fr", "en"]):
            old, new = (as_bilingual(text).get(language, "") for text in (before, after))
            if old != new:
                other = {"fr": _("en français"), "en": _("en anglais")}.get(language, language)
                said = label if language == mine else f"{label} ({other})".strip()
                return (Aspect(said, words(old, new)),)
        return ()
    old, new = str(before), str(after)
    return (Aspect(label, words(old, new)),) if old != new else ()


def words(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts compared word by word; spaces stay with the word before them."""
    old, new = (re.findall(r"\S+\s*|\s+", text) for text in (before, after))
    found: list[Piece] = []
    for op, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            found.append(Piece("same", "".join(old[i:j])))
            continue
        if i < j:
            found.append(Piece("removed", "".join(old[i:j])))
        if k < m:
            found.append(Piece("added", "".join(new[k:m])))
    return tuple(found)
