import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.territory import communes, kilometres

from essaim.engine.coverage import Communes, cells, covered, nearest, reach

PLACES = [(47.2, 1.3), (47.6, 1.9), (47.9, 2.4)]


def test_covered_equals_pairwise_distances():
    towns = communes(200, 5)
    table = covered(PLACES, towns, 20)
    for number, place in enumerate(PLACES):
        near = [j for j in range(200) if kilometres(place, (float(towns.latitude[j]), float(towns.longitude[j]))) <= 20]
        assert table.row(number).tolist() == near


def test_covered_same_point_at_radius_zero_is_covered():
    towns = communes(10, 1)
    here = (float(towns.latitude[3]), float(towns.longitude[3]))
    assert covered([here], towns, 0).row(0).tolist() == [3]


def test_covered_refuses_an_endless_radius():
    with pytest.raises(ValueError, match="Le rayon est un nombre de kilomètres"):
        covered(PLACES, communes(3, 1), float("inf"))


def test_reach_counts_each_commune_once():
    towns = communes(200, 5)
    table = covered(PLACES, towns, 40)
    expected = sorted({int(j) for row in range(3) for j in table.row(row)})
    answer = reach(PLACES, towns, 40)
    assert np.flatnonzero(answer.mask).tolist() == expected
    assert answer.population == sum(int(towns.population[j]) for j in expected)


def test_reach_of_no_place_is_nobody():
    assert reach([], communes(4, 1), 20).population == 0


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), radius=st.integers(5, 80))
def test_cells_are_the_classes_of_communes_with_equal_coverers(seed, radius):
    towns = communes(60, seed)
    table = covered(PLACES, towns, radius)
    merged = cells(table, towns.population)
    coverers = [frozenset(i for i in range(3) if j in table.row(i)) for j in range(60)]
    for j in range(60):
        assert (merged.cell_of[j] == -1) == (not coverers[j])
        for k in range(j):
            if coverers[j] and coverers[k]:
                assert (merged.cell_of[j] == merged.cell_of[k]) == (coverers[j] == coverers[k])
    assert merged.population.sum() == towns.population[merged.cell_of >= 0].sum()
    for cell in range(len(merged.population)):
        members = np.flatnonzero(merged.cell_of == cell)
        assert merged.population[cell] == towns.population[members].sum()
        assert {i for i in range(3) if cell in merged.incidence.row(i)} == coverers[members[0]]


def test_cells_do_not_depend_on_the_order_of_communes():
    towns = communes(80, 2)
    table = covered(PLACES, towns, 30)
    turned = Communes(towns.codes[::-1], towns.latitude[::-1], towns.longitude[::-1], towns.population[::-1])
    first, second = cells(table, towns.population), cells(covered(PLACES, turned, 30), turned.population)
    assert first.population.tolist() == second.population.tolist()
    assert first.incidence.columns.tolist() == second.incidence.columns.tolist()


def test_nearest_gives_the_place_and_the_kilometres():
    towns = communes(100, 7)
    numbers, distances = nearest(PLACES, towns)
    for j in range(100):
        each = [kilometres(place, (float(towns.latitude[j]), float(towns.longitude[j]))) for place in PLACES]
        assert numbers[j] == each.index(min(each))
        assert distances[j] == pytest.approx(min(each), abs=1e-6)


def test_nearest_tie_goes_to_the_first_place():
    assert nearest([PLACES[0], PLACES[0]], communes(5, 1))[0].tolist() == [0] * 5


@pytest.mark.parametrize(
    ("codes", "latitude", "population", "sentence"),
    [
        (("1", "1"), [47, 47], [1, 1], "La commune 1 figure deux fois."),
        (("1", "2"), [47, 97], [1, 1], "Commune 2 : sa position n’est pas sur le globe."),
        (("1", "2"), [47, 47], [1, -1], "Commune 2 : sa population est négative."),
        (
            ("1",),
            [47, 47],
            [1, 1],
            "Communes : codes, latitudes, longitudes et populations doivent avoir la même longueur.",
        ),
    ],
)
def test_communes_refuse_bad_rows_with_a_sentence(codes, latitude, population, sentence):
    with pytest.raises(ValueError) as refusal:
        Communes(codes, np.array(latitude), np.array([1, 1]), np.array(population))
    assert str(refusal.value) == sentence
