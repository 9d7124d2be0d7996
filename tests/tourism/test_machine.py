"""Whoever books, holds, pays, is late, moves, leaves or closes: no night has two guests, and none is lost."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from unittest import mock

import pytest
from hypothesis import settings as run_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from marketplace.errors import NightsTaken, ShopError
from marketplace.fulfilment import services as fulfilment
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from marketplace.shop.checkout import services as checkout
from marketplace.shop.partner.strategy import Strategy
from payments import services as payments
from payments.providers.base import Outcome
from tests.database import Baseline
from tests.factories import RoomTypeFactory, StayFactory
from tests.money.world import HOI, numbered_ids
from tests.shop.conftest import _silent_wallet, stay_options  # noqa: F401  (fixtures)
from tests.shop.silent import tell
from tourism import bookings
from tourism.calendars import feeds
from tourism.calendars.models import Feed
from tourism.calendars.reading import Block
from tourism.models import Booking, RoomNight

EXAMPLES = int(os.environ.get("NIGHTS_EXAMPLES", "0"))
START = datetime(2026, 12, 1, 9, 0, tzinfo=HOI)
DAYS = 10  # on sale
ROOMS = (1, 3)  # a private room, and places on the shared floor
PHONE = "+84399000001"
ORDER_HOLD = timedelta(minutes=15)
CHECK_IN = time(14)  # until then a stay can be cancelled

number = st.integers(0, 7)  # picks one of what there is
kinds = st.integers(0, 1)
in_days = st.integers(0, DAYS - 1)
few = st.integers(1, 3)


@dataclass(eq=False)
class Live:
    """A booking as the model knows it. ``state``: held, confirmed or released; an order's number, if any."""

    id: int
    kind: int
    first: date
    nights: int
    rooms: int
    state: str
    hold_until: datetime | None = None
    order: str = ""
    intent: Any = None
    is_paid: bool = False
    is_cancelled: bool = False

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.nights)]

    @property
    def takes(self) -> Counter[tuple[int, date]]:
        is_there = self.state != "released"
        return Counter({(self.kind, day): self.rooms for day in self.days} if is_there else {})


class NightsMachine(RuleBasedStateMachine):
    """Compares every night with a calendar in plain Python."""

    baseline: Baseline

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(numbered_ids())
        self.now = START
        self.stack.enter_context(mock.patch("django.utils.timezone.now", side_effect=lambda: self.now))
        stay = StayFactory()
        names = ("room", "floor")
        self.room_types = [
            RoomTypeFactory(
                stay=stay,
                kind=kind,
                rooms=rooms,
                open_from=START.date(),
                open_to=START.date() + timedelta(days=DAYS - 1),
            )
            for kind, rooms in zip(names, ROOMS, strict=True)
        ]
        self.feed = Feed.objects.create(
            room_type=self.room_types[0], name="Elsewhere", url="https://example.org/a.ics", added_at=START
        )
        self.live: list[Live] = []
        self.elsewhere: dict[str, set[date]] = {}
        self.closed: set[tuple[int, date]] = set()

    def teardown(self) -> None:
        self.stack.close()
        self.baseline.restore()

    # --- The model ---------------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def taken(self) -> Counter[tuple[int, date]]:
        sold = Counter((0, day) for days in self.elsewhere.values() for day in days)
        for one in self.live:
            sold.update(one.takes)
        return sold

    def is_free(self, wanted: Counter[tuple[int, date]]) -> bool:
        last = START.date() + timedelta(days=DAYS - 1)
        taken = self.taken
        return all(
            day <= last and taken[kind, day] + rooms <= ROOMS[kind] and (kind, day) not in self.closed
            for (kind, day), rooms in wanted.items()
        )

    def end_holds(self) -> None:
        """Those of nobody's order."""
        for one in self.live:
            if one.state == "held" and not one.order and one.hold_until and one.hold_until <= self.now:
                one.state = "released"

    def chosen(self, which: int, *states: str, of_orders: bool | None = None) -> Live | None:
        some = [
            one
            for one in self.live
            if (not states or one.state in states) and (of_orders is None or bool(one.order) == of_orders)
        ]
        return some[-1 - which % len(some)] if some else None

    # --- Bookings that no checkout makes -----------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        self.order(0, 1, 2, 1)

    @rule(kind=kinds, day=in_days, nights=few, rooms=few, minutes=st.sampled_from([0, 0, 10, 120]))
    def book(self, kind: int, day: int, nights: int, rooms: int, minutes: int) -> None:
        """The host writes somebody down, or a reseller holds."""
        rooms = min(rooms, ROOMS[kind])
        first = self.today + timedelta(days=day)
        wanted = Live(0, kind, first, nights, rooms, "held" if minutes else "confirmed")
        self.end_holds()
        hold_until = self.now + timedelta(minutes=minutes) if minutes else None
        call = {
            "room_type_id": self.room_types[kind].pk,
            "first_night": first,
            "nights": nights,
            "rooms": rooms,
            "guests": 1,
            "channel": Booking.Channel.RESELLER if minutes else Booking.Channel.HOST,
            "hold_until": hold_until,
            "now": self.now,
        }
        if not self.is_free(wanted.takes):
            with pytest.raises(NightsTaken):
                bookings.book(**call)
            return
        wanted.id, wanted.hold_until = bookings.book(**call).pk, hold_until
        self.live.append(wanted)

    @rule(which=number)
    def confirm(self, which: int) -> None:
        if one := self.chosen(which, of_orders=False):
            if one.state == "released":
                with pytest.raises(ShopError):
                    bookings.confirm(one.id)
                return
            bookings.confirm(one.id)
            one.state, one.hold_until = "confirmed", None

    @rule(which=number, minutes=st.sampled_from([5, 60]))
    def extend(self, which: int, minutes: int) -> None:
        if one := self.chosen(which, "held", of_orders=False):
            one.hold_until = self.now + timedelta(minutes=minutes)
            bookings.extend(one.id, one.hold_until)

    @rule(which=number)
    def cancel(self, which: int) -> None:
        if one := self.chosen(which):
            if one.order:
                with pytest.raises(ShopError):
                    bookings.cancel(one.id)
                return
            bookings.cancel(one.id)
            one.state = "released"

    @rule(which=number, kind=kinds, day=in_days, nights=few, rooms=few)
    def move(self, which: int, kind: int, day: int, nights: int, rooms: int) -> None:
        one = self.chosen(which, "held", "confirmed")
        if one is None:
            return
        rooms = min(rooms, ROOMS[kind])
        there = Live(one.id, kind, self.today + timedelta(days=day), nights, rooms, one.state)
        more = there.takes - one.takes
        call = {
            "room_type_id": self.room_types[kind].pk,
            "first_night": there.first,
            "nights": nights,
            "rooms": rooms,
        }
        if not self.is_free(more):
            with pytest.raises(NightsTaken):
                bookings.move(one.id, **call)
            return
        bookings.move(one.id, **call)
        one.kind, one.first, one.nights, one.rooms = kind, there.first, nights, rooms

    @rule(which=number, nights=few)
    def leave_early(self, which: int, nights: int) -> None:
        if (one := self.chosen(which, "confirmed")) and nights <= one.nights:
            bookings.leave_early(one.id, one.first + timedelta(days=nights))
            one.nights = nights

    # --- Orders of the shop ------------------------------------------------------------------------------

    @rule(kind=kinds, day=in_days, nights=few, rooms=few)
    def order(self, kind: int, day: int, nights: int, rooms: int) -> None:
        rooms = min(rooms, ROOMS[kind])
        wanted = Live(0, kind, self.today + timedelta(days=day), nights, rooms, "held")
        self.sweep()
        try:
            placed = self._check_out(wanted)
        except ShopError:
            assert not self.is_free(wanted.takes)
            return
        assert self.is_free(wanted.takes)
        wanted.id = Booking.objects.get(order_line__order=placed.order).pk
        wanted.order, wanted.intent = placed.order.number, placed.intent.pk
        wanted.hold_until = self.now + ORDER_HOLD
        self.live.append(wanted)

    def _check_out(self, wanted: Live) -> checkout.Placed:
        basket = Basket.objects.create()
        basket.strategy = Strategy()
        baskets.add_nights(
            basket,
            room_type_id=self.room_types[wanted.kind].pk,
            first_night=wanted.first,
            nights=wanted.nights,
            rooms=wanted.rooms,
            guests=1,
            now=self.now,
        )
        return checkout.check_out(
            basket=basket,
            buyer=checkout.Buyer(PHONE, "Lò Thị Mai"),
            wish=None,
            provider="viettel",
            payer=PHONE,
            agreed_total_vnd=None,
            now=self.now,
        )

    @rule(which=number)
    def pay(self, which: int) -> None:
        """The money comes: in time, late, or when nobody may have the nights any more."""
        one = self.chosen(which, of_orders=True)
        if one is None or one.is_paid:
            return
        was, one.is_paid = one.state, True
        one.state = "confirmed"
        if was == "released":
            is_free = one.first >= self.today and not one.is_cancelled
            one.state = "released"
            wanted = Counter({(one.kind, day): one.rooms for day in one.days})
            if is_free and self.is_free(wanted):
                one.state = "confirmed"
        elif one.first < self.today:
            one.state = "released"
        tell(one.intent, Outcome.SUCCEEDED)

    @rule(which=number)
    def refuse(self, which: int) -> None:
        one = self.chosen(which, "held", of_orders=True)
        if one is not None:
            one.state = "released"
            tell(one.intent, Outcome.FAILED)

    @rule(which=number)
    def cancel_order(self, which: int) -> None:
        one = self.chosen(which, "held", "confirmed", of_orders=True)
        if one is None:
            return
        arrives_at = datetime.combine(one.first, CHECK_IN, HOI)
        if one.state == "confirmed" and arrives_at <= self.now:
            with pytest.raises(ShopError):
                fulfilment.cancel(number=one.order, now=self.now)
            return
        fulfilment.cancel(number=one.order, now=self.now)
        one.is_cancelled = one.state == "held"
        one.state = "released"

    # --- The house and the clock --------------------------------------------------------------------------

    @rule(kind=kinds, day=in_days)
    def close_or_open(self, kind: int, day: int) -> None:
        night = (kind, START.date() + timedelta(days=day))
        self.closed ^= {night}
        rows = RoomNight.objects.filter(room_type=self.room_types[kind], night_on=night[1])
        assert rows.update(is_closed=night in self.closed) == 1

    @rule(
        sold=st.dictionaries(
            st.sampled_from(["a@x", "b@x", "c@x"]), st.tuples(in_days, st.integers(1, 4)), max_size=3
        )
    )
    def import_calendar(self, sold: dict[str, tuple[int, int]]) -> None:
        """What was sold elsewhere takes what is free, closed or not, and never what is taken."""
        blocks = []
        for uid, (day, nights) in sorted(sold.items()):
            first = self.today + timedelta(days=day)
            blocks.append(Block(uid, first, first + timedelta(days=nights), uid))
        self.end_holds()
        feeds.apply(feed_id=self.feed.pk, blocks=blocks, now=self.now)
        last = START.date() + timedelta(days=DAYS - 1)
        wanted = {
            block.uid: {block.first_night + timedelta(days=n) for n in range(sold[block.uid][1])}
            for block in blocks
        }
        uids = sorted(self.elsewhere.keys() | wanted.keys(), key=lambda uid: (uid in wanted, uid))
        for uid in [*uids, *uids]:  # what one has given up may be what another waits for
            past = {day for day in self.elsewhere.get(uid, set()) if day < self.today}
            self.elsewhere[uid] = past
            taken = self.taken
            free = {day for day in wanted.get(uid, set()) if day <= last and not taken[0, day]}
            self.elsewhere[uid] = past | free

    @rule(minutes=st.sampled_from([1, 6, 16, 61, 24 * 60, 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        """What the worker does every few seconds."""
        bookings.end_holds(self.now)
        fulfilment.release_ended_holds(now=self.now)
        payments.deliver_due(now=self.now)
        self.end_holds()
        for one in self.live:
            if one.state == "held" and one.order and one.hold_until and one.hold_until <= self.now:
                one.state = "released"

    # --- What must hold ----------------------------------------------------------------------------------

    @invariant()
    def every_night_is_taken_by_whom_the_model_says(self) -> None:
        rows = RoomNight.objects.filter(taken__gt=0).values_list("room_type", "night_on", "taken")
        places = {room_type.pk: kind for kind, room_type in enumerate(self.room_types)}
        found = {(places[room_type], night_on): taken for room_type, night_on, taken in rows}
        assert found == {night: rooms for night, rooms in self.taken.items() if rooms}
        assert all(rooms <= ROOMS[kind] for (kind, _night), rooms in found.items())

    @invariant()
    def every_booking_stands_as_the_model_says(self) -> None:
        rows = Booking.objects.exclude(channel=Booking.Channel.CALENDAR).values_list("pk", "state")
        assert dict(rows) == {one.id: one.state for one in self.live}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("stay_options")
@pytest.mark.timeout(600)  # a failure takes a while to be made small
def test_whatever_happens_no_night_has_two_guests(caplog):
    caplog.set_level("CRITICAL")  # refusals are what this is about
    NightsMachine.baseline = Baseline()
    run_state_machine_as_test(
        NightsMachine,
        settings=run_settings(
            max_examples=EXAMPLES or 15,
            stateful_step_count=30,
            deadline=None,
            derandomize=not EXAMPLES,  # the same for everybody, unless somebody goes looking
        ),
    )
