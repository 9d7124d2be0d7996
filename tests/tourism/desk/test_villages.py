"""Villages that host together: the queue over real bookings, refusals, absences, and a year of it."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from tests.factories import RoomTypeFactory, UserFactory
from tests.tourism.desk.conftest import TODAY, at, booking_of, home, village_of  # noqa: F401
from tourism import bookings
from tourism.desk.errors import NoHouse, TurnIsOver
from tourism.desk.models import HouseAway, Turn, Visit
from tourism.desk.selectors.villages import village_page
from tourism.desk.services import villages
from tourism.models import Booking

pytestmark = pytest.mark.django_db
NOW = at(9)


def turns_of(village) -> dict[str, int]:
    return {row.house.name: row.turns for row in village_page(village, today=TODAY).rows}


def given_to(booking: Booking) -> list[tuple[str, int]]:
    turns = Turn.objects.filter(booking=booking, state=Turn.State.GIVEN).order_by("pk")
    return list(turns.values_list("house__name", "guests"))


def test_confirmed_guests_find_their_houses_in_turn_and_once():
    place = village_of(4, 4, 4)
    came = [booking_of(place.room, rooms=2) for _ in range(3)]
    held = booking_of(place.room, state=Booking.State.HELD)

    assert villages.share_out(now=NOW) == 3
    assert villages.share_out(now=NOW) == 0

    assert [given_to(booking) for booking in came] == [[("Nhà 1", 2)], [("Nhà 2", 2)], [("Nhà 3", 2)]]
    assert given_to(held) == []


def test_what_others_sell_is_shared_out_to_nobody(home):  # noqa: F811
    village_of(4)

    assert villages.share_out(now=NOW) == 0
    assert not Turn.objects.exists()


def test_a_house_takes_no_more_guests_than_it_sleeps_on_any_night():
    place = village_of(4, 6)
    for first, guests in ((0, 3), (1, 6), (1, 1)):
        booking_of(place.room, first_night=TODAY + timedelta(days=first), guests=guests, rooms=guests)
    too_many = booking_of(place.room, guests=2, rooms=2, first_night=TODAY + timedelta(days=1))

    villages.share_out(now=NOW)

    assert given_to(too_many) == []
    assert village_page(place.village, today=TODAY).homeless == [too_many]
    assert sorted(Turn.objects.values_list("house__name", "guests")) == [
        ("Nhà 1", 1),
        ("Nhà 1", 3),
        ("Nhà 2", 6),
    ]


def test_refused_guests_go_to_the_next_and_the_turn_counts():
    place = village_of(4, 4)
    booking = booking_of(place.room)
    villages.share_out(now=NOW)
    person = UserFactory()

    villages.refuse(turn_id=Turn.objects.get().pk, by=person, now=NOW)

    assert given_to(booking) == [("Nhà 2", 2)]
    refused = Turn.objects.get(state=Turn.State.REFUSED)
    assert (refused.house.name, refused.ended_by) == ("Nhà 1", person)
    following = booking_of(place.room)
    villages.share_out(now=at(10))
    assert given_to(following) == [("Nhà 1", 2)]


def test_the_last_house_cannot_refuse_and_nothing_changes():
    place = village_of(4)
    booking = booking_of(place.room)
    villages.share_out(now=NOW)

    with pytest.raises(NoHouse):
        villages.refuse(turn_id=Turn.objects.get().pk, by=UserFactory(), now=NOW)

    assert given_to(booking) == [("Nhà 1", 2)]


def test_guests_who_are_there_cannot_be_refused():
    place = village_of(4, 4)
    booking = booking_of(place.room)
    villages.share_out(now=NOW)
    Visit.objects.create(booking=booking, arrived_at=NOW)

    with pytest.raises(TurnIsOver):
        villages.refuse(turn_id=Turn.objects.get().pk, by=UserFactory(), now=NOW)


def test_a_cancelled_booking_gives_the_turn_back():
    place = village_of(4, 4)
    booking = booking_of(place.room)
    villages.share_out(now=NOW)
    Booking.objects.filter(pk=booking.pk).update(state=Booking.State.RELEASED)

    villages.share_out(now=NOW)

    assert turns_of(place.village) == {"Nhà 1": 0, "Nhà 2": 0}
    another = booking_of(place.room)
    villages.share_out(now=NOW)
    assert given_to(another) == [("Nhà 1", 2)]


def test_moved_guests_are_given_anew_and_those_who_leave_early_stay():
    place = village_of(4, 4)
    moved, early = booking_of(place.room), booking_of(place.room, nights=3)
    villages.share_out(now=NOW)
    Booking.objects.filter(pk=moved.pk).update(first_night=TODAY + timedelta(days=5))
    Booking.objects.filter(pk=early.pk).update(nights=1)
    HouseAway.objects.create(
        house=place.houses[0], first_night=TODAY + timedelta(days=4), last_night=TODAY + timedelta(days=6)
    )

    villages.share_out(now=NOW)

    assert given_to(moved) == [("Nhà 2", 2)]
    assert given_to(early) == [("Nhà 2", 2)]
    assert Turn.objects.get(booking=early).nights == 1
    assert Turn.objects.get(booking=moved, state=Turn.State.CANCELLED).house.name == "Nhà 1"


def test_a_house_that_was_away_is_back_beside_the_others_and_not_before_them():
    place = village_of(4, 4, 4)
    villages.be_away(house=place.houses[0], first_night=TODAY, last_night=TODAY + timedelta(days=9))
    for number in range(8):
        booking_of(place.room, first_night=TODAY + timedelta(days=number), nights=1)
        villages.share_out(now=at(9, number))
    assert turns_of(place.village) == {"Nhà 1": 0, "Nhà 2": 4, "Nhà 3": 4}

    after = [booking_of(place.room, first_night=TODAY + timedelta(days=20 + n), nights=1) for n in range(3)]
    villages.share_out(now=at(10))

    assert sorted(name for booking in after for name, _guests in given_to(booking)) == [
        "Nhà 1", "Nhà 2", "Nhà 3",
    ]  # fmt: skip


def test_a_newcomer_gets_one_turn_a_round_as_all_do():
    place = village_of(4, 4)
    for number in range(6):
        booking_of(place.room, first_night=TODAY + timedelta(days=number), nights=1)
    villages.share_out(now=NOW)

    joined = villages.join(village=place.village, name="Nhà mới", sleeps=4, today=TODAY)
    after = [booking_of(place.room, first_night=TODAY + timedelta(days=9 + n), nights=1) for n in range(3)]
    villages.share_out(now=at(10))

    assert joined.credit == 3
    assert sorted(name for booking in after for name, _guests in given_to(booking)) == [
        "Nhà 1", "Nhà 2", "Nhà mới",
    ]  # fmt: skip


def test_a_house_that_rested_takes_part_beside_the_others():
    place = village_of(4, 4)
    villages.take_part(house=place.houses[0], is_active=False)
    for number in range(5):
        booking_of(place.room, first_night=TODAY + timedelta(days=number), nights=1)
    villages.share_out(now=NOW)

    villages.take_part(house=place.houses[0], is_active=True)
    villages.take_part(house=place.houses[0], is_active=True)

    place.houses[0].refresh_from_db()
    assert (place.houses[0].credit, place.houses[0].is_active) == (5, True)


def test_the_page_of_a_village_costs_four_queries(django_assert_num_queries):
    place = village_of(4, 4, 4)
    for number in range(6):
        booking_of(place.room, first_night=TODAY + timedelta(days=number), nights=1)
    villages.share_out(now=NOW)

    with django_assert_num_queries(4):
        page = village_page(place.village, today=TODAY)

    assert [(row.place, row.turns, row.guest_nights) for row in page.rows] == [
        (1, 2, 4),
        (2, 2, 4),
        (3, 2, 4),
    ]
    assert len(page.coming) == 6


@pytest.mark.parametrize("seed", [1, 2])
def test_a_year_of_guests_is_within_one_turn_of_equal(seed):
    """Families and groups, cancellations, refusals, and houses that are away for a wedding or the harvest."""
    chance = random.Random(seed)
    place = village_of(4, 5, 6, 6, 8, 10, 12)
    first = timezone.localdate() + timedelta(days=1)
    year = RoomTypeFactory(
        stay=place.stay,
        kind="floor",
        sleeps=1,
        rooms=51,
        open_from=first,
        open_to=first + timedelta(days=420),
    )
    person = UserFactory()
    for number in range(365):
        day = first + timedelta(days=number)
        _a_day(place, year, day, chance, person)
        if number % 30 == 29:
            _is_fair(place, day)

    rows = village_page(place.village, today=first + timedelta(days=365)).rows
    assert sum(row.turns for row in rows) > 300
    assert sum(row.refused for row in rows) > 5
    _is_fair(place, first + timedelta(days=365))


def _is_fair(place, day: date) -> None:
    """Every house is within one turn of the equal share; turns it had no right to are counted for it."""
    had = [row.turns + row.refused + row.house.credit for row in village_page(place.village, today=day).rows]
    equal = sum(had) / len(had)
    assert all(abs(each - equal) <= 1 for each in had), (day, had)


def _a_day(place, room, day: date, chance: random.Random, person) -> None:
    now = timezone.make_aware(timezone.datetime(day.year, day.month, day.day, 9))
    if chance.random() < 0.03:
        away = day + timedelta(days=chance.randint(1, 20))
        villages.be_away(
            house=chance.choice(place.houses), first_night=away, last_night=away + timedelta(days=4)
        )
    for _ in range(chance.choice((0, 1, 1, 2))):
        guests = chance.choices((1, 2, 3, 4, 7, 15), weights=(2, 5, 3, 4, 1, 1))[0]
        nights = chance.choice((1, 1, 2, 3))
        arrives = day + timedelta(days=chance.randint(0, 30))
        bookings.book(
            room_type_id=room.pk, first_night=arrives, nights=nights, rooms=guests, guests=guests,
            channel=Booking.Channel.HOST, now=now,
        )  # fmt: skip
    villages.share_out_of(place.village.pk, now=now)
    coming = Turn.objects.filter(state=Turn.State.GIVEN, first_night__gt=day).order_by("pk")
    if coming and chance.random() < 0.05:
        villages.refuse(turn_id=chance.choice(list(coming)).pk, by=person, now=now)
    if coming and chance.random() < 0.03:
        bookings.cancel(chance.choice(list(coming)).booking_id)
    for night in Turn.objects.filter(state=Turn.State.GIVEN, first_night=day).select_related("house"):
        asleep = Turn.objects.filter(
            house=night.house,
            state=Turn.State.GIVEN,
            first_night__lte=day,
            first_night__gt=day - timedelta(days=4),
        )
        assert sum(turn.guests for turn in asleep if turn.leaves_on > day) <= night.house.sleeps


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_give_guests_once():
    place = village_of(4, 4, 4)
    for number in range(9):
        booking_of(place.room, first_night=TODAY + timedelta(days=number), nights=1)

    def work(_number: int) -> int:
        try:
            return villages.share_out(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        shared = list(pool.map(work, range(4)))

    assert sum(shared) == 9
    assert turns_of(place.village) == {"Nhà 1": 3, "Nhà 2": 3, "Nhà 3": 3}
    assert Turn.objects.filter(guests=F("booking__guests")).count() == 9
