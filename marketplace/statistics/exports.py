"""Figures as files: CSV for programs, XLSX for people, JSON for both, PDF for the files of an office.

What may be long is written piece by piece, so that a million rows take no more memory than a thousand.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font

from frontend.pdf import Column, Paper
from frontend.pdf import Value as Shown
from frontend.state_paper import Issuer, sign_off, state_paper

from .tables import Row, Table

Value = str | int | bool | date | None
FIGURES = ("net_vnd", "sold_vnd", "refunded_vnd", "orders", "sellers", "quantity", "suppressed")
WIDTHS = {"name": 28, "net_vnd": 16, "sold_vnd": 16, "refunded_vnd": 16}  # in characters; others 12
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"  # by which Excel knows that a CSV file is UTF-8
ROWS_AT_ONCE = 500
XLSX_ROWS = 100_000  # a sheet may have ten times as many, but nobody waits so long for it to be written


def columns_of(table: Table) -> list[str]:
    """Return the names of the columns, which are those of ``Row.as_dict()``, also of a table without rows."""
    further = [name for by in table.question.by[1:] for name in (by, f"{by}_name")]
    return ["code", "name", *further, *FIGURES]


# --- Tables of the board, the API and the releases -------------------------------------------------


def rows_to_csv(table: Table, *, bom: bool = False) -> str:
    """Return the rows, without the total, as CSV (RFC 4180) with one line of column names.

    Suppressed figures are empty. Encode it as UTF-8; with ``bom`` also Excel reads it so.
    """
    names = columns_of(table)
    rows = (row.as_dict() for row in table.rows)
    return "".join(csv_parts(names, ([row[name] for name in names] for row in rows), bom=bom))


def rows_to_xlsx(table: Table) -> bytes:
    """Return a workbook: the rows and the total on the first sheet, what they mean on the second."""
    names = columns_of(table)
    total = table.total.as_dict()
    with xlsx_file(
        names,
        ([row.as_dict()[name] for name in names] for row in table.rows),
        total=[total.get(name) for name in names],
        about=about(table),
    ) as file:
        return file.read()


def table_paper(
    table: Table, *, issuer: Issuer, now: datetime, note: str = "", source: str = "", receivers: Sequence[str]
) -> Paper:
    """Return the table as a report of ``issuer``, with the state's head, to be numbered and signed.

    It is in the language of the market. ``note`` says what is not shown, ``source`` where the figures are
    from: a release, or the day's books.
    """
    with translation.override(settings.LANGUAGE_CODE):
        question = table.question
        period = f"{question.first_day:%d/%m/%Y} – {question.last_day:%d/%m/%Y}"
        paper = state_paper(
            issuer=issuer,
            kind="Báo cáo",
            subject=_("Sales on the market Mường Then, %(period)s") % {"period": period},
            on=timezone.localdate(now),
            made_at=now,
            footer=_("Made by Mường Then at %(when)s. %(source)s")
            % {"when": f"{timezone.localtime(now):%H:%M %d/%m/%Y}", "source": source},
        )
        paper.facts(_summary(table))
        paper.space(2)
        columns, rows = _paper_columns(table), [_paper_row(row) for row in table.rows]
        paper.table(columns, rows, total=_paper_row(table.total, further=len(question.by) - 1))
        if note:
            paper.text(note, points=9)
        paper.text(_("How to read these figures"), bold=True, points=9)
        for label, words in about(table):
            if name := (_paper_names() | {"suppressed": _("withheld")}).get(label):
                paper.text(f"{name}: {words}", points=9, soft=True)
        sign_off(paper, issuer=issuer, receivers=receivers)
    return paper


def about(table: Table) -> list[tuple[str, str]]:
    """Return what has to be known to read the table: pairs of a column, or another thing, and words."""
    question = table.question
    return [
        (_("Period"), f"{question.first_day.isoformat()} – {question.last_day.isoformat()}"),
        (_("Boundaries"), table.boundaries),
        *_meanings(),
        (
            "suppressed",
            _(
                "Hidden because fewer than %(min)d sellers stand behind it, or because such a figure could "
                "be calculated from it."
            )
            % {"min": question.min_sellers},
        ),
    ]


def _meanings() -> list[tuple[str, str]]:
    return [
        ("net_vnd", _("Paid sales less refunds, in đồng; a refund counts on the day it was paid back.")),
        ("sold_vnd", _("Paid sales, in đồng, without delivery.")),
        ("refunded_vnd", _("Paid back to buyers, in đồng.")),
        (
            "orders",
            _("Orders with a sale, counted once for every seller and unit they have goods of on a day."),
        ),
        ("sellers", _("Sellers with a sale or a refund, counted once in every unit they sell from.")),
        ("quantity", _("Packs of goods, room nights or seats.")),
    ]


def _summary(table: Table) -> list[tuple[str, str]]:
    total = table.total
    boundaries = _("45 communes since 1 July 2025") if table.boundaries == "2025" else _("129 units before")
    facts = [(_("Boundaries"), boundaries)]
    if total.net_vnd is not None:
        facts.append((_("Sales less refunds"), f"{total.net_vnd:,} ₫".replace(",", ".")))
    if total.orders is not None:
        facts.append((_("Orders"), f"{total.orders:,}".replace(",", ".")))
    return facts


def _paper_names() -> dict[str, str]:
    return {"net_vnd": _("Sales, ₫"), "orders": _("Orders"), "sellers": _("Sellers")} | {
        "quantity": _("Quantity")
    }


def _paper_columns(table: Table) -> list[Column]:
    return [
        Column(_("Name"), 5),
        *(Column("", 4) for _by in table.question.by[1:]),
        *(Column(words, 2 + (name == "net_vnd"), "right") for name, words in _paper_names().items()),
    ]


def _paper_row(row: Row, *, further: int = 0) -> list[Shown]:
    others = [name for label, name in row.further.items() if label.endswith("_name")] or [""] * further
    if row.suppressed:
        return [row.name, *others, _("withheld"), None, None, None]
    return [row.name, *others, row.net_vnd, row.orders, row.sellers, row.quantity]


# --- Rows of any number ------------------------------------------------------------------------------


def csv_parts(names: Sequence[str], rows: Iterable[Sequence[Value]], *, bom: bool = False) -> Iterator[str]:
    """Yield CSV (RFC 4180) in parts of some hundred rows, the names of the columns first.

    What would be read as a formula by a spreadsheet is written with an apostrophe before it (OWASP, CSV
    injection): the names of places and groups are typed by people.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    yield BOM if bom else ""
    writer.writerow(names)
    iterator = iter(rows)
    while some := list(islice(iterator, ROWS_AT_ONCE)):
        writer.writerows([_plain(value) for value in row] for row in some)
        yield target.getvalue()
        target.seek(0)
        target.truncate()
    yield target.getvalue()


def json_parts(
    names: Sequence[str], rows: Iterable[Sequence[Value]], *, head: Mapping[str, Any]
) -> Iterator[str]:
    """Yield a JSON object in parts: what ``head`` says, and ``results``, an object for each row."""
    opened = json.dumps(dict(head), ensure_ascii=False, default=str)
    yield f'{opened[:-1]}{", " if head else ""}"results": ['
    iterator, between = iter(rows), ""
    while some := list(islice(iterator, ROWS_AT_ONCE)):
        objects = (dict(zip(names, row, strict=True)) for row in some)
        yield between + ",\n".join(json.dumps(each, ensure_ascii=False, default=str) for each in objects)
        between = ",\n"
    yield "]}\n"


def xlsx_file(
    names: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    total: Sequence[Value] = (),
    about: Sequence[tuple[str, str]] = (),
) -> IO[bytes]:
    """Return an open file with a workbook: the rows and the total, and on a second sheet what they mean.

    It is written to the disk while it is made. Rows beyond XLSX_ROWS are left out, and the last line says so.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Sales"))
    sheet.freeze_panes = "C2"
    for position, name in enumerate(names):
        sheet.column_dimensions[chr(ord("A") + position)].width = WIDTHS.get(name, 12)

    def cell(value: Value, *, bold: bool = False) -> Cell:
        written = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]  # days too
        if bold:
            written.font = Font(bold=True)
        if isinstance(value, int) and not isinstance(value, bool):
            written.number_format = "#,##0"
        if isinstance(value, str):
            written.data_type = "s"  # never a formula
        return written

    sheet.append([cell(name, bold=True) for name in names])
    iterator = iter(rows)
    for row in islice(iterator, XLSX_ROWS):
        sheet.append([cell(value) for value in row])
    if next(iterator, None) is not None:
        sheet.append([cell(_("There are more rows. Take them as CSV."), bold=True)])
    if total:
        sheet.append([cell(value, bold=True) for value in total])
    if about:
        second = book.create_sheet(_("About"))
        second.column_dimensions["A"].width, second.column_dimensions["B"].width = 20, 90
        for pair in about:
            second.append(list(pair))
    target = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked closes it
    book.save(target)
    target.seek(0)
    return target


def _plain(value: Value) -> Value:
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value
