"""Tables of sales as files: CSV for programs, XLSX for people."""

import csv
import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font

from .tables import Table

FIGURES = ("net_vnd", "sold_vnd", "refunded_vnd", "orders", "sellers", "quantity", "suppressed")
WIDTHS = {"name": 28, "net_vnd": 16, "sold_vnd": 16, "refunded_vnd": 16}  # in characters; others 12


def columns_of(table: Table) -> list[str]:
    """Return the names of the columns, which are those of ``Row.as_dict()``, also of a table without rows."""
    further = [name for by in table.question.by[1:] for name in (by, f"{by}_name")]
    return ["code", "name", *further, *FIGURES]


def rows_to_csv(table: Table) -> str:
    """Return the rows, without the total, as CSV (RFC 4180) with one line of column names.

    Suppressed figures are empty. Encode it as UTF-8.
    """
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, columns_of(table))
    writer.writeheader()
    for row in table.rows:
        writer.writerow(row.as_dict() | {"suppressed": str(row.suppressed).lower()})
    return target.getvalue()


def rows_to_xlsx(table: Table) -> bytes:
    """Return a workbook: the rows and the total on the first sheet, what they mean on the second."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Sales"))
    sheet.freeze_panes = "C2"
    columns = columns_of(table)
    for position, name in enumerate(columns):
        sheet.column_dimensions[chr(ord("A") + position)].width = WIDTHS.get(name, 12)

    def cell(value: str | int | None, *, bold: bool = False) -> Cell:
        written = WriteOnlyCell(sheet, value=value)
        written.font = Font(bold=bold)
        if isinstance(value, int) and not isinstance(value, bool):
            written.number_format = "#,##0"
        return written

    sheet.append([cell(name, bold=True) for name in columns])
    for row in table.rows:
        values = row.as_dict()
        sheet.append([cell(values[name]) for name in columns])
    total = table.total.as_dict()
    sheet.append([cell(total.get(name), bold=True) for name in columns])
    about = book.create_sheet(_("About"))
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 20, 90
    for label, text in _about(table):
        about.append([label, text])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _about(table: Table) -> list[tuple[str, str]]:
    question = table.question
    return [
        (_("Period"), f"{question.first_day.isoformat()} – {question.last_day.isoformat()}"),
        (_("Boundaries"), table.boundaries),
        ("net_vnd", _("Paid sales less refunds, in đồng; a refund counts on the day it was paid back.")),
        ("sold_vnd", _("Paid sales, in đồng, without delivery.")),
        ("refunded_vnd", _("Paid back to buyers, in đồng.")),
        ("orders", _("Orders with a sale, each counted once per row: they do not add up over rows.")),
        ("sellers", _("Sellers with a sale or a refund, each counted once per row.")),
        ("quantity", _("Packs of goods, room nights or seats.")),
        (
            "suppressed",
            _(
                "Hidden because fewer than %(min)d sellers stand behind it, or because such a figure could "
                "be calculated from it."
            )
            % {"min": question.min_sellers},
        ),
    ]
