"""How the queue of a village stands."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.lookups import GreaterThan

from tourism.desk import queue
from tourism.desk.days import LEAVES_ON
from tourism.desk.models import FundRule, House, HouseAway, Turn, Village
from tourism.models import Booking

COUNTED = (Turn.State.GIVEN, Turn.State.REFUSED)


def candidates_of(village: Village, booking: Booking) -> list[queue.Candidate]:
    """Return the houses that may be asked to take guests of ``booking``, with their room on its nights.

    Who has refused these guests, or has some of them, is not among them. Three queries.
    """
    asked = Turn.objects.filter(house=OuterRef("pk"), booking=booking, state__in=COUNTED)
    houses = _counted(village.pk).filter(~Exists(asked), joined_on__lte=booking.first_night)
    taken = _taken(village.pk, booking)
    away = set(
        HouseAway.objects.filter(
            house__village=village, first_night__lt=booking.leaves_on, last_night__gte=booking.first_night
        ).values_list("house", flat=True)
    )
    return [
        queue.Candidate(
            house_id=house.pk,
            rank=house.had + house.credit,
            last_turn_at=house.last_turn_at,
            room_left=house.sleeps - taken[house.pk],
            is_away=house.pk in away,
        )
        for house in houses
    ]


def ranks_of(village_id: int) -> dict[int, int]:
    """Return the rank of every house that takes part. One query."""
    return {house.pk: house.had + house.credit for house in _counted(village_id)}


def _counted(village_id: int) -> Any:
    counted = Q(turns__state__in=COUNTED)
    houses = House.objects.filter(village=village_id, is_active=True)
    # A filter over the same join would count fewer turns, so annotate first.
    return houses.annotate(
        had=Count("turns", filter=counted, distinct=True), last_turn_at=Max("turns__given_at", filter=counted)
    ).order_by("pk")


def _taken(village_id: int, booking: Booking) -> Counter[int]:
    """Return how many guests each house has on the fullest of the booking's nights. One query."""
    turns = Turn.objects.filter(
        house__village=village_id,
        state=Turn.State.GIVEN,
        first_night__lt=booking.leaves_on,
    ).filter(GreaterThan(LEAVES_ON, booking.first_night))
    per_night: defaultdict[int, Counter[date]] = defaultdict(Counter)
    for turn in turns:
        for number in range(turn.nights):
            day = turn.first_night + timedelta(days=number)
            if booking.first_night <= day < booking.leaves_on:
                per_night[turn.house_id][day] += turn.guests
    return Counter({house_id: max(nights.values()) for house_id, nights in per_night.items()})


@dataclass(frozen=True)
class HouseRow:
    """One house as the village page shows it: its place in the queue, and what it had."""

    house: House
    place: int | None  # None: it rests
    turns: int
    refused: int
    guest_nights: int
    last_turn_at: datetime | None
    away: list[HouseAway]


@dataclass(frozen=True)
class VillagePage:
    village: Village
    rows: list[HouseRow]
    coming: list[Turn]
    homeless: list[Booking]  # confirmed, and no house has room

    @property
    def next_house(self) -> HouseRow | None:
        return next((row for row in self.rows if row.place == 1), None)


def village_page(village: Village, *, today: date) -> VillagePage:
    """Return how the queue of a village stands. Four queries."""
    counted, given = Q(turns__state__in=COUNTED), Q(turns__state=Turn.State.GIVEN)
    away = HouseAway.objects.filter(last_night__gte=today).order_by("first_night")
    houses = list(
        House.objects.filter(village=village)
        .annotate(
            had=Count("turns", filter=counted),
            refused=Count("turns", filter=Q(turns__state=Turn.State.REFUSED)),
            guest_nights=Sum(F("turns__guests") * F("turns__nights"), filter=given, default=0),
            last_turn_at=Max("turns__given_at", filter=counted),
        )
        .prefetch_related(Prefetch("away", queryset=away))
        .order_by("pk")
    )
    standing = [
        queue.Candidate(house.pk, house.had + house.credit, house.last_turn_at, house.sleeps)
        for house in houses
        if house.is_active
    ]
    places = {each.house_id: number for number, each in enumerate(queue.in_order(standing), start=1)}
    rows = [
        HouseRow(
            house=house,
            place=places.get(house.pk),
            turns=house.had - house.refused,
            refused=house.refused,
            guest_nights=house.guest_nights,
            last_turn_at=house.last_turn_at,
            away=list(house.away.all()),
        )
        for house in houses
    ]
    coming = (
        Turn.objects.filter(
            house__village=village,
            state=Turn.State.GIVEN,
        )
        .filter(GreaterThan(LEAVES_ON, today))
        .select_related("house", "booking__visit", "booking__order_line__order__placement")
    )
    return VillagePage(
        village=village,
        rows=sorted(rows, key=lambda row: (row.place is None, row.place or 0, row.house.pk)),
        coming=list(coming.order_by("first_night", "pk")),
        homeless=list(_homeless(village, today)),
    )


def _homeless(village: Village, today: date) -> QuerySet[Booking]:
    bookings = Booking.objects.filter(
        room_type__stay__product__origin__seller=village.seller_id,
        state=Booking.State.CONFIRMED,
    ).filter(GreaterThan(LEAVES_ON, today))
    return (
        bookings.exclude(turns__state=Turn.State.GIVEN)
        .select_related("order_line__order__placement")
        .order_by("first_night", "pk")
    )


def fund_share_bp(village: Village, day: date) -> int:
    """Return what goes to the fund on ``day``, in hundredths of a per cent; 0 without a rule. One query."""
    rules = FundRule.objects.valid_on(day).filter(village=village)
    return rules.values_list("share_bp", flat=True).first() or 0
