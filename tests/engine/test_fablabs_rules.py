"""The real call of 2013: its rules, over the cases its applicants met."""

import re
import tomllib
from pathlib import Path

import pytest

from essaim.engine.budget import CostLine, FundingLine, Plan, plan_facts
from essaim.engine.rules import canonical_json, evaluate, from_json, load_rules, sentence, sha256, summary

FOLDER = Path(__file__).parents[2] / "programmes" / "fablabs-2013"
RULES = load_rules((FOLDER / "rules.toml").read_text(encoding="utf-8"))


def facts(request, cost, other=None):
    """An association that exists, asks ``request`` for ``cost`` (cents), its region funds the rest (or ``other``)."""
    rest = cost - request if other is None else other
    plan = Plan(
        (CostLine(label="Machines", category="machines", amount_cents=cost),),
        (
            FundingLine(funder="DGCIS", kind="requested", amount_cents=request),
            FundingLine(funder="Région", kind="public", amount_cents=rest),
        ),
    )
    return plan_facts(plan) | {
        "applicant.kind": "association",
        "commitment.existing": True,
        "commitment.outreach": True,
    }


def ask(rule_id, answers):
    return next(finding for finding in evaluate(RULES, answers, "simulator") if finding.rule_id == rule_id)


def test_a_project_within_the_call_is_eligible_in_the_simulator():
    findings = evaluate(RULES, facts(16_000_000, 25_000_000), "simulator")
    assert [finding.rule_id for finding in findings if finding.status != "met"] == []
    assert summary(findings) == "yes"
    assert ask("taux-aide", facts(16_000_000, 25_000_000)).margin.fr == "Il vous reste 15\u202f000\u00a0€ de marge."


def test_72_percent_is_refused_with_both_ways_out():
    answers = facts(18_000_000, 25_000_000)
    finding = ask("taux-aide", answers)
    assert summary(evaluate(RULES, answers, "simulator")) == "no"
    assert finding.margin.fr == (
        "72\u00a0% pour un maximum de 70\u00a0%\u00a0: baissez la demande de 5\u202f000\u00a0€, "
        "ou portez le coût à 257\u202f142,86\u00a0€."
    )
    assert finding.article.fr == "Appel de 2013, taux maximal de l’aide"


def test_70_percent_exactly_is_accepted():
    assert ask("taux-aide", facts(17_500_000, 25_000_000)).margin.fr == "Vous êtes exactement à la limite."


@pytest.mark.parametrize(
    ("request_cents", "margin"),
    [
        (4_800_000, "48 000~€ pour un minimum de 50 000~€~: augmentez la demande de 2 000~€."),
        (21_000_000, "210 000~€ pour un maximum de 200 000~€~: baissez la demande de 10 000~€."),
    ],
)
def test_amounts_outside_the_call_are_refused_with_the_way_back(request_cents, margin):
    answers = facts(request_cents, 40_000_000)
    # "~" stands for a no-break space, the space inside a number for a narrow one.
    typographic = re.sub(r"(?<=\d) (?=\d)", "\u202f", margin).replace("~", "\u00a0")
    assert ask("montant-aide", answers).margin.fr == typographic
    assert summary(evaluate(RULES, answers, "simulator")) == "no"


@pytest.mark.parametrize("request_cents", [5_000_000, 20_000_000])
def test_the_limits_themselves_are_accepted(request_cents):
    assert ask("montant-aide", facts(request_cents, 40_000_000)).status == "met"


def test_a_plan_that_lacks_resources_says_how_much():
    assert ask("plan-equilibre", facts(16_000_000, 25_000_000, other=8_600_000)).margin.fr == (
        "Il manque 4\u202f000\u00a0€ de ressources\u00a0: ajoutez une ressource, ou baissez une dépense, d’autant."
    )


def test_a_structure_to_come_must_start_fast():
    answers = facts(16_000_000, 25_000_000) | {"commitment.existing": False}
    assert ask("structure-en-place", answers).status == "unknown"
    assert ask("structure-en-place", answers | {"commitment.fast_start": True}).status == "met"
    assert ask("structure-en-place", answers | {"commitment.fast_start": False}).status == "not_met"


def test_nothing_is_refused_before_anything_is_entered():
    assert {finding.status for finding in evaluate(RULES, {})} == {"unknown"}


def test_every_rule_is_said_in_both_languages_and_survives_freezing():
    for rule in RULES.rules:
        assert sentence(RULES, rule, "fr").endswith(".")
        assert sentence(RULES, rule, "en").endswith(".")
        assert rule.source in ("réel", "proposé par Essaim")
    assert sha256(from_json(canonical_json(RULES))) == sha256(RULES)


def read(name):
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def test_the_grid_weighs_companies_most_and_makes_100():
    criteria = read("grid.toml")["criterion"]
    weights = {criterion["code"]: criterion["weight"] for criterion in criteria}
    assert sum(weights.values()) == 100
    assert max(weights, key=weights.get) == "companies"
    assert len(weights) == 5


def test_the_folder_agrees_with_itself():
    form = read("form.toml")
    known = {key for key, _ in RULES.labels}
    choices = {code for part in form["section"] for item in part["question"] for code in item.get("choices", [])}
    documents = {item["code"] for item in read("documents.toml")["document"]}
    assert choices <= known
    assert {"bank_details", "statutes", "deliberation"} <= documents & known
    assert {path.name for path in (FOLDER / "letters").iterdir()} == {
        f"{kind}.{lang}.txt" for kind in ("funded", "declined", "inadmissible") for lang in ("fr", "en")
    }
