"""Looking for another time, and for where what was found lies."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from psycopg import sql

from .house_rules import HouseRules
from .models import Stay
from .selectors import NIGHTS_MAX, communes_clause

# So far from the wished day one looks for others: three weeks each way.
DAYS_AROUND = 21
DATES_SHOWN = 4
# So many times as many days are looked at, should hosts not take guests on some of them.
SPARE = 5


@dataclass(frozen=True)
class OtherDates:
    """The same number of nights at another time: how many stays have them, and what the cheapest costs."""

    first_night: date
    leaves_on: date
    stays: int
    from_vnd: int


# For every evening how long each room type is free from then on; those free long enough are counted.
_NEAREST = sql.SQL(
    """
    WITH fitting AS (
        SELECT night.room_type_id, night.night_on, room_type.stay_id, night.price_vnd * party.rooms AS vnd
          FROM tourism_roomnight AS night
          JOIN tourism_roomtype AS room_type ON room_type.id = night.room_type_id
          CROSS JOIN LATERAL (SELECT (%(guests)s + room_type.sleeps - 1) / room_type.sleeps AS rooms) AS party
          JOIN tourism_stay AS stay ON stay.id = room_type.stay_id
          JOIN catalogue_product AS product ON product.id = stay.product_id
          JOIN sellers_origin AS origin ON origin.product_id = product.id
         WHERE night.night_on >= %(first)s AND night.night_on < %(end)s AND NOT night.is_closed
           AND room_type.rooms >= party.rooms AND night.capacity - night.taken >= party.rooms
           AND product.is_public {there} {units}
    ), runs AS (
        SELECT stay_id, room_type_id, night_on, COUNT(*) OVER run AS nights, SUM(vnd) OVER run AS vnd
          FROM fitting
        WINDOW run AS (PARTITION BY room_type_id ORDER BY night_on
                       RANGE BETWEEN CURRENT ROW AND make_interval(days => %(nights)s - 1) FOLLOWING)
    )
    SELECT night_on, stay_id, room_type_id, vnd
      FROM runs
     WHERE nights = %(nights)s
       AND night_on IN (SELECT night_on
                          FROM runs
                         WHERE nights = %(nights)s AND night_on <> %(wished)s
                         GROUP BY night_on
                         ORDER BY abs(night_on - %(wished)s::date), night_on
                         LIMIT %(looked_at)s)
     ORDER BY abs(night_on - %(wished)s::date), night_on, stay_id, vnd
    """
)


def nearest_dates(
    *,
    first_night: date,
    leaves_on: date,
    guests: int,
    now: datetime,
    commune_ids: Collection[int] | None = None,
    unit_ids: Collection[int] | None = None,
    most: int = DATES_SHOWN,
) -> list[OtherDates]:
    """Return the days nearest to the wished ones on which as many nights are free for ``guests``, in order.

    Nothing that has passed ``now`` or that the rules of the hosts forbid then, and at most DAYS_AROUND days
    away. ``commune_ids`` are communes of today, ``unit_ids`` finer units of origin. One query over the nights
    around, however many stays there are, and one or two for the rules.
    """
    nights = (leaves_on - first_night).days
    assert 1 <= nights <= NIGHTS_MAX, (first_night, leaves_on)
    asked: dict[str, Any] = {
        "first": max(timezone.localdate(now), first_night - timedelta(days=DAYS_AROUND)),
        "end": first_night + timedelta(days=DAYS_AROUND + nights),
        "wished": first_night,
        "nights": nights,
        "guests": guests,
        "looked_at": most * SPARE,
        "communes": None if commune_ids is None else sorted(commune_ids),
        "units": None if unit_ids is None else sorted(unit_ids),
    }
    statement = _NEAREST.format(
        there=communes_clause(commune_ids, of="night"),
        units=sql.SQL("" if unit_ids is None else "AND origin.unit_id = ANY(%(units)s)"),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows = cursor.fetchall()
    allowed = HouseRules({stay_id for _night, stay_id, _room, _vnd in rows}, now=now)
    found: dict[date, dict[int, int]] = {}
    for night_on, stay_id, room_type_id, vnd in rows:
        if len(found) == most and night_on not in found:
            break
        if allowed.allow(stay_id=stay_id, room_type_id=room_type_id, first_night=night_on, nights=nights):
            found.setdefault(night_on, {}).setdefault(stay_id, int(vnd))
    return [
        OtherDates(night_on, night_on + timedelta(days=nights), len(prices), min(prices.values()))
        for night_on, prices in sorted(found.items())
    ]


@dataclass(frozen=True)
class Place:
    """Where a stay is: its commune of today, and the finest unit known of it."""

    commune_id: int
    unit_id: int


def places_of(stay_ids: Collection[int]) -> dict[int, Place]:
    """Map stays to their places. One query."""
    rows = Stay.objects.filter(pk__in=stay_ids).values_list(
        "pk", "product__origin__commune_id", "product__origin__unit_id"
    )
    return {pk: Place(commune_id, unit_id) for pk, commune_id, unit_id in rows}
