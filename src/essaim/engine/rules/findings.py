"""Rules asked of one application: one finding per rule, and what they say together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from essaim.engine.rules.evaluation import Facts, figures, holds, missing_facts
from essaim.engine.rules.margins import advice, margin
from essaim.engine.rules.model import Finding, Phase, Rule, RuleSet
from essaim.engine.rules.vocabulary import Text

Eligibility = Literal["yes", "no", "unknown"]

_NOT_YET = Text("On ne peut pas encore répondre.", "This cannot be answered yet.")


def evaluate(ruleset: RuleSet, facts: Facts, phase: Phase | None = None) -> tuple[Finding, ...]:
    """One finding per rule, in the order of the set; only the rules of ``phase`` when given.

    ``facts`` maps the names of ``FACTS`` to values; a name that is absent or None is not known yet, and other names are
    ignored. Raises TypeError for a value of the wrong type (a float, a datetime).
    """
    return tuple(_finding(ruleset, rule, facts) for rule in ruleset.rules if phase is None or phase in rule.phases)


def _finding(ruleset: RuleSet, rule: Rule, facts: Facts) -> Finding:
    status = holds(rule.check, facts)
    options = advice(ruleset, rule.check, facts) if status == "not_met" else ()
    return Finding(
        rule_id=rule.id,
        title=rule.title,
        status=status,
        severity=rule.severity,
        message={"met": rule.met, "not_met": rule.not_met, "unknown": _NOT_YET}[status],
        margin=margin(ruleset, rule.check, facts, options),
        article=rule.article,
        figures=figures(rule.check, facts),
        advice=options,
        missing=missing_facts(rule.check, facts) if status == "unknown" else (),
    )


def summary(findings: Iterable[Finding]) -> Eligibility:
    """Eligible or not, by the blocking rules alone: "no" if one is not met, else "unknown" if one is unknown."""
    statuses = {finding.status for finding in findings if finding.severity == "blocking"}
    if "not_met" in statuses:
        return "no"
    return "unknown" if "unknown" in statuses else "yes"
