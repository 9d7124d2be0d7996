"""Sharing guests out among the houses of a village, by the queue."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from marketplace import sweeps
from marketplace.accounts.models import User
from tourism.desk import queue
from tourism.desk.days import LEAVES_ON
from tourism.desk.errors import NoHouse, TurnIsOver
from tourism.desk.models import House, HouseAway, Turn, Village
from tourism.desk.selectors.villages import candidates_of, ranks_of
from tourism.models import Booking

logger = logging.getLogger(__name__)

PER_RUN = 500
SELLER = "room_type__stay__product__origin__seller"


def share_out(*, now: datetime) -> int:
    """Give every village's new guests to its houses, and take back what was cancelled or moved.

    For the worker, every half minute: whoever confirms a booking, in whatever way, need not know of villages.
    Returns how many bookings found their houses. Two queries for a village without news.
    """
    return sweeps.each(
        Village.objects.order_by("pk").values_list("pk", flat=True),
        partial(share_out_of, now=now),
        failure="The guests of village %s could not be shared out",
    )


@transaction.atomic
def share_out_of(village_id: int, *, now: datetime, since: date | None = None) -> int:
    """Do the same for one village, for bookings that end after ``since`` (today)."""
    village = _locked(village_id)
    _take_back(village, now=now)
    homeless = (
        Booking.objects.filter(
            **{SELLER: village.seller_id},
            state=Booking.State.CONFIRMED,
        )
        .filter(GreaterThan(LEAVES_ON, since or timezone.localdate(now)))
        .exclude(turns__state=Turn.State.GIVEN)
        .order_by("pk")
    )
    return sum(_give(village, booking, booking.guests, now=now) for booking in homeless[:PER_RUN])


@transaction.atomic
def refuse(*, turn_id: int, by: User, now: datetime) -> None:
    """A house cannot take the guests it was given: it has had its turn, and they go to the next.

    Raises TurnIsOver if they are no longer its guests or are there, NoHouse (and nothing changes) if no other
    house has room.
    """
    village_id = Turn.objects.values_list("house__village", flat=True).get(pk=turn_id)
    village = _locked(village_id)
    turn = Turn.objects.select_related("booking__visit").get(pk=turn_id)
    visit = getattr(turn.booking, "visit", None)
    if turn.state != Turn.State.GIVEN or (visit is not None and visit.arrived_at is not None):
        raise TurnIsOver
    turn.state, turn.ended_at, turn.ended_by = Turn.State.REFUSED, now, by
    turn.save(update_fields=["state", "ended_at", "ended_by"])
    if not _give(village, turn.booking, turn.guests, now=now):
        raise NoHouse


@transaction.atomic
def join(*, village: Village, name: str, sleeps: int, today: date, phone: str = "") -> House:
    """Let a house take part from ``today`` on. It joins behind nobody and before nobody: with the lowest."""
    village = _locked(village.pk)
    credit = queue.place_of_newcomer(ranks_of(village.pk).values())
    return House.objects.create(
        village=village, name=name, sleeps=sleeps, phone=phone, joined_on=today, credit=credit
    )


@transaction.atomic
def take_part(*, house: House, is_active: bool) -> None:
    """Let a house rest, or take part again; then it has its place beside the others, and none before them.

    The guests it was given stay its guests. Repeats change nothing.
    """
    _locked(house.village_id)
    house = House.objects.get(pk=house.pk)
    if house.is_active == is_active:
        return
    if is_active:
        ranks = ranks_of(house.village_id)
        own = Turn.objects.filter(house=house).exclude(state=Turn.State.CANCELLED).count()
        house.credit = max(house.credit, queue.place_of_newcomer(ranks.values()) - own)
    house.is_active = is_active
    house.save(update_fields=["is_active", "credit"])


def be_away(*, house: House, first_night: date, last_night: date, reason: str = "") -> HouseAway:
    """Say that a house cannot host on these nights, both included. The same nights again change nothing."""
    away, _is_new = HouseAway.objects.get_or_create(
        house=house, first_night=first_night, last_night=last_night, defaults={"reason": reason}
    )
    return away


def _locked(village_id: int) -> Village:
    """The village's row is the lock of its queue."""
    return Village.objects.select_for_update().get(pk=village_id)


def _give(village: Village, booking: Booking, guests: int, *, now: datetime) -> bool:
    """Give some guests of a booking to the houses whose turn it is. False if there is no room for them."""
    candidates = candidates_of(village, booking)
    shares = queue.share(guests, candidates, together_up_to=village.together_up_to)
    if not shares:
        logger.info("No house of village %s has room for booking %s", village.pk, booking.pk)
        return False
    for house_id, ranks in queue.lifted(candidates, shares).items():
        House.objects.filter(pk=house_id).update(credit=F("credit") + ranks)
    for each in shares:
        Turn.objects.create(
            house_id=each.house_id,
            booking=booking,
            guests=each.guests,
            first_night=booking.first_night,
            nights=booking.nights,
            given_at=now,
        )
    return True


def _take_back(village: Village, *, now: datetime) -> None:
    """End the turns whose booking was cancelled, moved or has other guests now. They count for nobody."""
    given = Turn.objects.filter(house__village=village, state=Turn.State.GIVEN)
    current = given.filter(first_night__gte=timezone.localdate(now) - timedelta(days=60))
    over = set(current.exclude(booking__state=Booking.State.CONFIRMED).values_list("booking", flat=True))
    moved = current.exclude(booking__first_night=F("first_night"), booking__nights=F("nights"))
    for turn in moved.filter(booking__state=Booking.State.CONFIRMED).select_related("booking"):
        booking = turn.booking
        if turn.first_night == booking.first_night and booking.nights < turn.nights:
            Turn.objects.filter(pk=turn.pk).update(nights=booking.nights)  # they leave early
        else:
            over.add(booking.pk)
    over |= _with_other_guests(current)
    if over:
        current.filter(booking__in=over).update(state=Turn.State.CANCELLED, ended_at=now)


def _with_other_guests(current: QuerySet[Turn]) -> set[int]:
    sums = (
        current.values("booking", "booking__guests")
        .annotate(given=Sum("guests"))
        .exclude(given=F("booking__guests"))
    )
    return {row["booking"] for row in sums.order_by("booking")}
