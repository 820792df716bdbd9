"""A rule being written: its public sentence, what prevents it, and what it says of numbers tried at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from essaim.calls.queries.answers import yes_no
from essaim.calls.queries.rules import FindingView, RuleSentence, findings, sentences
from essaim.engine import money
from essaim.engine import rules as engine
from essaim.engine.rules.vocabulary import FACTS, fact_spec
from essaim.ui import formats

OPS = {
    "le": gettext_lazy("est au plus"),
    "ge": gettext_lazy("est au moins"),
    "lt": gettext_lazy("est moins que"),
    "gt": gettext_lazy("est plus que"),
    "eq": gettext_lazy("est égal à, vaut"),
    "before": gettext_lazy("au plus tard le"),
    "after": gettext_lazy("au plus tôt le"),
    "ratio": gettext_lazy("une part d’un montant dans un autre"),
    "sum": gettext_lazy("la somme de dépenses par catégorie"),
    "one_of": gettext_lazy("est parmi une liste"),
    "territory_in": gettext_lazy("le projet est dans un territoire"),
    "territory_not_in": gettext_lazy("le projet est hors d’un territoire"),
    "text": gettext_lazy("un texte est écrit"),
    "document": gettext_lazy("une pièce est jointe"),
    "all": gettext_lazy("plusieurs conditions, toutes"),
    "any": gettext_lazy("plusieurs conditions, une au moins"),
    "not": gettext_lazy("une condition ne tient pas"),
}
STARTS: dict[str, dict[str, Any]] = {
    **{op: {"op": op, "fact": "request", "value": "0.00"} for op in ("le", "ge", "lt", "gt", "eq")},
    **{op: {"op": op, "fact": "date.end"} for op in ("before", "after")},
    "ratio": {"op": "ratio", "numerator": "request", "denominator": "cost"},
    "sum": {"op": "sum", "categories": []},
    "one_of": {"op": "one_of", "fact": "applicant.kind", "values": []},
    "territory_in": {"op": "territory_in", "level": "region", "codes": []},
    "territory_not_in": {"op": "territory_not_in", "level": "region", "codes": []},
    "text": {"op": "text", "fact": "text.project", "min_length": 1},
    "document": {"op": "document"},
    "all": {"op": "all", "checks": []},
    "any": {"op": "any", "checks": []},
    "not": {"op": "not", "check": {"op": "eq", "fact": "request", "value": "0.00"}},
}


def alone(rules: Mapping[str, Any], rule: Mapping[str, Any]) -> Any:
    """A rule by itself with the call's names, as a version that can be asked; faults of the others do not count."""
    held = {**{key: rules[key] for key in ("labels", "facts") if rules.get(key)}, "rule": [rule]}

    class Version:
        rules = held

    return Version


def sentence_of(rules: Mapping[str, Any], rule: Mapping[str, Any]) -> RuleSentence | None:
    """The rule as the public will read it, or None while it cannot be read."""
    try:
        return sentences(alone(rules, rule))[0]
    except engine.RuleSetError:
        return None


def faults_of(rules: Mapping[str, Any], rule: Mapping[str, Any]) -> list[str]:
    """What prevents a rule from being read, in the reader's language."""
    try:
        engine.from_json(json.dumps(alone(rules, rule).rules, ensure_ascii=False))
    except engine.RuleSetError as error:
        return [fault.text.say(formats.language()) for fault in error.faults]
    return []


def clause_of(rules: Mapping[str, Any], check: Mapping[str, Any]) -> str:
    """A check inside a rule, said by itself; its operator while it cannot be read."""
    words = {"fr": "x", "en": "x"}
    rule = {"id": "x", "severity": "blocking", "check": check}
    rule |= dict.fromkeys(("title", "article", "met", "not_met"), words)
    said = sentence_of(rules, rule)
    return str(said.sentence) if said else str(OPS.get(str(check.get("op")), "?"))


def facts_known(form: Mapping[str, Any], rules: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Every fact a rule of this call may ask: its kind, and its name in the reader's language."""
    language, names = formats.language(), rules.get("facts", {})
    found = {spec.name: (str(spec.type), spec.title.say(language)) for spec in FACTS if not spec.name.endswith(".*")}
    for section in form.get("section", []):
        for question in section.get("question", []):
            spec = fact_spec(str(question.get("fact") or ""))
            if spec is not None and question["fact"] not in found:
                label = names.get(question["fact"], question.get("label", {}))
                found[question["fact"]] = (str(spec.type), label.get(language) or label.get("fr") or question["fact"])
    return found


def facts_of_type(kind: str, code: str) -> list[tuple[str, str]]:
    """What a question of this type may tell the rules: (fact, its name)."""
    own = {
        "short_text": "text", "long_text": "text", "email": "text", "phone": "text", "siret": "text",
        "number": "number", "money": "money", "date": "date", "choice": "choice",
        "yes_no": "commitment", "declaration": "commitment",
    }  # fmt: skip
    special = {"date": ("date.start", "date.end"), "choice": ("applicant.kind",), "commune": ("territory.commune",)}
    found = []
    for name in special.get(kind, ()):
        spec = fact_spec(name)
        assert spec is not None
        found.append((name, spec.title.say(formats.language())))
    if kind in own:
        name = f"{own[kind]}.{code}"
        found.append((name, _("un fait propre à cet appel (%(name)s)") % {"name": name}))
    return found


def facts_in(check: Any) -> Iterator[str]:
    """The facts a check compares, each once."""
    seen: set[str] = set()
    for part in _leaves(check):
        names = [part.get(key) for key in ("fact", "other", "numerator", "denominator")]
        names += {"sum": ["lines", "cost"], "document": ["documents"]}.get(str(part.get("op")), [])
        if str(part.get("op")).startswith("territory"):
            names.append(f"territory.{part.get('level')}")
        for name in names:
            if isinstance(name, str) and name and name not in seen:
                seen.add(name)
                yield name


def _leaves(check: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(check, Mapping):
        return
    inside = check.get("checks") or ([check["check"]] if "check" in check else [])
    if inside:
        for part in inside:
            yield from _leaves(part)
    else:
        yield check


def documents_in(check: Any) -> list[str]:
    """The codes of the documents a check asks for."""
    return sorted({str(part["code"]) for part in _leaves(check) if part.get("op") == "document" and part.get("code")})


def tried(rules: Mapping[str, Any], rule: Mapping[str, Any], facts: Mapping[str, Any]) -> FindingView | None:
    """What the rule says of these facts, by the one evaluation used everywhere; None while it cannot be read."""
    try:
        return findings(alone(rules, rule), facts)[0]
    except engine.RuleSetError:
        return None


def value_as_text(fact: str, value: Any) -> str:
    """The constant a check compares with, as its page shows it."""
    spec = fact_spec(fact)
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if spec is not None and spec.type == "money":
        try:
            return formats.money(money.parse_cents(str(value)))
        except money.MoneyError:
            return str(value)
    if spec is not None and spec.type == "date":
        try:
            return f"{date.fromisoformat(str(value)):%d/%m/%Y}"
        except ValueError:
            return str(value)
    return str(value)


def value_from_text(fact: str, text: str) -> Any:
    """The constant as the rules write it, in the type of its fact; text that cannot be read stays, and is told."""
    spec, words = fact_spec(fact), text.strip()
    kind = spec.type if spec else ""
    if kind == "money":
        try:
            cents = money.parse_cents(words, formats.language())
        except money.MoneyError:
            return words
        return f"{cents // 100}.{cents % 100:02d}"
    if kind == "yes_no":
        value = yes_no(words)
        return words if value is None else value
    if kind == "number" and words.lstrip("-").isdigit() and words.isascii():
        return int(words)
    if kind == "date":
        parts = words.replace("-", "/").replace(".", "/").split("/")
        if len(parts) == 3 and len(parts[2]) == 4:
            return f"{parts[2]}-{parts[1]:0>2}-{parts[0]:0>2}"
    return words


def name_documents(rules: dict[str, Any], titles: Mapping[str, Any], codes: Iterable[str]) -> dict[str, Any]:
    """The rules with a name for each document they ask, taken from the document's own title."""
    labels = {**rules.get("labels", {})}
    for code in codes:
        if code not in labels and set(titles.get(code, {})) == {"fr", "en"}:
            labels[code] = titles[code]
    return {**rules, "labels": labels} if labels else rules
