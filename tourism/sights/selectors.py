"""What there is to see near a place, what is celebrated there, and how far one is from the other."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from marketplace.places.models import Commune

from .days import next_days
from .models import Festival, Sight

EARTH_KM = 6_371.0
NEAR_KM = 25.0  # so far one goes to see something and comes back
SIGHTS_SHOWN = 5


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Return the great-circle distance of two points in degrees, in kilometres; roads are longer."""
    up, other_up = math.radians(lat), math.radians(other_lat)
    across = math.radians(other_lon - lon)
    chord = math.sin((other_up - up) / 2) ** 2 + math.cos(up) * math.cos(other_up) * math.sin(across / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(chord))


@dataclass(frozen=True)
class Near:
    """A sight, and about how far it is from the place that was asked about, in kilometres."""

    sight: Sight
    km: int


@dataclass(frozen=True)
class Feast:
    """A festival and its next days, None where they are announced every year."""

    festival: Festival
    days: tuple[date, date] | None


def all_sights() -> list[Sight]:
    """Return every sight with its commune, in the order of their names. One query."""
    return list(Sight.objects.select_related("commune").order_by("name", "pk"))


def sight(slug: str) -> Sight | None:
    """Return the sight with its commune; None if there is none. One query."""
    return Sight.objects.select_related("commune").filter(slug=slug).first()


def sights_near(unit: Commune, *, within_km: float = NEAR_KM, most: int = SIGHTS_SHOWN) -> list[Near]:
    """Return the sights around the point of ``unit``, a unit of any time, nearest first. One query.

    Sights of the commune of today itself come along however far they are. Without a point, only those.
    """
    return nearest(all_sights(), unit, commune_id=unit.pk, within_km=within_km)[:most]


def nearest(sights: Iterable[Sight], unit: Commune, *, commune_id: int, within_km: float) -> list[Near]:
    """Return those of ``sights`` that lie around ``unit`` or in the commune, nearest first. No query."""
    found = []
    for each in sights:
        is_there = commune_id in (each.commune_id, each.unit_id)
        if unit.lat is None or unit.lon is None:
            if is_there:
                found.append(Near(each, 0))
            continue
        km = distance_km(unit.lat, unit.lon, each.lat, each.lon)
        if is_there or km <= within_km:
            found.append(Near(each, round(km)))
    return sorted(found, key=lambda near: (near.km, near.sight.name))


@dataclass(frozen=True)
class Around:
    """What lies around a sight: units of every time with their distance in kilometres, and their communes."""

    km: dict[int, int]
    commune_ids: frozenset[int]  # of today


def around(place: Sight, *, within_km: float = NEAR_KM) -> Around:
    """Return the units of every time around a sight. One query.

    A unit without a point of its own is where its successor is. The sight's own units are always there.
    """
    units = Commune.objects.values_list(
        "pk", "became__new", "lat", "lon", "became__new__lat", "became__new__lon"
    )
    found, communes = {}, set()
    for pk, successor_id, lat, lon, later_lat, later_lon in units:
        north, east = (lat, lon) if lat is not None else (later_lat, later_lon)
        km = None
        if north is not None and east is not None:
            km = distance_km(north, east, place.lat, place.lon)
        if (km is not None and km <= within_km) or pk in (place.unit_id, place.commune_id):
            found[pk] = round(km or 0)
            communes.add(successor_id or pk)
    return Around(found, frozenset(communes))


def sights_of(commune_id: int) -> list[Sight]:
    """Return the sights of a commune of today, in the order of their names. One query."""
    return list(Sight.objects.filter(commune=commune_id).order_by("name", "pk"))


def feasts_of(commune_ids: Iterable[int], *, today: date) -> list[Feast]:
    """Return the festivals of these communes: the next first, those without known days last. One query."""
    found = Festival.objects.filter(commune__in=list(commune_ids)).select_related("commune")
    feasts = [Feast(each, next_days(each, today=today)) for each in found]
    return sorted(
        feasts, key=lambda feast: (feast.days is None, feast.days or (today, today), feast.festival.slug)
    )
