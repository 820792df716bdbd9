"""A financing plan: totals, balance, rates, and what does not hold said in a sentence."""

from fractions import Fraction

import pytest

from essaim.engine.budget import CostLine, FundingLine, Plan, plan_facts


def cost(cents, **more):
    return CostLine(label="Découpe laser", category="equipment", amount_cents=cents, **more)


def funding(kind, cents, status="asked"):
    return FundingLine(funder="Région", kind=kind, amount_cents=cents, status=status)


PLAN = Plan(
    (cost(20_000_000), cost(5_000_000, eligible_share=Fraction(1, 2))),
    (funding("requested", 15_000_000), funding("public", 4_000_000, "secured"), funding("own", 6_000_000)),
)


def test_a_balanced_plan_has_exact_rates_and_no_remark():
    assert PLAN.cost_cents == PLAN.resource_cents == 25_000_000
    assert PLAN.eligible_base_cents == 22_500_000
    assert PLAN.subsidy_rate == Fraction(2, 3)
    assert PLAN.public_aid_rate == Fraction(38, 45)
    assert PLAN.remarks() == ()


def test_an_empty_plan_has_no_rate_and_asks_for_a_cost():
    assert Plan().subsidy_rate is None
    assert Plan().public_aid_rate is None
    assert [remark.fr for remark in Plan().remarks()] == ["Ajoutez au moins une dépense."]


def test_missing_resources_are_said_in_euros():
    plan = Plan((cost(10_000_000),), (funding("requested", 7_000_000), funding("own", 2_600_000)))
    assert (plan.missing_cents, plan.over_cents) == (400_000, 0)
    assert [remark.fr for remark in plan.remarks()] == ["Il manque 4\u202f000\u00a0€ de ressources."]
    assert plan.remarks()[0].say("en") == "€4,000 of resources is missing."


def test_resources_in_excess_are_said_in_euros():
    plan = Plan((cost(10_000_000),), (funding("requested", 7_000_000), funding("own", 3_000_001)))
    assert plan.over_cents == 1
    assert [remark.fr for remark in plan.remarks()] == [
        "Les ressources dépassent les dépenses de 0,01\u00a0€\u00a0: baissez une ressource ou ajoutez une dépense."
    ]


def test_a_refused_resource_is_kept_but_not_counted():
    plan = Plan((cost(10_000_000),), (funding("requested", 10_000_000), funding("public", 500_000, "refused")))
    assert plan.resource_cents == 10_000_000
    assert plan.public_aid_cents == 10_000_000


def test_mixed_vat_is_refused_in_a_sentence():
    plan = Plan((cost(100), cost(100, vat="TTC")), (funding("own", 200),))
    assert plan.vat_mixed
    assert [remark.fr for remark in plan.remarks()] == [
        "Le budget mélange des montants HT et TTC\u00a0: choisissez HT si vous récupérez la TVA, TTC sinon."
    ]


def test_contributions_in_kind_balance_and_stay_out_of_the_base():
    plan = Plan((cost(1_000), cost(500, account="864")), (funding("own", 1_000), funding("in_kind", 400)))
    assert plan.eligible_base_cents == 1_000
    assert [remark.code for remark in plan.remarks()] == ["missing", "in_kind_gap"]


def test_public_aid_above_the_base_is_refused():
    plan = Plan((cost(1_000, eligible_share=Fraction(1, 2)),), (funding("requested", 700), funding("own", 300)))
    assert [remark.fr for remark in plan.remarks()] == [
        "Les aides publiques dépassent de 2\u00a0€ les dépenses éligibles\u00a0: baissez-les d’autant."
    ]


def test_plan_facts_leave_out_what_was_not_entered():
    assert plan_facts(Plan()) == {}
    assert "balance" not in plan_facts(Plan(costs=(cost(1),)))
    facts = plan_facts(PLAN)
    assert (facts["request"], facts["cost"], facts["balance"], facts["fundings.secured"]) == (
        15_000_000,
        25_000_000,
        0,
        4_000_000,
    )
    assert facts["lines"] == (("equipment", 20_000_000), ("equipment", 5_000_000))


@pytest.mark.parametrize("bad", [1.5, -1, True, "12"])
def test_amounts_are_whole_cents_only(bad):
    with pytest.raises(ValueError, match="whole number of cents"):
        cost(bad)
