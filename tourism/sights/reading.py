"""The files of sights and festivals, read row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from .models import Certainty, Festival, Sight

DATA_DIR = Path(__file__).parent / "data"
SIGHT_COLUMNS = (
    *("slug", "name_vi", "name_en", "kind", "code_2024", "code_2025", "lat", "lon", "source", "certainty"),
)
FESTIVAL_COLUMNS = (
    *("slug", "name_vi", "name_en", "code_2025", "when_vi", "when_en", "calendar", "first_day", "last_day"),
    *("months", "source", "certainty"),
)
_MONTH_AND_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
Made = TypeVar("Made")


class SightsRefused(Exception):
    """A file makes no sense; the message says where, and what would."""


@dataclass(frozen=True)
class Placed:
    """A row without its place: that is known by its codes, today's and (of a sight) the former."""

    made: Sight | Festival
    code_today: str
    code_before: str = ""


def read_sights(path: Path = DATA_DIR / "sights.csv") -> list[Placed]:
    """Read the sights, in the order of the file. Raises SightsRefused."""
    return _read(path, SIGHT_COLUMNS, _sight)


def read_festivals(path: Path = DATA_DIR / "festivals.csv") -> list[Placed]:
    """Read the festivals, in the order of the file. Raises SightsRefused."""
    return _read(path, FESTIVAL_COLUMNS, _festival)


def _read(path: Path, columns: tuple[str, ...], make: Callable[[Mapping[str, str]], Placed]) -> list[Placed]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != columns:
            raise SightsRefused(f"{path.name}: the columns are {reader.fieldnames}, wanted {list(columns)}.")
        placed = []
        for row in reader:
            try:
                placed.append(make(row))
            except ValueError as error:
                raise SightsRefused(f"{path.name}, line {reader.line_num}: {error}") from error
    slugs = [each.made.slug for each in placed]
    if len(set(slugs)) < len(slugs):
        raise SightsRefused(f"{path.name}: a slug stands there twice. Each names one row.")
    return placed


def _sight(row: Mapping[str, str]) -> Placed:
    sight = Sight(
        slug=row["slug"],
        name=row["name_vi"],
        name_en=row["name_en"],
        kind=Sight.Kind(row["kind"]),
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        source=row["source"],
        certainty=Certainty(row["certainty"]),
    )
    return Placed(sight, row["code_2025"], row["code_2024"])


def _festival(row: Mapping[str, str]) -> Placed:
    days = (row["first_day"], row["last_day"])
    if row["calendar"]:
        Festival.Calendar(row["calendar"])
        for day in days:
            if not _MONTH_AND_DAY.fullmatch(day):
                raise ValueError(f"“{day}” is no month and day; write it as 03-13.")
    elif any(days):
        raise ValueError("Days need a calendar: solar or lunar.")
    months = [int(month) for month in row["months"].split(",")]
    if not all(1 <= month <= 12 for month in months):
        raise ValueError(f"The months {months} are not all between 1 and 12.")
    festival = Festival(
        slug=row["slug"],
        name=row["name_vi"],
        name_en=row["name_en"],
        when=row["when_vi"],
        when_en=row["when_en"],
        calendar=row["calendar"],
        first_day=days[0],
        last_day=days[1],
        months=months,
        source=row["source"],
        certainty=Certainty(row["certainty"]),
    )
    return Placed(festival, row["code_2025"])
