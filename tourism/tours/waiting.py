"""The waiting list of a full departure: first come, first offered, and an offer has its time."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from marketplace.errors import Invalid

from . import seats
from .models import Departure, SeatBooking, Waiting

# So long seats that came free are held for the first in line.
OFFER_FOR = timedelta(hours=2)
# So long after the departure it is known who waited for it, should somebody complain.
KEPT_FOR = timedelta(days=30)
_LIVE = (Waiting.State.WAITING, Waiting.State.OFFERED)


def join(*, departure_id: int, name: str, phone: str, adults: int, children: int, now: datetime) -> Waiting:
    """Have a party wait for seats of a full departure. ``phone`` is E.164.

    Raises Invalid for a senseless party, a departure that cannot be booked or still has the seats, and a
    phone number that waits already.
    """
    seats.check_party(adults=adults, children=children)
    if not name.strip():
        raise Invalid("name", _("Write the name of the person who waits."))
    try:
        quote = seats.quote(departure_id=departure_id, adults=adults, children=children, now=now)
    except Departure.DoesNotExist as error:
        raise Invalid(
            "departure", _("There is no departure with number %(id)s.") % {"id": departure_id}
        ) from error
    if not quote.is_open:
        raise Invalid("departure", _("This departure can no longer be booked."))
    if quote.free:
        raise Invalid("departure", _("There are seats for you: book them."))
    if adults + children > quote.departure.capacity:
        raise Invalid(
            "adults",
            _("This departure has %(capacity)d seats in all.") % {"capacity": quote.departure.capacity},
        )
    try:
        with transaction.atomic():
            return Waiting.objects.create(
                departure_id=departure_id,
                name=name.strip(),
                phone=phone,
                adults=adults,
                children=children,
                secret=secrets.token_urlsafe(24),
                asked_at=now,
            )
    except IntegrityError as error:
        raise Invalid("phone", _("This phone number is in the waiting list already.")) from error


def offer(*, now: datetime) -> int:
    """Hold seats that came free for those who wait, in the order they came; return how many were offered.

    Who wants more than there is keeps their place, and the next whom it fits is offered it. Repeats offer
    nothing twice. One transaction a departure.
    """
    waited_for = Departure.objects.filter(
        state__in=seats.ON_SALE,
        cut_off_at__gt=now,
        taken__lt=F("capacity"),
        queue__state=Waiting.State.WAITING,
    )
    departure_ids = waited_for.order_by("pk").distinct().values_list("pk", flat=True)
    return sum(_offer_of(departure_id, now=now) for departure_id in list(departure_ids[:200]))


@transaction.atomic
def _offer_of(departure_id: int, *, now: datetime) -> int:
    departure = Departure.objects.select_for_update().get(pk=departure_id)
    if departure.state not in seats.ON_SALE or departure.cut_off_at <= now:
        return 0
    left, offered = departure.capacity - departure.taken, 0
    until = min(now + OFFER_FOR, departure.cut_off_at)
    queue = Waiting.objects.select_for_update(skip_locked=True).filter(
        departure=departure, state=Waiting.State.WAITING
    )
    for entry in queue.order_by("asked_at", "pk"):
        if entry.persons > left:
            continue
        entry.held = SeatBooking.objects.create(
            departure=departure,
            channel=SeatBooking.Channel.REQUEST,
            adults=entry.adults,
            children=entry.children,
            guest_name=entry.name,
            guest_phone=entry.phone,
            hold_until=until,
            amount_vnd=departure.price_vnd(adults=entry.adults, children=entry.children),
        )
        entry.state, entry.offered_until = Waiting.State.OFFERED, until
        entry.save(update_fields=["held", "state", "offered_until"])
        left -= entry.persons
        offered += entry.persons
    Departure.objects.filter(pk=departure_id).update(taken=F("taken") + offered)
    return 1 if offered else 0


def hand_over(secret: str, departure: Departure, *, now: datetime, **facts: Any) -> bool:
    """Give the seats held for a place in the list to an order. False if they are not held any more.

    ``facts`` are what the shop says of them: ``order_line``, ``amount_vnd``, ``policy``. Must run in the
    transaction that places the order.
    """
    assert transaction.get_connection().in_atomic_block
    held = SeatBooking.objects.select_for_update(of=("self",)).filter(
        waiting__secret=secret, departure=departure, state=SeatBooking.State.HELD, hold_until__gt=now
    )
    booking = held.first()
    if booking is None or booking.order_line_id is not None:
        return False
    facts = {"channel": SeatBooking.Channel.SHOP, "hold_until": None} | facts
    SeatBooking.objects.filter(pk=booking.pk).update(**facts)
    Waiting.objects.filter(held=booking).update(state=Waiting.State.TAKEN)
    return True


@transaction.atomic
def leave(secret: str) -> None:
    """No longer wait, and give back what was held. Repeats change nothing."""
    held = SeatBooking.objects.select_for_update(of=("self",)).filter(
        waiting__secret=secret, waiting__state=Waiting.State.OFFERED, order_line=None
    )
    seats.release(list(held))
    Waiting.objects.filter(secret=secret, state__in=_LIVE).update(state=Waiting.State.LEFT)


def forget(*, now: datetime) -> int:
    """Forget who waited for departures of long ago; return how many parties. That they waited stays."""
    past = Waiting.objects.filter(departure__starts_at__lte=now - KEPT_FOR).exclude(phone="")
    past.filter(state__in=_LIVE).update(state=Waiting.State.LAPSED)
    return past.update(name="", phone="")


def parties_before(entry: Waiting) -> int:
    """Return how many parties stand before ``entry`` in the list of its departure. One query."""
    before = Waiting.objects.filter(
        departure=entry.departure_id, state=Waiting.State.WAITING, asked_at__lte=entry.asked_at
    )
    return before.exclude(asked_at=entry.asked_at, pk__gte=entry.pk).count()
