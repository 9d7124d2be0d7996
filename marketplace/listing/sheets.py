"""Reading a seller's file of things to sell, Excel or CSV, row by row, and the empty file to fill in.

Files come from strangers: one that unpacks to more than it should is refused before it is unpacked, and a
cell with a formula is refused, as it would run on the next person's computer.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from agriculture.categories import CATEGORIES
from agriculture.crops import crop_of
from agriculture.prices import parse_price
from agriculture.units import Unit, grams_of, parse_number, parse_unit
from marketplace.errors import Invalid
from marketplace.places.text import fold

from . import services

BYTES_MAX = 10 * 1024 * 1024
ROWS_MAX = 10_000
CELL_MAX = 2_000
UNPACKED_MAX = 120 * 1024 * 1024
RATIO_MAX = 200  # a sheet of repeated words packs to a fiftieth
PARTS_MAX = 500
LAST_ROW = 1_048_576  # of Excel

# The columns, and what people call them, folded.
COLUMNS = {
    "name": ("ten", "ten hang", "ten san pham", "name"),
    "category": ("loai", "nhom", "kind", "category"),
    "quantity": ("so luong", "quantity", "how many"),
    "unit": ("don vi", "unit"),
    "weight": ("nang kg", "khoi luong kg", "weight kg", "weight"),
    "price": ("gia", "gia dong", "price", "price vnd"),
    "description": ("mo ta", "description"),
}
NEEDED = ("name", "quantity", "unit", "price")
HEADINGS = ("Tên hàng", "Loại", "Số lượng", "Đơn vị", "Nặng (kg)", "Giá (đồng)", "Mô tả")
EXAMPLES = (
    ("Gạo nếp nương", "", 50, "kg", "", 45000, "Gạo mới, gặt tháng 10"),
    ("Măng khô", "", 20, "gói", "0,5", 120000, ""),
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Unreadable(Exception):
    """The file cannot be read at all. The text says what to do."""


@dataclass(frozen=True)
class Row:
    """One row: its number in the file, and what ``services.list_produce`` wants; or what is wrong with it."""

    number: int
    facts: dict[str, Any]
    wrong: str = ""


def rows_of(path: Path, *, name: str) -> Iterator[Row]:
    """Yield the rows of the file, empty ones left out. Raises Unreadable, also in the middle."""
    cells = _excel(path) if name.lower().endswith(".xlsx") else _csv(path)
    columns: dict[str, int] | None = None
    count = 0
    for number, row in cells:
        if not any(str(cell).strip() for cell in row if cell is not None):
            continue
        if columns is None:
            columns = _columns(row)
            continue
        count += 1
        if count > ROWS_MAX:
            raise Unreadable(_("The file has more than 10.000 rows. Cut it in two, and send both."))
        yield _read(number, row, columns)
    if columns is None:
        raise Unreadable(_("The file is empty. Take the file to fill in from this page."))


def _columns(row: list[Any]) -> dict[str, int]:
    names = [fold(str(cell or "").replace("(", " ").replace(")", " ")) for cell in row]
    found = {
        column: names.index(word) for column, words in COLUMNS.items() for word in words if word in names
    }
    missing = [HEADINGS[list(COLUMNS).index(column)] for column in NEEDED if column not in found]
    if missing:
        raise Unreadable(
            _("The first row must name the columns; missing: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    return found


def _read(number: int, row: list[Any], columns: dict[str, int]) -> Row:
    said = {column: _text(row, position) for column, position in columns.items()}
    try:
        return Row(number, _facts(said))
    except Invalid as error:
        return Row(number, {}, str(error))


def _text(row: list[Any], position: int) -> str:
    cell = row[position] if position < len(row) else None
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def _facts(said: dict[str, str]) -> dict[str, Any]:
    for column, text in said.items():
        if text.startswith(FORMULA_STARTS):
            raise Invalid(column, _("“%(text)s”: a cell may not begin like a formula.") % {"text": text[:20]})
        if len(text) > CELL_MAX:
            raise Invalid(column, _("A cell is longer than 2.000 letters."))
    name = services.checked_name(said["name"])
    crop = crop_of(name)
    category = _category(said.get("category", "")) or (crop.category if crop else "")
    if not category:
        raise Invalid("category", _("Say what kind of thing it is, in the column “Loại”."))
    unit = parse_unit(said["unit"])
    if unit is None:
        raise Invalid("unit", _("“%(unit)s” is no unit the market knows.") % {"unit": said["unit"][:20]})
    weight = said.get("weight", "")
    weight_g = grams_of(weight, "kg") if weight else (crop.grams_of(unit) if crop else None)
    number = parse_number(said["quantity"])
    if number is None or number != int(number):
        raise Invalid("quantity", _("“%(text)s” is no whole number.") % {"text": said["quantity"][:20]})
    services.check_quantity(int(number), least=1)
    price_vnd = parse_price(said["price"])
    if price_vnd is None:
        raise Invalid("price", _("“%(text)s” is no price in đồng.") % {"text": said["price"][:20]})
    return {
        "name": name,
        "category": category,
        "unit": unit.value,
        "quantity": int(number),
        "price_vnd": price_vnd,
        "weight_g": services.checked_weight(unit, weight_g),
        "facts": {"description": said.get("description", "")},
    }


def _category(text: str) -> str:
    wanted = fold(text)
    return next((key for key, label in CATEGORIES.items() if wanted in (key, fold(str(label)))), "")


def _excel(path: Path) -> Iterator[tuple[int, list[Any]]]:
    _refuse_bomb(path)
    try:
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True, max_col=len(COLUMNS) + 8)
            for number, row in enumerate(rows, start=1):
                if number > LAST_ROW:  # a row may say of itself that it is the billionth
                    raise InvalidFileException(f"row {number}")
                yield number, list(row)
    # Whatever is wrong in a stranger's file, the library raises something of its own for it.
    except Exception as error:
        raise Unreadable(_("This is no Excel file that can be read. Save it as .xlsx or .csv.")) from error


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise Unreadable(_("This is no Excel file that can be read. Save it as .xlsx or .csv.")) from error
    unpacked = sum(part.file_size for part in parts)
    packed = max(1, path.stat().st_size)
    if len(parts) > PARTS_MAX or unpacked > UNPACKED_MAX or unpacked > RATIO_MAX * packed:
        raise Unreadable(_("This file unpacks to far more than a list of goods. Save it again as .csv."))


def _csv(path: Path) -> Iterator[tuple[int, list[Any]]]:
    raw = path.read_bytes()
    if b"\0" in raw[:4096] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(_("This is no list. Send a file that ends in .xlsx or .csv."))
    text = _decoded(raw)
    head = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        raise Unreadable(_("This is no list. Send a file that ends in .xlsx or .csv.")) from error


def _decoded(raw: bytes) -> str:
    encodings = ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1258")
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("The letters of this file cannot be read. Save it as CSV UTF-8."))


def template() -> bytes:
    """Return the empty Excel file, with two rows as examples and a sheet of the units."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Hàng"
    sheet.append(HEADINGS)
    for example in EXAMPLES:
        sheet.append(example)
    for letter, width in zip("ABCDEFG", (32, 18, 10, 10, 10, 14, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    notes: Any = book.create_sheet("Đơn vị")
    for unit in Unit:
        notes.append([str(unit.label), unit.value])
    notes.append([])
    for label in CATEGORIES.values():
        notes.append([str(label)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
