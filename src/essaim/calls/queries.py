"""What is asked of calls: is it open, its rules in sentences, and the one evaluation used in all six places."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from essaim.engine import rules as engine
from essaim.kernel.bilingual import Bilingual


class CallQuerySet(QuerySet[Any]):
    """Calls."""

    def public(self) -> CallQuerySet:
        """Those anyone may read: all but drafts."""
        return self.exclude(state="draft")

    def open(self, at: datetime) -> CallQuerySet:
        """Those one may file to at `at`."""
        return self.filter(state="published", opens_at__lte=at, closes_at__gt=at)

    def upcoming(self, at: datetime) -> CallQuerySet:
        """Published, not yet open."""
        return self.filter(state="published", opens_at__gt=at)

    def past(self, at: datetime) -> CallQuerySet:
        """Closed for filing."""
        return self.filter(Q(closes_at__lte=at) | Q(state__in=["settled", "withdrawn"])).exclude(state="draft")


def is_open(call: Any, *, at: datetime) -> bool:
    """Whether one may file at `at`: from the opening instant, up to and including the closing second."""
    return bool(call.state == "published" and call.opens_at <= at < call.closes_at)


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


@lru_cache(maxsize=64)
def _parsed(canonical: str) -> engine.RuleSet:
    return engine.from_json(canonical)


def parsed_rules(rule_set: Any) -> engine.RuleSet:
    """The engine's rules of a frozen version."""
    return _parsed(json.dumps(rule_set.rules, sort_keys=True, ensure_ascii=False))


def sentences(rule_set: Any) -> list[RuleSentence]:
    """Each rule of a version, said for the public page, in the order it is read."""
    rules = parsed_rules(rule_set)
    return [
        RuleSentence(
            id=rule.id,
            title=_both(rule.title),
            sentence=Bilingual(fr=engine.sentence(rules, rule, "fr"), en=engine.sentence(rules, rule, "en")),
            article=_both(rule.article),
            severity=rule.severity,
        )
        for rule in rules.rules
    ]


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
    """The facts three numbers give: cost, request and what the other funders bring, in cents."""
    return {
        "cost": cost_cents,
        "eligible_base": cost_cents,
        "request": request_cents,
        "fundings.others": others_cents,
        "resources": request_cents + others_cents,
        "balance": request_cents + others_cents - cost_cents,
    }


def finding_as_json(found: FindingView) -> dict[str, Any]:
    """A finding as it is frozen in a filing, a decision, a receipt."""
    texts = {name: dict(getattr(found, name)) for name in ("title", "message", "margin", "article")}
    return {"rule": found.rule, "status": found.status, "severity": found.severity, **texts}


def _both(text: Any) -> Bilingual:
    return Bilingual(fr=text.fr, en=text.en)
