"""A call's folder read before it is loaded: every error at once, with its file and its line, in a sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from essaim.calls.actions.check_form import form_faults
from essaim.calls.actions.check_parts import document_faults, grid_faults, letter_faults, rule_faults
from essaim.calls.actions.faults import FolderFault, block_line, line_of, untranslated
from essaim.engine import rules as engine

Files = Mapping[str, bytes]
NOT_OURS = ("programme.toml", "jam.toml")
FILES = ("call", "form", "grid", "documents")
REQUIRED = {
    "": ("slug", "reference", "title", "summary", "purpose", "who", "how_much"),
    "period": ("opens_at", "closes_at"),
    "service": ("name", "email", "telephone", "postal_address"),
    "silence": ("text",),
    "appeal": ("text",),
    "late": ("text",),
}
BILINGUAL = ("title", "summary", "purpose", "who", "how_much", "spending", "commitments", "name", "text")


def files_of(folder: Path) -> Files:
    """The files of a call's folder by their name (`letters/…` and `examples/…` included), as bytes."""
    found = [*folder.glob("*.toml"), *folder.glob("letters/*.txt"), *folder.glob("examples/*.toml")]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(found) if path.name not in NOT_OURS
    }


def check_folder(folder: Path) -> list[FolderFault]:
    """Every error of a call's folder; an empty list when it can be loaded and published."""
    return check_files(files_of(folder))


def check_files(folder: Files) -> list[FolderFault]:
    """Every error of the files of a call, given by their name."""
    faults: list[FolderFault] = []
    read: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in FILES:
        outcome = _read(folder, name)
        if isinstance(outcome, FolderFault):
            faults.append(outcome)
        else:
            read[name] = outcome
    rules, unread = _rules(folder)
    faults += unread
    checks = (
        ("call", _call_faults),
        ("form", lambda text, content: form_faults(text, content, rules)),
        ("documents", lambda text, content: document_faults(text, content, rules)),
        ("grid", grid_faults),
    )
    for name, check in checks:
        if name in read:
            faults += check(*read[name])
    if rules is not None and {"call", "form", "documents"} <= set(read):
        faults += rule_faults(
            _text_of(folder, "rules.toml")[0], rules, *(read[n][1] for n in ("call", "form", "documents"))
        )
    return list(dict.fromkeys([*faults, *letter_faults(folder)]))


def _read(folder: Files, name: str) -> tuple[str, dict[str, Any]] | FolderFault:
    file = f"{name}.toml"
    text, fault = _text_of(folder, file)
    if fault is not None:
        return fault
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        detail = str(error).split(" (at ")[0]
        sentence = _(
            "Ce n’est pas du TOML correct : vérifiez les guillemets, les accolades et les crochets (%(detail)s)."
        )
        return FolderFault(file, line, sentence % {"detail": detail})


def _text_of(folder: Files, file: str) -> tuple[str, FolderFault | None]:
    if file not in folder:
        return "", FolderFault(file, None, _("Le fichier manque : créez-le, ou vérifiez le nom du dossier."))
    try:
        return folder[file].decode().replace("\r\n", "\n"), None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return "", FolderFault(file, line, _("Le fichier n’est pas en UTF-8 : enregistrez-le dans cet encodage."))


def _rules(folder: Files) -> tuple[engine.RuleSet | None, list[FolderFault]]:
    text, fault = _text_of(folder, "rules.toml")
    if fault is not None:
        return None, [fault]
    try:
        return engine.load_rules(text), []
    except engine.RuleSetError as error:
        return None, [
            FolderFault("rules.toml", found.line, _rule_sentence(found), found.rule) for found in error.faults
        ]


def _rule_sentence(fault: engine.RuleFault) -> str:
    from_rule = _("Règle « %(rule)s » : ") % {"rule": fault.rule} if fault.rule else ""
    return from_rule + fault.text.fr


def _call_faults(text: str, content: dict[str, Any]) -> Iterator[FolderFault]:
    for table, keys in REQUIRED.items():
        held = content.get(table, {}) if table else content
        for key in keys:
            if not held.get(key):
                where = f"[{table}] {key}" if table else key
                sentence = _("« %(key)s » manque : la loi ou la page publique en a besoin.") % {"key": where}
                yield FolderFault("call.toml", line_of(text, table, ""), sentence)
            elif key in BILINGUAL and not (isinstance(held[key], dict) and held[key].get("fr") and held[key].get("en")):
                sentence = _("« %(key)s » doit être écrit en français et en anglais (fr, en).") % {"key": key}
                yield FolderFault("call.toml", line_of(text, table, key), sentence)
    yield from untranslated("call.toml", text, content)
    yield from _period_faults(text, content.get("period", {}))
    yield from _category_faults(text, content.get("category", []))
    if "@" not in str(content.get("service", {}).get("email", "@")):
        sentence = _("L’adresse électronique du service n’en est pas une : vérifiez-la.")
        yield FolderFault("call.toml", line_of(text, "service", "email"), sentence)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", str(content.get("slug") or "x")):
        sentence = _("L’adresse de l’appel (slug) s’écrit en minuscules sans accent, avec des tirets.")
        yield FolderFault("call.toml", line_of(text, "", "slug"), sentence)
    for announced in content.get("calendar", []):
        if type(announced.get("date")) is not date or not announced.get("title"):
            sentence = _("Chaque date du calendrier a une « date » (AAAA-MM-JJ) et un « title ».")
            yield FolderFault("call.toml", line_of(text, "calendar", ""), sentence)


def _category_faults(text: str, categories: list[dict[str, Any]]) -> Iterator[FolderFault]:
    codes = [str(row.get("code", "")) for row in categories]
    for number, row in enumerate(categories):
        if not codes[number] or codes[number] in codes[:number] or not row.get("title"):
            sentence = _("Chaque catégorie de dépenses a un « code » à elle et un « title ».")
            yield FolderFault("call.toml", block_line(text, "category", number, "code"), sentence, codes[number])


def _period_faults(text: str, period: dict[str, Any]) -> Iterator[FolderFault]:
    for key in ("opens_at", "closes_at"):
        instant = period.get(key)
        if instant is not None and not (isinstance(instant, datetime) and instant.tzinfo):
            sentence = _("« %(key)s » est un instant avec son fuseau, par exemple 2013-09-13T23:59:59+02:00.")
            yield FolderFault("call.toml", line_of(text, "period", key), sentence % {"key": key})
            return
    opens, closes = period.get("opens_at"), period.get("closes_at")
    if opens and closes and closes <= opens:
        sentence = _("La clôture doit être après l’ouverture : corrigez les dates.")
        yield FolderFault("call.toml", line_of(text, "period", "closes_at"), sentence)
    try:
        zone = ZoneInfo(str(period.get("timezone", "Europe/Paris")))
    except (ZoneInfoNotFoundError, ValueError):
        sentence = _("Le fuseau horaire est inconnu : écrivez par exemple Europe/Paris.")
        yield FolderFault("call.toml", line_of(text, "period", "timezone"), sentence)
        return
    for key, instant in (("opens_at", opens), ("closes_at", closes)):
        if instant and instant.utcoffset() != instant.astimezone(zone).utcoffset():
            sentence = _("Le décalage écrit dans « %(key)s » n’est pas celui de %(zone)s ce jour-là : corrigez-le.")
            yield FolderFault("call.toml", line_of(text, "period", key), sentence % {"key": key, "zone": zone.key})
