"""A call's rules in sentences, and the one evaluation used in all six places."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.engine import rules as engine
from essaim.kernel.bilingual import Bilingual, as_bilingual
from essaim.ui import formats


@dataclass(frozen=True, slots=True)
class RuleSentence:
    """A rule as the public reads it."""

    id: str
    title: Bilingual
    sentence: Bilingual
    article: Bilingual
    severity: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """What a rule says of one application: `status` is met, not_met or unknown."""

    rule: str
    status: str
    severity: str
    title: Bilingual
    message: Bilingual
    margin: Bilingual
    article: Bilingual

    @property
    def blocks(self) -> bool:
        """Whether this alone makes the application ineligible."""
        return self.status == "not_met" and self.severity == "blocking"

    @property
    def level(self) -> str:
        """The level of its badge."""
        if self.status == "unknown":
            return "neutral"
        return "success" if self.status == "met" else "error" if self.blocks else "warning"

    @property
    def label(self) -> str:
        """Its verdict in a word or two."""
        if self.status == "unknown":
            return _("À voir")
        if self.status == "met":
            return _("Respectée")
        if self.severity == "officer":
            return _("Laissée à l’appréciation du service")
        return _("Non respectée") if self.blocks else _("À surveiller")


@lru_cache(maxsize=64)
def _parsed(canonical: str) -> engine.RuleSet:
    return engine.from_json(canonical)


def parsed_rules(rule_set: Any) -> engine.RuleSet:
    """The engine's rules of a frozen version."""
    return _parsed(_canonical(rule_set))


def _canonical(rule_set: Any) -> str:
    return json.dumps(rule_set.rules, sort_keys=True, ensure_ascii=False)


def uses_facts(rule_set: Any, family: str) -> bool:
    """Whether some rule of a version asks a fact of this family ("de_minimis.")."""
    return f'"{family}' in _canonical(rule_set)


def sentences(rule_set: Any) -> list[RuleSentence]:
    """Each rule of a version, said for the public page, in the order it is read."""
    return list(_sentences(json.dumps(rule_set.rules, sort_keys=True, ensure_ascii=False)))


@lru_cache(maxsize=64)
def _sentences(canonical: str) -> tuple[RuleSentence, ...]:
    rules = _parsed(canonical)
    return tuple(
        RuleSentence(
            id=rule.id,
            title=_both(rule.title),
            sentence=Bilingual(fr=engine.sentence(rules, rule, "fr"), en=engine.sentence(rules, rule, "en")),
            article=_both(rule.article),
            severity=rule.severity,
        )
        for rule in rules.rules
    )


def findings(rule_set: Any, facts: Mapping[str, Any], *, phase: str | None = None) -> list[FindingView]:
    """Every rule asked of these facts: the one evaluation of simulator, draft, filing and all that follow."""
    return [
        FindingView(
            rule=found.rule_id,
            status=found.status,
            severity=found.severity,
            title=_both(found.title),
            message=_both(found.message),
            margin=_both(found.margin),
            article=_both(found.article),
        )
        for found in engine.evaluate(parsed_rules(rule_set), dict(facts), phase)  # type: ignore[arg-type]
    ]


def simulation_facts(*, cost_cents: int, request_cents: int, others_cents: int) -> dict[str, int]:
    """What three numbers tell, in cents, under the names a whole budget uses; the rest stays unknown.

    All the cost is taken as eligible. Whether others are public or private is known only when there are none.
    """
    facts = {
        "cost": cost_cents,
        "eligible_base": cost_cents,
        "request": request_cents,
        "balance": request_cents + others_cents - cost_cents,
    }
    if others_cents == 0:
        facts |= {"fundings.public": 0, "fundings.private": 0, "public_aid": request_cents}
    return facts


@dataclass(frozen=True, slots=True)
class Simulation:
    """What three numbers get: rules `answered`, rules that only the application `later` can answer, as titles."""

    answered: tuple[FindingView, ...]
    later: tuple[Bilingual, ...]

    @property
    def blocked(self) -> int:
        """How many rules these numbers break."""
        return sum(found.blocks for found in self.answered)

    @property
    def level(self) -> str:
        """The level of the alert that says the verdict."""
        return "warning" if self.blocked else "success"

    @property
    def verdict(self) -> str:
        """The verdict in a sentence."""
        if not self.blocked:
            return _("Ces trois nombres respectent les règles de l’appel.")
        return ngettext(
            "%(count)s règle n’est pas respectée : voici ce qui la fait passer.",
            "%(count)s règles ne sont pas respectées : voici ce qui les fait passer.",
            self.blocked,
        ) % {"count": self.blocked}


def simulate(rule_set: Any, *, cost_cents: int, request_cents: int, others_cents: int) -> Simulation:
    """The rules of a call asked of three numbers, by the same evaluation as everywhere else."""
    facts = simulation_facts(cost_cents=cost_cents, request_cents=request_cents, others_cents=others_cents)
    found = findings(rule_set, facts, phase="simulator")
    answered = tuple(finding for finding in found if finding.status != "unknown")
    said = {finding.rule for finding in answered}
    return Simulation(answered, tuple(rule.title for rule in sentences(rule_set) if rule.id not in said))


def finding_as_json(found: FindingView) -> dict[str, Any]:
    """A finding as it is frozen in a filing, a decision, a receipt."""
    texts = {name: dict(getattr(found, name)) for name in ("title", "message", "margin", "article")}
    return {"rule": found.rule, "status": found.status, "severity": found.severity, **texts}


def _both(text: Any) -> Bilingual:
    return Bilingual(fr=text.fr, en=text.en)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What happened to a rule from one version to the next: `kind` is added, removed or changed."""

    kind: str
    title: Bilingual
    before: Bilingual
    after: Bilingual


def changes_between(older: Any, newer: Any) -> list[RuleChange]:
    """What a new version changes, rule by rule, as the public reads it."""
    nothing = Bilingual()
    before = {rule.id: rule for rule in sentences(older)}
    after = {rule.id: rule for rule in sentences(newer)}
    found = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old is None and new is not None:
            found.append(RuleChange("added", new.title, nothing, new.sentence))
        elif new is None and old is not None:
            found.append(RuleChange("removed", old.title, old.sentence, nothing))
        elif old is not None and new is not None and old != new:
            found.append(RuleChange("changed", new.title, old.sentence, new.sentence))
    return found


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document to prepare: what it is, for whom it is compulsory, and how it may be sent."""

    code: str
    title: str
    help: str
    required: bool
    requirement: str
    formats: str


def documents_of(rule_set: Any) -> list[DocumentRow]:
    """The documents a call asks, compulsory ones first, in the reader's language."""
    labels = rule_set.rules.get("labels", {})
    rows = []
    for document in rule_set.documents.get("document", []):
        kinds = document.get("required_for", [])
        if not kinds:
            requirement = _("Facultatif")
        elif "*" in kinds:
            requirement = _("Obligatoire")
        else:
            names = ", ".join(str(as_bilingual(labels.get(kind, kind))) for kind in kinds)
            requirement = _("Obligatoire pour : %(kinds)s") % {"kinds": names}
        size = _("%(size)s Mo au plus") % {"size": formats.number(document.get("max_megabytes", 10))}
        accepted = ", ".join(name.upper() for name in document.get("formats", []))
        title, help = (str(as_bilingual(document.get(name))) for name in ("title", "help"))
        rows.append(DocumentRow(document["code"], title, help, bool(kinds), requirement, f"{accepted} · {size}"))
    return sorted(rows, key=lambda row: not row.required)
