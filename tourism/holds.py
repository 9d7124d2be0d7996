"""What an order holds of nights and seats: confirmed, freed and taken again together.

For whoever knows how the payment of an order ended. Nights are locked before seats.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from payments.compiled import compiled

from . import nights
from .models import Booking
from .tours import seats
from .tours.models import SeatBooking


def confirm(order_pk: int) -> None:
    """The order is paid: its nights and seats are its guests'. Repeats change nothing."""
    if bookings := _bookings(order_pk):
        nights.confirm(bookings)
    if taken := _seats(order_pk):
        seats.confirm(taken)


def release(order_pk: int, partner_ids: Collection[int] | None = None) -> None:
    """Free what an order holds or has, of all its sellers or of these partners. Repeats change nothing.

    Must run in the transaction that records why.
    """
    mine: dict[str, Any] = {"order_line__order": order_pk}
    if partner_ids is not None:
        mine |= {"order_line__partner_id__in": partner_ids}
    nights.release(Booking.objects.filter(**mine))
    seats.release(SeatBooking.objects.filter(**mine))


def retake(order_pk: int, *, now: datetime) -> None:
    """Hold again what was released, because the money came late.

    Must run in a transaction, which the caller rolls back on NightsTaken (a night is gone, or over) or
    SeatsTaken (a seat is gone, or it is too late for the departure).
    """
    nights.retake(Booking.objects.filter(order_line__order=order_pk), now=now)
    seats.retake(SeatBooking.objects.filter(order_line__order=order_pk), now=now)


def are_over(order_pk: int, *, now: datetime) -> bool:
    """Whether a night or a departure of the order has passed: nobody can have it any more. Two queries."""
    return any(nights.is_over(booking.first_night, now=now) for booking in _bookings(order_pk)) or any(
        taken.departure.starts_at <= now for taken in _seats(order_pk)
    )


@compiled
def _bookings(order_pk: int) -> QuerySet[Booking]:
    return Booking.objects.filter(order_line__order=order_pk)


@compiled
def _seats(order_pk: int) -> QuerySet[SeatBooking]:
    return SeatBooking.objects.filter(order_line__order=order_pk).select_related("departure")
