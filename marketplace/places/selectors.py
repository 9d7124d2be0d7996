"""Questions about communes: by code and day, by name, over the merger, and on the map."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from payments.compiled import compiled

from .errors import CommuneUnknown, MapMissing, UnitNotContained
from .models import Commune, CommuneQuerySet, MapShape, MapSheet, Neighbour
from .text import fold


def commune_at(code: str, on: date) -> Commune:
    """Return the unit that had ``code`` on the day ``on``. Raises CommuneUnknown if none had."""
    try:
        return Commune.objects.valid_on(on).get(code=code)
    except Commune.DoesNotExist:
        raise CommuneUnknown(commune_code=code, on=on) from None


def communes_at(on: date, *, province: str = "") -> CommuneQuerySet:
    """The units of the day ``on``, of one province or of all, in the order of their codes."""
    units = Commune.objects.valid_on(on).order_by("code")
    return units.filter(province=province) if province else units


def find_communes(text: str, on: date | None = None) -> list[Commune]:
    """Return the units that people may mean by ``text``, the likeliest first.

    Accents, case and the form of Unicode do not matter, but a spelling that is right to the accent
    comes before one that is not, the whole name before its beginning, a beginning before a part, and
    a unit's own name before that of a unit it was made of. Only units of the day ``on``; without it,
    of every time. Text without a letter or digit finds nothing.
    """
    wanted = fold(text)
    if not wanted:
        return []
    units = Commune.objects.all() if on is None else Commune.objects.valid_on(on)
    typed = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    found = units.filter(search_text__contains=wanted)
    return sorted(
        found, key=lambda unit: (_distance(unit, typed, wanted), unit.name, unit.code, unit.valid_from)
    )


def _distance(unit: Commune, typed: str, wanted: str) -> tuple[int, int]:
    """How far the closest search term of ``unit`` is from what was typed, and which term that was."""
    distances = []
    for position, term in enumerate(unit.search_terms):
        folded = fold(term)
        if term.casefold() == typed:
            distances.append((0, position))
        elif folded == wanted:
            distances.append((1, position))
        elif folded.startswith(wanted):
            distances.append((2, position))
        elif wanted in folded:
            distances.append((3, position))
    return min(distances)


def current_unit(unit: Commune, on: date) -> Commune:
    """Return the unit of the day ``on`` that contains ``unit``; ``unit`` itself while it is valid.

    Raises UnitNotContained if there is no single one, as for today's communes before the merger.
    Cost: one query for each merger in between.
    """
    reached = unit
    while not reached.is_valid_on(on):
        successor = Commune.objects.filter(made_of__old=reached, valid_from__lte=on).first()
        if successor is None:
            raise UnitNotContained(unit=unit.full_name, unit_code=unit.code, on=on)
        reached = successor
    return reached


def units_table(on: date) -> dict[int, int]:
    """Map the id of every unit to the id of the unit of the day ``on`` that contains it.

    Units of that day map to themselves. Those that came later are absent: no single unit contains
    them. Cost: one query, for statistics by the boundaries of any day.
    """
    units = {pk: (first, end, successor) for pk, first, end, successor in _spans()}
    table = {}
    for pk in units:
        reached: int | None = pk
        while reached is not None:
            first_day, end, successor = units[reached]
            if first_day > on:
                break
            if end is None or on < end:
                table[pk] = reached
                break
            reached = successor
    return table


@compiled
def _spans() -> QuerySet[Commune, tuple[int, date, date | None, int | None]]:
    return Commune.objects.values_list("id", "valid_from", "valid_to", "became__new")


def parts_of(commune: Commune) -> list[Commune]:
    """Return the units ``commune`` was made of, with their districts, in the order of their codes."""
    return list(Commune.objects.filter(became__new=commune).select_related("district").order_by("code"))


def neighbours_of(commune: Commune) -> list[Commune]:
    """Return the communes that share a border with ``commune``, in the order of their codes."""
    after = Neighbour.objects.filter(a=commune).values("b")
    before = Neighbour.objects.filter(b=commune).values("a")
    return list(Commune.objects.filter(pk__in=after.union(before)).order_by("code"))


@dataclass(frozen=True)
class Area:
    """One commune on a map: what a template needs to draw it."""

    commune: Commune
    path: str
    label_x: int
    label_y: int
    css_class: str


def boundary_map(*, province: str = "") -> MapSheet:
    """Return the map in use with its ``shapes`` and their communes, in the order of their codes.

    Of a province by its code; without one, of that which the pages open with (``settings.PROVINCE``).

    Official boundaries come before the schematic map, and the newest sheet before older ones.
    Raises MapMissing if there is none. Cost: two queries.
    """
    shapes = MapShape.objects.select_related("commune").order_by("commune__code")
    sheets = MapSheet.objects.filter(province=province or settings.PROVINCE).order_by(
        "is_schematic", "-created_at", "-id"
    )
    sheet = sheets.prefetch_related(Prefetch("shapes", queryset=shapes)).first()
    if sheet is None:
        raise MapMissing
    return sheet


def areas_of(sheet: MapSheet, classes: Mapping[int, str]) -> list[Area]:
    """Return the areas of a ``boundary_map()``, each with its commune's CSS class from ``classes``."""
    return [
        Area(shape.commune, shape.path, shape.label_x, shape.label_y, classes.get(shape.commune_id, ""))
        for shape in sheet.shapes.all()
    ]
