"""Where one can sleep, on which nights, and what it costs."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Sum, When
from psycopg import sql

from .house_rules import HouseRules
from .models import RoomNight, RoomType, Stay
from .nights import Missing, Quote

# The most nights of one stay: as many as a basket line takes.
NIGHTS_MAX = 30


@dataclass(frozen=True)
class Offer:
    """The cheapest way for some guests to sleep in a stay: ``rooms`` rooms of one type.

    ``price_vnd`` is what one of them costs a night; ``total_vnd`` what all cost on the nights asked
    about, and None where no nights were.
    """

    stay_id: int
    room_type_id: int
    kind: str
    rooms: int
    price_vnd: int
    total_vnd: int | None = None


# The counters are added up before anything is joined: of a commune's many nights only those of room types
# with enough free go on to the rest.
_FREE = sql.SQL(
    """
    SELECT room_type.stay_id, room_type.id, room_type.kind, party.rooms, room_type.price_vnd,
           asked.room_vnd * party.rooms AS total_vnd
      FROM (SELECT room_type_id, SUM(price_vnd) AS room_vnd, MIN(capacity - taken) AS free
              FROM tourism_roomnight
             WHERE night_on >= %(first_night)s AND night_on < %(leaves_on)s AND NOT is_closed {there}
             GROUP BY room_type_id
            HAVING COUNT(*) = %(nights)s AND MIN(capacity - taken) > 0) AS asked
      JOIN tourism_roomtype AS room_type ON room_type.id = asked.room_type_id
      CROSS JOIN LATERAL (SELECT (%(guests)s + room_type.sleeps - 1) / room_type.sleeps AS rooms) AS party
      JOIN tourism_stay AS stay ON stay.id = room_type.stay_id
      JOIN catalogue_product AS product ON product.id = stay.product_id
     WHERE product.is_public AND asked.free >= party.rooms
     ORDER BY total_vnd, room_type.stay_id, room_type.id
    """
)


def free_offers(
    *,
    first_night: date,
    leaves_on: date,
    guests: int,
    commune_id: int | None = None,
    commune_ids: Collection[int] | None = None,
    now: datetime | None = None,
) -> list[Offer]:
    """Return one offer for each stay with enough rooms of one type free on **every** night, cheapest first.

    The nights are those from ``first_night`` until the day of leaving, ``leaves_on``. ``commune_id`` is a
    commune of today, ``commune_ids`` several. With ``now`` only what the rules of the hosts let somebody book
    at that moment. One query over the counters of the nights, however many stays there are, and with ``now``
    one or two more.
    """
    nights = (leaves_on - first_night).days
    assert 1 <= nights <= NIGHTS_MAX, (first_night, leaves_on)
    there = _communes(commune_id, commune_ids)
    asked: dict[str, Any] = {"first_night": first_night, "leaves_on": leaves_on, "nights": nights}
    asked |= {"guests": guests, "communes": there}
    with connection.cursor() as cursor:
        cursor.execute(_FREE.format(there=communes_clause(there)), asked)
        found = [Offer(*row) for row in cursor.fetchall()]
    if now is not None and found:
        allowed = HouseRules({offer.stay_id for offer in found}, now=now)
        dates: dict[str, Any] = {"first_night": first_night, "nights": nights}
        found = [
            offer
            for offer in found
            if allowed.allow(stay_id=offer.stay_id, room_type_id=offer.room_type_id, **dates)
        ]
    return _best_of_each_stay(found)


def communes_clause(commune_ids: Collection[int] | None, *, of: str = "tourism_roomnight") -> sql.Composable:
    """Return what narrows the nights of table ``of`` to the parameter ``communes``; nothing for all."""
    if commune_ids is None:
        return sql.SQL("")
    return sql.SQL("AND {}.commune_id = ANY(%(communes)s)").format(sql.Identifier(of))


def _communes(commune_id: int | None, commune_ids: Collection[int] | None) -> list[int] | None:
    if commune_id is not None:
        return [commune_id]
    return None if commune_ids is None else sorted(commune_ids)


def usual_offers(
    *, guests: int, commune_id: int | None = None, commune_ids: Collection[int] | None = None
) -> list[Offer]:
    """Return one offer without dates for each stay that can take ``guests`` at all, cheapest first.

    Whether anything is free is not asked. One query.
    """
    rooms = (guests + F("sleeps") - 1) / F("sleeps")
    there = _communes(commune_id, commune_ids)
    in_commune = [] if there is None else [Q(stay__product__origin__commune__in=there)]
    fitting = (
        RoomType.objects.filter(_public("stay__"), *in_commune)
        .annotate(wanted=rooms, party_vnd=rooms * F("price_vnd"))
        .filter(rooms__gte=F("wanted"))
        .order_by("party_vnd", "stay_id", "pk")
    )
    fields = ["stay_id", "pk", "kind", "wanted", "price_vnd"]
    return _best_of_each_stay(Offer(*row) for row in fitting.values_list(*fields))


def _best_of_each_stay(offers: Iterable[Offer]) -> list[Offer]:
    """Return the first offer of each stay, in the order of ``offers``."""
    best: dict[int, Offer] = {}
    for offer in offers:
        best.setdefault(offer.stay_id, offer)
    return list(best.values())


def _public(path: str) -> Q:
    return Q(**{f"{path}product__is_public": True})


def listed(stay_ids: Collection[int]) -> QuerySet[Stay]:
    """The stays of these ids, each with ``capacity``, the guests it takes when it is empty."""
    capacity = Sum(F("room_types__sleeps") * F("room_types__rooms"))
    return Stay.objects.filter(pk__in=stay_ids).annotate(capacity=capacity)


def rooms_of(stay_id: int) -> list[RoomType]:
    """Return the room types of a stay with their products, cheapest first. One query."""
    room_types = RoomType.objects.filter(stay_id=stay_id).select_related("product")
    return list(room_types.order_by("price_vnd", "pk"))


@dataclass(frozen=True)
class Night:
    """One night on sale: how many rooms of the type are left, and what one of them costs."""

    room_type_id: int
    night_on: date
    left: int
    price_vnd: int


def nights_of(stay_id: int, *ranges: tuple[date, date]) -> list[Night]:
    """Return the nights on sale in any of ``ranges`` (last day included), by night and room type.

    Nights that are not on sale are absent. One query, whatever the number of ranges.
    """
    assert ranges, "at least one range of days"
    wanted = Q()
    for first_night, last_night in ranges:
        wanted |= Q(night_on__range=(first_night, last_night))
    rows = RoomNight.objects.filter(wanted, room_type__stay_id=stay_id).order_by("night_on", "room_type_id")
    left = Case(When(is_closed=True, then=0), default=F("capacity") - F("taken"))
    return [Night(*row) for row in rows.values_list("room_type_id", "night_on", left, "price_vnd")]


def quote_from(
    nights: Collection[Night], *, room_type_id: int, first_night: date, leaves_on: date, rooms: int
) -> Quote:
    """Price nights that were read before, as ``nights.quote`` does; runs no query."""
    on_sale = {night.night_on: night for night in nights if night.room_type_id == room_type_id}
    days = [first_night + timedelta(days=number) for number in range((leaves_on - first_night).days)]
    left = {day: on_sale[day].left if day in on_sale else 0 for day in days}
    return Quote(
        total_vnd=sum(on_sale[day].price_vnd for day in days if day in on_sale) * rooms,
        missing=[Missing(day, left[day]) for day in days if left[day] < rooms],
    )
