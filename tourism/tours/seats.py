"""Seats as scarce things: what they cost, and taking and giving them back so that none is sold twice.

A seat is taken by one conditional UPDATE of its departure, departures in the order of their ids; bookings
are locked before departures. So two buyers may wait for each other, and never deadlock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.errors import DepartureClosed, DepartureUnreachable, Invalid, SeatsTaken
from tourism.closures.models import ClosedDeparture

from .models import Departure, SeatBooking, Waiting

ON_SALE = (Departure.State.OPEN, Departure.State.GOES)
# As many as one party may be; larger ones telephone.
PARTY_MAX = 50

_CONFIRMED = SeatBooking.State.CONFIRMED
_HELD, _RELEASED = SeatBooking.State.HELD, SeatBooking.State.RELEASED


@dataclass(frozen=True)
class Wanted:
    """Seats of one departure for ``adults`` and ``children``."""

    departure_id: int
    adults: int
    children: int

    @property
    def persons(self) -> int:
        return self.adults + self.children


@dataclass(frozen=True)
class Quote:
    """What the seats cost, how many are left, and whether the party can have them now."""

    departure: Departure
    total_vnd: int
    left: int
    is_open: bool
    free: bool


def quote(*, departure_id: int, adults: int, children: int, now: datetime, offered: str = "") -> Quote:
    """Price the seats and say whether they can be had. Nothing is held.

    ``offered`` is the secret of a place in the waiting list: the seats held for it count as free. One query,
    two with ``offered``. Raises Departure.DoesNotExist.
    """
    departure = with_queue(Departure.objects.filter(pk=departure_id)).get()
    is_open = _is_open(departure, now)
    persons, left = adults + children, _left(departure)
    free = is_open and left >= persons
    if offered and departure.state in ON_SALE:
        held = Waiting.objects.filter(_offer(offered, now), departure=departure)
        if held.filter(adults=adults, children=children).exists():
            free = departure.starts_at > now
    return Quote(departure, departure.price_vnd(adults=adults, children=children), left, is_open, free)


def check_party(*, adults: int, children: int) -> None:
    """Raise Invalid unless so many may book together."""
    if adults < 1:
        raise Invalid("adults", _("Children travel with an adult. Choose at least one adult."))
    if children < 0:
        raise Invalid("children", _("Choose no children, or some."))
    if adults + children > PARTY_MAX:
        raise Invalid(
            "adults", _("At most %(max)d guests can book together. Call the organiser.") % {"max": PARTY_MAX}
        )


@transaction.atomic
def book(
    *,
    departure_id: int,
    adults: int,
    children: int,
    channel: str,
    guest_name: str = "",
    guest_phone: str = "",
    note: str = "",
    hold_until: datetime | None = None,
    now: datetime,
) -> SeatBooking:
    """Take seats for somebody who does not come through an order: held if ``hold_until``, else confirmed.

    The seller's own bookings (channel ``host``) are taken until the departure starts, others until its
    cut-off. Raises Invalid for a senseless party or an unknown departure, SeatsTaken.
    """
    assert channel != SeatBooking.Channel.SHOP, "what is bought in the shop has an order line"
    check_party(adults=adults, children=children)
    departure = Departure.objects.filter(pk=departure_id).first()
    if departure is None:
        raise Invalid("departure", _("There is no departure with number %(id)s.") % {"id": departure_id})
    is_hosts = channel == SeatBooking.Channel.HOST
    take([Wanted(departure_id, adults, children)], now=now, until_start=is_hosts)
    booking = SeatBooking.objects.create(
        departure=departure,
        channel=channel,
        adults=adults,
        children=children,
        guest_name=guest_name,
        guest_phone=guest_phone,
        note=note,
        hold_until=hold_until,
        amount_vnd=departure.price_vnd(adults=adults, children=children),
    )
    if hold_until is None:
        confirm([booking])
        booking.refresh_from_db()
    return booking


def take(wanted: Iterable[Wanted], *, now: datetime, until_start: bool = False) -> None:
    """Take all the wanted seats, or none: raises SeatsTaken for the first departure that is full or closed.

    Must run in a transaction, which the caller rolls back on SeatsTaken. Holds of no order that have ended
    are freed first where seats are missing, should the worker be down.
    """
    assert transaction.get_connection().in_atomic_block
    persons = _persons(wanted)
    if not persons:
        return
    # Look first: whoever comes too late has locked nothing.
    rows = {row.pk: row for row in with_queue(Departure.objects.filter(pk__in=persons))}
    short = [pk for pk, number in persons.items() if pk in rows and _left(rows[pk]) < number]
    if short and end_holds(now=now, departure_ids=short):
        rows |= {row.pk: row for row in with_queue(Departure.objects.filter(pk__in=short))}
    for departure_id, number in sorted(persons.items()):
        row = rows[departure_id]
        if not _is_open(row, now, until_start=until_start) or _left(row) < number:
            raise _refusal(departure_id, number, now=now, until_start=until_start)
    for departure_id, number in sorted(persons.items()):
        free = _open_at(now, until_start=until_start).filter(
            ~_somebody_waits(), pk=departure_id, taken__lte=F("capacity") - number
        )
        if not free.update(taken=F("taken") + number):
            raise _refusal(departure_id, number, now=now, until_start=until_start)


def give_back(wanted: Iterable[Wanted]) -> None:
    """Make taken seats free again. Must run in the transaction that records why."""
    assert transaction.get_connection().in_atomic_block
    for departure_id, number in sorted(_persons(wanted).items()):
        Departure.objects.filter(pk=departure_id).update(taken=F("taken") - number)


def wanted_by(booking: SeatBooking) -> Wanted:
    return Wanted(booking.departure_id, booking.adults, booking.children)


@transaction.atomic
def confirm(bookings: Iterable[SeatBooking]) -> None:
    """The guests have paid: what was held is theirs. A departure that has its group now goes."""
    pks = [booking.pk for booking in bookings]
    if not pks:
        return
    held = SeatBooking.objects.filter(pk__in=pks, state=_HELD)
    departure_ids = set(held.values_list("departure", flat=True))
    if not held.update(state=_CONFIRMED, hold_until=None):
        return
    # One after the other: of two that make the group together, the second must see the first.
    waiting = Departure.objects.select_for_update().filter(pk__in=departure_ids, state=Departure.State.OPEN)
    going = [row.pk for row in waiting.order_by("pk") if confirmed_persons(row.pk) >= row.min_group]
    Departure.objects.filter(pk__in=going).update(state=Departure.State.GOES)


def confirmed_persons(departure_id: int) -> int:
    """Return how many guests of a departure have paid. One query."""
    sums = SeatBooking.objects.filter(departure=departure_id, state=_CONFIRMED).aggregate(
        persons=Sum(F("adults") + F("children"))
    )
    return sums["persons"] or 0


def release(bookings: Iterable[SeatBooking]) -> None:
    """Give up held or confirmed bookings and free their seats. Released ones stay as they are."""
    rows = _locked(bookings, Q(state__in=[_HELD, _CONFIRMED]))
    if rows:
        give_back(wanted_by(row) for row in rows)
        SeatBooking.objects.filter(pk__in=[row.pk for row in rows]).update(state=_RELEASED, hold_until=None)


def retake(bookings: Iterable[SeatBooking], *, now: datetime) -> None:
    """Hold released bookings again, because the money came late.

    Raises SeatsTaken if a seat is gone, or if it is too late for its departure.
    """
    rows = _locked(bookings, Q(state=_RELEASED))
    if rows:
        take([wanted_by(row) for row in rows], now=now)
        SeatBooking.objects.filter(pk__in=[row.pk for row in rows]).update(state=_HELD)


@transaction.atomic
def extend(booking_id: int, hold_until: datetime) -> None:
    """Hold seats of no order until ``hold_until``. Raises Invalid if they are not held any more."""
    held = SeatBooking.objects.filter(pk=booking_id, state=_HELD, order_line=None)
    if not held.update(hold_until=hold_until):
        raise Invalid("booking", _("These seats are no longer held."))


@transaction.atomic
def cancel(booking_id: int) -> None:
    """Free the seats of a booking that belongs to no order. Repeats change nothing.

    Raises Invalid for one of an order: that is cancelled with its order, for its money.
    """
    booking = SeatBooking.objects.filter(pk=booking_id, order_line=None).first()
    if booking is None:
        raise Invalid("booking", _("These seats belong to an order. Cancel the order."))
    release([booking])


@transaction.atomic
def end_holds(*, now: datetime, departure_ids: Collection[int] | None = None) -> int:
    """Free the seats that are held for no order and longer than was agreed; return how many bookings.

    Also ends what the waiting list was offered. Repeats change nothing.
    """
    ended = SeatBooking.objects.filter(state=_HELD, order_line=None, hold_until__lte=now)
    if departure_ids is not None:
        ended = ended.filter(departure__in=departure_ids)
    rows = list(ended.select_for_update(skip_locked=True).order_by("pk")[:500])
    if rows:
        release(rows)
        Waiting.objects.filter(held__in=rows, state=Waiting.State.OFFERED).update(state=Waiting.State.LAPSED)
    return len(rows)


def _persons(wanted: Iterable[Wanted]) -> Counter[int]:
    persons: Counter[int] = Counter()
    for each in wanted:
        assert each.adults >= 1, each
        persons[each.departure_id] += each.persons
    return persons


def _locked(bookings: Iterable[SeatBooking], before: Q) -> list[SeatBooking]:
    assert transaction.get_connection().in_atomic_block
    pks = [booking.pk for booking in bookings]
    if not pks:
        return []
    return list(SeatBooking.objects.select_for_update().filter(before, pk__in=pks).order_by("pk"))


def _open_at(now: datetime, *, until_start: bool = False) -> QuerySet[Departure]:
    ends = "starts_at" if until_start else "cut_off_at"
    states = (*ON_SALE, Departure.State.CLOSED) if until_start else ON_SALE
    found = Departure.objects.filter(**{f"{ends}__gt": now}, state__in=states)
    # What an official closed is closed for its seller too.
    return found.filter(~Exists(ClosedDeparture.objects.filter(departure=OuterRef("pk"))))


def _is_open(departure: Departure, now: datetime, *, until_start: bool = False) -> bool:
    if until_start:
        return departure.state != Departure.State.CANCELLED and departure.starts_at > now
    return departure.state in ON_SALE and departure.cut_off_at > now


def _somebody_waits() -> Exists:
    """Somebody in the waiting list fits into what is free: nobody overtakes them."""
    return Exists(
        Waiting.objects.filter(
            departure=OuterRef("pk"),
            state=Waiting.State.WAITING,
            adults__lte=OuterRef("capacity") - OuterRef("taken") - F("children"),
        )
    )


def with_queue(departures: QuerySet[Departure]) -> QuerySet[Departure]:
    """Give each departure ``is_spoken_for``: what is free of it fits somebody who waits."""
    return departures.annotate(is_spoken_for=Case(When(_somebody_waits(), then=True), default=False))


def _left(departure: Departure) -> int:
    """How many seats anybody may take: none while somebody waits whom they fit."""
    is_spoken_for = departure.is_spoken_for  # type: ignore[attr-defined]
    return 0 if is_spoken_for else departure.capacity - departure.taken


def _offer(secret: str, now: datetime) -> Q:
    return Q(secret=secret, state=Waiting.State.OFFERED, offered_until__gt=now, held__state=_HELD)


def _refusal(departure_id: int, persons: int, *, now: datetime, until_start: bool) -> SeatsTaken:
    departure = with_queue(Departure.objects.select_related("tour__product")).get(pk=departure_id)
    title = str(departure.tour.product.get_title())
    starts_at = timezone.localtime(departure.starts_at)
    closed = ClosedDeparture.objects.filter(departure=departure_id).select_related("closure").first()
    if closed is not None and departure.state == Departure.State.CLOSED:
        return DepartureUnreachable(title=title, starts_at=starts_at, words=closed.closure.words)
    if not _is_open(departure, now, until_start=until_start):
        return DepartureClosed(title=title, starts_at=starts_at)
    return SeatsTaken(title=title, starts_at=starts_at, wanted=persons, left=_left(departure))
