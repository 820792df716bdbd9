"""An application that is never kept: the examples of a call's folder, and an officer who tries the call.

It is asked the same questions and the same rules as a real one, by the same functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from essaim.applications.queries.facts import WHOLE_SHARE, findings_of, missing_documents_of, missing_of
from essaim.applications.queries.form import questions_of
from essaim.calls.queries import FindingView
from essaim.calls.queries.content import canonical_rules, fields_of
from essaim.engine import money
from essaim.kernel import toml

VERDICTS = ("met", "not_met", "unknown")


class Rows(list[Any]):
    """Lines that are read as those of the database are."""

    def all(self) -> Rows:
        """All of them."""
        return self


@dataclass
class Specimen:
    """What an application holds, in memory. `commune` is a real one, or only its codes."""

    call: Any
    rule_set: Any
    answers: dict[str, Any] = field(default_factory=dict)
    cost_lines: Rows = field(default_factory=Rows)
    funding_lines: Rows = field(default_factory=Rows)
    documents: Rows = field(default_factory=Rows)
    commune: Any = None
    filed_at: datetime | None = None
    organisation_id: int | None = 0

    @property
    def commune_id(self) -> str | None:
        """The code of its commune."""
        return self.commune.pk if self.commune is not None else None


def call_of(content: Mapping[str, Any]) -> Any:
    """The call a content describes, in memory."""
    return SimpleNamespace(**fields_of(dict(content["call"])))


def version_of(content: Mapping[str, Any]) -> Any:
    """The version a content would become, in memory. Raises RuleSetError when its rules cannot be read."""
    parts = {name: content[name] for name in ("form", "grid", "documents", "call", "letters")}
    return SimpleNamespace(rules=canonical_rules(content["rules"]), **parts)


def cost(label: str, category: str, amount_cents: int, vat: str = "HT") -> Any:
    """A line of expenses."""
    return SimpleNamespace(
        label=label,
        category=category,
        amount_cents=amount_cents,
        account="",
        eligible_points=WHOLE_SHARE,
        vat=vat,
        year=None,
        quantity_thousandths=None,
        unit_price_cents=None,
        quote="",
    )


def funding(funder: str, kind: str, amount_cents: int, status: str = "asked") -> Any:
    """A line of resources."""
    return SimpleNamespace(
        funder=funder, kind=kind, status=status, amount_cents=amount_cents, account="", year=None, proof=""
    )


def documents(slots: Iterable[str]) -> Rows:
    """Documents given, by the code of what was asked."""
    return Rows(SimpleNamespace(slot=slot, file=SimpleNamespace(scan="")) for slot in slots)


@dataclass(frozen=True, slots=True)
class Tried:
    """An example and what came of it: `differences` from what its folder expects, in sentences; none when all agree."""

    name: str
    title: str
    findings: tuple[FindingView, ...] = ()
    missing: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Eligible or not, in a word."""
        blocking = [found for found in self.findings if found.severity == "blocking"]
        if any(found.status == "not_met" for found in blocking):
            return _("Non éligible")
        return _("À compléter") if any(found.status == "unknown" for found in blocking) else _("Éligible")


def try_examples(content: Mapping[str, Any], sources: Mapping[str, str]) -> list[Tried]:
    """Each example of a folder asked of its own rules, compared with what it expects; French, as the folder is."""
    read = {}
    tried = []
    for name, text in sorted(sources.items()):
        if name.startswith("examples/"):
            key = name.removeprefix("examples/").removesuffix(".toml")
            try:
                read[key] = toml.loads(text)
            except ValueError as error:
                said = _("Ce n’est pas du TOML correct : %(error)s") % {"error": error}
                tried.append(Tried(key, key, differences=(said,)))
    call, version = call_of(content), version_of(content)
    with override("fr"):
        for key in read:
            tried.append(_try(key, read, call, version))
    return sorted(tried, key=lambda one: one.name)


def _try(key: str, read: Mapping[str, Any], call: Any, version: Any) -> Tried:
    example = inherited(key, read)
    title = str(example.get("title", key))
    try:
        specimen = specimen_of(example, call, version)
        found = tuple(findings_of(specimen, phase=str(example.get("phase", "filing"))))
    except (KeyError, TypeError, ValueError) as error:
        return Tried(key, title, differences=(_("Cet exemple ne peut pas être lu : %(error)s") % {"error": error},))
    missing = tuple(one.sentence for one in missing_of(specimen))
    missing += tuple(_("Pièce absente : %(title)s.") % {"title": row.title} for row in missing_documents_of(specimen))
    return Tried(key, title, found, missing, tuple(_differences(example.get("expected", {}), found, missing)))


def inherited(key: str, read: Mapping[str, Any]) -> dict[str, Any]:
    """An example with what it takes from the one it is `based_on`: answers are merged, the rest replaced."""
    chain, seen = [], set()
    while key and key in read and key not in seen:
        seen.add(key)
        chain.append(read[key])
        key = str(read[key].get("based_on", ""))
    whole: dict[str, Any] = {}
    for example in reversed(chain):
        answers = {**whole.get("answers", {}), **example.get("answers", {})}
        verdicts = {**whole.get("expected", {}).get("verdicts", {}), **example.get("expected", {}).get("verdicts", {})}
        expected = {**example.get("expected", {}), "verdicts": verdicts}
        whole = {**whole, **example, "answers": answers, "expected": expected}
    return whole


def specimen_of(example: Mapping[str, Any], call: Any, version: Any) -> Specimen:
    """The application an example describes. Raises KeyError, ValueError or TypeError for what cannot be read."""
    questions = questions_of(version)
    if unknown := set(example.get("answers", {})) - set(questions):
        raise KeyError(", ".join(sorted(unknown)))
    place = example.get("territory") or {}
    department = SimpleNamespace(region_id=place.get("region"), region_2013_id=place.get("region"))
    commune = SimpleNamespace(pk=place.get("commune"), department_id=place.get("department"), department=department)
    filed = example.get("filed")
    return Specimen(
        call=call,
        rule_set=version,
        answers=dict(example.get("answers", {})),
        cost_lines=Rows(
            cost(row.get("label", ""), row["category"], money.parse_cents(row["amount"]), row.get("vat", "HT"))
            for row in example.get("cost", [])
        ),
        funding_lines=Rows(
            funding(row.get("funder", ""), row["kind"], money.parse_cents(row["amount"]), row.get("status", "asked"))
            for row in example.get("funding", [])
        ),
        documents=documents(example.get("documents", [])),
        commune=commune if place else None,
        filed_at=datetime.combine(datetime.fromisoformat(filed).date(), time(12), UTC) if filed else None,
    )


def _differences(expected: Mapping[str, Any], found: tuple[FindingView, ...], missing: tuple[str, ...]) -> list[str]:
    """What differs from what the folder expects, in sentences."""
    said = {"met": _("respectée"), "not_met": _("non respectée"), "unknown": _("sans réponse")}
    by_rule = {finding.rule: finding for finding in found}
    differences = []
    for rule, verdict in expected.get("verdicts", {}).items():
        one = by_rule.get(rule)
        if one is None:
            differences.append(_("Règle « %(rule)s » : elle n’existe pas à cette phase.") % {"rule": rule})
        elif one.status != verdict:
            names = {
                "rule": rule,
                "expected": said.get(verdict, verdict),
                "found": said[one.status],
                "margin": str(one.margin or one.message),
            }
            differences.append(_("Règle « %(rule)s » : attendue %(expected)s, trouvée %(found)s. %(margin)s") % names)
    for rule, sentence in expected.get("margins", {}).items():
        told = str(by_rule[rule].margin) if rule in by_rule else ""
        if _plain(told) != _plain(sentence):
            names = {"rule": rule, "expected": sentence, "found": told}
            differences.append(_("Règle « %(rule)s » : attendu « %(expected)s », trouvé « %(found)s ».") % names)
    if expected.get("complete") is True and missing:
        differences.append(_("Le dossier devrait être complet : %(missing)s") % {"missing": " ".join(missing)})
    if expected.get("complete") is False and not missing:
        differences.append(_("Le dossier devrait être incomplet, et rien ne manque."))
    return differences


def _plain(text: str) -> str:
    """Spaces of any kind are the same."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
