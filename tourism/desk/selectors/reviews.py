"""Reviews of a stay, as everybody may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Avg, Count, Q, QuerySet

from tourism.desk.models import Review
from tourism.models import Booking

SHOWN = 20


@dataclass(frozen=True)
class Pair:
    """What both sides of one stay say; one of them may be silent. ``guest_name`` is a given name only."""

    guest: Review | None
    host: Review | None
    guest_name: str
    stayed_in: date


@dataclass(frozen=True)
class Reviews:
    pairs: list[Pair]
    number: int  # by guests
    average: float | None


def reviews_of_stay(stay_id: int, *, today: date) -> Reviews:
    """Return what may be read about a stay on ``today``, newest first. Three queries."""
    shown = _shown(stay_id, today)
    sums = Review.objects.filter(side=Review.Side.GUEST, is_hidden=False, booking__in=shown).aggregate(
        number=Count("pk"), average=Avg("stars")
    )
    bookings = (
        shown.order_by("-first_night", "-pk")
        .select_related("order_line__order__placement")
        .only("first_night", "guest_name", "order_line__order__placement__name")
        .prefetch_related("reviews")[:SHOWN]
    )
    pairs = [_pair(booking) for booking in bookings]
    return Reviews([pair for pair in pairs if pair.guest or pair.host], sums["number"], sums["average"])


def reviews_of_booking(booking: Booking, *, today: date) -> tuple[dict[str, Review], bool]:
    """Return what was written of a booking, by side, and whether everybody may read it. One query."""
    written = {review.side: review for review in Review.objects.filter(booking=booking)}
    is_open = len(written) == len(Review.Side) or any(each.is_open_on(today) for each in written.values())
    return written, is_open


def name_of_guest(booking: Booking) -> str:
    """Return whose booking it is, as its order says or the host wrote it down. Needs the placement."""
    line = booking.order_line
    if line is not None and hasattr(line.order, "placement"):
        return str(line.order.placement.name)
    return booking.guest_name


def phone_of_guest(booking: Booking) -> str:
    """Return the phone number of whose booking it is, "" if there is none."""
    line = booking.order_line
    if line is not None and hasattr(line.order, "placement"):
        return str(line.order.placement.phone)
    return booking.guest_phone


def _shown(stay_id: int, today: date) -> QuerySet[Booking]:
    both = Count("reviews", filter=Q(reviews__is_hidden=False))
    over = Count("reviews", filter=Q(reviews__shown_on__lte=today, reviews__is_hidden=False))
    bookings = Booking.objects.filter(room_type__stay=stay_id).annotate(sides=both, over=over)
    return bookings.filter(Q(sides=len(Review.Side)) | Q(over__gte=1))


def _pair(booking: Booking) -> Pair:
    sides = {review.side: review for review in booking.reviews.all() if not review.is_hidden}
    given = name_of_guest(booking).split()
    return Pair(
        guest=sides.get(Review.Side.GUEST),
        host=sides.get(Review.Side.HOST),
        guest_name=given[-1] if given else "",
        stayed_in=booking.first_night,
    )
