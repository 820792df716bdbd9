"""The shared reader of CSV files: what it accepts, and the exact sentence of what it refuses."""

from decimal import Decimal

import pytest

from essaim.cli.reading import BadInput, option_cents, option_number, read_json, read_table


def sentence(call, *arguments):
    with pytest.raises(BadInput) as refused:
        call(*arguments)
    return str(refused.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("comma", "id,nom\n1,Été\n".encode()),
        ("semicolon", "id;nom\n1;Été\n".encode()),
        ("tab", "id\tnom\n1\tÉté\n".encode()),
        ("mark", "\ufeffid,nom\n1,Été\n".encode()),
        ("windows", "id;nom\r\n1;Été\r\n".encode("cp1252")),
        ("blank lines", "\nid,nom\n\n 1 , Été \n\n".encode()),
    ],
)
def test_table_is_read_whatever_its_delimiter_and_encoding(file, name, content):
    table = read_table(file("x.csv", content), "id", "nom")
    assert [row.cells for row in table] == [{"id": "1", "nom": "Été"}]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "Le fichier « x.csv » est vide."),
        (b" \n\n", "Le fichier « x.csv » est vide."),
        (b"id,x\n", "Le fichier « x.csv » n’a aucune ligne après son en-tête."),
        (b"id,y\n1,2\n", "x.csv, ligne 1 : la colonne « x » manque ; lues : id, y."),
        (b"id,x,x\n1,2,3\n", "x.csv, ligne 1 : la colonne « x » figure deux fois."),
        (b"id,x\n1,2\n3\n", "x.csv, ligne 3 : 1 valeur pour 2 colonnes."),
        (b"id,x\n1,2,3\n", "x.csv, ligne 2 : 3 valeurs pour 2 colonnes."),
        (
            "id,x\n1,2\n".encode("utf-16"),
            "Le fichier « x.csv » n’est ni en UTF-8 ni en Windows-1252 : enregistrez-le en UTF-8.",
        ),
        (
            b"id,x\n1,\x81\xe9\n",
            "Le fichier « x.csv » n’est ni en UTF-8 ni en Windows-1252 : enregistrez-le en UTF-8.",
        ),
    ],
)
def test_table_refuses_a_file_that_is_not_one(file, content, expected):
    assert sentence(read_table, file("x.csv", content), "id", "x") == expected


def test_table_refuses_a_missing_file(tmp_path):
    path = tmp_path / "nulle-part.csv"
    assert sentence(read_table, path, "id") == f"Le fichier « {path} » n’existe pas."


def test_table_refuses_a_duplicate_and_says_both_lines(file):
    table = read_table(file("x.csv", "id,x\nA,1\nB,2\nA,3\n"), "id")
    assert sentence(table.unique, "id") == "x.csv, ligne 4, colonne « id » : « A » figure déjà à la ligne 2."


@pytest.mark.parametrize(
    ("text", "value"), [("12.5", "12.5"), ("12,5", "12.5"), ("1 234,5", "1234.5"), ("1e3", "1E+3"), (".5", "0.5")]
)
def test_number_is_exact_with_point_or_comma(file, text, value):
    (row,) = read_table(file("x.csv", f"id;x\n1;{text}\n"), "x")
    assert row.number("x") == Decimal(value)


@pytest.mark.parametrize(
    ("method", "text", "end"),
    [
        ("number", "abc", "« abc » n’est pas un nombre."),
        ("number", "1.2.3", "« 1.2.3 » n’est pas un nombre."),
        ("number", "NaN", "« NaN » n’est pas un nombre fini."),
        ("number", "-inf", "« -inf » n’est pas un nombre fini."),
        ("real", "infinity", "« infinity » n’est pas un nombre fini."),
        ("real", "x", "« x » n’est pas un nombre."),
        ("real", "1e999", "« 1e999 » est trop grand."),
        ("number", "-3", "« -3 » est négatif."),
        ("number", "1e99", "« 1e99 » est trop grand."),
        ("number", "", "la valeur manque."),
        ("whole", "2.5", "« 2.5 » n’est pas un nombre entier."),
        ("cents", "1.234", "« 1.234 » a plus de deux décimales."),
        ("cents", "0", "le montant doit être supérieur à zéro."),
        ("flag", "peut-être", "« peut-être » est inconnu : écrivez oui ou non."),
    ],
)
def test_cell_is_refused_with_its_line_and_column(file, method, text, end):
    (row,) = read_table(file("x.csv", f"id;x\n1;{text}\n"), "x")
    assert sentence(getattr(row, method), "x") == f"x.csv, ligne 2, colonne « x » : {end}"


def test_position_is_on_the_globe(file):
    (row,) = read_table(file("x.csv", "id;x\n1;-91\n"), "x")
    assert sentence(row.degrees, "x", 90) == (
        "x.csv, ligne 2, colonne « x » : « -91 » n’est pas entre -90 et 90 degrés."
    )


def test_line_is_counted_in_the_file_not_in_the_rows(file):
    rows = read_table(file("x.csv", 'id,x\n1,"deux\nlignes"\n\n2,y\n'), "x").rows
    assert [row.line for row in rows] == [3, 5]


def test_json_refuses_what_is_not_an_object(file):
    assert sentence(read_json, file("x.json", "[1]")) == "Le fichier « x.json » n’est pas un objet JSON."
    assert sentence(read_json, file("y.json", "{}"), "rounds") == "Le fichier « y.json » n’a pas de clé « rounds »."


def test_options_are_numbers_within_their_limits():
    assert option_cents("1 500 000,50", "budget") == 150_000_050
    assert sentence(option_cents, "1.005", "budget") == "--budget : « 1.005 » a plus de deux décimales."
    assert sentence(option_number, "nan", "radius") == "--radius : « nan » n’est pas un nombre d’au moins 0."
    refused = "--partial : « 2 » n’est pas un nombre d’au moins 0.001 et d’au plus 1."
    assert sentence(lambda: option_number("2", "partial", least="0.001", most="1")) == refused
