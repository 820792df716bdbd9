"""Which commune is meant, which is nearest, and the picture of the departments."""

from datetime import UTC, date, datetime

import pytest

from essaim.engine.coverage import reach
from essaim.places import reference
from essaim.places.actions import add_invented_places
from essaim.places.gazetteer import Gazetteer, plain_name
from essaim.places.models import Commune, Department, KnownPlace, Region
from essaim.places.queries import commune_arrays, department_paths, distance_km, engine_communes, fold


def names(text):
    return [commune.name for commune in Commune.objects.search(text)[:3]]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("ST ETIENNE", "saint etienne"),
        ("Ste-Anne d’Auray", "sainte anne d auray"),
        ("Bonnœil", "bonnoeil"),
        ("  l'Haÿ--les-Roses ", "l hay les roses"),
        ("%_\\", ""),
    ],
)
def test_fold_forgets_accents_case_and_signs(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("st etienne", ["Saint-Étienne", "Saint-Étienne-du-Grès", "Saint-Étienne-des-Oullières"]),
        ("renn", ["Rennes"]),
        ("bresT", ["Brest"]),
        ("d'auray", ["Sainte-Anne-d’Auray"]),
        ("35000", ["Rennes"]),
        ("350", ["Rennes", "Bruz", "Cesson-Sévigné"]),
        ("35238", ["Rennes"]),
        ("750 12", ["Paris"]),
        ("%", []),
        ("", []),
    ],
)
def test_search_finds_communes_by_name_postcode_or_code(territory, text, found):
    assert names(text) == found


def test_search_puts_the_most_populated_first_among_names_that_start_alike(territory):
    populations = list(Commune.objects.search("plou").values_list("population", flat=True)[:20])
    assert len(populations) == 20
    assert populations == sorted(populations, reverse=True)


def test_nearest_commune_comes_with_its_distance(territory):
    commune, km = Commune.objects.nearest(48.39, -4.49)
    assert (commune.name, round(km, 1)) == ("Brest", 0.4)


def test_nearest_commune_of_an_empty_territory_is_none(db):
    assert Commune.objects.nearest(48.39, -4.49) is None
    assert commune_arrays().population.sum() == 0


@pytest.mark.parametrize(("code", "name"), [("75112", "Paris"), ("75056", "Paris"), ("13201", "Marseille")])
def test_current_commune_of_a_municipal_district_is_the_city(territory, code, name):
    assert Commune.objects.current(code).name == name


def test_current_commune_of_an_unknown_code_is_none(territory):
    assert Commune.objects.current("00000") is None


def test_arrays_are_the_communes_in_the_order_of_their_codes(territory, reference_communes, django_assert_num_queries):
    arrays = commune_arrays()
    assert arrays.code.tolist() == sorted(row["code"] for row in reference_communes)
    assert arrays.population.sum() == sum(row["population"] for row in reference_communes)
    with django_assert_num_queries(1):
        assert commune_arrays() is arrays
    with pytest.raises(ValueError, match="read-only"):
        arrays.population[0] = 0


def test_engine_takes_the_communes(territory, reference_communes):
    communes = engine_communes()
    assert communes.codes == tuple(sorted(row["code"] for row in reference_communes))
    assert communes.population is commune_arrays().population


def test_arrays_follow_a_change_of_the_table(territory):
    before = commune_arrays().population.sum()
    Commune.objects.filter(code="29019").update(population=1)
    assert commune_arrays().population.sum() < before


def test_distance_from_paris_to_marseille_is_660_km():
    assert round(distance_km((48.8566, 2.3522), (43.2965, 5.3698))) == 660


def test_regions_come_in_two_generations(territory):
    mainland = Region.objects.filter(zone=Region.Zone.MAINLAND)
    assert mainland.of_2013().count() == 22
    assert mainland.in_force().count() == 13
    rhone = Department.objects.get(code="69")
    assert (rhone.region.name, rhone.region_2013.name_2013) == ("Auvergne-Rhône-Alpes", "Rhône-Alpes")


def test_region_is_the_one_of_the_day(territory):
    cher = Department.objects.get(code="18")
    assert cher.region_on(date(2013, 6, 10)).name_on(date(2013, 6, 10)) == "Centre"
    assert cher.region_on(date(2026, 1, 1)).name_on(date(2026, 1, 1)) == "Centre-Val de Loire"
    bas_rhin = Department.objects.get(code="67")
    assert (bas_rhin.region_on(date(2015, 12, 31)).name, bas_rhin.region_on(date(2016, 1, 1)).name) == (
        "Alsace",
        "Grand Est",
    )


def test_engine_counts_the_people_near_known_places(territory):
    assert KnownPlace.objects.points() == []
    add_invented_places(fablabs=2, epn=3, seed=1, at=datetime(2013, 6, 10, tzinfo=UTC))
    points = KnownPlace.objects.filter(kind="epn").points()
    assert len(points) == 3
    assert reach(points, engine_communes(), 5.0).population > 0


def test_picture_draws_each_department_once():
    picture = department_paths()
    codes = {row["code"] for row in reference.departments()} - {"975", "977", "978"}
    assert set(picture.paths) == set(picture.centres) == codes
    assert picture.view_box == "0 0 1000 960"
    assert len(picture.frames) == 6
    assert all(path.startswith("M") and path.endswith("z") for path in picture.paths.values())


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("PARIS 12e", "paris"),
        ("Rennes Cedex 7", "rennes"),
        ("St-Malo", "saint malo"),
        ("Lyon 3e arrondissement", "lyon"),
    ],
)
def test_plain_name_forgets_districts_and_cedex(written, plain):
    assert plain_name(written) == plain


def test_gazetteer_prefers_the_commune_named_to_a_nearer_town_hall(territory):
    assert Gazetteer().locate(48.1005, -1.7).name == "Rennes"
    assert Gazetteer().locate(48.1005, -1.7, commune="ST JACQUES DE LA LANDE").name == "Saint-Jacques-de-la-Lande"


def test_gazetteer_accepts_the_depths_of_french_guiana(territory):
    assert Gazetteer().locate(2.5, -53.5).code.startswith("973")
