"""Nights, guests and where they come from, by commune, as each reader may see them.

A figure is published where enough hosts stand behind it, as sales are (``disclosure``): the occupancy of a
single house is its own business. Nights count when they are over, guests when they came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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

    def row_of(self, code: str) -> StayRow:
        return next(row for row in self.rows if row.code == code)


@dataclass
class _Counted:
    hosts: int = 0
    open_nights: int = 0
    nights: int = 0
    guests: int = 0
    guest_nights: int = 0


def stays(*, period: Period, today: date, scope: OfficialScope = NOTHING, commune: str = "") -> StayFigures:
    """Return the figures of the nights of ``period`` that were over ``today``.

    ``commune`` narrows the homes of guests to one commune of today; they are shown to those who see it in
    full, those of the province to everybody if enough hosts registered guests. Six queries, whatever the
    number of stays. Raises DisclosureRuleMissing.
    """
    last = min(period.last_day, today - timedelta(days=1))
    communes = {each.pk: each for each in communes_at(today)}
    counted = {pk: _Counted() for pk in communes}
    _count_nights(counted, period.first_day, last)
    _count_guests(counted, period.first_day, last)
    rule = disclosure_rule(period.last_day)
    total = _sum(counted.values())
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


def _count_nights(counted: dict[int, _Counted], first: date, last: date) -> None:
    """Room nights for sale and taken, and who had any for sale. What a host closed counts as far as taken."""
    for_sale = Case(When(is_closed=True, then=F("taken")), default=F("capacity"))
    found = (
        RoomNight.objects.filter(night_on__range=(first, last))
        .values("commune")
        .annotate(
            open_nights=Sum(for_sale),
            nights=Sum("taken"),
            hosts=Count("room_type__stay__product__origin__seller", distinct=True),
        )
        .order_by()
    )
    for row in found:
        if row["commune"] in counted:
            one = counted[row["commune"]]
            one.open_nights, one.nights, one.hosts = row["open_nights"], row["nights"], row["hosts"]


_GUESTS = """
    SELECT origin.commune_id,
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
     GROUP BY origin.commune_id
"""


def _count_guests(counted: dict[int, _Counted], first: date, last: date) -> None:
    """Guests who came, and the nights they slept within the days. Other calendars do not tell how many."""
    with connection.cursor() as cursor:
        cursor.execute(_GUESTS, {"first": first, "after": last + timedelta(days=1)})
        for commune_id, guests, guest_nights in cursor.fetchall():
            if commune_id in counted:
                counted[commune_id].guests = int(guests)
                counted[commune_id].guest_nights = int(guest_nights)


def _sum(each: Iterable[_Counted]) -> _Counted:
    total = _Counted()
    for one in each:
        for name in vars(total):
            setattr(total, name, getattr(total, name) + getattr(one, name))
    return total


def _row(code: str, name: str, counted: _Counted, *, hidden: bool) -> StayRow:
    return StayRow(code, name, suppressed=True) if hidden else StayRow(code, name, **vars(counted))


def _homes(
    first: date, last: date, commune: str, *, scope: OfficialScope, min_sellers: int
) -> tuple[list[Home], int]:
    """Return where the guests in the registers come from, and how many they are. Two queries."""
    guests = RegisteredGuest.objects.filter(arrived_on__range=(first, last))
    if commune:
        guests = guests.filter(booking__room_type__stay__product__origin__commune__code=commune)
    seller = "booking__room_type__stay__product__origin__seller"
    rows = list(guests.values("country", "province", seller).annotate(number=Count("pk")).order_by())
    hosts = {row[seller] for row in rows}
    sees = scope.sees(commune) if commune else scope.whole_province
    registered = sum(row["number"] for row in rows)
    if not rows or (not sees and len(hosts) < min_sellers):
        return [], 0
    numbers: Counter[tuple[str, str]] = Counter()
    for row in rows:
        numbers[row["country"], row["province"]] += row["number"]
    names = _Names()
    ranked = sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    homes = [Home(names.of(*home), number, round(100 * number / registered)) for home, number in ranked]
    return homes, registered


class _Names:
    """The names of provinces and countries, in the language of the page. One query."""

    def __init__(self) -> None:
        self._countries = Locale.parse((get_language() or "vi").replace("-", "_")).territories
        self._provinces = dict(Province.objects.values_list("code", "name"))

    def of(self, country: str, province: str) -> str:
        if country != HOME:
            return self._countries.get(country, country)
        return self._provinces.get(province, _("Việt Nam, province not known"))
