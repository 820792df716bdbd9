"""Errors of a call's documents, grid and letters, and of rules that speak of what the call does not ask."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from essaim.calls.actions.faults import FolderFault, block_line, line_with, near, unknown_keys, untranslated
from essaim.engine import rules as engine

FORMATS = ("csv", "docx", "jpeg", "jpg", "odp", "ods", "odt", "pdf", "png", "pptx", "txt", "xlsx")
MOST_MEGABYTES = 200
DOCUMENT_KEYS = frozenset(
    {
        "code",
        "title",
        "help",
        "required_for",
        "formats",
        "max_megabytes",
        "multiple",
        "experts",
        "source",
        "template",
        "vault",
    }
)
CRITERION_KEYS = frozenset({"code", "weight", "title", "question", "low", "high", "source"})
# Facts that the pages of an application give whatever the form asks.
GIVEN = re.compile(
    r"^(request|grant|cost|eligible_base|balance|public_aid|lines|documents|date\.filed|plan\..+|fundings\..+|de_minimis.*)$"
)
LETTERS = ("funded", "declined", "inadmissible")
VARIABLES = frozenset(
    {
        "agreement_months",
        "agreement_url",
        "algorithm_notice",
        "appeal_text",
        "applicant_name",
        "application_number",
        "call_title",
        "decision_date",
        "envelope_amount",
        "filed_date",
        "funded_count",
        "granted_amount",
        "project_title",
        "ranked_count",
        "reasons",
        "requested_amount",
        "results_url",
        "rules_sha256",
        "rules_url",
        "service_email",
        "service_name",
        "service_telephone",
        "signatory_name",
        "signatory_role",
        "smallest_change",
        "total_cost",
        "unmet_rules",
    }
)
SUBJECTS = {"fr": ("Objet :", "Objet\u00a0:"), "en": ("Subject:",)}


def document_faults(text: str, content: Mapping[str, Any], rules: engine.RuleSet | None) -> Iterator[FolderFault]:
    """Every error of a documents.toml; `rules` names the kinds of applicant."""
    file, seen = "documents.toml", set()
    labels = {key for key, _title in rules.labels} if rules else None
    yield from untranslated(file, text, content)
    for number, row in enumerate(content.get("document", [])):
        code = str(row.get("code", ""))
        for key, sentence in _document(row, code, seen, labels):
            line = line_with(text, f'"{key[1:]}"') if key.startswith('"') else block_line(text, "document", number, key)
            yield FolderFault(file, line, sentence, code)
        seen.add(code)


def _document(row: Mapping[str, Any], code: str, seen: set[str], labels: set[str] | None) -> Iterator[tuple[str, str]]:
    """(key, sentence) of each error of a document; a key that begins with a quote is a word of the file."""
    yield from unknown_keys(row, DOCUMENT_KEYS)
    if not code or code in seen:
        yield "code", _("Chaque pièce a un « code » à elle : donnez-en un.")
    if not row.get("title"):
        yield "title", _("La pièce « %(code)s » n’a pas de nom : ajoutez « title ».") % {"code": code}
    for name in row.get("formats", []):
        if name not in FORMATS:
            said = {"format": name, "hint": near(str(name), FORMATS)}
            yield "formats", _("Le format « %(format)s » n’est pas reçu%(hint)s.") % said
    size = row.get("max_megabytes", 10)
    if type(size) is not int or not 0 < size <= MOST_MEGABYTES:
        yield "max_megabytes", _("« max_megabytes » va de 1 à %(most)s.") % {"most": MOST_MEGABYTES}
    for kind in dict.fromkeys(row.get("required_for", [])):
        if labels is not None and kind != "*" and kind not in labels:
            sentence = _("« %(code)s » n’a pas de nom : ajoutez-le à la table [labels] de rules.toml.")
            yield f'"{kind}', sentence % {"code": kind}


def grid_faults(text: str, content: Mapping[str, Any]) -> Iterator[FolderFault]:
    """Every error of a grid.toml."""
    file = "grid.toml"
    yield from untranslated(file, text, content)
    scale = content.get("scale", {})
    low, high = scale.get("min", 0), scale.get("max", 5)
    if not (type(low) is int and type(high) is int and low < high):
        sentence = _("L’échelle va d’un nombre entier à un plus grand : scale = { min = 0, max = 5, step = 1 }.")
        yield FolderFault(file, line_with(text, "scale"), sentence, "scale")
        low, high = 0, 100
    for number, level in enumerate(content.get("level", [])):
        if not (type(level.get("score")) is int and low <= level["score"] <= high):
            sentence = _("Le repère %(score)s sort de l’échelle.") % {"score": level.get("score")}
            yield FolderFault(file, block_line(text, "level", number, "score"), sentence, "level")
    seen: set[str] = set()
    weights = []
    for number, row in enumerate(content.get("criterion", [])):
        code = str(row.get("code", ""))
        for key, sentence in _criterion(row, code, seen):
            yield FolderFault(file, block_line(text, "criterion", number, key), sentence, code)
        seen.add(code)
        weights.append(row["weight"] if type(row.get("weight")) is int else 0)
    if sum(weights) != 100:
        sentence = _("Les poids de la grille font %(total)s au lieu de 100 : corrigez-les.") % {"total": sum(weights)}
        yield FolderFault(file, line_with(text, "weight"), sentence)


def _criterion(row: Mapping[str, Any], code: str, seen: set[str]) -> Iterator[tuple[str, str]]:
    yield from unknown_keys(row, CRITERION_KEYS)
    if not code or code in seen:
        yield "code", _("Chaque critère a un « code » à lui : donnez-en un.")
    if not row.get("title") or not row.get("question"):
        yield "title", _("Le critère « %(code)s » a un « title » et une « question ».") % {"code": code}
    if type(row.get("weight")) is not int or row["weight"] <= 0:
        yield "weight", _("Le poids du critère « %(code)s » est un nombre entier positif.") % {"code": code}


def rule_faults(
    text: str, rules: engine.RuleSet, call: Mapping[str, Any], form: Mapping[str, Any], documents: Mapping[str, Any]
) -> Iterator[FolderFault]:
    """Rules that speak of a fact no question gives, a document not asked, a category of costs that does not exist."""
    questions = [row for section in form.get("section", []) for row in section.get("question", [])]
    given = {str(row.get("fact")) for row in questions if row.get("fact")}
    if any(row.get("type") == "commune" for row in questions):
        given |= {f"territory.{level}" for level in ("region", "department", "commune")}
    asked = {str(row.get("code")) for row in documents.get("document", [])}
    categories = {str(row.get("code")) for row in call.get("category", [])}
    for rule in json.loads(engine.canonical_json(rules))["rule"]:
        line = line_with(text, f'id = "{rule["id"]}"')
        for sentence in dict.fromkeys(_unanswered(rule["check"], given, asked, categories)):
            told = _("Règle « %(rule)s » : %(sentence)s") % {"rule": rule["id"], "sentence": sentence}
            yield FolderFault("rules.toml", line, told, rule["id"])


def _unanswered(check: Mapping[str, Any], given: set[str], asked: set[str], categories: set[str]) -> Iterator[str]:
    for part in [*check.get("checks", []), *([check["check"]] if "check" in check else [])]:
        yield from _unanswered(part, given, asked, categories)
    facts = [check[key] for key in ("fact", "other", "numerator", "denominator") if key in check]
    if "level" in check:
        facts.append(f"territory.{check['level']}")
    for fact in facts:
        if fact not in given and not GIVEN.match(fact):
            yield _("aucune question ne donne « %(fact)s » ; ajoutez « fact » à une question.") % {"fact": fact}
    if check.get("op") == "document" and check["code"] not in asked:
        yield _("la pièce « %(code)s » n’est pas demandée dans documents.toml.") % {"code": check["code"]}
    for category in check.get("categories", []):
        if category not in categories:
            yield _("la catégorie « %(code)s » n’est pas dans call.toml.") % {"code": category}


def letter_faults(files: Mapping[str, bytes]) -> Iterator[FolderFault]:
    """Letters with a name or a variable nobody knows, without a subject, or in one language only."""
    names = [name for name in files if name.startswith("letters/")]
    for name in names:
        found = re.fullmatch(r"letters/([a-z_]+)\.(fr|en)\.txt", name)
        if found is None or found[1] not in LETTERS:
            said = {"letters": ", ".join(LETTERS)}
            yield FolderFault(
                name, None, _("Une lettre se nomme NOM.fr.txt ou NOM.en.txt, NOM parmi %(letters)s.") % said
            )
            continue
        other = f"letters/{found[1]}.{'en' if found[2] == 'fr' else 'fr'}.txt"
        if other not in files:
            yield FolderFault(
                name, None, _("Cette lettre manque dans l’autre langue : ajoutez %(file)s.") % {"file": other}
            )
        try:
            text = files[name].decode()
        except UnicodeDecodeError:
            yield FolderFault(name, None, _("Le fichier n’est pas en UTF-8 : enregistrez-le dans cet encodage."))
            continue
        yield from _letter(name, text, found[2])


def _letter(name: str, text: str, language: str) -> Iterator[FolderFault]:
    if not text.startswith(SUBJECTS[language]):
        sentence = _("La première ligne est l’objet : « %(subject)s … ».") % {"subject": SUBJECTS[language][0]}
        yield FolderFault(name, 1, sentence)
    for number, line in enumerate(text.splitlines(), start=1):
        for word in re.findall(r"\{([^{}]*)\}", line):
            if word not in VARIABLES:
                said = {"word": word, "hint": near(word, sorted(VARIABLES))}
                yield FolderFault(name, number, _("La variable {%(word)s} n’existe pas%(hint)s.") % said, word)
        if set(re.sub(r"\{[^{}]*\}", "", line)) & {"{", "}"}:
            yield FolderFault(name, number, _("Une accolade n’est pas fermée : écrivez {variable}."))
