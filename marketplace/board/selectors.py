"""What officials and guests are shown of closed communes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.selectors import OfficialScope
from marketplace.fulfilment import services as fulfilment
from marketplace.places.models import Commune
from marketplace.places.selectors import communes_at
from tourism.closures.models import Closure, Offer
from tourism.closures.selectors import offers_of_order
from tourism.models import Booking, RoomNight
from tourism.tours import seats as tour_seats
from tourism.tours.models import Departure, SeatBooking

SALT = "closure-offer"
CLOSURES_SHOWN = 50
# So many days and departures are offered to choose from.
DAYS_SHOWN = 60
LOOK_AHEAD = timedelta(days=180)


def communes_of(scope: OfficialScope, *, today: date) -> list[Commune]:
    """Return the communes an official may close, in the order of their names. One query."""
    communes = communes_at(today)
    if not scope.whole_province:
        communes = communes.filter(code__in=scope.commune_codes)
    return list(communes.order_by("name_ascii", "pk"))


def closures_of(communes: list[Commune]) -> list[Closure]:
    """Return the closures of these communes: those in force first, then the newest. One query."""
    found = Closure.objects.filter(commune__in=communes).select_related("commune", "opened_by", "lifted_by")
    newest = list(found.order_by("-opened_at", "-pk")[:CLOSURES_SHOWN])
    return sorted(newest, key=lambda closure: closure.lifted_at is not None)


@dataclass(frozen=True)
class OfferRow:
    """An offer as the official sees it: who it is for, how to reach them, and what they chose."""

    offer: Offer
    title: str
    number: str
    name: str
    phone: str
    guests: int
    path: str


def offer_rows(closure: Closure) -> list[OfferRow]:
    """Return the offers of a closure by day of arrival. One query."""
    placement = "order_line__order__placement"
    offers = closure.offers.select_related(
        *(f"booking__{name}" for name in (placement, "room_type__stay__product")),
        *(f"seats__{name}" for name in (placement, "departure__tour__product")),
    )
    rows = []
    for offer in offers.order_by("first_day", "pk"):
        booked = booked_of(offer)
        order = line_of(booked).order
        rows.append(
            OfferRow(
                offer=offer,
                title=title_of(booked),
                number=order.number,
                name=order.placement.name,
                phone=str(order.placement.phone),
                guests=booked.guests if isinstance(booked, Booking) else booked.persons,
                path=path_of(offer),
            )
        )
    return rows


def booked_of(offer: Offer) -> Booking | SeatBooking:
    booked = offer.booking or offer.seats
    assert booked is not None, offer.pk
    return booked


def line_of(booked: Booking | SeatBooking) -> Any:
    """Return the order line: only what has one is offered anything."""
    assert booked.order_line is not None, booked.pk
    return booked.order_line


def title_of(booked: Booking | SeatBooking) -> str:
    """Return the name of the stay or the tour. No query if its product was read with it."""
    if isinstance(booked, Booking):
        return str(booked.room_type.stay.product.title)
    return str(booked.departure.tour.product.title)


def path_of(offer: Offer) -> str:
    """Return the address of the guests' page. Whoever knows it may choose: it cannot be guessed."""
    return reverse("closures:offer", args=[signing.dumps(offer.pk, salt=SALT)])


def offer_of(token: str) -> Offer | None:
    """Return the offer of a guests' page with all that it shows; None for a token nobody was given."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    placement = "order_line__order__placement"
    return (
        Offer.objects.select_related(
            "closure__commune",
            *(f"booking__{name}" for name in (placement, "room_type__stay__product", "room_type__product")),
            *(f"seats__{name}" for name in (placement, "departure__tour__product")),
        )
        .filter(pk=pk)
        .first()
    )


@dataclass(frozen=True)
class GuestOffer:
    """The guests' page: what was booked, what goes back, and the days to choose from."""

    offer: Offer
    booked: Booking | SeatBooking
    title: str
    back_vnd: int
    days: list[date]
    departures: list[Departure]


def guest_offer(offer: Offer, *, now: datetime) -> GuestOffer:
    """Gather the guests' page. Some four queries, for an offer that is open; else none."""
    booked = booked_of(offer)
    days: list[date] = []
    departures: list[Departure] = []
    back_vnd = 0
    if offer.state == Offer.State.OPEN:
        line = line_of(booked)
        ends = fulfilment.ends_of(line.order, now=now, line_ids=[line.pk], refund_percent=100)
        back_vnd = sum(end.back_vnd for end in ends)
        if isinstance(booked, Booking):
            days = free_days(booked, today=timezone.localdate(now))
        else:
            departures = other_departures(booked, now=now)
    return GuestOffer(offer, booked, title_of(booked), back_vnd, days, departures)


def free_days(booking: Booking, *, today: date) -> list[date]:
    """Return the days on which as many nights are free in the same rooms, the earliest first. One query."""
    nights = RoomNight.objects.filter(
        room_type=booking.room_type_id, night_on__gte=today, night_on__lte=today + LOOK_AHEAD
    )
    free = {night.night_on for night in nights if night.left >= booking.rooms}
    fitting = [
        day for day in sorted(free) if all(day + timedelta(days=n) in free for n in range(booking.nights))
    ]
    return fitting[:DAYS_SHOWN]


def other_departures(booking: SeatBooking, *, now: datetime) -> list[Departure]:
    """Return the departures of the same tour with enough seats, the earliest first. One query."""
    found = tour_seats.with_queue(
        Departure.objects.filter(
            tour=booking.departure.tour_id,
            state__in=tour_seats.ON_SALE,
            cut_off_at__gt=now,
            starts_at__lte=now + LOOK_AHEAD,
        )
    )
    fitting = [each for each in found.order_by("starts_at", "pk") if _fits(each, booking)]
    return fitting[:DAYS_SHOWN]


def _fits(departure: Departure, booking: SeatBooking) -> bool:
    is_spoken_for = departure.is_spoken_for  # type: ignore[attr-defined]
    return not is_spoken_for and departure.left >= booking.persons and departure.pk != booking.departure_id


@dataclass(frozen=True)
class OrderNotice:
    """What the page of an order says of one offer."""

    offer: Offer
    path: str


def notices_of(order: Any) -> list[OrderNotice]:
    """Return what the guests of an order may choose, or chose, after a closure. One query."""
    return [OrderNotice(offer, path_of(offer)) for offer in offers_of_order(order.pk)]
