"""Downloads open in a spreadsheet, and nothing in them runs."""

import io
from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from essaim.kernel import tables

HEADERS = ["Nom", "Montant", "Déposé le"]
ROWS = [["=1+1", 12, datetime(2013, 9, 13, 21, 59, 59, tzinfo=UTC)], ["Fab’Ici", None, True]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1+1", "\n=1+1"])
def test_safe_text_disarms_formulas(text):
    assert tables.safe_text(text) == "'" + text


def test_csv_keeps_numbers_and_local_time():
    assert tables.to_csv(HEADERS, ROWS).decode("utf-8-sig") == (
        "Nom,Montant,Déposé le\r\n'=1+1,12,2013-09-13 23:59:59\r\nFab’Ici,,oui\r\n"
    )


def test_xlsx_has_the_same_cells_and_no_formula():
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(tables.to_xlsx(HEADERS, ROWS))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        HEADERS,
        ["'=1+1", 12, "2013-09-13 23:59:59"],
        ["Fab’Ici", None, "oui"],
    ]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_ods_has_the_same_cells():
    from odf.opendocument import load
    from odf.table import TableCell

    document = load(io.BytesIO(tables.to_ods(HEADERS, ROWS)))
    texts = [str(cell) for cell in document.getElementsByType(TableCell)]
    assert texts == [*HEADERS, "'=1+1", "12", "2013-09-13 23:59:59", "Fab’Ici", "", "oui"]


def test_download_names_the_file():
    response = tables.download("dossiers", "csv", HEADERS, ROWS)
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''dossiers.csv"
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_wanted_format_ignores_unknown_formats():
    assert tables.wanted_format(RequestFactory().get("/?format=exe")) is None
    assert tables.wanted_format(RequestFactory().get("/?format=ods")) == "ods"
