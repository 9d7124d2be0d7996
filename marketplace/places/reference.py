"""The files of reference data, read row by row. What they say of each other is checked in consistency.py.

Neither needs Django, so that build_map.py runs without settings or a database.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from . import provinces
from .errors import ReferenceRefused
from .provinces import Facts
from .text import fold

DATA_DIR = Path(__file__).parent / "data"

# The values of models.Commune.Kind, Zone and Certainty.
KINDS = "xã", "phường", "thị trấn"
ZONES = "I", "II", "III"
CERTAINTIES = "certain", "likely"

UNIT_COLUMNS = ("code", "name", "full_name", "type", "name_ascii")
OLD_COLUMNS = (
    *UNIT_COLUMNS,
    *("alt_spellings", "district_code", "district", "district_poor_2020", "new_code_2025", "lat", "lon"),
    *("border_2020", "border_certainty", "ntm_status", "ntm_year"),
)
NEW_COLUMNS = (
    *UNIT_COLUMNS,
    *("slug", "former_districts", "n_old_units", "merged_from", "area_km2", "population_2025"),
    *("admin_seat", "label_lat", "label_lon", "border_2025", "zone_2026_2030"),
)
MERGE_COLUMNS = (
    *("old_code", "old_full_name", "old_type", "old_district_code", "old_district", "new_code"),
    *("new_full_name", "whole_or_part", "keeps_code", "same_name"),
)
NEIGHBOUR_COLUMNS = ("code_a", "name_a", "code_b", "name_b")


@dataclass(frozen=True)
class Row:
    """One line of a file, which can say of itself what is wrong with it."""

    file: str
    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]

    def refuse(self, column: str, wanted: str) -> ReferenceRefused:
        return ReferenceRefused(
            place=f"{self.file}, line {self.line}, {column}", found=self[column], wanted=wanted
        )

    def words(self, column: str) -> str:
        if not self[column]:
            raise self.refuse(column, "some text")
        return self[column]

    def code(self, column: str, *, digits: int = 5) -> str:
        if not re.fullmatch(rf"[0-9]{{{digits}}}", self[column]):
            raise self.refuse(column, f"a code of {digits} digits")
        return self[column]

    def one_of(self, column: str, *allowed: str) -> str:
        if self[column] not in allowed:
            raise self.refuse(column, "one of " + ", ".join(repr(value) for value in allowed))
        return self[column]

    def positive(self, column: str) -> Decimal:
        wanted = "a number above zero with at most two decimals"
        number = self._decimal(column, wanted)
        if number <= 0 or number != round(number, 2):
            raise self.refuse(column, wanted)
        return number

    def count(self, column: str) -> int:
        if not re.fullmatch(r"[1-9][0-9]*", self[column]):
            raise self.refuse(column, "a whole number above zero")
        return int(self[column])

    def degrees(self, column: str, limits: tuple[Decimal, Decimal]) -> float:
        wanted = f"degrees between {limits[0]} and {limits[1]}"
        number = self._decimal(column, wanted)
        if not limits[0] <= number <= limits[1]:
            raise self.refuse(column, wanted)
        return float(number)

    def several(self, column: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self[column].split(";") if part.strip())

    def _decimal(self, column: str, wanted: str) -> Decimal:
        try:
            number = Decimal(self[column])
        except InvalidOperation:
            raise self.refuse(column, wanted) from None
        if not number.is_finite():
            raise self.refuse(column, wanted)
        return number


@dataclass(frozen=True, kw_only=True)
class Unit:
    row: Row
    code: str
    name: str
    full_name: str
    kind: str
    name_ascii: str
    border: bool
    lat: float | None
    lon: float | None


@dataclass(frozen=True, kw_only=True)
class OldUnit(Unit):
    alt_spellings: tuple[str, ...]
    district_code: str
    district: str
    district_poor_2020: str
    new_code: str
    border_certainty: str
    ntm_status: str
    ntm_year: int | None


@dataclass(frozen=True, kw_only=True)
class NewUnit(Unit):
    slug: str
    former_districts: tuple[str, ...]
    merged_from: tuple[str, ...]
    old_units: int
    area_km2: Decimal
    population: int
    admin_seat: str
    zone: str


@dataclass(frozen=True)
class Merge:
    row: Row
    old_code: str
    new_code: str


@dataclass(frozen=True)
class Pair:
    row: Row
    code_a: str
    code_b: str


@dataclass(frozen=True)
class Reference:
    """All the files together. From ``consistency.read`` they agree with each other."""

    province: Facts
    communes_2024: tuple[OldUnit, ...]
    communes_2025: tuple[NewUnit, ...]
    merges: tuple[Merge, ...]
    neighbours: tuple[Pair, ...]


def read_rows(folder: Path) -> Reference:
    """Read the four files in ``folder``. Raises ReferenceRefused at the first row wrong in itself.

    A folder without a province.json is of the province that comes with the project.
    """
    of_its_own = folder / provinces.FILE
    facts = provinces.read(of_its_own if of_its_own.exists() else DATA_DIR / provinces.FILE)
    return Reference(
        province=facts,
        communes_2024=tuple(
            _old_unit(row, facts) for row in _rows(folder / "communes_2024.csv", OLD_COLUMNS)
        ),
        communes_2025=tuple(
            _new_unit(row, facts) for row in _rows(folder / "communes_2025.csv", NEW_COLUMNS)
        ),
        merges=tuple(_merge(row) for row in _rows(folder / "merges.csv", MERGE_COLUMNS)),
        neighbours=tuple(
            Pair(row, row.code("code_a"), row.code("code_b"))
            for row in _rows(folder / "neighbours.csv", NEIGHBOUR_COLUMNS)
        ),
    )


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReferenceRefused(
            place=str(path), found=str(error), wanted="a readable file in UTF-8"
        ) from error
    reader = csv.DictReader(unicodedata.normalize("NFC", text).splitlines())
    missing = set(columns) - set(reader.fieldnames or [])
    if missing:
        raise ReferenceRefused(
            place=f"{path.name}, line 1",
            found=reader.fieldnames,
            wanted=f"the columns {sorted(missing)} as well",
        )
    for values in reader:
        if None in values or None in values.values():
            raise ReferenceRefused(
                place=f"{path.name}, line {reader.line_num}",
                found=list(values.values()),
                wanted=f"{len(reader.fieldnames or [])} columns",
            )
        yield Row(path.name, reader.line_num, {column: value.strip() for column, value in values.items()})


def _names(row: Row) -> dict[str, str]:
    kind = row.one_of("type", *KINDS)
    name = row.words("name")
    if row["full_name"] != f"{kind.capitalize()} {name}":
        raise row.refuse("full_name", f"'{kind.capitalize()} {name}'")
    if fold(row["name_ascii"]) != fold(name):
        raise row.refuse("name_ascii", f"{name} without accents")
    return {"name": name, "full_name": row["full_name"], "kind": kind, "name_ascii": row["name_ascii"]}


def _point(row: Row, facts: Facts) -> tuple[float | None, float | None]:
    if not row["lat"] and not row["lon"]:
        return None, None
    return row.degrees("lat", facts.latitudes), row.degrees("lon", facts.longitudes)


def _old_unit(row: Row, facts: Facts) -> OldUnit:
    lat, lon = _point(row, facts)
    border = row.one_of("border_2020", "yes", "no") == "yes"
    if bool(row["ntm_status"]) != bool(row["ntm_year"]):
        raise row.refuse("ntm_year", "a year if and only if there is an ntm_status")
    return OldUnit(
        row=row,
        code=row.code("code"),
        **_names(row),
        alt_spellings=row.several("alt_spellings"),
        border=border,
        lat=lat,
        lon=lon,
        district_code=row.code("district_code", digits=3),
        district=row.words("district"),
        district_poor_2020=row["district_poor_2020"],
        new_code=row.code("new_code_2025"),
        border_certainty=row.one_of("border_certainty", *(CERTAINTIES if border else [""])),
        ntm_status=row["ntm_status"],
        ntm_year=row.count("ntm_year") if row["ntm_year"] else None,
    )


def _new_unit(row: Row, facts: Facts) -> NewUnit:
    names = _names(row)
    if row["slug"] != fold(names["name"]).replace(" ", "-"):
        raise row.refuse("slug", f"'{fold(names['name']).replace(' ', '-')}'")
    return NewUnit(
        row=row,
        code=row.code("code"),
        **names,
        border=row.one_of("border_2025", "yes", "no") == "yes",
        lat=row.degrees("label_lat", facts.latitudes),
        lon=row.degrees("label_lon", facts.longitudes),
        slug=row["slug"],
        former_districts=row.several("former_districts"),
        merged_from=row.several("merged_from"),
        old_units=row.count("n_old_units"),
        area_km2=row.positive("area_km2"),
        population=row.count("population_2025"),
        admin_seat=row.words("admin_seat"),
        zone=row.one_of("zone_2026_2030", *ZONES),
    )


def _merge(row: Row) -> Merge:
    row.one_of("whole_or_part", "whole")
    return Merge(row, row.code("old_code"), row.code("new_code"))
