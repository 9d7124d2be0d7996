"""Keeping nights on sale: every day one more at the end, priced by its rules, or as a week before."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Max

from .models import RoomNight, RoomType
from .pricing import Prices

OPEN_DAYS = 548  # a year and a half
WEEK = timedelta(days=7)


def open_nights(room_types: Iterable[RoomType], *, first: date, days: int = OPEN_DAYS) -> None:
    """Put ``days`` nights from ``first`` on on sale at the prices of the rules. Those on sale stay so.

    The room types come with their stay, its product and its origin.
    """
    rooms = list(room_types)
    prices = Prices({room_type.stay_id for room_type in rooms})
    RoomNight.objects.bulk_create(
        (
            RoomNight(
                room_type=room_type,
                night_on=day,
                capacity=room_type.rooms,
                price_vnd=prices.of_night(room_type, day),
                commune_id=room_type.stay.product.origin.commune_id,
            )
            for room_type in rooms
            for day in _days(first, first + timedelta(days=days - 1))
        ),
        ignore_conflicts=True,
        batch_size=4_000,
    )


def keep_open(*, today: date, days: int = OPEN_DAYS) -> int:
    """Put nights on sale until there are ``days`` of them from ``today``; return how many were added.

    A room type goes on as it was: all its rooms, each night at the price its stay's rules say; without rules
    at that of the same weekday in its last week, so that what a host asks for weekends lasts. Nights on sale
    stay as they are. A room type without
    a night on sale in the last seven days or later has been closed, and is left alone. Repeats add nothing.
    """
    assert days >= 1, days
    last_night = today + timedelta(days=days - 1)
    ends = dict(
        RoomNight.objects.filter(room_type__stay__product__is_public=True)
        .values("room_type_id")
        .annotate(last=Max("night_on"))
        .filter(last__gte=today - WEEK, last__lt=last_night)
        .values_list("room_type_id", "last")
    )
    if not ends:
        return 0
    before = _prices_of_the_last_week(ends)
    open_types = RoomType.objects.filter(pk__in=ends).select_related("stay__product__origin").order_by("pk")
    rules = Prices({room_type.stay_id for room_type in open_types})

    def price_vnd(room_type: RoomType, night_on: date) -> int:
        if rules.has_rules(room_type.stay_id):
            return rules.of_night(room_type, night_on)
        return before.get((room_type.pk, night_on.weekday()), room_type.price_vnd)

    added = [
        RoomNight(
            room_type=room_type,
            night_on=night_on,
            capacity=room_type.rooms,
            price_vnd=price_vnd(room_type, night_on),
            commune_id=room_type.stay.product.origin.commune_id,
        )
        for room_type in open_types
        for night_on in _days(max(ends[room_type.pk] + timedelta(days=1), today), last_night)
    ]
    RoomNight.objects.bulk_create(added, ignore_conflicts=True, batch_size=2_000)
    return len(added)


def _prices_of_the_last_week(ends: dict[int, date]) -> dict[tuple[int, int], int]:
    """Map room type and weekday to the price of the newest such night. One query."""
    nights = RoomNight.objects.filter(room_type__in=ends, night_on__gt=min(ends.values()) - WEEK)
    rows = nights.order_by("night_on").values_list("room_type_id", "night_on", "price_vnd")
    return {
        (room_type_id, night_on.weekday()): price_vnd
        for room_type_id, night_on, price_vnd in rows
        if night_on > ends[room_type_id] - WEEK
    }


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
