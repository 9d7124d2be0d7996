"""Arrivals, departures, and guests who did not come: exactly once, whatever a phone sends."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from tests.factories import RoomTypeFactory
from tests.tourism.desk.conftest import TODAY, act, at, booking_of, registered
from tourism.desk import codes
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
from tourism.desk.models import DoorAct, Visit
from tourism.desk.services import door
from tourism.models import Booking, RoomNight

pytestmark = pytest.mark.django_db


def wrong_code(booking: Booking) -> str:
    return f"{(int(codes.door_code(booking.pk)) + 1) % 10_000:04d}"


def test_an_arrival_by_the_code_is_noted_at_its_moment(home):
    code = codes.door_code(home.booking.pk)

    noted = door.note(
        act(home.booking, "arrived", code=f" {code[:2]} {code[2:]}", knows_guest=False),
        by=home.host,
        now=at(16),
    )

    assert not noted.is_repeated
    visit = Visit.objects.get(booking=home.booking)
    assert (visit.arrived_at, visit.with_code) == (at(15), True)
    recorded = DoorAct.objects.get()
    assert (recorded.kind, recorded.happened_at, recorded.recorded_at, recorded.by) == (
        "arrived", at(15), at(16), home.host,
    )  # fmt: skip


def test_a_wrong_code_or_none_lets_nobody_in(home):
    for facts, error in (
        ({"code": wrong_code(home.booking), "knows_guest": True}, WrongCode),
        ({"knows_guest": False}, NoCode),
    ):
        with pytest.raises(error):
            door.note(act(home.booking, "arrived", **facts), by=home.host, now=at(16))

    assert not DoorAct.objects.exists()


def test_guests_without_a_code_are_let_in_by_who_knows_them(home):
    door.note(act(home.booking, "arrived"), by=home.host, now=at(16))

    assert not Visit.objects.get().with_code


def test_the_same_act_sent_again_changes_nothing(home):
    arrival = act(home.booking, "arrived")
    door.note(arrival, by=home.host, now=at(16))

    again = door.note(arrival, by=home.host, now=at(18))

    assert again.is_repeated
    assert DoorAct.objects.get().recorded_at == at(16)


def test_a_second_phone_notes_no_second_arrival(home):
    door.note(act(home.booking, "arrived"), by=home.host, now=at(16))

    other = door.note(act(home.booking, "arrived", happened_at=at(15, 30)), by=home.host, now=at(17))

    assert other.is_repeated
    assert Visit.objects.get().arrived_at == at(15)
    assert DoorAct.objects.count() == 1


def test_an_id_stands_for_one_act(home):
    act_id = uuid4()
    door.note(act(home.booking, "arrived", id=act_id), by=home.host, now=at(16))
    other = booking_of(home.room)

    for conflicting in (act(home.booking, "left", id=act_id), act(other, "arrived", id=act_id)):
        with pytest.raises(ActConflict):
            door.note(conflicting, by=home.host, now=at(17))

    assert Visit.objects.filter(arrived_at__isnull=False).count() == 1


def test_a_phone_ahead_of_us_is_taken_for_now_and_one_far_behind_is_refused(home):
    door.note(act(home.booking, "arrived", happened_at=at(23)), by=home.host, now=at(16))
    assert Visit.objects.get().arrived_at == at(16)

    with pytest.raises(ActTooOld):
        door.note(act(home.booking, "left"), by=home.host, now=at(16, days=8))


@pytest.mark.parametrize("days", [-1, 3])
def test_guests_arrive_within_their_nights(home, days):
    with pytest.raises(NotTheirDay, match=r"from 20/11/2026 to 22/11/2026"):
        door.note(
            act(home.booking, "arrived", happened_at=at(15, days=days)), by=home.host, now=at(16, days=days)
        )


def test_who_comes_after_midnight_comes_on_their_day(home):
    single = booking_of(home.room, nights=1)

    door.note(act(single, "arrived", happened_at=at(0, 30, days=1)), by=home.host, now=at(1, days=1))

    assert Visit.objects.get(booking=single).arrived_at == at(0, 30, days=1)


@pytest.mark.parametrize("state", [Booking.State.HELD, Booking.State.RELEASED])
def test_only_confirmed_guests_come(home, state):
    with pytest.raises(NotConfirmed):
        door.note(act(booking_of(home.room, state=state), "arrived"), by=home.host, now=at(16))


def test_who_has_arrived_leaves_once(home):
    with pytest.raises(NotArrived):
        door.note(act(home.booking, "left"), by=home.host, now=at(16))
    door.note(act(home.booking, "arrived"), by=home.host, now=at(16))

    for hour in (9, 10):
        door.note(act(home.booking, "left", happened_at=at(hour, days=2)), by=home.host, now=at(11, days=2))

    assert Visit.objects.get().left_at == at(9, days=2)


def test_the_register_knows_when_guests_left_early(home):
    long = booking_of(home.room, nights=4)
    early, other = registered(long), registered(home.booking)
    door.note(act(long, "arrived"), by=home.host, now=at(16))

    door.note(act(long, "left", happened_at=at(9, days=2)), by=home.host, now=at(9, days=2))

    early.refresh_from_db()
    other.refresh_from_db()
    assert (early.leaves_on, other.leaves_on) == (TODAY + timedelta(days=2), home.booking.leaves_on)


def test_guests_may_be_said_not_to_come_from_eight_in_the_evening(home):
    with pytest.raises(TooEarly, match="20:00 20/11"):
        door.note(act(home.booking, "no-show", happened_at=at(19, 59)), by=home.host, now=at(19, 59))

    door.note(act(home.booking, "no-show", happened_at=at(21)), by=home.host, now=at(21))

    assert Visit.objects.get().no_show_at == at(21)


def test_who_comes_after_all_is_let_in(home):
    door.note(act(home.booking, "no-show", happened_at=at(21)), by=home.host, now=at(21))

    door.note(act(home.booking, "arrived", happened_at=at(22)), by=home.host, now=at(22))

    visit = Visit.objects.get()
    assert (visit.no_show_at, visit.arrived_at) == (None, at(22))
    with pytest.raises(HasArrived, match="22:00 20/11"):
        door.note(act(home.booking, "no-show", happened_at=at(23)), by=home.host, now=at(23))


@pytest.mark.parametrize(
    ("kind", "moment", "taken"), [("no-show", at(21), [1, 0, 0]), ("left", at(9, days=2), [1, 1, 0])]
)
def test_nights_nobody_sleeps_there_are_free_again_if_the_host_says_so(home, kind, moment, taken):
    room = RoomTypeFactory(stay=home.stay, kind="house", rooms=1, open_from=TODAY)
    booking = booking_of(room, nights=3)
    RoomNight.objects.filter(room_type=room, night_on__lt=TODAY + timedelta(days=3)).update(taken=1)
    if kind == "left":
        door.note(act(booking, "arrived"), by=home.host, now=at(16))

    door.note(act(booking, kind, happened_at=moment, frees_nights=True), by=home.host, now=moment)

    nights = RoomNight.objects.filter(room_type=room).order_by("night_on")[:3]
    assert [night.taken for night in nights] == taken


def test_keys_open_their_own_booking_and_nothing_else(home):
    guest, at_door = codes.guest_key(home.booking.pk), codes.door_key(home.booking.pk)

    assert codes.booking_of_guest(guest) == codes.booking_at_door(at_door) == home.booking.pk
    for key in (at_door, guest[:-1], f"{home.booking.pk + 1}{guest[guest.index('.') :]}", "", "x.y", "1"):
        assert codes.booking_of_guest(key) is None


@pytest.mark.django_db(transaction=True)
def test_one_act_sent_by_many_threads_is_noted_once(home):
    arrival = act(home.booking, "arrived")

    def send(_number: int) -> bool:
        try:
            return door.note(arrival, by=home.host, now=at(16)).is_repeated
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        repeated = list(pool.map(send, range(8)))

    assert sorted(repeated) == [False] + [True] * 7
    assert DoorAct.objects.count() == Visit.objects.count() == 1


def test_leaving_early_on_the_last_day_frees_nothing(home):
    door.note(act(home.booking, "arrived"), by=home.host, now=at(16))

    last_morning = at(9, days=2)
    door.note(
        act(home.booking, "left", happened_at=last_morning, frees_nights=True), by=home.host, now=last_morning
    )

    home.booking.refresh_from_db()
    assert home.booking.nights == 2
