"""Nights, guests and where they come from, by commune, as each reader may see them.

A figure is published where enough hosts stand behind it, as sales are (``disclosure``): the occupancy of a
single house is its own business. Nights count when they are over, guests when they came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale
from django.db import connection
from django.db.models import Case, Count, F, Sum, When
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.accounts.selectors import NOTHING, OfficialScope
from marketplace.delivery.models import Province
from marketplace.places.selectors import communes_at
from tourism.desk.models import RegisteredGuest
from tourism.models import RoomNight

from . import disclosure
from .periods import Period
from .selectors import disclosure_rule

TOTAL = ""  # the code of the row of all communes
HOME = "VN"
_SELLER = "booking__room_type__stay__product__origin__seller"


@dataclass(frozen=True)
class StayRow:
    """One commune, or all of them. A suppressed row's figures are all None.

    ``nights`` are room nights that were taken, of ``open_nights`` for sale; ``guest_nights`` counts each
    guest on each night, ``guests`` each guest on arrival. ``hosts`` had something for sale.
    """

    code: str
    name: str
    suppressed: bool = False
    hosts: int | None = None
    open_nights: int | None = None
    nights: int | None = None
    guests: int | None = None
    guest_nights: int | None = None

    @property
    def occupancy_percent(self) -> int | None:
        """The part of the nights for sale that was taken, %; None where nothing was for sale."""
        if not self.open_nights or self.nights is None:
            return None
        return round(100 * self.nights / self.open_nights)


@dataclass(frozen=True)
class Home:
    """Where some registered guests come from: a province, or a country."""

    name: str
    guests: int
    percent: int


@dataclass(frozen=True)
class StayFigures:
    rows: list[StayRow]  # busiest first, hidden ones after those with guests
    total: StayRow
    homes: list[Home]  # of the registered guests, most first; empty while they are too few houses'
    registered: int
    min_sellers: int
    note: str = ""  # why some of it is not published

    def row_of(self, code: str) -> StayRow:
        return next(row for row in self.rows if row.code == code)


@dataclass
class Counted:
    """What is counted of one host in a commune, or of all together; see StayRow."""

    hosts: int = 0
    open_nights: int = 0
    nights: int = 0
    guests: int = 0
    guest_nights: int = 0

    def add(self, other: Counted) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def stays(*, period: Period, today: date, scope: OfficialScope = NOTHING, commune: str = "") -> StayFigures:
    """Return the figures of the nights of ``period`` that were over ``today``.

    ``commune`` narrows the homes of guests to one commune of today; they are shown to those who see it in
    full, those of the province to everybody if enough hosts registered guests. Six queries, whatever the
    number of stays. Raises DisclosureRuleMissing.
    """
    last = min(period.last_day, today - timedelta(days=1))
    communes = {each.pk: each for each in communes_at(today)}
    counted = {pk: Counted() for pk in communes}
    for (commune_id, _seller), one in count_stays(period.first_day, last).items():
        if commune_id in counted:
            counted[commune_id].add(one)
    rule = disclosure_rule(period.last_day)
    total = Counted()
    for one in counted.values():
        total.add(one)
    keys = [*counted, 0]
    hidden = disclosure.hidden_cells(
        sellers={**{pk: each.hosts for pk, each in counted.items()}, 0: total.hosts},
        net_vnd={**{pk: each.guest_nights for pk, each in counted.items()}, 0: total.guest_nights},
        sums=[disclosure.Sum(0, tuple(pk for pk in keys if pk and counted[pk].hosts))],
        min_sellers=rule.min_sellers,
    )
    rows = [
        _row(each.code, each.name, counted[pk], hidden=pk in hidden and not scope.sees(each.code))
        for pk, each in communes.items()
    ]
    rows.sort(key=lambda row: (row.guest_nights is None, -(row.guest_nights or 0), row.name))
    rows.sort(key=lambda row: not row.suppressed and not row.guest_nights)
    homes, registered = _homes(period.first_day, last, commune, scope=scope, min_sellers=rule.min_sellers)
    return StayFigures(
        rows=rows,
        total=_row(TOTAL, _("Total"), total, hidden=0 in hidden and not scope.whole_province),
        homes=homes,
        registered=registered,
        min_sellers=rule.min_sellers,
    )


def count_stays(first: date, last: date) -> dict[tuple[int, int], Counted]:
    """Return what every host had and sold from ``first`` to ``last``, by the ids of commune and seller.

    What a host closed was for sale as far as it is taken. Guests are those who came, and the nights they
    slept within the days; other calendars do not tell how many. Two queries.
    """
    for_sale = Case(When(is_closed=True, then=F("taken")), default=F("capacity"))
    nights = (
        RoomNight.objects.filter(night_on__range=(first, last))
        .values_list("commune", "room_type__stay__product__origin__seller")
        .annotate(open_nights=Sum(for_sale), nights=Sum("taken"))
        .order_by()
    )
    found = {
        (commune, seller): Counted(hosts=1, open_nights=open_nights, nights=taken)
        for commune, seller, open_nights, taken in nights
    }
    with connection.cursor() as cursor:
        cursor.execute(_GUESTS, {"first": first, "after": last + timedelta(days=1)})
        for commune, seller, guests, guest_nights in cursor.fetchall():
            found.setdefault((commune, seller), Counted()).add(
                Counted(guests=int(guests), guest_nights=int(guest_nights))
            )
    return found


_GUESTS = """
    SELECT origin.commune_id, origin.seller_id,
           COALESCE(SUM(booking.guests) FILTER (WHERE booking.first_night >= %(first)s), 0),
           SUM(booking.guests * (LEAST(booking.first_night + booking.nights, %(after)s)
                                 - GREATEST(booking.first_night, %(first)s)))
      FROM tourism_booking AS booking
      JOIN tourism_roomtype AS room_type ON room_type.id = booking.room_type_id
      JOIN tourism_stay AS stay ON stay.id = room_type.stay_id
      JOIN sellers_origin AS origin ON origin.product_id = stay.product_id
      LEFT JOIN desk_visit AS visit ON visit.booking_id = booking.id
     WHERE booking.state = 'confirmed' AND booking.channel <> 'calendar' AND visit.no_show_at IS NULL
       AND booking.first_night < %(after)s AND booking.first_night + booking.nights > %(first)s
     GROUP BY origin.commune_id, origin.seller_id
"""


def count_homes(first: date, last: date) -> dict[tuple[str, int], int]:
    """Return how many guests in the registers arrived from each home, by home_code() and the seller's id."""
    rows = (
        RegisteredGuest.objects.filter(arrived_on__range=(first, last))
        .values_list("country", "province", _SELLER)
        .annotate(number=Count("pk"))
        .order_by()
    )
    return {(home_code(country, province), seller): number for country, province, seller, number in rows}


def home_code(country: str, province: str) -> str:
    """Return the country, or "VN-" and the province of those from Việt Nam as far as it is known."""
    return f"{HOME}-{province}" if country == HOME else country


def _row(code: str, name: str, counted: Counted, *, hidden: bool) -> StayRow:
    return StayRow(code, name, suppressed=True) if hidden else StayRow(code, name, **vars(counted))


def _homes(
    first: date, last: date, commune: str, *, scope: OfficialScope, min_sellers: int
) -> tuple[list[Home], int]:
    """Return where the guests in the registers come from, and how many they are. Two queries."""
    guests = RegisteredGuest.objects.filter(arrived_on__range=(first, last))
    if commune:
        guests = guests.filter(booking__room_type__stay__product__origin__commune__code=commune)
    rows = list(guests.values("country", "province", _SELLER).annotate(number=Count("pk")).order_by())
    hosts = {row[_SELLER] for row in rows}
    sees = scope.sees(commune) if commune else scope.whole_province
    registered = sum(row["number"] for row in rows)
    if not rows or (not sees and len(hosts) < min_sellers):
        return [], 0
    numbers: Counter[str] = Counter()
    for row in rows:
        numbers[home_code(row["country"], row["province"])] += row["number"]
    return rank_homes(numbers, registered), registered


def rank_homes(numbers: Mapping[str, int], registered: int) -> list[Home]:
    """Return homes by code with their names and their part of all ``registered``, most first. One query."""
    names = HomeNames()
    ranked = sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Home(names.of(home), number, round(100 * number / registered)) for home, number in ranked]


class HomeNames:
    """The names of provinces and countries, in the language of the page. One query."""

    def __init__(self) -> None:
        self._countries = Locale.parse((get_language() or "vi").replace("-", "_")).territories
        self._provinces = dict(Province.objects.values_list("code", "name"))

    def of(self, home: str) -> str:
        country, _dash, province = home.partition("-")
        if country != HOME:
            return self._countries.get(country, country)
        return self._provinces.get(province, _("Việt Nam, province not known"))
