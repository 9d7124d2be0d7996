"""Closing a commune and lifting that again, each in one act. Money is left to ``marketplace.board``."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.places.models import Commune
from tourism.models import RoomNight
from tourism.tours.models import Departure

from . import selectors
from .models import ClosedDeparture, ClosedNight, Closure, Offer

NIGHTS_MAX = 60
ON_SALE = (Departure.State.OPEN, Departure.State.GOES)
# Guests have at least so long to choose, and usually until the day they were to come.
CHOOSE_AT_LEAST = timedelta(hours=12)
CHOOSE_AT_MOST = timedelta(days=7)


@transaction.atomic
def close(
    *,
    commune: Commune,
    first_night: date,
    last_night: date,
    cause: str,
    words: str,
    by: User,
    now: datetime,
) -> Closure:
    """Close a commune of today for some nights, and offer everybody affected other days or their money.

    All of it or nothing: no night of the commune is for sale any more when this returns, and every booking
    of an order that has not begun has its offer. Closing the same nights again changes nothing and returns
    the first closure. Raises Invalid, naming the field, for days that make no sense or without words.
    """
    check(first_night, last_night, words, today=timezone.localdate(now))
    closure, is_new = Closure.objects.get_or_create(
        commune=commune,
        first_night=first_night,
        last_night=last_night,
        lifted_at=None,
        defaults={"cause": cause, "words": words.strip(), "opened_by": by, "opened_at": now},
    )
    if not is_new:
        return closure
    _apply(closure)
    found = selectors.affected(
        commune_id=commune.pk, first_night=first_night, last_night=last_night, today=timezone.localdate(now)
    )
    offers = [
        Offer(
            closure=closure,
            booking=booking,
            first_day=booking.first_night,
            choose_by=choose_by(booking.first_night, now=now),
        )
        for booking in found.bookings
    ]
    for seats in found.seats:
        day = timezone.localdate(seats.departure.starts_at)
        offers.append(Offer(closure=closure, seats=seats, first_day=day, choose_by=choose_by(day, now=now)))
    Offer.objects.bulk_create(offers)
    return closure


def choose_by(first_day: date, *, now: datetime) -> datetime:
    """Return until when guests may choose: the night before they were to come, within the two limits."""
    eve = timezone.make_aware(datetime.combine(first_day, time()))
    return max(now + CHOOSE_AT_LEAST, min(eve, now + CHOOSE_AT_MOST))


def check(first_night: date, last_night: date, words: str, *, today: date) -> None:
    """Raise Invalid, naming the field, for days that make no sense or without words. Runs no query."""
    if first_night < today:
        raise Invalid("first_night", _("The first night has passed. Close from today on."))
    if last_night < first_night:
        raise Invalid("last_night", _("The last closed night is before the first. Change one of the two."))
    if (last_night - first_night).days >= NIGHTS_MAX:
        raise Invalid(
            "last_night",
            _("At most %(nights)d nights can be closed at once. Close the rest when it is certain.")
            % {"nights": NIGHTS_MAX},
        )
    if not words.strip():
        raise Invalid("words", _("Say in one sentence why nobody can come: the guests read it."))


def _apply(closure: Closure) -> int:
    """Close what is on sale on the nights of ``closure``; return how many nights and departures that were."""
    nights = RoomNight.objects.filter(
        commune=closure.commune_id,
        night_on__range=(closure.first_night, closure.last_night),
        is_closed=False,
    )
    # As everybody locks nights: by room type and day.
    pks = list(nights.order_by("room_type_id", "night_on").select_for_update().values_list("pk", flat=True))
    ClosedNight.objects.bulk_create(
        [ClosedNight(night_id=pk, closure=closure) for pk in pks],
        update_conflicts=True,
        unique_fields=["night"],
        update_fields=["closure"],
    )
    RoomNight.objects.filter(pk__in=pks).update(is_closed=True)
    departures = selectors.departures(closure.commune_id, closure.first_night, closure.last_night)
    rows = list(departures.filter(state__in=ON_SALE).order_by("pk").select_for_update(of=("self",)))
    ClosedDeparture.objects.bulk_create(
        [ClosedDeparture(departure=row, closure=closure, state_before=row.state) for row in rows],
        update_conflicts=True,
        unique_fields=["departure"],
        update_fields=["closure", "state_before"],
    )
    Departure.objects.filter(pk__in=[row.pk for row in rows]).update(state=Departure.State.CLOSED)
    return len(pks) + len(rows)


@transaction.atomic
def lift(closure_id: int, *, by: User, now: datetime) -> Closure:
    """Put on sale again what the closure closed, unless another closure closes it too.

    Who has not chosen yet keeps the booking; what was chosen stays. Repeats change nothing.
    """
    closure = Closure.objects.select_for_update(of=("self",)).select_related("commune").get(pk=closure_id)
    if closure.lifted_at is not None:
        return closure
    closure.lifted_by, closure.lifted_at = by, now
    closure.save(update_fields=["lifted_by", "lifted_at"])
    Offer.objects.filter(closure=closure, state=Offer.State.OPEN).update(
        state=Offer.State.OVER, decided_at=now
    )
    nights = RoomNight.objects.filter(closed_by__closure=closure)
    pks = list(
        nights.order_by("room_type_id", "night_on")
        .select_for_update(of=("self",))
        .values_list("pk", flat=True)
    )
    RoomNight.objects.filter(pk__in=pks).update(is_closed=False)
    ClosedNight.objects.filter(closure=closure).delete()
    for closed in ClosedDeparture.objects.filter(closure=closure).order_by("departure"):
        Departure.objects.filter(pk=closed.departure_id, state=Departure.State.CLOSED).update(
            state=closed.state_before
        )
    ClosedDeparture.objects.filter(closure=closure).delete()
    for other in selectors.in_force(
        first_night=closure.first_night, last_night=closure.last_night, commune_ids=[closure.commune_id]
    ):
        _apply(other)
    return closure


def keep_closed(*, today: date) -> int:
    """Close what came on sale after its commune was closed: new rooms, nights that a host opened.

    Returns how many nights and departures that were. For a task that runs every minute.
    """
    closed = 0
    for closure in Closure.objects.filter(lifted_at=None, last_night__gte=today).order_by("pk"):
        with transaction.atomic():
            closed += _apply(closure)
    return closed
