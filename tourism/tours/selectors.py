"""Which tours go when, with how many seats left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from .models import Departure, Schedule, SeatBooking, Tour, Waiting
from .seats import ON_SALE, with_queue

QUEUE_SHOWN = 50


@dataclass(frozen=True)
class Row:
    """A departure as a visitor sees it.

    ``left`` is what anybody may take: none while somebody waits whom it fits. ``sure`` guests have paid.
    """

    departure: Departure
    left: int
    sure: int
    is_open: bool

    @property
    def missing(self) -> int:
        """How many guests more it needs to go; 0 once it goes."""
        if self.departure.state != Departure.State.OPEN:
            return 0
        return max(0, self.departure.min_group - self.sure)

    @property
    def is_full(self) -> bool:
        return self.is_open and not self.left

    @property
    def goes(self) -> bool:
        return self.departure.state == Departure.State.GOES


def tours_going(
    *,
    now: datetime,
    persons: int = 1,
    first: datetime | None = None,
    last: datetime | None = None,
    commune_id: int | None = None,
) -> QuerySet[Tour]:
    """Return the public tours that can take ``persons`` on some departure, the next to go first.

    Between ``first`` and ``last`` if given. Each has ``next_at``, ``from_vnd`` (an adult, cheapest) and
    ``departures_number``. One query.
    """
    fits = Q(
        departures__state__in=ON_SALE,
        departures__cut_off_at__gt=now,
        departures__taken__lte=F("departures__capacity") - persons,
    )
    if first is not None:
        fits &= Q(departures__starts_at__gte=first)
    if last is not None:
        fits &= Q(departures__starts_at__lte=last)
    tours = Tour.objects.filter(fits, product__is_public=True)
    if commune_id is not None:
        tours = tours.filter(product__origin__commune=commune_id)
    return tours.annotate(
        next_at=Min("departures__starts_at"),
        from_vnd=Min("departures__adult_vnd"),
        departures_number=Count("departures"),
    ).order_by("next_at", "pk")


def departures_between(tour_id: int, *, first: datetime, last: datetime, now: datetime) -> list[Row]:
    """Return the departures of a tour that start between two moments, the earliest first. One query.

    Cancelled ones are there only if somebody had booked them.
    """
    rows = _with_sure(with_queue(Departure.objects.filter(tour=tour_id, starts_at__range=(first, last))))
    return [_row(each, now) for each in rows.exclude(_cancelled_for_nobody()).order_by("starts_at", "pk")]


def departure_row(departure_id: int, *, now: datetime) -> Row | None:
    """Return one departure of a public tour with its tour; None if there is none. One query."""
    found = Departure.objects.filter(pk=departure_id, tour__product__is_public=True)
    row = _with_sure(with_queue(found.select_related("tour__product__origin__seller"))).first()
    return _row(row, now) if row else None


def next_departure(tour_id: int, *, now: datetime) -> datetime | None:
    """Return when the tour next starts with a seat left, or at all. One query."""
    coming = Departure.objects.filter(tour=tour_id, state__in=ON_SALE, cut_off_at__gt=now)
    found = coming.aggregate(free=Min("starts_at", filter=Q(taken__lt=F("capacity"))), any=Min("starts_at"))
    return found["free"] or found["any"]


def tours_of(partner_sellers: list[int]) -> QuerySet[Tour]:
    """Return the tours of these sellers with their products, by title."""
    tours = Tour.objects.filter(product__origin__seller__in=partner_sellers)
    return tours.select_related("product__origin__seller").order_by("product__title", "pk")


def work_of(seller_ids: list[int], *, now: datetime, tour_id: int | None = None) -> QuerySet[Departure]:
    """Return the coming departures of these sellers that are theirs to see to, the earliest first.

    Each has ``sure``, the guests who have paid, and ``waiting``, the parties that wait. One query.
    """
    found = Departure.objects.filter(
        tour__product__origin__seller__in=seller_ids, last_day__gte=now.date()
    ).exclude(_cancelled_for_nobody())
    if tour_id is not None:
        found = found.filter(tour=tour_id)
    waiting = Waiting.objects.filter(departure=OuterRef("pk"), state=Waiting.State.WAITING)
    number = waiting.order_by().values("departure").annotate(number=Count("pk")).values("number")
    return (
        _with_sure(found)
        .annotate(waiting=Coalesce(Subquery(number, output_field=IntegerField()), 0))
        .select_related("tour__product")
        .order_by("starts_at", "pk")
    )


def guests_of(departure_id: int) -> list[SeatBooking]:
    """Return who has seats of a departure, in the order they booked, with their orders. One query."""
    bookings = SeatBooking.objects.filter(departure=departure_id).exclude(state=SeatBooking.State.RELEASED)
    return list(bookings.select_related("order_line__order__placement").order_by("pk"))


def queue_of(departure_id: int) -> list[Waiting]:
    """Return who waits for a departure or is offered seats, first come first. One query."""
    queue = Waiting.objects.filter(
        departure=departure_id, state__in=[Waiting.State.WAITING, Waiting.State.OFFERED]
    )
    return list(queue.order_by("asked_at", "pk")[:QUEUE_SHOWN])


def schedules_of(tour_id: int) -> list[Schedule]:
    """Return the schedules of a tour, the newest last. One query."""
    return list(Schedule.objects.filter(tour=tour_id).order_by("first_on", "pk"))


def _with_sure(departures: QuerySet[Departure]) -> QuerySet[Departure]:
    paid = SeatBooking.objects.filter(departure=OuterRef("pk"), state=SeatBooking.State.CONFIRMED)
    guests = paid.order_by().values("departure").annotate(guests=Sum(F("adults") + F("children")))
    return departures.annotate(
        sure=Coalesce(Subquery(guests.values("guests"), output_field=IntegerField()), 0)
    )


def _cancelled_for_nobody() -> Q:
    return Q(state=Departure.State.CANCELLED, bookings=None)


def _row(departure: Departure, now: datetime) -> Row:
    is_open = departure.state in ON_SALE and departure.cut_off_at > now
    left = 0 if departure.is_spoken_for else departure.left  # type: ignore[attr-defined]
    return Row(departure, left if is_open else 0, departure.sure, is_open)  # type: ignore[attr-defined]
