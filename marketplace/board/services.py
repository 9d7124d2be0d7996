"""What becomes of bookings in a closed commune: all of the money back, or other days at the price paid.

An offer is locked first, then its order or its booking. Choosing twice is choosing once.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace import sweeps
from marketplace.accounts.models import User
from marketplace.errors import Invalid, NightsClosed
from marketplace.fulfilment import services as fulfilment
from marketplace.settlement import services as settlement
from tourism import bookings
from tourism.closures import selectors as closures
from tourism.closures.models import Closure, Offer
from tourism.models import Booking
from tourism.tours import seats as tour_seats
from tourism.tours.models import Departure, SeatBooking

from . import selectors
from .errors import ChosenAlready

logger = logging.getLogger(__name__)

# Other days are free of charge within a year of those that were closed.
MOVE_WITHIN = timedelta(days=365)
PER_RUN = 200


@transaction.atomic
def refund(*, offer_id: int, chosen_by: str, now: datetime) -> Offer:
    """Cancel what was booked and ask all of its money back. Repeats change nothing.

    Raises ChosenAlready if the guests have moved to other days, or there is nothing to choose any more.
    """
    offer = _locked(offer_id)
    if offer.state == Offer.State.REFUNDED:
        return offer
    _refuse_decided(offer)
    booked = selectors.booked_of(offer)
    if booked.state not in closures.LIVE or not closures.still_touches(offer):
        return _decide(offer, Offer.State.OVER, chosen_by, now)
    line = selectors.line_of(booked)
    offer.refunded_vnd = fulfilment.cancel_lines(
        number=line.order.number,
        line_ids=[line.pk],
        refund_percent=100,
        reason=offer.closure.words[:200],
        now=now,
    )
    return _decide(offer, Offer.State.REFUNDED, chosen_by, now)


@transaction.atomic
def move_nights(*, offer_id: int, first_night: date, now: datetime) -> Offer:
    """Move a stay to as many nights from ``first_night`` on, in the same rooms, at the price that was paid.

    The same choice again changes nothing. Raises NightsTaken if a night is not free, Invalid for a day in
    the past or too far away, ChosenAlready if something else was chosen; then nothing has changed.
    """
    offer = _locked(offer_id)
    if offer.state == Offer.State.MOVED and offer.moved_to == first_night:
        return offer
    _refuse_decided(offer)
    _check_day("first_night", first_night, offer, today=timezone.localdate(now))
    booking = offer.booking
    assert booking is not None, offer_id
    _check_way(booking, first_night)
    bookings.move(
        booking.pk,
        room_type_id=booking.room_type_id,
        first_night=first_night,
        nights=booking.nights,
        rooms=booking.rooms,
    )
    booking.refresh_from_db()
    _postpone(selectors.line_of(booking), by=first_night - offer.first_day)
    offer.moved_to = first_night
    return _decide(offer, Offer.State.MOVED, Offer.Chooser.GUEST, now)


@transaction.atomic
def move_seats(*, offer_id: int, departure_id: int, now: datetime) -> Offer:
    """Move seats to another departure of the same tour, at the price that was paid.

    Raises SeatsTaken if it is full or no longer booked, Invalid for a departure of another tour,
    ChosenAlready if something else was chosen; then nothing has changed.
    """
    offer = _locked(offer_id)
    assert offer.seats_id is not None, offer_id
    booking = (
        SeatBooking.objects.select_for_update(of=("self",)).select_related("departure").get(pk=offer.seats_id)
    )
    if offer.state == Offer.State.MOVED and booking.departure_id == departure_id:
        return offer
    _refuse_decided(offer)
    wanted = Departure.objects.filter(tour=booking.departure.tour_id, pk=departure_id).first()
    if wanted is None or wanted.pk == booking.departure_id:
        raise Invalid("departure", _("Choose another departure of the same tour."))
    day = timezone.localdate(wanted.starts_at)
    _check_day("departure", day, offer, today=timezone.localdate(now))
    before = tour_seats.wanted_by(booking)
    tour_seats.take([tour_seats.Wanted(wanted.pk, booking.adults, booking.children)], now=now)
    tour_seats.give_back([before])
    booking.departure = wanted
    booking.save(update_fields=["departure"])
    _postpone(selectors.line_of(booking), by=day - offer.first_day)
    offer.moved_to = day
    return _decide(offer, Offer.State.MOVED, Offer.Chooser.GUEST, now)


def refund_all(*, closure_id: int, by: User, now: datetime) -> int:
    """Refund everybody who has not chosen yet, because no other day is to be expected. Returns how many.

    ``by`` is the official whose act this is; it is written to the log beside the offers' own record.
    """
    waiting = Offer.objects.filter(closure=closure_id, state=Offer.State.OPEN).order_by("pk")
    done = _refund_each(list(waiting.values_list("pk", flat=True)), Offer.Chooser.OFFICIAL, now)
    logger.info("Closure %s: %s offers were refunded at once by person %s", closure_id, done, by.pk)
    return done


def refund_undecided(*, now: datetime) -> int:
    """Refund those whose time to choose is over. Returns how many offers ended."""
    due = Offer.objects.filter(state=Offer.State.OPEN, choose_by__lte=now).order_by("choose_by", "pk")
    return _refund_each(list(due.values_list("pk", flat=True)[:PER_RUN]), Offer.Chooser.TIME, now)


def _refund_each(offer_ids: list[int], chosen_by: str, now: datetime) -> int:
    def refund_one(offer_id: int) -> bool:
        try:
            refund(offer_id=offer_id, chosen_by=chosen_by, now=now)
        except ChosenAlready:
            return False  # a moment ago
        return True

    return sweeps.each(offer_ids, refund_one, failure="Offer %s could not be refunded")


def _locked(offer_id: int) -> Offer:
    offers = Offer.objects.select_for_update(of=("self",))
    return offers.select_related(
        "closure", "booking__order_line__order", "seats__order_line__order", "booking__room_type"
    ).get(pk=offer_id)


def _refuse_decided(offer: Offer) -> None:
    if offer.state != Offer.State.OPEN:
        raise ChosenAlready(state=str(offer.get_state_display()))


def _check_day(field: str, day: date, offer: Offer, *, today: date) -> None:
    if day < today:
        raise Invalid(field, _("This day has passed. Choose today or a later day."))
    if day > offer.first_day + MOVE_WITHIN:
        raise Invalid(
            field,
            _("Other days are free of charge until %(day)s. Choose an earlier day, or your money back.")
            % {"day": f"{offer.first_day + MOVE_WITHIN:%d/%m/%Y}"},
        )


def _check_way(booking: Booking, first_night: date) -> None:
    """Raise NightsClosed if the new nights are closed: those that stay its own are not taken again."""
    last_night = first_night + timedelta(days=booking.nights - 1)
    commune_id = booking.room_type.stay.product.origin.commune_id
    closed = closures.in_force(first_night=first_night, last_night=last_night, commune_ids=[commune_id])
    if closure := closed.first():
        raise NightsClosed(
            title=str(booking.room_type.product.get_title()),
            night_on=max(first_night, closure.first_night),
            words=closure.words,
        )


def _postpone(line: Any, *, by: timedelta) -> None:
    """Let the money of a moved line wait for its new days: the seller's part, and the rest of a deposit."""
    settlement.moved(line=line)
    for part in line.order.suborders.filter(
        seller__partner=line.partner_id, balance_due_on__isnull=False, balance_paid_at=None
    ):
        part.balance_due_on += by
        part.save(update_fields=["balance_due_on"])


def _decide(offer: Offer, state: str, chosen_by: str, now: datetime) -> Offer:
    offer.state, offer.chosen_by, offer.decided_at = state, chosen_by, now
    offer.save(update_fields=["state", "chosen_by", "decided_at", "refunded_vnd", "moved_to"])
    # Of another closure of the same nights: what was chosen here answers that too.
    Offer.objects.filter(booking=offer.booking_id, seats=offer.seats_id, state=Offer.State.OPEN).update(
        state=Offer.State.OVER, decided_at=now
    )
    return offer


def outcome(closure: Closure) -> dict[str, int]:
    """Return how many offers of a closure are in which state. One query."""
    states = list(closure.offers.values_list("state", flat=True))
    return {state: states.count(state) for state in Offer.State.values}
