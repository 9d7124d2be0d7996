"""Guests who ask before they book: the host answers within a day, then the guest pays within some hours.

A wallet's payment cannot be reserved and taken later, so the host accepts first. Asking holds nothing; a yes
takes the nights, and of two requests for the last room the second yes is refused.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.errors import Invalid, NightsTaken
from tourism import bookings, policies, rules
from tourism import nights as scarce
from tourism.models import Booking, RoomType

from .errors import RequestClosed, TooManyRequests
from .models import StayRequest

State = StayRequest.State
# So many answers one telephone number may wait for.
WAITING_MAX = 5
# Whoever is accepted on the day of arrival still has this long.
PAY_AT_LEAST = timedelta(hours=1)


def ask(
    *,
    request_id: uuid.UUID,
    room_type_id: int,
    first_night: date,
    nights: int,
    rooms: int,
    guests: int,
    guest_name: str,
    guest_phone: str,
    message: str = "",
    now: datetime,
) -> StayRequest:
    """Ask the host of a stay for some nights, at the price of now. Nothing is held.

    ``request_id`` is made before: asking again with it returns the first request. Raises Invalid for a wish
    that makes no sense, NightsTaken when a night is gone already, TooManyRequests.
    """
    if found := StayRequest.objects.filter(pk=request_id).first():
        return found
    room_type = RoomType.objects.select_related("stay", "product").get(pk=room_type_id)
    if not room_type.stay.asks_first:
        raise Invalid("room_type", _("This room can be booked at once, without asking."))
    wish: dict[str, Any] = {"first_night": first_night, "nights": nights, "rooms": rooms}
    rules.check_dates(first_night=first_night, nights=nights, today=timezone.localdate(now))
    rules.check_guests(room_type, rooms=rooms, guests=guests, children=0)
    rules.check(room_type, first_night=first_night, nights=nights, now=now)
    waiting = StayRequest.objects.filter(guest_phone=guest_phone, state=State.WAITING, answer_by__gt=now)
    if waiting.count() >= WAITING_MAX:
        raise TooManyRequests(most=WAITING_MAX)
    bookings.end_holds(now)
    quote = scarce.quote(room_type_id=room_type_id, **wish)
    if not quote.free:
        first = quote.missing[0]
        title = str(room_type.product.get_title())
        raise NightsTaken(title=title, night_on=first.night_on, wanted=rooms, left=first.left)
    return StayRequest.objects.get_or_create(
        pk=request_id,
        defaults={
            "room_type": room_type,
            **wish,
            "guests": guests,
            "guest_name": guest_name.strip(),
            "guest_phone": guest_phone,
            "message": message.strip(),
            "amount_vnd": quote.total_vnd,
            "asked_at": now,
            "answer_by": now + timedelta(hours=settings.REQUEST_ANSWER_HOURS),
        },
    )[0]


def accept(*, request_id: uuid.UUID, user_id: int, answer: str = "", now: datetime) -> StayRequest:
    """Say yes: the nights are held for the guest, who pays by ``pay_by``. A second yes changes nothing.

    Raises RequestClosed when it is no longer open, NightsTaken when somebody else has a night by now, Invalid
    when the first night has passed; the request then stays as it is.
    """
    bookings.end_holds(now)
    with transaction.atomic():
        request = _locked(request_id)
        if request.state == State.ACCEPTED:
            return request
        _refuse_closed(request, now)
        pay_by = now + timedelta(hours=settings.REQUEST_PAY_HOURS)
        arrival = policies.begins_at(request.room_type.stay, request.first_night)
        pay_by = max(min(pay_by, arrival), now + PAY_AT_LEAST)
        request.booking = _hold(request, pay_by, now)
        request.pay_by = pay_by
        _answered(request, State.ACCEPTED, user_id, answer, now)
    return request


@transaction.atomic
def decline(*, request_id: uuid.UUID, user_id: int, answer: str = "", now: datetime) -> StayRequest:
    """Say no. A second no changes nothing. Raises RequestClosed when it is no longer open."""
    request = _locked(request_id)
    if request.state != State.DECLINED:
        _refuse_closed(request, now)
        _answered(request, State.DECLINED, user_id, answer, now)
    return request


@transaction.atomic
def withdraw(*, request_id: uuid.UUID, now: datetime) -> StayRequest:
    """The guest wants the nights no longer. Raises RequestClosed when it was answered; repeats do nothing."""
    request = _locked(request_id)
    if request.state != State.WITHDRAWN:
        _refuse_closed(request, now)
        request.state = State.WITHDRAWN
        request.save(update_fields=["state"])
    return request


def hold_again(*, request_id: uuid.UUID, now: datetime) -> Booking:
    """Return the booking an accepted request is paid with, held.

    Where a payment failed its nights were freed: until ``pay_by`` they are held once more, if nobody was
    faster. Raises RequestClosed when the request cannot be paid any more, NightsTaken.
    """
    bookings.end_holds(now)
    with transaction.atomic():
        request = _locked(request_id)
        if request.state != State.ACCEPTED or request.pay_by is None or request.booking is None:
            raise RequestClosed(request.get_state_display())
        if request.booking.state != Booking.State.RELEASED:
            return request.booking
        if request.pay_by <= now:
            raise RequestClosed(_("the time to pay is over"))
        request.booking = _hold(request, request.pay_by, now)
        request.save(update_fields=["booking"])
        return request.booking


def is_payable(request: StayRequest, *, now: datetime) -> bool:
    """Whether its nights are held for the guest and in no order yet. The booking must have been loaded."""
    booking = request.booking
    if booking is None or booking.state != Booking.State.HELD or booking.order_line_id is not None:
        return False
    return booking.hold_until is None or booking.hold_until > now


@transaction.atomic
def hand_over(*, request_id: uuid.UUID, order_line: Any, now: datetime, **facts: Any) -> Booking:
    """Give the held booking of a request to a line of an order, whose clock counts from now on.

    ``facts`` are other fields of the booking (its policy, what of its price is due later). In the transaction
    that places the order. Raises RequestClosed when it is not held any more.
    """
    request = _locked(request_id)
    booking = request.booking
    if booking is not None:
        booking = request.booking = Booking.objects.select_for_update().get(pk=booking.pk)
    if booking is None or not is_payable(request, now=now):
        raise RequestClosed(_("the time to pay is over"))
    booking.order_line, booking.hold_until = order_line, None
    for name, value in facts.items():
        setattr(booking, name, value)
    booking.save(update_fields=["order_line", "hold_until", *facts])
    return booking


def close_unanswered(*, now: datetime) -> int:
    """Close the requests whose time to be answered is over; return how many."""
    late = StayRequest.objects.filter(state=State.WAITING, answer_by__lte=now)
    return late.update(state=State.UNANSWERED)


def state_of(request: StayRequest, *, now: datetime) -> str:
    """Return what to tell the guest: the state, "paid", or "over" when an accepted one was not paid in time.

    Right also where no worker runs. The booking and its line must have been loaded; runs no query then.
    """
    if request.state == State.WAITING and request.answer_by <= now:
        return State.UNANSWERED
    if request.state == State.ACCEPTED and request.booking and request.pay_by:
        if request.booking.state == Booking.State.CONFIRMED:
            return "paid"
        if request.pay_by <= now and request.booking.order_line is None:
            return "over"
        if request.pay_by <= now and request.booking.state == Booking.State.RELEASED:
            return "over"
    return request.state


def _hold(request: StayRequest, hold_until: datetime, now: datetime) -> Booking:
    return bookings.write(
        room_type_id=request.room_type_id,
        first_night=request.first_night,
        nights=request.nights,
        rooms=request.rooms,
        guests=request.guests,
        channel=Booking.Channel.REQUEST,
        guest_name=request.guest_name,
        guest_phone=request.guest_phone,
        note=request.message[:300],
        amount_vnd=request.amount_vnd,
        hold_until=hold_until,
        now=now,
    )


def _answered(request: StayRequest, state: str, user_id: int, answer: str, now: datetime) -> None:
    request.state, request.answer = state, answer.strip()[:300]
    request.answered_by_id, request.answered_at = user_id, now
    request.save(update_fields=["state", "answer", "answered_by", "answered_at", "booking", "pay_by"])


def _refuse_closed(request: StayRequest, now: datetime) -> None:
    if request.state != State.WAITING or request.answer_by <= now:
        raise RequestClosed(str(StayRequest.State(state_of(request, now=now)).label))


def _locked(request_id: uuid.UUID) -> StayRequest:
    rows = StayRequest.objects.select_for_update(of=("self",))
    return rows.select_related("room_type__stay", "booking").get(pk=request_id)
