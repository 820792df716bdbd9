"""A rule set and the facts of an application -> findings in words, the same in the simulator, the draft, the filing,
the admissibility check, the award and the payment.

    ruleset = load_rules(toml_text)                 # every error at once, with its line, in RuleSetError.faults
    findings = evaluate(ruleset, facts)             # facts: flat mapping, names and types in the table FACTS
    summary(findings)                               # "yes", "no" or "unknown": blocking rules only
    sentence(ruleset, rule, "fr")                   # a rule said for the public page
    sha256(ruleset); canonical_json(ruleset); from_json(text)

Amounts are whole cents, shares are exact fractions, dates are dates; a float raises TypeError.
"""

from essaim.engine.rules.canonical import canonical_json, sha256
from essaim.engine.rules.evaluation import apply_changes
from essaim.engine.rules.faults import RuleFault, RuleSetError
from essaim.engine.rules.findings import Eligibility, evaluate, summary
from essaim.engine.rules.model import PHASES, Change, Finding, Phase, Rule, RuleSet, Severity, Status
from essaim.engine.rules.reading import from_json, load_rules
from essaim.engine.rules.vocabulary import FACTS, FactSpec, Text, facts_table
from essaim.engine.rules.wording import format_date, sentence

__all__ = [
    "FACTS",
    "PHASES",
    "Change",
    "Eligibility",
    "FactSpec",
    "Finding",
    "Phase",
    "Rule",
    "RuleFault",
    "RuleSet",
    "RuleSetError",
    "Severity",
    "Status",
    "Text",
    "apply_changes",
    "canonical_json",
    "evaluate",
    "facts_table",
    "format_date",
    "from_json",
    "load_rules",
    "sentence",
    "sha256",
    "summary",
]
