"""What a host sees: rooms, months, who sleeps there, clashes and requests. Own houses only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, When

from tourism.models import Booking, RoomNight, RoomType

from . import months
from .models import Feed, FeedEntry, StayRequest

LIVE = [Booking.State.HELD, Booking.State.CONFIRMED]
SHOWN_REQUESTS = 50


def rooms_of_host(user_id: int | None) -> list[RoomType]:
    """Return the room types of all houses a person acts for, by house and price. One query."""
    rooms = RoomType.objects.filter(stay__product__origin__seller__members=user_id)
    rooms = rooms.select_related("product", "stay__product__origin__seller")
    return list(rooms.order_by("stay__product__title", "stay_id", "price_vnd", "pk"))


@dataclass(frozen=True)
class Bell:
    """What waits for the host: clashes nobody has settled, calendars that fail, requests to answer."""

    clashes: list[FeedEntry]
    failing: list[Feed]
    requests: int


def bell(room_type_ids: Collection[int], *, now: datetime, today: date) -> Bell:
    """Return what rings for these room types, the next clash first. Three queries."""
    clashes = FeedEntry.objects.filter(
        feed__room_type__in=room_type_ids, booking=None, settled_at=None
    ).select_related("feed__room_type__product")
    failing = Feed.objects.filter(room_type__in=room_type_ids).exclude(problem="")
    return Bell(
        clashes=[entry for entry in clashes.order_by("first_night", "pk") if entry.leaves_on > today],
        failing=list(failing.select_related("room_type__product").order_by("pk")),
        requests=open_requests(room_type_ids, now=now).count(),
    )


def month_of(room_type: RoomType, *, first_day: date, today: date) -> months.Month:
    """Return a month of a room type: its nights, how many guests arrive, and clashes. Three queries."""
    last_day = months.last_day_of(first_day)
    nights = RoomNight.objects.filter(room_type=room_type, night_on__range=(first_day, last_day))
    nights = nights.select_related("closed_by")
    arriving = Booking.objects.filter(
        room_type=room_type, state__in=LIVE, first_night__range=(first_day, last_day)
    )
    arrivals = (
        arriving.values("first_night").annotate(parties=Count("pk")).values_list("first_night", "parties")
    )
    entries = FeedEntry.objects.filter(
        feed__room_type=room_type, booking=None, settled_at=None, first_night__lte=last_day
    )
    return months.month(
        first_day=first_day,
        today=today,
        nights={night.night_on: night for night in nights},
        arrivals=dict(arrivals),
        clashes={day for entry in entries for day in entry.days},
    )


def night_of(room_type: RoomType, day: date) -> RoomNight | None:
    return RoomNight.objects.filter(room_type=room_type, night_on=day).first()


def sleepers(room_type: RoomType, day: date) -> list[Booking]:
    """Return who has the night of ``day``, in the order they came. One query."""
    reach = day - timedelta(days=400)
    bookings = _described().filter(
        room_type=room_type, state__in=LIVE, first_night__lte=day, first_night__gte=reach
    )
    return [booking for booking in bookings.order_by("first_night", "pk") if booking.leaves_on > day]


def next_guests(room_type: RoomType, *, today: date, most: int = 20) -> list[Booking]:
    """Return the bookings that are here or to come, the next first. One query."""
    reach = today - timedelta(days=400)
    bookings = _described().filter(room_type=room_type, state__in=LIVE, first_night__gte=reach)
    rows = (booking for booking in bookings.order_by("first_night", "pk") if booking.leaves_on > today)
    return list(islice(rows, most))


def booking_of_host(booking_id: int, room_type_ids: Collection[int]) -> Booking | None:
    """Return a booking of these room types with all its page says; None to everybody else. One query."""
    return _described().filter(pk=booking_id, room_type__in=room_type_ids).first()


def feeds_of(room_type: RoomType, *, today: date) -> list[Feed]:
    """Return the calendars a room follows, each with the nights it has taken from today on. One query."""
    coming = Q(entries__booking__isnull=False, entries__first_night__gte=today)
    feeds = Feed.objects.filter(room_type=room_type).annotate(runs=Count("entries", filter=coming))
    return list(feeds.order_by("name", "pk"))


def open_requests(room_type_ids: Collection[int], *, now: datetime) -> QuerySet[StayRequest]:
    """The requests that wait for an answer of the host."""
    waiting = StayRequest.objects.filter(room_type__in=room_type_ids, state=StayRequest.State.WAITING)
    return waiting.filter(answer_by__gt=now)


def requests_of(room_type_ids: Collection[int]) -> list[StayRequest]:
    """Return the newest requests with their bookings, those that wait first. One query."""
    requests = StayRequest.objects.filter(room_type__in=room_type_ids).select_related(
        "room_type__product", "room_type__stay__product", "booking__order_line"
    )
    answered = Case(When(state=StayRequest.State.WAITING, then=0), default=1)
    return list(requests.order_by(answered, "-asked_at", "pk")[:SHOWN_REQUESTS])


def request_of(request_id: UUID) -> StayRequest | None:
    """Return a request with all the guest's page says. One query."""
    requests = StayRequest.objects.select_related(
        "room_type__product", "room_type__stay__product__origin__seller", "room_type__stay"
    )
    return requests.select_related("booking__order_line__order__placement").filter(pk=request_id).first()


def _described() -> QuerySet[Booking]:
    return Booking.objects.select_related(
        "room_type__product",
        "room_type__stay__product",
        "order_line__order__placement",
        "feed_entry__feed",
        "entry__written_by",
        "stay_request",
    )
