"""The methods behind `select`: large-scale search, prices, proof; on instances small enough to enumerate."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.territory import brute_force, candidates, communes

from essaim.engine.certificate import verify_certificate
from essaim.engine.portfolio import Constraints, select
from essaim.engine.portfolio.certify import bound_of, certify, to_integers
from essaim.engine.portfolio.exact import cheapest, prices
from essaim.engine.portfolio.greedy import greedy
from essaim.engine.portfolio.problem import build, restrict
from essaim.engine.portfolio.prove import prove
from essaim.engine.portfolio.relaxation import relax
from essaim.engine.portfolio.search import solve

RULES = Constraints(
    budget_cents=350_000_00, radius_km=15, weight=20_000, one_per_commune=True, quotas={"R0": (1, 3), "R1": (0, 2)}
)
TOWNS = communes(60, 9)


def small(seed, rules=RULES):
    everyone = candidates(10, seed)
    return everyone, build(everyone, TOWNS, rules)


@pytest.mark.parametrize("seed", range(8))
def test_search_for_large_instances_stays_within_its_gap_of_the_optimum(seed):
    everyone, problem = small(seed)
    best = brute_force(everyone, TOWNS, RULES)
    found = solve(problem, gap=1e-4, time_limit=None, small=0)
    value = problem.value(found.chosen)
    assert problem.allows(found.chosen)
    assert value <= best <= found.bound
    assert best - value <= 1e-4 * value


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_prices_of_the_subgradient_and_of_the_linear_program_both_bound_the_optimum(seed):
    everyone, problem = small(seed, replace(RULES, quotas={}))
    best = brute_force(everyone, TOWNS, replace(RULES, quotas={}))
    chosen = greedy(problem)
    relaxed = relax(problem, problem.value(chosen), enough=1e-6)
    exact = bound_of(problem, to_integers(problem, prices(problem)))
    ours = bound_of(problem, to_integers(problem, relaxed.prices))
    assert best <= exact
    assert best <= ours
    assert ours <= exact * 1.02


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_greedy_respects_the_budget_and_the_maxima(seed):
    _, problem = small(seed)
    chosen = greedy(problem)
    assert problem.spent(chosen) <= problem.budget
    assert all(int(chosen[group.members].sum()) <= group.high for group in problem.groups)


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_prove_closes_the_gap_and_anyone_can_check_it(seed):
    everyone, problem = small(seed, replace(RULES, quotas={"R1": (0, 2)}))
    best = brute_force(everyone, TOWNS, replace(RULES, quotas={"R1": (0, 2)}))
    proof = prove(problem, greedy(problem))
    assert problem.value(proof.chosen) == best == proof.certificate.bound
    assert proof.certificate.gap_closed
    assert verify_certificate(json.loads(json.dumps(proof.certificate.document()))) == best


def test_prove_out_of_cases_keeps_a_valid_bound():
    everyone, problem = small(3)
    proof = prove(problem, greedy(problem), most_cases=1)
    assert verify_certificate(proof.certificate.document()) == proof.certificate.bound
    assert proof.certificate.bound >= brute_force(everyone, TOWNS, RULES)


def test_select_with_proof_certifies_gap_zero():
    everyone = candidates(12, 5)
    portfolio = select(everyone, TOWNS, constraints=RULES, proof=True)
    assert (portfolio.gap, portfolio.proven, portfolio.method) == (0.0, True, "exact, proven in integers")
    assert verify_certificate(portfolio.certificate.document()) == portfolio.value == portfolio.certificate.bound


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), picks=st.sets(st.integers(0, 9), max_size=3))
def test_restrict_keeps_the_value_of_every_completion(seed, picks):
    _, problem = small(seed)
    fixed = np.zeros(10, dtype=bool)
    fixed[sorted(picks)] = True
    free = np.flatnonzero(~fixed)[::2]
    left, already = restrict(problem, free, fixed)
    for number in range(1 << len(free)):
        part = np.array([number >> i & 1 for i in range(len(free))], dtype=bool)
        whole = fixed.copy()
        whole[free[part]] = True
        assert left.value(part) + already == problem.value(whole)
        assert left.spent(part) + problem.spent(fixed) == problem.spent(whole)


def test_cheapest_reaches_the_target_for_the_least_money():
    _, problem = small(2, replace(RULES, quotas={}))
    target = problem.value(greedy(problem)) // 2
    chosen = cheapest(problem, target)
    assert chosen is not None
    least = min(
        problem.spent(mask)
        for number in range(1 << 10)
        if problem.value(mask := np.array([number >> i & 1 for i in range(10)], dtype=bool)) >= target
        and replace(problem, budget=problem.spent(mask)).allows(mask)
    )
    assert problem.spent(chosen) == least


@pytest.mark.parametrize(("seed", "id_", "value"), [(128, "D02", -1), (228, "D07", 1)])
def test_select_finds_the_optimum_on_near_ties_that_presolve_loses(seed, id_, value):
    from essaim.engine.explain import explain

    rules = Constraints(budget_cents=300_000_00, radius_km=15, weight=20_000, one_per_commune=True)
    towns = communes(40, 1)
    everyone = candidates(9, seed)
    missing = explain(select(everyone, towns, constraints=rules), everyone, towns, rules, [id_])[id_].missing_points
    raised = [replace(c, value=c.value + missing + value) if c.id == id_ else c for c in everyone]
    assert select(raised, towns, constraints=rules).value == brute_force(raised, towns, rules)


def test_certify_holds_for_a_problem_without_cells():
    problem = build(candidates(5, 1), communes(0, 1), replace(RULES, quotas={}))
    certificate = certify(problem, np.zeros(5, dtype=bool), prices(problem))
    assert verify_certificate(certificate.document()) == certificate.bound > 0


def test_select_hundreds_of_applications_within_a_hundredth_of_a_percent():
    everyone, towns = candidates(450, 1), communes(1_500, 1)
    rules = Constraints(budget_cents=6_000_000_00, radius_km=6, quotas={"R0": (10, 40)}, one_per_commune=True)
    portfolio = select(everyone, towns, constraints=rules)
    assert 0 <= portfolio.gap <= 1e-4
    assert portfolio.bound <= portfolio.certificate.bound == verify_certificate(portfolio.certificate.document())
    assert select(everyone[::-1], towns, constraints=rules).funded == portfolio.funded


def test_select_prints_nothing_on_the_console():
    script = (
        "from tests.engine.territory import candidates, communes\n"
        "from essaim.engine.portfolio import Constraints, select\n"
        "select(candidates(6, 1), communes(20, 1), constraints=Constraints(budget_cents=200_000_00))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment()
    )
    assert (answer.stdout, answer.stderr) == ("", "")


def environment():
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
