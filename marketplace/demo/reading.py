"""The two files of the demo data as typed rows. A row that makes no sense is refused by name."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from agriculture.categories import CATEGORIES
from agriculture.models import Produce
from agriculture.units import Unit
from tourism.models import Stay

from .errors import RowRefused

DATA_DIR = Path(__file__).resolve().parent / "data"
PRODUCE_FILE, STAYS_FILE = "products.csv", "stays.csv"

STAY_KINDS = {
    "homestay": Stay.Kind.HOMESTAY,
    "community village": Stay.Kind.VILLAGE,
    "guesthouse": Stay.Kind.GUESTHOUSE,
    "hotel": Stay.Kind.HOTEL,
    "resort": Stay.Kind.RESORT,
}
_UNIT = re.compile(
    r"(?P<unit>[a-z]+)(?: (?P<size>~?\d+ (?:g|kg|ml)))?(?P<rest> live| dried| \(min \d+ kg\))?"
)


@dataclass(frozen=True, kw_only=True)
class ProduceRow:
    """One thing the province grows or makes. Prices are whole đồng for one unit."""

    slug: str
    title: str
    name_en: str
    category: str
    unit_code: str  # of the unit of before 1 July 2025
    unit: Unit
    unit_size: str
    is_live: bool  # an animal, sold by its live weight
    is_wholesale: bool
    weight_g: int
    price_vnd: int
    price_min_vnd: int
    price_max_vnd: int
    season_months: tuple[int, ...]
    keeping: Produce.Keeping
    ocop_stars: int | None
    ocop_year: int | None

    @property
    def is_alcohol(self) -> bool:
        return self.category == "spirit"


@dataclass(frozen=True, kw_only=True)
class StayRow:
    """One place to sleep. Prices are whole đồng a night, for a person or for a room."""

    slug: str
    title: str
    name_en: str
    kind: Stay.Kind
    village: str
    unit_code: str  # of the unit of before 1 July 2025
    capacity: int | None  # persons
    rooms: int | None
    price_vnd: int
    is_per_person: bool
    meal_price_vnd: int | None
    hosts: str
    season: str


def read_produce(folder: Path = DATA_DIR) -> list[ProduceRow]:
    """Read the produce in the order of the file. Raises RowRefused."""
    return [_produce(row) for row in _rows(folder / PRODUCE_FILE)]


def read_stays(folder: Path = DATA_DIR) -> list[StayRow]:
    """Read the stays in the order of the file. Raises RowRefused."""
    return [_stay(row) for row in _rows(folder / STAYS_FILE)]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _produce(row: dict[str, str]) -> ProduceRow:
    slug = row["slug"]
    if row["category"] not in CATEGORIES:
        raise RowRefused(
            file=PRODUCE_FILE,
            slug=slug,
            column="category",
            found=row["category"],
            wanted=f"one of {', '.join(CATEGORIES)}",
        )
    found = _UNIT.fullmatch(row["unit"])
    if found is None or found["unit"] not in Produce.Unit.values:
        raise RowRefused(
            file=PRODUCE_FILE,
            slug=slug,
            column="unit",
            found=row["unit"],
            wanted="a unit with or without a size, such as 'kg' or 'pack 500 g'",
        )
    price_vnd, low_vnd, high_vnd = (int(row[name]) for name in ("price_vnd", "price_min", "price_max"))
    if not 0 < low_vnd <= price_vnd <= high_vnd:
        raise RowRefused(
            file=PRODUCE_FILE,
            slug=slug,
            column="price_vnd",
            found=row["price_vnd"],
            wanted=f"a price from {low_vnd} to {high_vnd}",
        )
    rest = found["rest"] or ""
    return ProduceRow(
        slug=slug,
        title=_with_typographic_quotes(row["name_vi"]),
        name_en=row["name_en"],
        category=row["category"],
        unit_code=row["origin_code_2024"],
        unit=Produce.Unit(found["unit"]),
        unit_size=found["size"] or "",
        is_live=rest == " live",
        is_wholesale="min" in rest,
        weight_g=int(row["weight_g"]),
        price_vnd=price_vnd,
        price_min_vnd=low_vnd,
        price_max_vnd=high_vnd,
        season_months=tuple(int(month) for month in row["season_months"].split(",")),
        keeping=Produce.Keeping(row["keeping"]),
        ocop_stars=_number(row["ocop_stars"]),
        ocop_year=_number(row["ocop_year"]),
    )


def _stay(row: dict[str, str]) -> StayRow:
    if row["type"] not in STAY_KINDS:
        raise RowRefused(
            file=STAYS_FILE,
            slug=row["slug"],
            column="type",
            found=row["type"],
            wanted=f"one of {', '.join(STAY_KINDS)}",
        )
    return StayRow(
        slug=row["slug"],
        title=row["name_vi"],
        name_en=row["name_en"],
        kind=STAY_KINDS[row["type"]],
        village=row["village"],
        unit_code=row["code_2024"],
        capacity=_number(row["capacity_persons"]),
        rooms=_number(row["rooms"]),
        price_vnd=int(row["price_vnd"]),
        is_per_person=row["price_unit"] == "person/night",
        meal_price_vnd=_number(row["meal_price_vnd"]),
        hosts=row["ethnic_group"],
        season=row["season"],
    )


def _number(text: str) -> int | None:
    return int(text) if text else None


def _with_typographic_quotes(text: str) -> str:
    return re.sub(r'"([^"]*)"', r"“\1”", text)
