"""Nights stay on sale for a year and a half ahead without anybody opening them."""

from datetime import date, timedelta

import pytest

from tests.factories import RoomTypeFactory
from tourism import opening
from tourism.models import RoomNight

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)
SATURDAY = date(2026, 11, 28)


def nights(room_type) -> list[tuple[date, int, int]]:
    return list(room_type.nights.order_by("night_on").values_list("night_on", "capacity", "price_vnd"))


def test_nights_go_on_to_the_end_at_the_price_of_the_same_weekday():
    room = RoomTypeFactory(rooms=3, price_vnd=300_000, open_from=MONDAY, open_to=MONDAY + timedelta(days=6))
    RoomNight.objects.filter(room_type=room, night_on=SATURDAY).update(price_vnd=345_000)

    added = opening.keep_open(today=MONDAY, days=14)

    assert added == 7
    assert nights(room)[7:] == [
        (MONDAY + timedelta(days=n), 3, 345_000 if n == 12 else 300_000) for n in range(7, 14)
    ]


def test_keeping_open_twice_adds_nothing_and_leaves_what_is_taken():
    room = RoomTypeFactory(rooms=3, open_from=MONDAY, open_to=MONDAY)
    room.nights.update(taken=2, price_vnd=1_000)
    opening.keep_open(today=MONDAY, days=3)
    before = nights(room)

    added = opening.keep_open(today=MONDAY, days=3)

    assert added == 0
    assert nights(room) == before
    assert room.nights.get(night_on=MONDAY).taken == 2


def test_a_gap_of_a_few_days_is_not_filled_in_the_past():
    room = RoomTypeFactory(open_from=MONDAY - timedelta(days=9), open_to=MONDAY - timedelta(days=4))

    opening.keep_open(today=MONDAY, days=2)

    assert [night_on for night_on, _, _ in nights(room)][6:] == [MONDAY, MONDAY + timedelta(days=1)]


def test_a_room_that_was_closed_and_a_stay_that_is_hidden_stay_so():
    closed = RoomTypeFactory(open_from=MONDAY - timedelta(days=30), open_to=MONDAY - timedelta(days=8))
    hidden = RoomTypeFactory(
        open_from=MONDAY, open_to=MONDAY, stay__is_public=False, stay__title="Nhà sàn Pá Khoang"
    )

    added = opening.keep_open(today=MONDAY, days=30)

    assert added == 0
    assert (closed.nights.count(), hidden.nights.count()) == (23, 1)


def test_the_number_of_queries_does_not_grow_with_the_rooms(django_assert_num_queries):
    for number in range(3):
        RoomTypeFactory(open_from=MONDAY, open_to=MONDAY, stay__title=f"Nhà sàn {number}")

    with django_assert_num_queries(5):  # the ends, the prices, the rooms, and one insert
        added = opening.keep_open(today=MONDAY, days=30)

    assert added == 87
