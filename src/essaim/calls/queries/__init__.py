"""What is asked of calls: is it open, its rules in sentences, the one evaluation, and who was told of it."""

from essaim.calls.queries.publishing import as_dispositif
from essaim.calls.queries.reach import Reach, ReachRow, in_scope, reach_of
from essaim.calls.queries.rules import (
    DocumentRow,
    FindingView,
    RuleChange,
    RuleSentence,
    Simulation,
    changes_between,
    documents_of,
    finding_as_json,
    findings,
    parsed_rules,
    sentences,
    simulate,
    simulation_facts,
    uses_facts,
)
from essaim.calls.queries.times import CallQuerySet, Moment, Today, is_late, is_open, moments, today

__all__ = [
    "CallQuerySet",
    "DocumentRow",
    "FindingView",
    "Moment",
    "Reach",
    "ReachRow",
    "RuleChange",
    "RuleSentence",
    "Simulation",
    "Today",
    "as_dispositif",
    "changes_between",
    "documents_of",
    "finding_as_json",
    "findings",
    "in_scope",
    "is_late",
    "is_open",
    "moments",
    "parsed_rules",
    "reach_of",
    "sentences",
    "simulate",
    "simulation_facts",
    "today",
    "uses_facts",
]
