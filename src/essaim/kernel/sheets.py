"""Spreadsheets people send, read as rows of text cells: XLSX, ODS, CSV of any dialect, or cells pasted.

Nothing is run: formulas are read by the result the spreadsheet kept. Containers are judged from their table of
contents first (see `files.archives`), and reading stops at the first row too many.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError, XMLPullParser

from django.utils.translation import gettext as _

from essaim.kernel.files import archives
from essaim.kernel.files.refusal import FileRefused

MOST_BYTES = 5 * 2**20
MOST_ROWS = 2_000
MOST_COLUMNS = 60
MOST_CELL = 2_000
_ODF = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _OFFICE = _ODF % "table", _ODF % "office"

Grid = list[list[str]]


class Unreadable(ValueError):
    """The sheet cannot be read; `str()` is the sentence that says why and what to do."""


def cell_name(row: int, column: int) -> str:
    """The name of a cell, rows and columns from 0: (6, 1) is "B7"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def read_sheet(content: bytes, name: str) -> Grid:
    """The first sheet of a file, row by row. Raises Unreadable: too big, too long, protected, another kind of file."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("Ce tableur dépasse 5 Mo : gardez-en la feuille du budget."))
    if not content.strip():
        raise Unreadable(_("Ce fichier est vide : choisissez-en un autre."))
    try:
        if content.startswith(b"PK"):
            return _from_archive(content, name)
    except FileRefused as refusal:
        raise Unreadable(str(refusal)) from None
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            _("Ce tableur est à l’ancien format XLS, ou protégé : enregistrez-le en XLSX ou en ODS, sans mot de passe.")
        )
    return read_text(_decoded(content))


def _from_archive(content: bytes, name: str) -> Grid:
    names = set(archives.contents(io.BytesIO(content), name).namelist())
    if "content.xml" in names and "mimetype" in names:
        return _limited(_ods_rows(content, name))
    if "xl/workbook.xml" in names:
        return _limited(_xlsx_rows(content))
    raise Unreadable(_("Ce fichier n’est pas un tableur : envoyez un XLSX, un ODS ou un CSV."))


def read_text(text: str) -> Grid:
    """Cells pasted from a spreadsheet, or a CSV: tabs, semicolons, commas or bars, whichever the text uses."""
    if len(text) > MOST_BYTES:
        raise Unreadable(_("Ce tableur dépasse 5 Mo : gardez-en la feuille du budget."))
    if "\x00" in text:
        raise Unreadable(_("Ce fichier n’est pas du texte : envoyez un XLSX, un ODS ou un CSV."))
    csv.field_size_limit(MOST_BYTES)
    try:
        return _limited(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error:
        raise Unreadable(
            _("Ce fichier n’est pas un CSV lisible : enregistrez-le de nouveau depuis un tableur.")
        ) from None


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What French spreadsheets write when they do not write UTF-8.
        return content.decode("cp1252", "replace")


def _separator(text: str) -> str:
    """The mark that parts most of the first lines the same way; a comma inside « 12 500,50 » parts nothing."""
    lines = [line for line in text.splitlines()[:30] if line.strip()]

    def score(mark: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=mark)]
        usual = max(set(counts), key=counts.count) if counts else 1
        return (counts.count(usual) if usual > 1 else 0, usual)

    return max("\t;,|", key=score)


def _limited(rows: Iterable[list[str]]) -> Grid:
    """The rows without trailing empty cells and rows. Raises Unreadable beyond the limits, without reading on."""
    found: Grid = []
    kept = 0
    for row in rows:
        cells = [re.sub(r"[\r\n\t]+", " ", cell).strip() for cell in row[:MOST_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        found.append(cells)
        kept = len(found) if cells else kept
        if len(found) > 5 * MOST_ROWS or kept > MOST_ROWS:
            raise Unreadable(
                _("Ce tableur a plus de %(most)s lignes : un plan de financement en a au plus quelques dizaines. "
                  "Gardez la feuille du budget.") % {"most": MOST_ROWS}
            )  # fmt: skip
        if any(len(cell) > MOST_CELL for cell in cells):
            raise Unreadable(
                _("La ligne %(line)s contient un texte trop long pour un budget : raccourcissez-le.")
                % {"line": len(found)}
            )
    return found[:kept]


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    import openpyxl  # type: ignore[import-untyped]  # noqa: PLC0415 - heavy, only for a spreadsheet sent

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl does not keep (styles, charts) is nothing to us
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
                yield [said(value) for value in row]
    except Unreadable:
        raise
    except Exception:  # a broken file breaks openpyxl in many ways; all mean the same to its owner
        raise Unreadable(_("Ce fichier XLSX ne peut pas être lu : enregistrez-le de nouveau, ou en CSV.")) from None


def _ods_rows(content: bytes, name: str) -> Iterator[list[str]]:
    """The rows of the first table, repeated within the limits (a sheet ends with a million empty ones)."""
    archive = archives.contents(io.BytesIO(content), name)
    parser: Any = XMLPullParser(events=("end",))
    first = True
    try:
        with archive.open("content.xml") as file:
            while chunk := file.read(65536):
                if first and b"<!DOCTYPE" in chunk:
                    raise Unreadable(_("Ce fichier ODS ne peut pas être lu : enregistrez-le de nouveau, ou en CSV."))
                first = False
                parser.feed(chunk)
                for _event, element in parser.read_events():
                    if element.tag == f"{_TABLE}table":
                        return
                    if element.tag == f"{_TABLE}table-row":
                        cells = _ods_cells(element)
                        again = _repeated(element, "number-rows-repeated")
                        yield from ([cells] * min(again, MOST_ROWS + 1) if any(cells) else [cells] * min(again, 50))
                        element.clear()
    except (ParseError, OSError, EOFError, RuntimeError):
        raise Unreadable(_("Ce fichier ODS ne peut pas être lu : enregistrez-le de nouveau, ou en CSV.")) from None


def _ods_cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        kind, value = cell.get(f"{_OFFICE}value-type"), cell.get(f"{_OFFICE}value")
        numeric = kind in ("float", "currency", "percentage") and value
        text = said(Decimal(value)) if numeric and _NUMBER.fullmatch(value) else _ods_text(cell)
        again = _repeated(cell, "number-columns-repeated")
        cells += [text] * min(again, MOST_COLUMNS - len(cells) if text else 5)
        if len(cells) >= MOST_COLUMNS:
            break
    return cells


_NUMBER = re.compile(r"-?\d{1,16}(\.\d{1,30})?([eE][+-]?\d{1,2})?", re.ASCII)


def _ods_text(cell: Any) -> str:
    return " ".join("".join(part.itertext()) for part in cell if part.tag.endswith("}p"))


def _repeated(element: Any, name: str) -> int:
    text = element.get(f"{_TABLE}{name}", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def said(value: Any) -> str:
    """A cell as a person would have typed it: « 12500,5 »; a number computed to the hair is rounded to six decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float | Decimal):
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not exact.is_finite() or abs(exact) >= 10**15:
            return str(value)
        text = f"{exact.quantize(Decimal('0.000001')).normalize():f}"
        whole, _point, decimals = text.partition(".")
        # Three decimals alone could be thousands: a fourth says that they are not.
        return whole if not decimals else f"{whole},{decimals}{'0' if len(decimals) == 3 else ''}"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    return str(value)
