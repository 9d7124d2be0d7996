"""Arrivals, departures and guests who did not come: each noted once, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from marketplace.accounts.models import User
from tourism import bookings
from tourism.desk.codes import door_code
from tourism.desk.errors import (
    ActConflict,
    ActTooOld,
    HasArrived,
    NoCode,
    NotArrived,
    NotConfirmed,
    NotTheirDay,
    TooEarly,
    WrongCode,
)
from tourism.desk.models import DoorAct, RegisteredGuest, Visit
from tourism.models import Booking

# A phone that was without a signal for longer sends nothing any more: the host looks at the page instead.
OLDEST = timedelta(days=7)
NO_SHOW_FROM = time(20)
Kind = DoorAct.Kind


@dataclass(frozen=True)
class Act:
    """One act as a host's phone tells it. ``id`` was made there; ``happened_at`` is by the phone's clock.

    ``code`` is what the guest said; ``knows_guest`` that the host let them in without. With ``frees_nights``
    the nights nobody will sleep there are for sale again.
    """

    id: UUID
    booking_id: int
    kind: str
    happened_at: datetime
    code: str = ""
    knows_guest: bool = False
    frees_nights: bool = False


@dataclass(frozen=True)
class Noted:
    """What became of an act. ``is_repeated``: it, or the same by another phone, was noted before."""

    visit: Visit
    is_repeated: bool


@transaction.atomic
def note(act: Act, *, by: User, now: datetime) -> Noted:
    """Note an act at the door. Sent again, or by a second phone, it changes nothing.

    A moment ahead of us is taken for now. Raises a DeskError for what cannot be, ActConflict if the id was
    used for something else; nothing is noted then.
    """
    Visit.objects.get_or_create(booking_id=act.booking_id)
    visit = (
        Visit.objects.select_for_update(of=("self",)).select_related("booking").get(booking=act.booking_id)
    )
    known = DoorAct.objects.filter(pk=act.id).first()
    if known is not None:
        if (known.visit_id, known.kind) != (visit.pk, act.kind):
            raise ActConflict
        return Noted(visit, is_repeated=True)
    if visit.booking.state != Booking.State.CONFIRMED:
        raise NotConfirmed
    happened_at = min(act.happened_at, now)
    if happened_at < now - OLDEST:
        raise ActTooOld
    changed = _CHANGES[Kind(act.kind)](visit, act, happened_at)
    if not changed:
        return Noted(visit, is_repeated=True)
    visit.save()
    DoorAct.objects.create(
        pk=act.id, visit=visit, kind=act.kind, happened_at=happened_at, recorded_at=now, by=by
    )
    if act.kind == Kind.LEFT:
        _shorten_register(visit.booking, timezone.localdate(happened_at))
    if act.frees_nights:
        _free_nights(visit.booking, act.kind, timezone.localdate(happened_at))
    return Noted(visit, is_repeated=False)


def no_show_from(booking: Booking) -> datetime:
    """Return from when the guests may be said not to have come."""
    return timezone.make_aware(datetime.combine(booking.first_night, NO_SHOW_FROM))


def _arrive(visit: Visit, act: Act, at: datetime) -> bool:
    booking = visit.booking
    if not booking.first_night <= timezone.localdate(at) <= booking.leaves_on:
        first, last = (date_format(day, "d/m/Y") for day in (booking.first_night, booking.leaves_on))
        raise NotTheirDay(first_night=first, leaves_on=last)
    code = "".join(act.code.split())
    if code and code != door_code(booking.pk):
        raise WrongCode
    if not code and not act.knows_guest:
        raise NoCode
    if visit.arrived_at is not None:
        return False
    visit.arrived_at, visit.with_code, visit.no_show_at = at, bool(code), None
    return True


def _stay_away(visit: Visit, act: Act, at: datetime) -> bool:
    if visit.arrived_at is not None:
        raise HasArrived(at=visit.arrived_at)
    if at < (earliest := no_show_from(visit.booking)):
        raise TooEarly(at=earliest)
    if visit.no_show_at is not None:
        return False
    visit.no_show_at = at
    return True


def _leave(visit: Visit, act: Act, at: datetime) -> bool:
    if visit.arrived_at is None:
        raise NotArrived
    if visit.left_at is not None:
        return False
    visit.left_at = max(at, visit.arrived_at)
    return True


_CHANGES = {Kind.ARRIVED: _arrive, Kind.NO_SHOW: _stay_away, Kind.LEFT: _leave}


def _shorten_register(booking: Booking, day: date) -> None:
    """Say in the register when the guests really left; a night at least they were there."""
    left_on = max(day, booking.first_night + timedelta(days=1))
    RegisteredGuest.objects.filter(booking=booking, leaves_on__gt=left_on).update(leaves_on=left_on)


def _free_nights(booking: Booking, kind: str, day: date) -> None:
    """Put the nights after it on sale again. The first night stays taken: it is over, or paid in any case."""
    next_day = booking.first_night + timedelta(days=1)
    leaves_on = next_day if kind == Kind.NO_SHOW else max(day, next_day)
    if kind != Kind.ARRIVED and leaves_on < booking.leaves_on:
        bookings.leave_early(booking.pk, leaves_on)
