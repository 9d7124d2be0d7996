"""Whether a departure goes: decided when its group is there, at its cut-off, or by its organiser.

What becomes of the money of a cancelled departure is for whoever knows orders (``marketplace.fulfilment``).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace import sweeps
from marketplace.errors import Invalid

from .models import Departure, SeatBooking
from .seats import ON_SALE, confirmed_persons

State = Departure.State

TOO_FEW = "too few guests"
PER_RUN = 200


def decide(*, now: datetime) -> int:
    """Decide about departures whose cut-off has passed; return about how many.

    With its group a departure goes, without it is cancelled. While held seats could still make the group, it
    waits for their payments, which end soon. Repeats decide nothing twice.
    """
    due = Departure.objects.filter(state=State.OPEN, cut_off_at__lte=now).order_by("cut_off_at", "pk")
    return sweeps.each(
        due.values_list("pk", flat=True)[:PER_RUN],
        partial(_decide, now=now),
        failure="Departure %s could not be decided",
    )


@transaction.atomic
def _decide(departure_id: int, *, now: datetime) -> bool:
    departure = Departure.objects.select_for_update().get(pk=departure_id)
    if departure.state != State.OPEN or departure.cut_off_at > now:
        return False
    sure = confirmed_persons(departure_id)
    if sure >= departure.min_group:
        departure.state = State.GOES
    elif sure + _held_persons(departure_id) >= departure.min_group:
        return False
    else:
        departure.state, departure.cancelled_for = State.CANCELLED, TOO_FEW
    departure.save(update_fields=["state", "cancelled_for"])
    return True


def _held_persons(departure_id: int) -> int:
    held = SeatBooking.objects.filter(departure=departure_id, state=SeatBooking.State.HELD)
    return held.aggregate(persons=Sum(F("adults") + F("children")))["persons"] or 0


@transaction.atomic
def cancel(departure_id: int, *, reason: str, now: datetime) -> bool:
    """Cancel a departure for its organiser; False if it was cancelled before. Nobody can book it then.

    Raises Invalid for one that has started, or without a reason for its guests.
    """
    if not reason.strip():
        raise Invalid("reason", _("Say to your guests why it does not go."))
    departure = Departure.objects.select_for_update().get(pk=departure_id)
    if departure.state == State.CANCELLED:
        return False
    if departure.starts_at <= now:
        raise Invalid("reason", _("This departure has started. Speak with your guests."))
    departure.state, departure.cancelled_for = State.CANCELLED, reason.strip()[:200]
    departure.save(update_fields=["state", "cancelled_for"])
    return True


def close(departure_id: int) -> None:
    """Sell no more seats of a departure: who has booked goes. Repeats change nothing."""
    Departure.objects.filter(pk=departure_id, state__in=ON_SALE).update(state=State.CLOSED)


@transaction.atomic
def reopen(departure_id: int) -> None:
    """Sell seats of a closed departure again. Repeats change nothing."""
    closed = Departure.objects.select_for_update().filter(pk=departure_id, state=State.CLOSED).first()
    if closed is not None:
        goes = confirmed_persons(departure_id) >= closed.min_group
        Departure.objects.filter(pk=departure_id).update(state=State.GOES if goes else State.OPEN)


def change(departure_id: int, *, capacity: int, guide: str, meeting_point: str) -> None:
    """Change what guests are told, and how many seats there are.

    Raises Invalid for fewer seats than are taken, or than the group it needs.
    """
    if not meeting_point.strip():
        raise Invalid("meeting_point", _("Say where your guests meet."))
    try:
        with transaction.atomic():
            changed = Departure.objects.filter(
                pk=departure_id, taken__lte=capacity, min_group__lte=capacity
            ).update(capacity=capacity, guide=guide.strip(), meeting_point=meeting_point.strip())
    except IntegrityError as error:
        raise Invalid("capacity", _("Choose another number of seats.")) from error
    if not changed:
        departure = Departure.objects.get(pk=departure_id)
        least = max(departure.taken, departure.min_group)
        message = ngettext("Keep at least %(least)d seat.", "Keep at least %(least)d seats.", least)
        raise Invalid("capacity", message % {"least": least})
