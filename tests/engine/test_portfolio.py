from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.territory import brute_force, candidates, communes, slow_allowed, slow_value

from essaim.engine.coverage import Communes
from essaim.engine.portfolio import Candidate, Constraints, Grant, Infeasible, PortfolioError, select

RULES = Constraints(budget_cents=300_000_00, radius_km=15, weight=20_000)
seeds = st.integers(0, 10_000)


def chosen_of(portfolio, everyone):
    return [c for c in everyone if c.id in portfolio.ids]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "rules",
    [
        RULES,
        replace(RULES, one_per_commune=True),
        replace(RULES, quotas={"R0": (1, 2), "R1": (0, 1)}),
        replace(RULES, partial_permille=600),
    ],
    ids=["plain", "one-per-commune", "quotas", "partial"],
)
def test_select_equals_brute_force(seed, rules):
    everyone, towns = candidates(9, seed), communes(60, seed)
    places = [(47.5, 1.7)]
    portfolio = select(everyone, towns, constraints=rules, existing_places=places)
    assert portfolio.value == brute_force(everyone, towns, rules, places)
    assert portfolio.value == slow_value(chosen_of(portfolio, everyone), towns, rules, places)
    assert portfolio.proven
    assert portfolio.certificate.bound >= portfolio.value


def test_select_mandatory_and_excluded_are_obeyed():
    everyone, towns = candidates(9, 3), communes(60, 3)
    everyone = [replace(c, mandatory=c.id == "D00", excluded=c.id == "D01") for c in everyone]
    portfolio = select(everyone, towns, constraints=RULES)
    assert portfolio.value == brute_force(everyone, towns, RULES)
    assert "D00" in portfolio.ids
    assert "D01" not in portfolio.ids


@settings(max_examples=12, deadline=None)
@given(seed=seeds, partial=st.sampled_from([500, 1000]))
def test_select_never_passes_the_budget_nor_a_rule(seed, partial):
    everyone, towns = candidates(12, seed), communes(40, seed)
    rules = replace(RULES, one_per_commune=True, partial_permille=partial, quotas={"R0": (0, 2)})
    portfolio = select(everyone, towns, constraints=rules)
    assert portfolio.spent_cents == sum(grant.granted_cents for grant in portfolio.funded) <= rules.budget_cents
    assert slow_allowed(chosen_of(portfolio, everyone), everyone, rules)
    by_id = {c.id: c for c in everyone}
    for grant in portfolio.funded:
        asked = by_id[grant.id].grant_cents
        assert -(-asked * partial // 1000) <= grant.granted_cents <= asked


@settings(max_examples=10, deadline=None)
@given(seed=seeds, town=st.integers(0, 39), more=st.integers(1, 100_000))
def test_select_an_inhabitant_more_never_lowers_the_value(seed, town, more):
    everyone, towns = candidates(10, seed), communes(40, seed)
    population = towns.population.copy()
    population[town] += more
    fuller = Communes(towns.codes, towns.latitude, towns.longitude, population)
    before = select(everyone, towns, constraints=RULES)
    assert select(everyone, fuller, constraints=RULES).value >= before.value


@settings(max_examples=10, deadline=None)
@given(seed=seeds, order=st.randoms(use_true_random=False))
def test_select_does_not_depend_on_the_order_of_rows(seed, order):
    everyone, towns = candidates(10, seed), communes(40, seed)
    shuffled = list(everyone)
    order.shuffle(shuffled)
    rows = list(range(40))
    order.shuffle(rows)
    mixed = Communes(
        tuple(towns.codes[i] for i in rows), towns.latitude[rows], towns.longitude[rows], towns.population[rows]
    )
    first = select(everyone, towns, constraints=RULES)
    second = select(shuffled, mixed, constraints=RULES)
    assert first.funded == second.funded
    assert first.certificate.document() == second.certificate.document()


@settings(max_examples=7, deadline=None)
@given(seed=seeds)
def test_select_forcing_in_a_funded_application_changes_nothing(seed):
    everyone, towns = candidates(10, seed), communes(40, seed)
    portfolio = select(everyone, towns, constraints=RULES)
    for id_ in sorted(portfolio.ids)[:2]:
        forced = [replace(c, mandatory=c.id == id_) for c in everyone]
        assert select(forced, towns, constraints=RULES).value == portfolio.value


def test_select_partial_grants_share_what_is_left_in_proportion():
    towns = Communes(("1",), np.array([47.0]), np.array([1.0]), np.array([100]))
    everyone = [
        Candidate("A", 100_000_00, 10_000, 47.0, 1.0),
        Candidate("B", 200_000_00, 12_000, 47.0, 1.0),
    ]
    rules = Constraints(budget_cents=240_000_01, partial_permille=600)
    portfolio = select(everyone, towns, constraints=rules)
    assert portfolio.funded == (Grant("A", 80_000_00), Grant("B", 160_000_01))
    assert portfolio.spent_cents == rules.budget_cents
    assert (portfolio.quality, portfolio.newly_covered_population) == (22_000, 100)


def test_select_nothing_to_choose_from_is_an_empty_portfolio():
    portfolio = select([], communes(5, 1), constraints=RULES)
    assert (portfolio.funded, portfolio.value, portfolio.gap, portfolio.proven) == ((), 0, 0.0, True)


def infeasible(everyone, rules) -> Infeasible:
    with pytest.raises(Infeasible) as refusal:
        select(everyone, communes(20, 1), constraints=rules)
    return refusal.value


def test_select_tells_a_minimum_that_no_one_can_fill():
    everyone = [replace(c, region="R0") for c in candidates(3, 1)]
    conflict = infeasible(everyone, replace(RULES, quotas={"Bretagne": (1, 2)}))
    assert str(conflict) == (
        "La région Bretagne doit avoir au moins 1\u00a0dossier retenu, mais n’a que 0\u00a0dossier possible."
    )
    assert conflict.conflict == ("quota:Bretagne",)


def test_select_tells_mandatory_applications_beyond_the_envelope():
    everyone = [replace(c, grant_cents=200_000_00, mandatory=True) for c in candidates(2, 1)]
    assert str(infeasible(everyone, RULES)) == (
        "Les dossiers imposés et les minimums par région coûtent au moins 400\u202f000\u00a0€, "
        "plus que l’enveloppe de 300\u202f000\u00a0€."
    )


def test_select_tells_two_mandatory_applications_in_one_commune():
    everyone = [replace(c, commune="Vern", mandatory=True, grant_cents=100) for c in candidates(2, 1)]
    assert str(infeasible(everyone, replace(RULES, one_per_commune=True))) == (
        "2 dossiers sont imposés dans la commune Vern, alors qu’un seul par commune peut être retenu."
    )


def test_select_tells_quotas_that_one_per_commune_forbids():
    everyone = [replace(c, commune="Vern", region="R0", grant_cents=100) for c in candidates(3, 1)]
    conflict = infeasible(everyone, replace(RULES, one_per_commune=True, quotas={"R0": (2, 3)}))
    assert str(conflict) == (
        "Les quotas, les dossiers imposés et la règle d’un dossier par commune ne peuvent pas être tenus ensemble."
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"grant_cents": 0}, "Dossier D00 : le montant demandé doit être positif."),
        ({"value": -1}, "Dossier D00 : la note est négative."),
        ({"latitude": float("nan")}, "Dossier D00 : sa position n’est pas sur le globe."),
        (
            {"min_grant_cents": 10**9},
            "Dossier D00 : le montant minimal doit être positif, et au plus égal au montant demandé.",
        ),
        ({"id": "D01"}, "Le dossier D01 figure deux fois."),
        ({"mandatory": True, "excluded": True}, "Dossier D00 : il ne peut pas être à la fois imposé et écarté."),
    ],
)
def test_select_refuses_bad_input_with_a_sentence(change, sentence):
    everyone = candidates(2, 1)
    everyone[0] = replace(everyone[0], **change)
    with pytest.raises(PortfolioError) as refusal:
        select(everyone, communes(5, 1), constraints=RULES)
    assert str(refusal.value) == sentence
    assert "D0" in refusal.value.en
