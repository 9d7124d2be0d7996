"""The register as the form that the commune's police takes: one row per guest, XLSX for people or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font

from .models import RegisteredGuest

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A spreadsheet takes text that begins so for a formula (OWASP, "CSV injection"); an apostrophe makes it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
WIDTHS = (6, 28, 13, 14, 22, 18, 34, 14, 13, 13, 30, 16)


def as_file(
    guests: Sequence[RegisteredGuest],
    *,
    form: str,
    provinces: dict[str, str],
    house: str,
    first: date,
    last: date,
) -> bytes:
    """Return the notice of stays (Law on Residence 2020, art. 30(4)): name, paper, reason, time, address.

    ``form`` is csv or xlsx; ``provinces`` are names by code; ``house`` names who hosts, and where.
    """
    rows = [_row(number, guest, provinces) for number, guest in enumerate(guests, start=1)]
    if form == "csv":
        target = io.StringIO(newline="")
        writer = csv.writer(target)
        writer.writerow(_columns())
        writer.writerows([[_harmless(value) for value in row] for row in rows])
        return target.getvalue().encode("utf-8-sig")
    return _workbook(rows, house=house, first=first, last=last)


def _columns() -> list[str]:
    return [
        _("No."),
        _("Full name"),
        _("Born"),
        _("Nationality"),
        _("Paper"),
        _("Number of the paper"),
        _("Home address"),
        _("Reason of the stay"),
        _("Stays from"),
        _("until"),
        _("Where the guest sleeps"),
        _("Reported"),
    ]


def _row(number: int, guest: RegisteredGuest, provinces: dict[str, str]) -> list[str]:
    home = ", ".join(filter(None, [guest.address, provinces.get(guest.province, "")]))
    return [
        str(number),
        guest.name,
        _day(guest.born_on),
        guest.country,
        str(guest.get_paper_display()),
        guest.number,
        home,
        str(guest.get_reason_display()),
        _day(guest.arrived_on),
        _day(guest.leaves_on),
        str(guest.booking.room_type.stay.product.title),
        _day(timezone.localdate(guest.reported_at)) if guest.reported_at else "",
    ]


def _day(day: date | None) -> str:
    return date_format(day, "d/m/Y") if day else ""


def _workbook(rows: Sequence[Sequence[str]], *, house: str, first: date, last: date) -> bytes:
    book = Workbook()
    table = book.active
    assert table is not None
    table.title = _("Guests")[:31]
    table["A1"], table["A1"].font = _("NOTICE OF GUESTS STAYING OVERNIGHT"), Font(bold=True, size=14)
    table["A2"] = _harmless(house)
    table["A3"] = _("Arrived from %(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}
    for position, (name, width) in enumerate(zip(_columns(), WIDTHS, strict=True), start=1):
        cell = table.cell(row=5, column=position, value=name)
        cell.font = Font(bold=True)
        table.column_dimensions[cell.column_letter].width = width
    for number, row in enumerate(rows, start=6):
        for position, value in enumerate(row, start=1):
            cell = table.cell(row=number, column=position, value=_harmless(value))
            cell.number_format = "@"  # a personal number keeps its leading zero
    table.freeze_panes = "A6"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value
