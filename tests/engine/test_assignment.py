"""Experts to applications: optimal against brute force and a linear program, loads hold, refusals name who."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.engine.assignment import Assignment, assign, why, why_each
from essaim.engine.assignment.flow import Problem, Stuck, bound, solve
from essaim.engine.refusal import Refusal


def brute_force(affinity: np.ndarray, allowed: np.ndarray, reviews: int, low: int, high: int) -> float | None:
    """Best total over every choice of experts for every application."""
    n, m = affinity.shape
    best = None
    choices = [[c for c in combinations(range(m), reviews) if allowed[i, list(c)].all()] for i in range(n)]
    for picked in product(*choices):
        load = np.bincount([r for c in picked for r in c], minlength=m)
        if (load >= low).all() and (load <= high).all():
            total = sum(affinity[i, r] for i, c in enumerate(picked) for r in c)
            best = total if best is None else max(best, total)
    return best


def check(result: Assignment, affinity: np.ndarray, allowed: np.ndarray, reviews: int, low: int, high: int) -> None:
    """Recount everything from the raw matrices."""
    n, m = affinity.shape
    chosen = np.zeros((n, m), dtype=int)
    for pair in result.pairs:
        chosen[int(pair.application), int(pair.expert)] += 1
    assert chosen.max() == 1
    assert (chosen.sum(axis=1) == reviews).all()
    assert ((chosen.sum(axis=0) >= low) & (chosen.sum(axis=0) <= high)).all()
    assert not (chosen.astype(bool) & ~allowed).any()
    assert result.total == pytest.approx((chosen * affinity).sum())
    assert result.proven_optimal
    assert result.bound == result.total


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 4), st.integers(2, 4), st.integers(1, 2), st.integers(0, 1))
def test_assign_equals_brute_force(seed: int, n: int, m: int, reviews: int, low: int) -> None:
    rng = np.random.default_rng(seed)
    affinity = rng.integers(-2, 5, (n, m)) / 4
    allowed = rng.random((n, m)) < 0.8
    high = max(1, -(-n * reviews // m))
    best = brute_force(affinity, allowed, reviews, low, high)
    if best is None:
        with pytest.raises(Refusal):
            assign(affinity, allowed=allowed, reviews=reviews, loads=(low, high))
    else:
        result = assign(affinity, allowed=allowed, reviews=reviews, loads=(low, high))
        check(result, affinity, allowed, reviews, low, high)
        assert result.total == pytest.approx(best)


@pytest.mark.parametrize("seed", range(4))
def test_assign_equals_the_linear_program(seed: int) -> None:
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, vstack

    rng = np.random.default_rng(seed)
    n, m, reviews, low, high = 40, 12, 3, 9, 11
    affinity = rng.random((n, m)).round(2)
    allowed = rng.random((n, m)) < 0.9
    rows, columns = np.nonzero(allowed)
    arcs = np.arange(len(rows))
    by_row = csr_array((np.ones(len(rows)), (rows, arcs)), shape=(n, len(rows)))
    by_column = csr_array((np.ones(len(rows)), (columns, arcs)), shape=(m, len(rows)))
    best = linprog(
        -affinity[rows, columns],
        A_eq=by_row,
        b_eq=np.full(n, reviews),
        A_ub=vstack([by_column, -by_column]),
        b_ub=np.r_[np.full(m, high), np.full(m, -low)],
        bounds=(0, 1),
    )
    result = assign(affinity, allowed=allowed, reviews=reviews, loads=(low, high))
    check(result, affinity, allowed, reviews, low, high)
    assert result.total == pytest.approx(-best.fun)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_removing_a_conflict_never_lowers_the_total(seed: int) -> None:
    rng = np.random.default_rng(seed)
    affinity, allowed = rng.random((12, 6)).round(3), rng.random((12, 6)) < 0.7
    allowed[:, :2] = True
    before = assign(affinity, allowed=allowed, reviews=2, loads=(0, 12))
    conflicts = np.argwhere(~allowed)
    if len(conflicts):
        allowed[tuple(conflicts[int(rng.integers(len(conflicts)))])] = True
    assert assign(affinity, allowed=allowed, reviews=2, loads=(0, 12)).total >= before.total


def test_order_of_rows_does_not_change_the_total() -> None:
    rng = np.random.default_rng(3)
    affinity = rng.random((20, 8))
    names = [f"a{k}" for k in range(20)]
    turn = rng.permutation(20)
    one = assign(affinity, reviews=3, loads=(6, 9), applications=names)
    other = assign(affinity[turn], reviews=3, loads=(6, 9), applications=[names[k] for k in turn])
    assert other.total == one.total
    assert set(other.pairs) == set(one.pairs)
    assert assign(affinity, reviews=3, loads=(6, 9), applications=names) == one


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 4), st.integers(3, 5))
def test_required_kinds_equal_brute_force(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    affinity = rng.integers(0, 5, (n, m)) / 4
    allowed = rng.random((n, m)) < 0.85
    kinds = [str(k) for k in rng.integers(0, 3, m)]
    required = [kind for kind in ("0", "1") if kind in kinds]
    high = -(-n * 2 // m)
    best = None
    choices = [
        [c for c in combinations(range(m), 2) if allowed[i, list(c)].all() and set(required) <= {kinds[r] for r in c}]
        for i in range(n)
    ]
    for picked in product(*choices):
        load = np.bincount([r for c in picked for r in c], minlength=m)
        if (load <= high).all():
            total = sum(affinity[i, r] for i, c in enumerate(picked) for r in c)
            best = total if best is None else max(best, total)
    options = {"allowed": allowed, "reviews": 2, "loads": (0, high), "kinds": kinds, "at_least_one": required}
    if best is None:
        with pytest.raises(Refusal):
            assign(affinity, **options)
    else:
        result = assign(affinity, **options)
        check(result, affinity, allowed, 2, 0, high)
        assert result.total == pytest.approx(best)
        for i in range(n):
            assert set(required) <= {kinds[int(p.expert)] for p in result.pairs if p.application == str(i)}


def test_auto_floor_is_the_highest_possible() -> None:
    rng = np.random.default_rng(5)
    affinity = rng.integers(0, 20, (10, 5)) / 20
    result = assign(affinity, reviews=2, loads=(2, 5), floor="auto")
    assert result.floor is not None
    assert min(pair.score for pair in result.pairs) == result.floor
    assert result.proven_optimal
    with pytest.raises(Refusal):
        assign(affinity, reviews=2, loads=(2, 5), floor=result.floor + 0.05)


def test_new_conflict_changes_few_pairs() -> None:
    rng = np.random.default_rng(1)
    affinity = rng.random((60, 15))
    first = assign(affinity, reviews=3, loads=(8, 15))
    allowed = np.ones((60, 15), dtype=bool)
    allowed[int(first.pairs[0].application), int(first.pairs[0].expert)] = False
    second = assign(affinity, allowed=allowed, reviews=3, loads=(8, 15), previous=first)
    assert second.proven_optimal
    assert second.total <= first.total
    assert 1 <= second.changed <= 4


def test_application_without_enough_experts_is_named() -> None:
    allowed = np.array([[True, True, True], [True, False, False]])
    with pytest.raises(Refusal) as refused:
        assign(np.ones((2, 3)), allowed=allowed, reviews=2, loads=(0, 2), applications=["A1", "A2"])
    assert str(refused.value) == (
        "La demande « A2 » n’a que 1 expert possible pour 2 avis : levez un conflit ou ajoutez un expert."
    )
    assert refused.value.conflict == ("A2",)


def test_applications_that_share_too_few_experts_are_named() -> None:
    allowed = np.ones((4, 4), dtype=bool)
    allowed[:3, 1:] = False
    with pytest.raises(Refusal) as refused:
        assign(
            np.ones((4, 4)),
            allowed=allowed,
            reviews=1,
            loads=(0, 2),
            applications=["A", "B", "C", "D"],
            experts=["Ana", "Bo", "Cy", "Di"],
        )
    assert str(refused.value) == (
        "Les demandes A, B, C ne peuvent avoir que l’expert Ana pour 3 de leurs avis, mais il n’y a là que 2 places : "
        "levez un conflit ou relevez la charge maximale."
    )


def test_unrelated_bottlenecks_are_not_mixed() -> None:
    allowed = np.ones((8, 4), dtype=bool)
    allowed[:3, 1:] = False
    allowed[3:7, [0, 2, 3]] = False
    with pytest.raises(Refusal) as refused:
        assign(np.ones((8, 4)), allowed=allowed, reviews=1, loads=(0, 2), experts=["Ana", "Bo", "Cy", "Di"])
    assert refused.value.conflict == ("0", "1", "2")


def test_experts_left_without_enough_applications_are_named() -> None:
    allowed = np.ones((4, 2), dtype=bool)
    allowed[1:, 1] = False
    with pytest.raises(Refusal) as refused:
        assign(np.ones((4, 2)), allowed=allowed, reviews=1, loads=(2, 4), experts=["Ana", "Bo"])
    assert str(refused.value) == (
        "L’expert Bo : la charge minimale demande 2 dossiers, mais les conflits n’en laissent que 1. "
        "Baissez la charge minimale."
    )


def test_not_a_number_is_refused() -> None:
    with pytest.raises(Refusal, match="n’est pas un nombre"):
        assign([[float("nan")]], reviews=1, loads=(0, 1))


def test_why_gives_the_facts_of_a_pair() -> None:
    affinity = np.array([[0.9, 0.5, 0.8], [0.95, 0.1, 0.2]])
    allowed = np.array([[True, True, False], [True, True, True]])
    result = assign(affinity, allowed=allowed, reviews=1, loads=(0, 1), experts=["Ana", "Bo", "Cy"])
    reason = why(result, result.pairs[0], affinity=affinity, allowed=allowed, experts=["Ana", "Bo", "Cy"])
    assert (reason.expert, reason.rank, reason.busier, reason.conflicted) == ("Bo", 2, ("Ana",), ("Cy",))
    assert reason.fr == (
        "Bo a la 2e meilleure affinité (0,50) parmi 2 experts possibles ; 1 mieux placé est plus utile à d’autres "
        "demandes ; 1 écarté pour conflit d’intérêts."
    )


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_refusal_shows_two_numbers_that_clash(seed: int, with_kinds: bool) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 9)), int(rng.integers(2, 6))
    low = rng.integers(0, 3, m)
    problem = Problem(
        affinity=rng.integers(0, 5, (n, m)),
        allowed=rng.random((n, m)) < 0.6,
        reviews=np.full(n, 2),
        low=low,
        high=low + rng.integers(0, 3, m),
        kind=rng.integers(0, 2, m),
        required=(0,) if with_kinds else (),
    )
    everyone = np.zeros(m, dtype=bool)
    if (problem.least_among(everyone) > 0).any() or not low.sum() <= 2 * n <= problem.high.sum():
        return
    found = solve(problem)
    if isinstance(found, Stuck):
        inside = found.experts
        if found.over:
            assert problem.least_among(inside).sum() > problem.high[inside].sum()
        else:
            assert (problem.reviews - problem.least_among(~inside)).sum() < problem.low[inside].sum()
    else:
        assert bound(problem, found.prices) == problem.affinity[found.taken].sum()


def test_why_each_gives_the_reasons_of_every_pair() -> None:
    rng = np.random.default_rng(8)
    affinity, allowed = rng.random((12, 7)), rng.random((12, 7)) < 0.8
    result = assign(affinity, allowed=allowed, reviews=2, loads=(1, 6))
    alone = tuple(why(result, pair, affinity=affinity, allowed=allowed) for pair in result.pairs)
    assert why_each(result, affinity=affinity, allowed=allowed) == alone
