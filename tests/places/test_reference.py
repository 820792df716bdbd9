"""The committed tables of the territory."""

from collections import Counter

from essaim.places import reference
from essaim.places.build import DATA_DIR, PINNED

REGIONS_2013 = {
    "Alsace", "Aquitaine", "Auvergne", "Basse-Normandie", "Bourgogne", "Bretagne", "Centre", "Champagne-Ardenne",
    "Corse", "Franche-Comté", "Guadeloupe", "Guyane", "Haute-Normandie", "Île-de-France", "La Réunion",
    "Languedoc-Roussillon", "Limousin", "Lorraine", "Martinique", "Mayotte", "Midi-Pyrénées", "Nord-Pas-de-Calais",
    "Pays de la Loire", "Picardie", "Poitou-Charentes", "Provence-Alpes-Côte d’Azur", "Rhône-Alpes",
}  # fmt: skip


def test_regions_are_27_in_2013_and_18_today():
    regions = [row for row in reference.regions() if row["zone"] != "collectivity"]
    assert {row["name_2013"] for row in regions if row["name_2013"]} == REGIONS_2013
    assert len([row for row in regions if row["until"] is None]) == 18


def test_departments_lie_in_a_region_of_2013_and_in_one_in_force():
    regions = {row["code"]: row for row in reference.regions()}
    departments = reference.departments()
    assert len(departments) == 101 + 3
    for row in departments:
        assert regions[row["region_id"]]["until"] is None
        assert regions[row["region_2013_id"]]["name_2013"]
    sizes = Counter(regions[row["region_2013_id"]]["name_2013"] for row in departments)
    expected = {"Rhône-Alpes": 8, "Midi-Pyrénées": 8, "Île-de-France": 8, "Alsace": 2, "Corse": 2, "Haute-Normandie": 2}
    assert {name: sizes[name] for name in expected} == expected


def test_communes_are_all_there_once_with_their_people():
    communes = reference.communes()
    assert len(communes) == 34_879
    assert [row["code"] for row in communes] == sorted({row["code"] for row in communes})
    assert sum(row["population"] for row in communes) == 68_398_408
    assert {row["department_id"] for row in communes} == {row["code"] for row in reference.departments()}


def test_communes_of_the_mainland_lie_in_its_frame():
    regions = {row["code"]: row["zone"] for row in reference.regions()}
    zone = {row["code"]: regions[row["region_id"]] for row in reference.departments()}
    outside = [
        row["name"]
        for row in reference.communes()
        if zone[row["department_id"]] == "mainland"
        and not (41.3 < row["latitude"] < 51.1 and -5.2 < row["longitude"] < 9.6)
    ]
    assert outside == []


def test_former_codes_designate_one_commune_each():
    codes = [code for row in reference.communes() for code in (row["code"], *row["former_codes"].split())]
    assert [code for code, count in Counter(codes).items() if count > 1] == []


def test_provenance_tells_the_archives_the_builder_accepts():
    text = (DATA_DIR / "PROVENANCE.md").read_text(encoding="utf-8")
    assert [digest for digest in PINNED.values() if digest not in text] == []
    assert "http" not in text
