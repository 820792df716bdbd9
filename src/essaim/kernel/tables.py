"""Lists as files people open in a spreadsheet: CSV, XLSX and ODS, with no cell that could run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Rows = Iterable[Sequence[Any]]


def safe_text(text: str) -> str:
    """The text with an apostrophe before, when a spreadsheet would take it for a formula (CWE-1236)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def plain(value: Any) -> Any:
    """A cell as files hold it: numbers stay numbers, instants are local, the rest is text that cannot run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    return safe_text(str(value))


def to_csv(headers: Sequence[str], rows: Rows) -> bytes:
    """UTF-8, comma, decimal point; a byte-order mark so that spreadsheets read the accents."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([plain(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(headers: Sequence[str], rows: Rows) -> bytes:
    """One sheet, bold headers, the first line frozen."""
    import xlsxwriter  # noqa: PLC0415 - heavy, only for this export

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [str(header) for header in headers], book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [plain(value) for value in row])
        sheet.autofit()
    return buffer.getvalue()


def to_ods(headers: Sequence[str], rows: Rows) -> bytes:
    """One sheet of an OpenDocument spreadsheet."""
    from odf.opendocument import OpenDocumentSpreadsheet  # noqa: PLC0415 - heavy, only for this export
    from odf.table import Table, TableCell, TableRow  # noqa: PLC0415
    from odf.text import P  # noqa: PLC0415

    document = OpenDocumentSpreadsheet()
    table = Table(name="Essaim")
    for row in ([*headers], *rows):
        line = TableRow()
        for value in map(plain, row):
            number = isinstance(value, int | float | Decimal)
            cell = TableCell(valuetype="float", value=str(value)) if number else TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


FORMATS: dict[str, tuple[str, Callable[[Sequence[str], Rows], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", to_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", to_xlsx),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", to_ods),
}


def wanted_format(request: HttpRequest) -> str | None:
    """The format asked by `?format=csv|xlsx|ods`, or None for the page itself."""
    asked = request.GET.get("format", "")
    return asked if asked in FORMATS else None


def download(name: str, format: str, headers: Sequence[str], rows: Rows) -> HttpResponse:
    """The list as an attachment named `name`.`format`."""
    content_type, write = FORMATS[format]
    response = HttpResponse(write([str(header) for header in headers], rows), content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{format}')}"
    return response
