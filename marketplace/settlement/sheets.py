"""Tables as files: CSV for programs, XLSX for people. No cell of ours is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font

Value = str | int | None

# A spreadsheet takes text that begins so for a formula (OWASP, "CSV injection"); an apostrophe makes it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Sheet:
    """A table of one name, with its rows; ``total`` follows them, written boldly, and ``below`` that."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    total: Sequence[Value] = ()
    below: Sequence[Sequence[Value]] = ()


def to_csv(sheet: Sheet) -> bytes:
    """Return CSV (RFC 4180) in UTF-8, with the mark by which spreadsheets know it."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(sheet.columns)
    for row in [*sheet.rows, *([sheet.total] if sheet.total else []), *sheet.below]:
        writer.writerow([_harmless(value) for value in row])
    return target.getvalue().encode("utf-8-sig")


def to_xlsx(sheet: Sheet) -> bytes:
    """Return a workbook of one sheet."""
    book = Workbook(write_only=True)
    table = book.create_sheet(sheet.title[:31])
    table.freeze_panes = "A2"
    for position in range(len(sheet.columns)):
        table.column_dimensions[chr(ord("A") + position)].width = 22

    def cell(value: Value, *, bold: bool = False) -> Cell:
        written = WriteOnlyCell(table, value=_harmless(value))
        written.font = Font(bold=bold)
        if isinstance(value, int):
            written.number_format = "#,##0"
        return written

    table.append([cell(name, bold=True) for name in sheet.columns])
    for row in sheet.rows:
        table.append([cell(value) for value in row])
    if sheet.total:
        table.append([cell(value, bold=True) for value in sheet.total])
    for row in sheet.below:
        table.append([cell(value) for value in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def as_response(sheet: Sheet, *, form: str, name: str) -> HttpResponse:
    """Return ``sheet`` as a file to keep: ``form`` is csv or xlsx, ``name`` without an ending."""
    content = to_csv(sheet) if form == "csv" else to_xlsx(sheet)
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response["Cache-Control"] = "no-store"
    return response


def _harmless(value: Value) -> Value:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
