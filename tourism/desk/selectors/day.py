"""The host's day: who comes, who leaves, who stays, and what to cook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.lookups import GreaterThanOrEqual

from marketplace.accounts.models import User
from marketplace.sellers.models import Seller
from marketplace.sellers.selectors import own_sellers_of
from tourism.desk.days import LEAVES_ON
from tourism.desk.models import BillItem, House, Turn, Visit
from tourism.models import AddOn, Booking, BookingExtra

from .reviews import name_of_guest, phone_of_guest

MEALS = (AddOn.Kind.BREAKFAST, AddOn.Kind.LUNCH, AddOn.Kind.DINNER)


@dataclass(frozen=True)
class Desk:
    """Who looks: a member of sellers that host, or of a house of a village, which sees its own guests."""

    user: User
    sellers: list[Seller]
    houses: list[House]

    @cached_property
    def seller_ids(self) -> list[int]:
        return [seller.pk for seller in self.sellers]

    @property
    def is_open(self) -> bool:
        return bool(self.sellers or self.houses)

    @property
    def has_village(self) -> bool:
        return bool(self.houses) or any(hasattr(seller, "village") for seller in self.sellers)

    def bookings(self) -> QuerySet[Booking]:
        """The bookings this desk has to do with. No query yet."""
        own = Q(room_type__stay__product__origin__seller__in=self.seller_ids)
        given = Turn.objects.filter(house__in=[house.pk for house in self.houses], state=Turn.State.GIVEN)
        return Booking.objects.filter(own | Q(pk__in=given.values("booking"))).exclude(
            state=Booking.State.RELEASED
        )


def desk_of(user: User) -> Desk:
    """Return what ``user`` may see of the day. Two queries."""
    houses = House.objects.filter(user=user).select_related("village__seller").order_by("pk")
    return Desk(user, list(own_sellers_of(user.pk).select_related("unit", "village")), list(houses))


@dataclass(frozen=True)
class GuestRow:
    """One booking on the host's page. ``open_vnd`` is what stands unpaid on the bill of the house."""

    booking: Booking
    name: str
    phone: str
    visit: Visit | None
    registered: int
    reported: int
    open_vnd: int
    balance_vnd: int  # of the price, not paid yet
    turns: list[Turn]
    extras: list[BookingExtra]

    @property
    def status(self) -> str:
        """``expected``, ``here``, ``left`` or ``no-show``."""
        if self.visit is None:
            return "expected"
        if self.visit.no_show_at is not None:
            return "no-show"
        if self.visit.left_at is not None:
            return "left"
        return "here" if self.visit.arrived_at is not None else "expected"

    @property
    def is_reported(self) -> bool:
        return self.reported >= self.booking.guests

    @property
    def add_ons(self) -> list[BookingExtra]:
        return [extra for extra in self.extras if extra.kind not in MEALS]


@dataclass(frozen=True)
class Day:
    """One day of a host. ``meals`` are portions that were ordered, by kind."""

    day: date
    arrivals: list[GuestRow] = field(default_factory=list)
    departures: list[GuestRow] = field(default_factory=list)
    staying: list[GuestRow] = field(default_factory=list)
    meals: Counter[str] = field(default_factory=Counter)

    @property
    def sleeping(self) -> int:
        """How many guests sleep in the house tonight."""
        return sum(row.booking.guests for row in [*self.arrivals, *self.staying] if row.status != "no-show")

    @property
    def breakfasts(self) -> int:
        return self.meals[AddOn.Kind.BREAKFAST]

    @property
    def lunches(self) -> int:
        return self.meals[AddOn.Kind.LUNCH]

    @property
    def dinners(self) -> int:
        return self.meals[AddOn.Kind.DINNER]


def day_of(desk: Desk, day: date) -> Day:
    """Return the day of a desk in five queries, however many guests there are."""
    bookings = desk.bookings().filter(state=Booking.State.CONFIRMED, first_night__lte=day)
    rows = rows_of(bookings.filter(GreaterThanOrEqual(LEAVES_ON, day)))
    found = Day(day)
    for row in rows:
        booking = row.booking
        if booking.first_night == day:
            found.arrivals.append(row)
        elif booking.leaves_on == day:
            found.departures.append(row)
        else:
            found.staying.append(row)
        if row.status != "no-show":
            found.meals.update(_meals_on(day, booking, row.extras))
    return found


def rows_of(bookings: QuerySet[Booking]) -> list[GuestRow]:
    """Return the rows of these bookings, by their first night. Five queries."""
    given = Turn.objects.filter(state=Turn.State.GIVEN).select_related("house").order_by("pk")
    related = (
        bookings.annotate(
            registered_guests=Count("registered", distinct=True),
            reported_guests=Count(
                "registered", filter=Q(registered__reported_at__isnull=False), distinct=True
            ),
        )
        .select_related(
            "visit",
            "room_type__product",
            "room_type__stay__product__origin",
            "order_line__order__placement",
        )
        .prefetch_related(
            Prefetch("turns", queryset=given, to_attr="given_turns"),
            Prefetch("extras", queryset=BookingExtra.objects.order_by("pk")),
            Prefetch("bill_items", queryset=_open_items(), to_attr="open_items"),
            "order_line__order__suborders",
        )
        .order_by("first_night", "pk")
    )
    return [_row(booking) for booking in related]


def row_of(desk: Desk, booking_id: int) -> GuestRow | None:
    """Return one booking of the desk, None if it has nothing to do with it. Five queries."""
    rows = rows_of(desk.bookings().filter(pk=booking_id))
    return rows[0] if rows else None


def bill_of(booking: Booking) -> list[BillItem]:
    """Return what stands on the bill, what was struck out left away. One query."""
    items = BillItem.objects.filter(booking=booking, struck_at=None)
    return list(items.order_by("added_at", "pk"))


def _open_items() -> QuerySet[BillItem]:
    return BillItem.objects.filter(paid_at=None, struck_at=None)


def _row(booking: Any) -> GuestRow:
    return GuestRow(
        booking=booking,
        name=name_of_guest(booking),
        phone=phone_of_guest(booking),
        visit=getattr(booking, "visit", None),
        registered=booking.registered_guests,
        reported=booking.reported_guests,
        open_vnd=sum(item.total_vnd for item in booking.open_items),
        balance_vnd=_balance_vnd(booking),
        turns=booking.given_turns,
        extras=list(booking.extras.all()),
    )


def _balance_vnd(booking: Booking) -> int:
    if booking.order_line is None:
        return 0
    seller_id = booking.room_type.stay.product.origin.seller_id
    parts = booking.order_line.order.suborders.all()
    return sum(part.balance_vnd for part in parts if part.seller_id == seller_id and part.paid_at)


def _meals_on(day: date, booking: Booking, extras: Iterable[BookingExtra]) -> Counter[str]:
    """Count the portions of a booking on ``day``: the dinner of the evening, the others the day after."""
    portions: Counter[str] = Counter()
    for extra in extras:
        if extra.kind not in MEALS:
            continue
        is_dinner = extra.kind == AddOn.Kind.DINNER
        night = day if is_dinner else day - timedelta(days=1)
        if extra.per == AddOn.Per.GUEST_NIGHT:
            if booking.first_night <= night < booking.leaves_on:
                # Who leaves early eats no more than before.
                portions[extra.kind] += min(extra.quantity // booking.nights, booking.guests)
        elif night == booking.first_night:
            portions[extra.kind] += extra.quantity
    return portions
