import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.territory import brute_force, candidates, communes

from essaim.engine.explain import envelope_curve, explain
from essaim.engine.portfolio import Constraints, PortfolioError, select

RULES = Constraints(budget_cents=300_000_00, radius_km=15, weight=20_000, one_per_commune=True)
TOWNS = communes(40, 1)


def with_value(everyone, id_, more):
    return [replace(c, value=c.value + more) if c.id == id_ else c for c in everyone]


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_explain_missing_points_are_exactly_what_it_takes(seed):
    everyone = candidates(9, seed)
    portfolio = select(everyone, TOWNS, constraints=RULES)
    for id_, reason in explain(portfolio, everyone, TOWNS, RULES).items():
        if reason.funded or not reason.missing_points:
            continue
        enough = select(with_value(everyone, id_, reason.missing_points + 1), TOWNS, constraints=RULES)
        less = select(with_value(everyone, id_, reason.missing_points - 1), TOWNS, constraints=RULES)
        assert id_ in enough.ids
        assert id_ not in less.ids


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000), partial=st.sampled_from([600, 1000]))
def test_explain_stated_cut_funds_the_application_and_a_cent_less_does_not_gain(seed, partial):
    everyone = candidates(9, seed)
    rules = replace(RULES, partial_permille=partial)
    portfolio = select(everyone, TOWNS, constraints=rules)
    for id_, reason in explain(portfolio, everyone, TOWNS, rules).items():
        cut = reason.cut_of_request_cents
        if not cut:
            continue
        lower = [replace(c, grant_cents=c.grant_cents - cut) if c.id == id_ else c for c in everyone]
        assert id_ in select(lower, TOWNS, constraints=rules).ids
        short = [replace(c, grant_cents=c.grant_cents - cut + 1) if c.id == id_ else c for c in everyone]
        assert select(short, TOWNS, constraints=rules).value == portfolio.value


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_explain_margin_is_what_a_winner_may_lose(seed):
    everyone = candidates(9, seed)
    portfolio = select(everyone, TOWNS, constraints=RULES)
    for id_, reason in explain(portfolio, everyone, TOWNS, RULES, sorted(portfolio.ids)).items():
        if not reason.margin:
            continue
        assert id_ in select(with_value(everyone, id_, 1 - reason.margin), TOWNS, constraints=RULES).ids
        if everyone[int(id_[1:])].value > reason.margin:
            beyond = select(with_value(everyone, id_, -reason.margin - 1), TOWNS, constraints=RULES)
            assert id_ not in beyond.ids


def three(**changes):
    """Two close applications and a far one, no inhabitants: only marks and money decide."""
    names = ("A", "B", "C")
    marks = (15_000, 14_600, 8_000)
    return [
        replace(c, id=name, value=mark, grant_cents=100_000_00, commune=name, region="R", **changes)
        for c, name, mark in zip(candidates(3, 1), names, marks, strict=True)
    ]


EMPTY = communes(0, 1)
ONE = Constraints(budget_cents=100_000_00)


def explained(everyone, rules, **options):
    return explain(select(everyone, EMPTY, constraints=rules), everyone, EMPTY, rules, **options)


def test_explain_says_points_and_cut_in_one_sentence():
    everyone = three()
    everyone[1] = replace(everyone[1], grant_cents=112_000_00)
    everyone[2] = replace(everyone[2], value=3_000)
    reasons = explained(everyone, Constraints(budget_cents=200_000_00), top_mark=20)
    assert reasons["B"].sentence_fr == (
        "Il aurait fallu 3,4\u00a0points de plus sur 20, ou une demande plus basse de 12\u202f000\u00a0€."
    )
    assert (reasons["B"].missing_points, reasons["B"].cut_of_request_cents) == (3_400, 12_000_00)


def test_explain_says_the_margin_of_a_winner():
    reasons = explained(three(), ONE, top_mark=20)
    assert reasons["A"].sentence_fr == "Ce dossier serait encore retenu avec 0,4\u00a0point de moins sur 20."
    assert reasons["B"].sentence_fr == "Il aurait fallu 0,4\u00a0point de plus sur 20."
    assert reasons["B"].sentence_en == "It would have taken 0.4 points more out of 20."


def test_explain_says_when_even_the_highest_mark_is_not_enough():
    everyone = three()
    everyone[2] = replace(everyone[2], grant_cents=200_000_00)
    rules = Constraints(budget_cents=200_000_00)
    reasons = explained(everyone, rules, top_mark=20)
    assert reasons["C"].sentence_fr == ("Même avec la note maximale de 20, ce dossier n’aurait pas été retenu.")


def test_explain_blames_the_rule_that_alone_keeps_it_out():
    everyone = [replace(c, commune="Vern") for c in three()]
    reasons = explained(everyone, Constraints(budget_cents=200_000_00, one_per_commune=True))
    assert reasons["B"].rule_blame == ("one_per_commune",)
    assert reasons["B"].sentence_fr == (
        "Il aurait fallu 0,4\u00a0point de plus. Sans la règle d’un seul dossier par commune, il aurait été retenu."
    )


def test_explain_says_a_tie():
    everyone = three()
    everyone[1] = replace(everyone[1], value=15_000)
    reasons = explained(everyone, ONE)
    winner, loser = ("A", "B") if reasons["A"].funded else ("B", "A")
    assert reasons[loser].missing_points == 0
    assert reasons[loser].sentence_fr.startswith("Ce dossier est à égalité avec un dossier retenu\u00a0:")
    assert reasons[winner].margin == 0


def test_explain_says_what_was_decided_beforehand():
    everyone = three()
    everyone[0] = replace(everyone[0], excluded=True)
    everyone[2] = replace(everyone[2], mandatory=True)
    reasons = explained(everyone, ONE)
    assert reasons["A"].sentence_fr == "Ce dossier est écarté d’office."
    assert reasons["C"].sentence_fr == "Ce dossier est retenu d’office."
    assert reasons["B"].rule_blame == ("mandatory",)
    assert reasons["B"].sentence_fr == (
        "Les règles interdisent de retenir ce dossier avec les dossiers imposés et les minimums. "
        "Sans les dossiers retenus d’office, il aurait été retenu."
    )


def test_explain_refuses_another_portfolio():
    everyone = three()
    portfolio = select(everyone, EMPTY, constraints=ONE)
    with pytest.raises(PortfolioError, match="n’a pas été calculé avec ces dossiers"):
        explain(portfolio, with_value(everyone, "A", 1), EMPTY, ONE)


def test_envelope_curve_is_the_best_value_for_each_budget():
    everyone = candidates(8, 3)
    budgets = [0, 100_000_00, 200_000_00, 350_000_00]
    curve = envelope_curve(budgets, everyone, TOWNS, RULES)
    assert [point.value for point in curve] == [
        brute_force(everyone, TOWNS, replace(RULES, budget_cents=budget)) for budget in budgets
    ]
    for before, after in itertools.pairwise(curve):
        assert set(after.entering) == set(after.funded) - set(before.funded)
        assert set(after.leaving) == set(before.funded) - set(after.funded)


def test_envelope_curve_says_it_in_one_sentence():
    points = envelope_curve([100_000_00, 200_000_00], three(), EMPTY, ONE)
    assert points[1].sentence_fr == (
        "Avec 200\u202f000\u00a0€\u00a0: 2\u00a0dossiers retenus, 29,6\u00a0points, 1\u00a0entre, 0\u00a0sort."
    )
