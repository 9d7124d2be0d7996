"""Everything that writes places: the reference data and the maps."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from .errors import ReferenceRefused
from .models import HOME, MERGER_ON, Commune, District, MapShape, MapSheet, Neighbour, Province, Succession
from .reference import NewUnit, OldUnit, Reference
from .sheets import Sheet
from .text import fold

OLD_FROM = date(2020, 1, 1)  # the 129 units had not changed since then
UNIT_FIELDS = [
    *("name", "full_name", "kind", "name_ascii", "slug", "alt_spellings", "valid_to", "district"),
    *("ntm_status", "ntm_year", "former_districts", "area_km2", "population", "admin_seat", "zone"),
    *("border", "border_certainty", "lat", "lon", "search_terms", "search_text"),
]


@dataclass(frozen=True)
class Loaded:
    read: int
    new: int


@transaction.atomic
def load_places(data: Reference, schematic: Sheet, *, now: datetime) -> Loaded:
    """Make the tables say what ``data`` says, and store the ``schematic`` map unless it is there.

    Units keep their ids, so loading again changes nothing and loading corrected files corrects them. Those of
    other provinces stay as they are.
    Raises ReferenceRefused if the database holds a unit of this province and these two periods that ``data``
    does not, or has a code of ``data`` for a unit of another province.
    """
    province = data.province
    Province.objects.update_or_create(code=province.code, defaults={"name": province.name})
    loaded = _store_units(data)
    if not MapSheet.objects.filter(source=schematic.source).exists():
        store_map(schematic, province=province.code, is_schematic=True, on=MERGER_ON, now=now)
    return loaded


@transaction.atomic
def store_map(sheet: Sheet, *, is_schematic: bool, on: date, now: datetime, province: str = HOME) -> MapSheet:
    """Store a map, which must have an outline for each commune the province has on ``on`` and no other.

    A map of the same source is drawn anew in its place and counts as the newest again.
    """
    communes = {unit.code: unit for unit in Commune.objects.valid_on(on).filter(province=province)}
    assert communes.keys() == sheet.outlines.keys(), communes.keys() ^ sheet.outlines.keys()

    facts = {
        "province_id": province,
        "credit": sheet.credit,
        "viewbox": sheet.viewbox,
        "is_schematic": is_schematic,
        "created_at": now,
    }
    stored, _ = MapSheet.objects.update_or_create(source=sheet.source, defaults=facts)
    stored.shapes.all().delete()
    MapShape.objects.bulk_create(
        MapShape(
            sheet=stored, commune=communes[code], path=line.path, label_x=line.label_x, label_y=line.label_y
        )
        for code, line in sheet.outlines.items()
    )
    return stored


def _store_units(data: Reference) -> Loaded:
    both = Commune.objects.filter(valid_from__in=[OLD_FROM, MERGER_ON])
    known = set(both.filter(province=data.province.code).values_list("code", "valid_from"))
    old, new = _old_communes(data, _store_districts(data)), _new_communes(data)
    _check_of_no_other_province(both, data, {unit.code for unit in [*old, *new]})
    surplus = known - {(unit.code, unit.valid_from) for unit in [*old, *new]}
    if surplus:
        code, first_day = min(surplus)
        raise ReferenceRefused(
            place="table of communes",
            found=f"{code} valid from {first_day}",
            wanted="only units that the files have; remove this one from the table, or add it to the files",
        )
    Commune.objects.bulk_create(
        [*old, *new], update_conflicts=True, unique_fields=["code", "valid_from"], update_fields=UNIT_FIELDS
    )
    _link_units(data, {unit.code: unit for unit in old}, {unit.code: unit for unit in new})
    return Loaded(read=len(old) + len(new), new=len(old) + len(new) - len(known))


def _check_of_no_other_province(units: QuerySet[Commune], data: Reference, codes: set[str]) -> None:
    """A code is one province's in the whole country."""
    elsewhere = units.filter(code__in=codes).exclude(province=data.province.code)
    for code, name, province in elsewhere.values_list("code", "full_name", "province__name")[:1]:
        raise ReferenceRefused(
            place=f"communes of {data.province.name}",
            found=f"{code}, which is {name} of {province}",
            wanted="codes of this province",
        )


def _store_districts(data: Reference) -> dict[str, District]:
    rows = {
        unit.district_code: District(
            code=unit.district_code, name=unit.district, poor_2020=unit.district_poor_2020
        )
        for unit in data.communes_2024
    }
    District.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["code"], update_fields=["name", "poor_2020"]
    )
    return District.objects.in_bulk(list(rows), field_name="code")


def _old_communes(data: Reference, districts: Mapping[str, District]) -> list[Commune]:
    return [
        Commune(
            **_named(unit, province=data.province.code, terms=_names(unit)),
            slug=fold(unit.name).replace(" ", "-"),
            alt_spellings=list(unit.alt_spellings),
            valid_from=OLD_FROM,
            valid_to=MERGER_ON,
            district=districts[unit.district_code],
            border_certainty=unit.border_certainty,
            ntm_status=unit.ntm_status,
            ntm_year=unit.ntm_year,
        )
        for unit in data.communes_2024
    ]


def _new_communes(data: Reference) -> list[Commune]:
    former: dict[str, list[str]] = defaultdict(list)
    for old in data.communes_2024:
        former[old.new_code] += _names(old)
    return [
        Commune(
            **_named(unit, province=data.province.code, terms=_names(unit) + former[unit.code]),
            slug=unit.slug,
            valid_from=MERGER_ON,
            former_districts="; ".join(unit.former_districts),
            area_km2=unit.area_km2,
            population=unit.population,
            admin_seat=unit.admin_seat,
            zone=unit.zone,
        )
        for unit in data.communes_2025
    ]


def _names(unit: OldUnit | NewUnit) -> list[str]:
    others = unit.alt_spellings if isinstance(unit, OldUnit) else ()
    return [unit.name, unit.full_name, *others]


def _named(unit: OldUnit | NewUnit, *, province: str, terms: list[str]) -> dict[str, Any]:
    distinct = list(dict.fromkeys(terms))
    return {
        "province_id": province,
        "code": unit.code,
        "name": unit.name,
        "full_name": unit.full_name,
        "kind": unit.kind,
        "name_ascii": unit.name_ascii,
        "border": unit.border,
        "lat": unit.lat,
        "lon": unit.lon,
        "search_terms": distinct,
        "search_text": "\n".join(fold(term) for term in distinct),
    }


def _link_units(data: Reference, old: Mapping[str, Commune], new: Mapping[str, Commune]) -> None:
    """Store successions and neighbours; pairs that ``data`` does not have are removed."""
    Succession.objects.bulk_create(
        [Succession(old=old[merge.old_code], new=new[merge.new_code]) for merge in data.merges],
        update_conflicts=True,
        unique_fields=["old"],
        update_fields=["new"],
    )
    pairs = {(new[pair.code_a].pk, new[pair.code_b].pk) for pair in data.neighbours}
    stored = {
        (row.a_id, row.b_id): row.pk
        for row in Neighbour.objects.filter(a__valid_from=MERGER_ON, a__province=data.province.code)
    }
    Neighbour.objects.filter(pk__in=[stored[pair] for pair in stored.keys() - pairs]).delete()
    Neighbour.objects.bulk_create(Neighbour(a_id=a, b_id=b) for a, b in sorted(pairs - stored.keys()))
