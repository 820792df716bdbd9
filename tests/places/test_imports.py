"""Files of places: what is read, and the sentence for what is not."""

import csv
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from essaim.places.actions import import_places, load_reference
from essaim.places.imports import read_places, write_refused
from essaim.places.models import KnownPlace

AT = datetime(2013, 6, 10, 12, 0, tzinfo=UTC)
DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"  # real files, never committed
HEADER = "id,nom,latitude,longitude,commune\n"


@pytest.fixture
def read(territory, tmp_path):
    """Reads a text, or bytes, as a file named lieux.csv."""

    def read(content, **options):
        path = tmp_path / "lieux.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        rows, errors = read_places(path, **options)
        return rows, [str(error).replace("\u00a0", " ") for error in errors]

    return read


def remarks_of(rows):
    return [remark.replace("\u00a0", " ") for row in rows for remark in row.remarks]


def test_simple_csv_with_semicolons_and_french_decimals_is_read(territory):
    rows, errors = read_places(DATA / "lieux.csv", kind="epn")
    assert errors == []
    assert [(row.line, row.kind, row.commune_code, row.latitude) for row in rows] == [
        (2, "fablab", "29019", 48.4086),
        (3, "tiers_lieu", "35238", 48.1119),
        (4, "epn", "56260", 47.6559),
    ]
    assert (rows[0].address, rows[0].website) == (
        "40 rue Jules-Lesven; bâtiment B",
        "http://lesfabriquesduponant.net",
    )
    assert remarks_of(rows) == []


def test_identifier_is_the_same_at_each_reading_when_the_file_has_none(territory):
    first, second = (read_places(DATA / "lieux.csv")[0] for _time in range(2))
    assert first == second
    assert len({row.source_id for row in first}) == 3


def test_mediation_numerique_schema_is_read(territory):
    rows, errors = read_places(DATA / "mediation.csv")
    assert errors == []
    assert [(row.source_id, row.kind, row.commune_code) for row in rows] == [
        ("a-1", "tiers_lieu", "29232"),
        ("a-2", "france_services", "29232"),
        ("a-3", "epn", "29151"),
    ]
    assert (rows[0].address, rows[0].email, rows[0].website) == (
        "1 rue du Port, Hall A",
        "contact@exemple.fr",
        "https://exemple.fr/",
    )
    assert (rows[1].email, rows[1].website) == ("", "")
    assert remarks_of(rows) == [
        "Ligne 3 : l’adresse électronique « pas » n’est pas valable et a été laissée de côté.",
        "Ligne 3 : l’adresse du site « javascript:alert(1) » n’est pas valable et a été laissée de côté.",
        "Ligne 4 : le code commune « 99999 » n’existe pas ; commune la plus proche retenue : Morlaix.",
    ]


def test_geojson_is_read_and_what_is_not_a_point_is_told(territory):
    rows, errors = read_places(DATA / "lieux.geojson")
    assert [(row.source_id, row.kind, row.commune_code, row.address) for row in rows] == [
        ("7", "fablab", "29019", "Quai ouest, Hangar 3")
    ]
    assert [str(error).replace("\u00a0", " ") for error in errors] == [
        "Élément 2 : sa géométrie n’est pas un point ; donnez une longitude et une latitude.",
        "Élément 3 : la latitude manque ; écrivez par exemple 48,8566.",
        "Élément 4 : le nom du lieu manque.",
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("1,A,abc,-4.5,", "Ligne 2 : la latitude « abc » n’est pas un nombre ; écrivez par exemple 48,8566."),
        ("1,A,48.4,1e9,", "Ligne 2 : la longitude « 1e9 » n’est pas un nombre ; écrivez par exemple 2,3522."),
        ("1,A,nan,-4.5,", "Ligne 2 : la latitude « nan » n’est pas un nombre ; écrivez par exemple 48,8566."),
        ("1,A,48.4,,", "Ligne 2 : la longitude manque ; écrivez par exemple 2,3522."),
        (
            "1,A,484000,-4.5,",
            "Ligne 2 : la latitude « 484000 » sort du globe (de −90 à 90) ; écrivez par exemple 48,8566.",
        ),
        ("1,,48.4,-4.5,", "Ligne 2 : le nom du lieu manque."),
        (
            "1,A,-4.4762,48.4086,",
            "Ligne 2 : latitude et longitude semblent inversées : échangez-les (le point tomberait près de Brest).",
        ),
        (
            "1,A,0,0,",
            "Ligne 2 : le point est à 4833 km de la commune la plus proche, La Ciotat ; "
            "vérifiez latitude et longitude.",
        ),
        (
            "1,A,48.4,-4.5,Brest,trop",
            "Ligne 2 : 6 cellules pour 5 colonnes ; mettez des guillemets autour des textes.",
        ),
        (
            '1,"A,48.4,-4.5,Brest\n2,B,48.4,-4.5,Brest\n',
            "Ligne 2 : il manque des cellules ; un guillemet ouvert n’est sans doute pas fermé.",
        ),
        ("x" * 121 + ",A,48.4,-4.5,", "Ligne 2 : l’identifiant dépasse 120 caractères."),
    ],
)
def test_line_that_cannot_be_taken_is_told_in_a_sentence(read, line, sentence):
    assert read(HEADER + line) == ([], [sentence])


def test_line_numbers_are_those_of_an_editor(read):
    _rows, errors = read(HEADER + '1,"sur\ndeux lignes",48.4,-4.5,\n\n2,B,x,-4.5,\n')
    assert errors == ["Ligne 5 : la latitude « x » n’est pas un nombre ; écrivez par exemple 48,8566."]


def test_doubles_are_named(read):
    rows, errors = read(HEADER + "1,Fab,48.4,-4.5,\n1,Lab,48.3,-4.4,\n3,Fab,48.4,-4.5,\n")
    assert errors == ["Ligne 3 : même identifiant « 1 » que « Fab » (ligne 2) ; donnez à chacun le sien."]
    assert remarks_of(rows) == [
        "Ligne 4 : même nom et même endroit qu’un lieu précédent (ligne 2) : peut-être un doublon."
    ]
    _rows, errors = read("nom,lat,lon\nFab,48.39,-4.49\nFAB,48.39,-4.49\n")
    assert errors == ["Ligne 3 : « Fab » (Brest) figure déjà dans le fichier (ligne 2) ; supprimez l’un des deux."]


def test_commune_is_the_one_named_when_the_point_is_not_there(read):
    rows, errors = read(
        "nom,lat,lon,ville,cp,insee\n"
        "A,48.39,-4.49,Nevers,58000,\nB,48.39,-4.49,Nulle-Part,,\nC,48.39,-4.49,,,51454\nD,48.85,2.37,,,75111\n"
    )
    assert errors == []
    assert [row.commune_code for row in rows] == ["58194", "29019", "51454", "75056"]
    assert remarks_of(rows) == [
        "Ligne 2 : le point est à 593 km de Nevers (58194) ; vérifiez la position ou la commune.",
        "Ligne 3 : pas de commune « Nulle-Part » près de ce point ; commune la plus proche retenue : Brest.",
        "Ligne 4 : le point est à 631 km de Reims (51454) ; vérifiez la position ou la commune.",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_are_recognised(read, encoding, delimiter):
    text = delimiter.join(["Nom", "LATITUDE", "Longitude"]) + "\r\n" + delimiter.join(["Pépinière œ", "48.39", "-4.49"])
    rows, errors = read(text.encode(encoding))
    assert errors == []
    assert rows[0].name == "Pépinière œ"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "lieux.csv : Le fichier est vide."),
        (b" \n", "lieux.csv : Le fichier est vide."),
        (HEADER.encode(), "lieux.csv : le fichier n’a que ses titres de colonnes."),
        (
            b"PK\x03\x04...",
            "lieux.csv : Ce fichier est un classeur ou une archive : enregistrez la feuille au format CSV.",
        ),
        (
            b"%PDF\x00\x81",
            "lieux.csv : Ce fichier n’est pas du texte : envoyez un CSV ou un GeoJSON, de préférence en UTF-8.",
        ),
        (
            b"nom,ville\nA,Brest\n",
            "lieux.csv : Il manque la colonne « latitude » (noms acceptés : latitude, lat, y, latitude wgs84) ; "
            "colonnes lues : nom, ville.",
        ),
        (b"{", "lieux.csv : Ce fichier commence comme du GeoJSON mais n’en est pas : son JSON est mal formé."),
        (b"{}", "lieux.csv : Ce fichier JSON n’est pas une collection GeoJSON (« FeatureCollection »)."),
        (b'{"features": []}', "lieux.csv : Ce fichier GeoJSON ne contient aucun lieu."),
    ],
)
def test_file_that_cannot_be_read_is_told_in_a_sentence(read, content, sentence):
    assert read(content) == ([], [sentence])


def test_file_read_without_the_territory_says_what_to_do(db):
    rows, (error,) = read_places(DATA / "lieux.csv")
    assert rows == []
    assert str(error) == "Le territoire n’est pas chargé\u00a0: lancez d’abord «\u00a0essaim places load\u00a0»."


def test_names_too_long_are_cut_and_remarked(read):
    rows, _errors = read(HEADER + f"1,{'é' * 250},48.39,-4.49,\n")
    assert len(rows[0].name) == 200
    assert remarks_of(rows) == [f"Ligne 2 : texte coupé à 200 caractères : « {'é' * 30}… »."]


def test_refused_lines_are_written_with_their_reason(territory, tmp_path):
    path = tmp_path / "lieux.csv"
    path.write_text(HEADER + "1,A,abc,-4.5,Brest\n2,B,48.4,-4.5,\n")
    rows, errors = read_places(path)
    target = write_refused(errors, path)
    assert target.name == "lieux.refus.csv"
    with target.open(encoding="utf-8-sig", newline="") as file:
        (refused,) = csv.DictReader(file)
    assert refused == {
        "id": "1",
        "nom": "A",
        "latitude": "abc",
        "longitude": "-4.5",
        "commune": "Brest",
        "motif du refus": str(errors[0]),
    }
    assert [row.source_id for row in rows] == ["2"]
    assert read_places(target)[1][0].sentence == errors[0].sentence


def test_hostile_texts_are_kept_out_of_harm(read):
    path = SHARED / "hostile" / "blns.json"
    if not path.exists():
        pytest.skip("the shared data is absent")
    strings = [text for text in json.loads(path.read_text(encoding="utf-8")) if text.strip()]
    columns = ("nom", "adresse", "ville", "mail", "web", "type")
    point = {"type": "Point", "coordinates": [-4.49, 48.39]}
    features = [
        {"properties": {"id": str(number), **dict.fromkeys(columns, text)}, "geometry": point}
        for number, text in enumerate(strings)
    ]
    rows, errors = read(json.dumps({"type": "FeatureCollection", "features": features}))
    assert {error.split(" : ")[1] for error in errors} <= {"le nom du lieu manque."}
    outcome = import_places(rows, source="blns", by=None, at=AT)
    assert outcome.added == len(rows) == KnownPlace.objects.count()
    assert not [row for row in rows if row.website and not row.website.startswith("http")]


def test_real_files_are_all_read(db):
    if not (SHARED / "places").exists():
        pytest.skip("the shared data is absent")
    load_reference(at=AT)
    kinds, refused = {}, []
    for path in sorted((SHARED / "places").iterdir()):
        rows, errors = read_places(path, kind="epn" if path.name.startswith("epn") else "")
        kinds[path.name] = Counter(str(row.kind) for row in rows)
        refused += errors
        import_places(rows, source=path.stem, by=None, at=AT)
    assert refused == []
    assert kinds == {
        "epn-bourgogne-franche-comte.csv": {"epn": 697},
        "fablabs-bretagne.geojson": {"fablab": 50, "tiers_lieu": 29, "other": 42},
        "france-services-2024-08.csv": {"france_services": 2845},
        "mediation-numerique-exemple.csv": {"tiers_lieu": 1},
    }
    assert KnownPlace.objects.filter(commune=None).count() == 0
