"""Mixed tables: the numbers are recounted, the bounds are met, the wishes hold, and only who must moves."""

import csv
from dataclasses import replace
from itertools import combinations, permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from essaim.engine.grouping import Person, Pin, evaluate, replan, seat
from essaim.engine.grouping.plan import repeated_pairs_bound, table_sizes
from essaim.engine.refusal import Refusal

JAM = Path(__file__).parents[3] / "shared" / "data" / "groups" / "people_120.csv"


def crowd(size: int, roles: int = 3, organisations: int = 7) -> list[Person]:
    return [
        Person(f"p{i:03}", {"role": f"r{i % roles}", "region": f"g{i * i % 4}"}, f"o{i % organisations}")
        for i in range(size)
    ]


def jam_people(size: int) -> list[Person]:
    if not JAM.exists():
        pytest.skip("the file of the jam is not here")
    names = ("role", "region", "genre", "experience", "secteur")
    with JAM.open(encoding="utf-8") as rows:
        people = [Person(row["id"], {n: row[n] for n in names}, row["org"]) for row in csv.DictReader(rows)]
    return people[:size]


def test_bound_of_repeats_is_the_published_one() -> None:
    assert repeated_pairs_bound(table_sizes(120, 6), 2) == 144
    assert repeated_pairs_bound(table_sizes(100, 6), 2) == 92
    assert repeated_pairs_bound(table_sizes(4, 1), 3) == 12


@pytest.mark.parametrize("size", [100, 120])
def test_jam_reaches_every_bound(size: int) -> None:
    plan = seat(jam_people(size), tables=6, rounds=2, seed=1)
    assert plan.off_quota == 0
    assert plan.repeated_pairs == plan.repeated_pairs_bound == {100: 92, 120: 144}[size]
    assert plan.apart_pairs == plan.apart_pairs_bound
    assert plan.proven_optimal


@settings(max_examples=15, deadline=None)
@given(st.integers(4, 26), st.integers(1, 4), st.integers(1, 3), st.integers(0, 99))
def test_sizes_differ_by_one_and_numbers_are_recounted(size: int, tables: int, rounds: int, seed: int) -> None:
    people = crowd(size)
    plan = seat(people, tables=tables, rounds=rounds, seed=seed, effort=0.1)
    numbers = evaluate(people, plan.rounds, tables=tables)
    assert all(max(row) - min(row) <= 1 and sum(row) == size for row in numbers.sizes)
    assert (plan.sizes, plan.off_quota) == (numbers.sizes, numbers.off_quota)
    assert (plan.repeated_pairs, plan.apart_pairs) == (numbers.repeated_pairs, numbers.apart_pairs)
    assert plan.repeated_pairs >= plan.repeated_pairs_bound
    assert plan.apart_pairs >= plan.apart_pairs_bound


def test_small_room_is_as_good_as_brute_force() -> None:
    people = crowd(6, roles=2, organisations=3)
    halves = [tuple(int(i not in chosen) for i in range(6)) for chosen in combinations(range(6), 3)]
    best = min(
        (n.off_quota, n.repeated_pairs, n.apart_pairs)
        for first in halves
        for second in halves
        for n in [evaluate(people, (first, second), tables=2)]
    )
    plan = seat(people, tables=2, rounds=2, seed=3)
    assert (plan.off_quota, plan.repeated_pairs, plan.apart_pairs) == best


def test_same_seed_gives_same_plan_whatever_the_order_of_rows() -> None:
    people = crowd(20)
    plan = seat(people, tables=4, rounds=2, seed=5, effort=0.2)
    assert seat(people, tables=4, rounds=2, seed=5, effort=0.2) == plan
    turned = seat(people[::-1], tables=4, rounds=2, seed=5, effort=0.2)
    assert tuple(row[::-1] for row in turned.rounds) == plan.rounds
    assert replace(turned, people=plan.people, rounds=plan.rounds) == plan


def test_wishes_hold_in_every_round() -> None:
    people = crowd(23)
    plan = seat(
        people,
        tables=4,
        rounds=3,
        together=[("p000", "p001", "p002"), ("p002", "p003")],
        never_together=[("p004", "p005"), ("p004", "p000")],
        pins=[Pin("p006", frozenset({2})), Pin("p007", frozenset({0, 1}), round=1)],
        seed=1,
        effort=0.2,
    )
    for row in plan.rounds:
        assert len({row[i] for i in (0, 1, 2, 3)}) == 1
        assert row[4] not in (row[5], row[0])
        assert row[6] == 2
    assert plan.rounds[1][7] in (0, 1)


def test_impossible_wishes_are_told_with_the_smallest_set() -> None:
    with pytest.raises(Refusal) as refused:
        seat(
            crowd(12),
            tables=3,
            rounds=2,
            together=[("p000", "p001"), ("p005", "p006")],
            never_together=[("p002", "p003")],
            pins=[Pin("p000", frozenset({0})), Pin("p001", frozenset({1})), Pin("p004", frozenset({1}))],
            seed=1,
        )
    assert str(refused.value) == (
        "Ces souhaits ne peuvent pas être tenus ensemble au tour 1 (3 tables de 4 places au plus) : "
        "p000, p001 ensemble ; p000 à la table 1 ; p001 à la table 2. Retirez l’un d’eux."
    )
    assert len(refused.value.conflict) == 3


def test_more_pinned_people_than_seats_is_refused() -> None:
    with pytest.raises(Refusal, match="Retirez l’un d’eux"):
        seat(crowd(9), tables=3, rounds=1, pins=[Pin(f"p00{i}", frozenset({0})) for i in range(4)], seed=1)


def test_unknown_person_in_a_wish_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        seat(crowd(9), tables=3, rounds=1, together=[("p000", "zoé")], seed=1)
    assert str(refused.value) == "La personne « zoé » citée dans un souhait ne figure pas parmi les personnes à placer."


def test_fewer_people_than_tables_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        seat(crowd(3), tables=4, rounds=1, seed=1)
    assert str(refused.value) == "3 personnes ne remplissent pas 4 tables : réduisez le nombre de tables."


def test_replan_without_change_moves_nobody() -> None:
    people = crowd(24)
    plan = seat(people, tables=4, rounds=2, seed=1, effort=0.2)
    again = replan(plan, people)
    assert again.rounds == plan.rounds
    assert again.moved == 0


@settings(max_examples=10, deadline=None)
@given(st.sets(st.integers(0, 23), max_size=5), st.integers(0, 5))
def test_replan_moves_only_who_must(gone: set[int], arrived: int) -> None:
    people = crowd(24)
    plan = seat(people, tables=4, rounds=2, seed=1, effort=0.1)
    new = [Person(f"q{k}", {"role": "r0", "region": "g0"}, f"new{k}") for k in range(arrived)]
    absent = [f"p{i:03}" for i in gone]
    after = replan(plan, [*people, *new], absent=absent)
    fewest = 0
    for row in plan.rounds:
        kept = [sum(row[i] == table for i in range(24) if i not in gone) for table in range(4)]
        sizes = table_sizes(len(after.people), 4)
        fewest += min(sum(max(0, k - s) for k, s in zip(kept, order, strict=True)) for order in permutations(sizes))
    assert after.moved == fewest
    assert all(max(row) - min(row) <= 1 for row in after.sizes)
    assert not set(absent) & set(after.people)


def test_people_without_attributes_nor_organisation_are_seated() -> None:
    people = [Person(f"p{i}") for i in range(7)]
    plan = seat(people, tables=3, rounds=2, apart=None, seed=1)
    assert [sorted(row, reverse=True) for row in plan.sizes] == [[3, 2, 2], [3, 2, 2]]
    assert (plan.off_quota, plan.apart_pairs) == (0, 0)
    assert plan.repeated_pairs == plan.repeated_pairs_bound == 0
    assert plan.proven_optimal


def test_wishes_hold_when_replanning() -> None:
    people = crowd(20)
    plan = seat(people, tables=4, rounds=2, seed=1, effort=0.2)
    after = replan(
        plan, people, absent=["p003"], together=[("p000", "p001", "p002")], pins=[Pin("p004", frozenset({1}))]
    )
    where = {name: k for k, name in enumerate(after.people)}
    for row in after.rounds:
        assert len({row[where[name]] for name in ("p000", "p001", "p002")}) == 1
        assert row[where["p004"]] == 1


def test_one_more_round_keeps_the_rounds_already_planned() -> None:
    people = crowd(20)
    plan = seat(people, tables=4, rounds=2, seed=1, effort=0.2)
    longer = seat(people, tables=4, rounds=3, previous=plan, seed=1, effort=0.2)
    assert longer.rounds[:2] == plan.rounds
    assert longer.moved == 0
