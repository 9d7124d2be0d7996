"""Whether the files of reference data agree: with the facts of the merger and with each other."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from .errors import ReferenceRefused
from .reference import NewUnit, OldUnit, Reference, Row, read_rows


class _Coded(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def row(self) -> Row: ...


U = TypeVar("U", bound=_Coded)


def read(folder: Path) -> Reference:
    """Read the files in ``folder``.

    Raises ReferenceRefused, which names file, line, column and value, at the first row that is wrong
    in itself, contradicts another row or file, or breaks a count that is known of the province.
    """
    data = read_rows(folder)
    known = data.province
    old = _by_code(data.communes_2024)
    new = _by_code(data.communes_2025)
    _check_districts(data.communes_2024)
    _check_merges(data, old, new)
    _check_new_units(data, old)
    _check_neighbours(data, new)
    _check_count("communes_2024.csv", len(old), known.units_2024, "units")
    _check_count("communes_2025.csv", len(new), known.units_2025, "communes")
    districts = {unit.district_code for unit in old.values()}
    _check_count("communes_2024.csv", len(districts), known.districts, "districts")
    _check_count("merges.csv", len(data.merges), known.units_2024, "merges")
    _check_count("neighbours.csv", len(data.neighbours), known.neighbours, "pairs of neighbours")
    return data


def _by_code(units: Sequence[U]) -> dict[str, U]:
    known: dict[str, U] = {}
    for unit in units:
        if unit.code in known:
            raise unit.row.refuse("code", f"a code not used before; line {known[unit.code].row.line} has it")
        known[unit.code] = unit
    return known


def _check_count(file: str, found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise ReferenceRefused(place=file, found=f"{found} {what}", wanted=f"{wanted} {what}")


def _check_districts(units: Sequence[OldUnit]) -> None:
    first: dict[str, OldUnit] = {}
    for unit in units:
        known = first.setdefault(unit.district_code, unit)
        if unit.district != known.district:
            raise unit.row.refuse("district", f"'{known.district}' as in line {known.row.line}")
        if unit.district_poor_2020 != known.district_poor_2020:
            raise unit.row.refuse(
                "district_poor_2020", f"'{known.district_poor_2020}' as in line {known.row.line}"
            )


def _check_merges(data: Reference, old: dict[str, OldUnit], new: dict[str, NewUnit]) -> None:
    for unit in old.values():
        if unit.new_code not in new:
            raise unit.row.refuse("new_code_2025", "a code of communes_2025.csv")
    seen: dict[str, Row] = {}
    for merge in data.merges:
        row = merge.row
        if merge.old_code not in old:
            raise row.refuse("old_code", "a code of communes_2024.csv")
        if merge.new_code not in new:
            raise row.refuse("new_code", "a code of communes_2025.csv")
        if merge.old_code in seen:
            raise row.refuse("old_code", f"one successor a unit; line {seen[merge.old_code].line} names one")
        seen[merge.old_code] = row
        _check_merge_row(row, old[merge.old_code], new[merge.new_code])
    for unit in old.values():
        if unit.code not in seen:
            raise unit.row.refuse("code", "a code that merges.csv has, too")


def _check_merge_row(row: Row, unit: OldUnit, successor: NewUnit) -> None:
    """The columns that repeat what the files of communes say must say the same."""
    if unit.new_code != successor.code:
        raise row.refuse("new_code", f"'{unit.new_code}' as in communes_2024.csv, line {unit.row.line}")
    repeated = {
        "old_full_name": unit.full_name,
        "old_type": unit.kind,
        "old_district_code": unit.district_code,
        "old_district": unit.district,
        "new_full_name": successor.full_name,
        "keeps_code": "yes" if unit.code == successor.code else "no",
        "same_name": "yes" if unit.name == successor.name else "no",
    }
    for column, value in repeated.items():
        if row[column] != value:
            raise row.refuse(column, f"'{value}' as in the files of communes")


def _check_new_units(data: Reference, old: dict[str, OldUnit]) -> None:
    parts: dict[str, list[OldUnit]] = defaultdict(list)
    for merge in data.merges:
        parts[merge.new_code].append(old[merge.old_code])
    for unit in data.communes_2025:
        made_of = parts[unit.code]
        names = Counter(part.full_name for part in made_of)
        districts = {part.district for part in made_of}
        if unit.old_units != len(made_of):
            raise unit.row.refuse("n_old_units", f"{len(made_of)} as in merges.csv")
        if Counter(unit.merged_from) != names:
            raise unit.row.refuse("merged_from", "; ".join(sorted(names)) + " as in merges.csv")
        if set(unit.former_districts) != districts:
            raise unit.row.refuse(
                "former_districts", "; ".join(sorted(districts)) + " as in communes_2024.csv"
            )


def _check_neighbours(data: Reference, new: dict[str, NewUnit]) -> None:
    seen: dict[tuple[str, str], Row] = {}
    for pair in data.neighbours:
        row = pair.row
        for side, code in (("a", pair.code_a), ("b", pair.code_b)):
            if code not in new:
                raise row.refuse(f"code_{side}", "a code of communes_2025.csv")
            if row[f"name_{side}"] != new[code].full_name:
                raise row.refuse(f"name_{side}", f"'{new[code].full_name}' as in communes_2025.csv")
        if pair.code_a >= pair.code_b:
            raise row.refuse("code_b", f"a code above {pair.code_a}: a pair begins with the lower one")
        if (pair.code_a, pair.code_b) in seen:
            raise row.refuse("code_b", f"a new pair; line {seen[pair.code_a, pair.code_b].line} has this one")
        seen[pair.code_a, pair.code_b] = row
