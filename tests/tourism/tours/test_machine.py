"""What must hold for every sequence of bookings, holds, waiting and time: the seats match a plain model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from marketplace.errors import Invalid, SeatsTaken
from tests.factories import DepartureFactory
from tourism.tours import seats, waiting
from tourism.tours.models import Departure, SeatBooking, Waiting

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 12, 1, 9, tzinfo=HANOI)
STARTS = datetime(2027, 6, 1, 8, tzinfo=HANOI)

which_one = st.integers(0, 1)
persons_of = st.integers(1, 5)


@dataclass
class Party:
    """A booking as the model knows it."""

    departure: int
    persons: int
    state: str
    until: datetime | None = None


@dataclass
class Queued:
    departure: int
    persons: int
    state: str = "waiting"
    held: int | None = None


@dataclass
class Model:
    capacity: dict[int, int]
    group: dict[int, int]
    parties: dict[int, Party] = field(default_factory=dict)
    queue: dict[int, Queued] = field(default_factory=dict)  # in the order they came
    gone: set[int] = field(default_factory=set)  # departures that go

    def taken(self, departure: int, *, without: set[int] = frozenset()) -> int:  # type: ignore[assignment]
        return sum(
            party.persons
            for pk, party in self.parties.items()
            if party.departure == departure and party.state != "released" and pk not in without
        )

    def left(self, departure: int, *, without: set[int] = frozenset()) -> int:  # type: ignore[assignment]
        free = self.capacity[departure] - self.taken(departure, without=without)
        waits = any(
            each.departure == departure and each.state == "waiting" and each.persons <= free
            for each in self.queue.values()
        )
        return 0 if waits else free

    def ended(self, now: datetime, departure: int | None = None) -> set[int]:
        return {
            pk
            for pk, party in self.parties.items()
            if party.state == "held"
            and party.until is not None
            and party.until <= now
            and departure in (None, party.departure)
        }

    def release(self, pks: set[int]) -> None:
        for pk in pks:
            self.parties[pk].state = "released"
        for each in self.queue.values():
            if each.held in pks and each.state == "offered":
                each.state = "lapsed"

    def confirm(self, pk: int) -> None:
        party = self.parties[pk]
        party.state = "confirmed"
        sure = sum(
            each.persons
            for each in self.parties.values()
            if each.departure == party.departure and each.state == "confirmed"
        )
        if sure >= self.group[party.departure]:
            self.gone.add(party.departure)


class SeatsMachine(RuleBasedStateMachine):
    """Compares departures, bookings and waiting lists with the model."""

    @initialize()
    def open(self) -> None:
        rows = [
            DepartureFactory(starts_at=STARTS, capacity=capacity, min_group=group)
            for capacity, group in ((4, 3), (6, 5))
        ]
        self.ids = [row.pk for row in rows]
        self.now = NOW
        self.number = 0
        self.model = Model({row.pk: row.capacity for row in rows}, {row.pk: row.min_group for row in rows})

    @rule(which=which_one, persons=persons_of, minutes=st.none() | st.integers(1, 90))
    def book(self, which: int, persons: int, minutes: int | None) -> None:
        departure, until = self.ids[which], None if minutes is None else self.now + timedelta(minutes=minutes)
        call = {"departure_id": departure, "adults": persons, "children": 0, "channel": "reseller"}
        freed: set[int] = set()
        if self.model.left(departure) < persons:
            freed = self.model.ended(self.now, departure)
        if self.model.left(departure, without=freed) < persons:
            with pytest.raises(SeatsTaken):
                seats.book(**call, hold_until=until, now=self.now)
            return
        self.model.release(freed)
        booking = seats.book(**call, hold_until=until, now=self.now)
        self.model.parties[booking.pk] = Party(departure, persons, "held", until)
        if until is None:
            self.model.confirm(booking.pk)

    @precondition(lambda self: self.of_state("held"))
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        pk = data.draw(st.sampled_from(self.of_state("held")))
        seats.confirm(SeatBooking.objects.filter(pk=pk))
        self.model.confirm(pk)

    @precondition(lambda self: self.of_state("held", "confirmed"))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        pk = data.draw(st.sampled_from(self.of_state("held", "confirmed")))
        seats.cancel(pk)
        self.model.parties[pk].state = "released"

    @precondition(lambda self: self.of_state("held"))
    @rule(data=st.data(), minutes=st.integers(1, 60))
    def extend(self, data: st.DataObject, minutes: int) -> None:
        pk = data.draw(st.sampled_from(self.of_state("held")))
        until = self.now + timedelta(minutes=minutes)
        seats.extend(pk, until)
        self.model.parties[pk].until = until

    @rule(which=which_one, persons=persons_of)
    def join(self, which: int, persons: int) -> None:
        departure, self.number = self.ids[which], self.number + 1
        phone = f"+8439{self.number:07d}"
        call = {"departure_id": departure, "name": "Mai", "phone": phone, "adults": persons, "children": 0}
        if self.model.left(departure) >= persons or persons > self.model.capacity[departure]:
            with pytest.raises(Invalid):
                waiting.join(**call, now=self.now)
            return
        self.model.queue[waiting.join(**call, now=self.now).pk] = Queued(departure, persons)

    @rule()
    def sweep(self) -> None:
        """As the worker does every few seconds."""
        ended = self.model.ended(self.now)
        assert seats.end_holds(now=self.now, departure_ids=self.ids) == len(ended)
        self.model.release(ended)
        waiting.offer(now=self.now)
        rows = Waiting.objects.filter(pk__in=self.model.queue).in_bulk()
        for pk, each in self.model.queue.items():
            free = self.model.capacity[each.departure] - self.model.taken(each.departure)
            if each.state == "waiting" and each.persons <= free:
                each.state, each.held = "offered", rows[pk].held_id
                assert each.held is not None, "it fits, and nobody before was offered it"
                until = self.now + waiting.OFFER_FOR
                self.model.parties[each.held] = Party(each.departure, each.persons, "held", until)

    @precondition(lambda self: self.queued())
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        pk = data.draw(st.sampled_from(self.queued()))
        waiting.leave(Waiting.objects.get(pk=pk).secret)
        each = self.model.queue[pk]
        if each.state == "offered" and each.held is not None:
            party = self.model.parties[each.held]
            party.state = "released"
        each.state = "left"

    @rule(minutes=st.integers(1, 150))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def rows_match_the_model(self) -> None:
        if not hasattr(self, "model"):
            return
        for row in Departure.objects.filter(pk__in=self.ids):
            assert row.taken == self.model.taken(row.pk) <= row.capacity
            assert (row.state == "goes") == (row.pk in self.model.gone)
        bookings = dict(SeatBooking.objects.filter(departure__in=self.ids).values_list("pk", "state"))
        assert bookings == {pk: party.state for pk, party in self.model.parties.items()}
        entries = dict(Waiting.objects.filter(departure__in=self.ids).values_list("pk", "state"))
        assert entries == {pk: each.state for pk, each in self.model.queue.items()}

    def of_state(self, *states: str) -> list[int]:
        return [pk for pk, party in self.model.parties.items() if party.state in states]

    def queued(self) -> list[int]:
        return [pk for pk, each in self.model.queue.items() if each.state in ("waiting", "offered")]


class TestSeatsMachine(SeatsMachine.TestCase, TestCase):
    """Each example runs in a transaction that is rolled back."""


TestSeatsMachine.settings = hypothesis_settings(max_examples=25, stateful_step_count=20, deadline=None)
