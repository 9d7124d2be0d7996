"""For every sequence of what resellers, hosts and the clock do, the nights hold what a plain model says."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import TestCase
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from marketplace.errors import NightsTaken
from tests.factories import RoomTypeFactory
from tests.tourism.octo.conftest import GUEST, make_reseller
from tourism import bookings
from tourism.models import RoomNight
from tourism.octo import catalogue, services, statements
from tourism.octo.errors import OctoError
from tourism.octo.models import ResellerBooking
from tourism.octo.states import status_of

START = datetime(2027, 3, 1, 2, tzinfo=UTC)  # nine in the morning here
ROOMS, DAYS = 3, 6
HOLD, HOLD_MAX = timedelta(minutes=30), timedelta(minutes=120)

days = st.integers(3, DAYS)  # so far that whoever cancels gets everything back
nights = st.integers(1, 3)
rooms = st.integers(1, ROOMS)


@dataclass
class Model:
    """A booking in plain Python."""

    day: int
    nights: int
    rooms: int
    made_at: datetime
    expires_at: datetime
    status: str = "ON_HOLD"
    asked: tuple[int, int, int] = (0, 0, 0)

    @property
    def is_live(self) -> bool:
        return self.status in ("ON_HOLD", "CONFIRMED")

    def places(self) -> Counter[int]:
        return Counter({self.day + n: self.rooms for n in range(self.nights)})


class ResellerMachine(RuleBasedStateMachine):
    uuids = Bundle("uuids")

    def __init__(self) -> None:
        super().__init__()
        self.atomics = TestCase._enter_atomics()
        self.now = START
        self.reseller = make_reseller()
        self.room = RoomTypeFactory(rooms=ROOMS, open_from=_day(1), open_to=_day(DAYS + 2))
        self.models: dict[uuid.UUID, Model] = {}

    def teardown(self) -> None:
        TestCase._rollback_atomics(self.atomics)

    def wish(self, day: int, nights: int, rooms: int) -> dict[str, Any]:
        return {
            "productId": f"room-{self.room.pk}",
            "optionId": f"nights-{nights}",
            "availabilityId": _day(day).isoformat(),
            "unitItems": [{"unitId": "room"}] * rooms,
        }

    def call(self, service: Any, key: uuid.UUID, **body: Any) -> ResellerBooking:
        return service(reseller=self.reseller, uuid=str(key), body=body, now=self.now)

    def fits(self, wanted: Counter[int], without: Model | None = None) -> bool:
        taken: Counter[int] = sum(
            (model.places() for model in self.models.values() if model.is_live and model is not without),
            Counter(),
        )
        return all(taken[day] + number <= ROOMS for day, number in wanted.items())

    @rule(target=uuids, day=days, nights=nights, rooms=rooms)
    def reserve(self, day: int, nights: int, rooms: int) -> uuid.UUID:
        key = uuid.uuid4()
        model = Model(day, nights, rooms, self.now, self.now + HOLD, asked=(day, nights, rooms))
        body = self.wish(day, nights, rooms) | {"uuid": key}
        if self.fits(model.places()):
            services.reserve(reseller=self.reseller, body=body, now=self.now)
            self.models[key] = model
        else:
            with pytest.raises(NightsTaken):
                services.reserve(reseller=self.reseller, body=body, now=self.now)
        return key

    @rule(key=uuids, is_same=st.booleans())
    def reserve_again(self, key: uuid.UUID, is_same: bool) -> None:
        model = self.models.get(key)
        if model is None:
            return
        day, nights, rooms = model.asked
        body = self.wish(day, nights if is_same else nights + 1, rooms) | {"uuid": key}
        if is_same:
            again = services.reserve(reseller=self.reseller, body=body, now=self.now)
            assert again.uuid == key
        else:
            with pytest.raises(OctoError, match="used for another booking"):
                services.reserve(reseller=self.reseller, body=body, now=self.now)

    @rule(key=uuids)
    def confirm(self, key: uuid.UUID) -> None:
        model = self.models.get(key)
        if model is not None and model.is_live:
            self.call(services.confirm, key, contact=GUEST)
            model.status = "CONFIRMED"
        else:
            with pytest.raises(OctoError):
                self.call(services.confirm, key, contact=GUEST)

    @rule(key=uuids, minutes=st.integers(1, 200))
    def extend(self, key: uuid.UUID, minutes: int) -> None:
        model = self.models.get(key)
        if model is None or model.status != "ON_HOLD" or model.expires_at >= model.made_at + HOLD_MAX:
            with pytest.raises(OctoError):
                self.call(services.extend, key, expirationMinutes=minutes)
            return
        self.call(services.extend, key, expirationMinutes=minutes)
        until = self.now + min(timedelta(minutes=minutes), HOLD_MAX)
        model.expires_at = max(model.expires_at, min(until, model.made_at + HOLD_MAX))

    @rule(key=uuids)
    def cancel(self, key: uuid.UUID) -> None:
        model = self.models.get(key)
        if model is None or model.status == "RAN_OUT":
            with pytest.raises(OctoError):
                self.call(services.cancel, key)
            return
        if model.is_live:
            model.status = "CANCELLED" if model.status == "CONFIRMED" else "EXPIRED"
        if model.status != "GIVEN_UP":
            self.call(services.cancel, key)

    @rule(key=uuids, day=days, nights=nights, rooms=rooms)
    def change(self, key: uuid.UUID, day: int, nights: int, rooms: int) -> None:
        model = self.models.get(key)
        if model is None or not model.is_live:
            with pytest.raises(OctoError):
                self.call(services.update, key, **self.wish(day, nights, rooms))
            return
        after = Model(day, nights, rooms, model.made_at, model.expires_at)
        if self.fits(after.places(), without=model):
            self.call(services.update, key, **self.wish(day, nights, rooms))
            model.day, model.nights, model.rooms = day, nights, rooms
        else:
            with pytest.raises(NightsTaken):
                self.call(services.update, key, **self.wish(day, nights, rooms))

    @rule(key=uuids)
    def host_gives_it_up(self, key: uuid.UUID) -> None:
        model = self.models.get(key)
        if model is not None and model.status == "CONFIRMED":
            bookings.cancel(ResellerBooking.objects.get(uuid=key).stay_booking_id)
            model.status = "GIVEN_UP"

    @rule(minutes=st.integers(1, 60))
    def time_goes_by(self, minutes: int) -> None:
        """Less than a day in all: nothing begins meanwhile."""
        if self.now < START + timedelta(hours=12):
            self.now += timedelta(minutes=minutes)
        for model in self.models.values():
            if model.status == "ON_HOLD" and model.expires_at <= self.now:
                model.status = "RAN_OUT"

    @invariant()
    def the_nights_are_taken_by_whom_the_model_says(self) -> None:
        catalogue.end_holds(self.now)
        taken: Counter[int] = sum(
            (model.places() for model in self.models.values() if model.is_live), Counter()
        )
        rows = RoomNight.objects.filter(taken__gt=0).values_list("night_on", "taken")
        assert {(night - START.date()).days: number for night, number in rows} == dict(taken)

    @invariant()
    def every_booking_is_what_the_model_says(self) -> None:
        told = {"RAN_OUT": "EXPIRED", "GIVEN_UP": "CANCELLED"}
        rows = ResellerBooking.objects.select_related("stay_booking__visit", "seat_booking")
        found = {row.uuid: status_of(row, now=self.now) for row in rows}
        assert found == {key: told.get(model.status, model.status) for key, model in self.models.items()}

    @invariant()
    def only_what_is_confirmed_is_owed(self) -> None:
        """All of these are cancelled early enough for everything to go back."""
        statement = statements.statement(
            reseller=self.reseller, first=_day(0), last=_day(DAYS + 2), now=self.now
        )
        confirmed = [model for model in self.models.values() if model.status == "CONFIRMED"]
        assert statement.owed_vnd == sum(255_000 * model.nights * model.rooms for model in confirmed)


def _day(number: int) -> date:
    return START.date() + timedelta(days=number)


@pytest.mark.django_db
@pytest.mark.timeout(600)  # a failure takes a while to be made small
def test_whatever_resellers_do_no_night_is_sold_twice():
    run_state_machine_as_test(
        ResellerMachine,
        settings=settings(max_examples=25, stateful_step_count=30, deadline=None, derandomize=True),
    )
