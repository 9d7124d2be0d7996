from __future__ import annotations

from datetime import date

import pytest

from tests.tourism.calendars.conftest import NOW, TODAY, feed_of, room_of_its_own, taken
from tourism import bookings
from tourism.calendars import exporting, feeds, reading
from tourism.calendars.reading import Block
from tourism.models import Booking, RoomType

pytestmark = pytest.mark.django_db


def told(secret: str) -> list[tuple[int, int]]:
    """Return what another site reads: the day of the first night and that of leaving."""
    body = exporting.calendar(secret, now=NOW, today=TODAY)
    assert body is not None
    found = reading.read(body, first_night=TODAY, last_night=date(2027, 12, 31))
    assert found.skipped == 0
    return [(block.first_night.day, block.leaves_on.day) for block in found.blocks]


def book(room: RoomType, first: int, nights: int, rooms: int = 1) -> Booking:
    wish = {"first_night": date(2026, 12, first), "nights": nights, "rooms": rooms, "guests": 1}
    names = {"guest_name": "Lò Thị Mai", "guest_phone": "+84399000001"}
    return bookings.book(room_type_id=room.pk, **wish, **names, channel=Booking.Channel.HOST, now=NOW)


def test_full_and_closed_nights_are_told_in_runs_and_guests_are_not(room):
    book(room, 3, 2)
    book(room, 5, 1)
    room.nights.filter(night_on=date(2026, 12, 9)).update(is_closed=True)
    link = exporting.link_of(room)

    assert told(link.secret) == [(3, 6), (9, 10)]
    body = exporting.calendar(link.secret, now=NOW, today=TODAY) or b""
    assert b"Mai" not in body
    assert b"99000001" not in body


def test_a_kind_of_which_rooms_are_left_is_not_told_to_be_taken():
    room = room_of_its_own(rooms=2)
    book(room, 3, 2)
    book(room, 4, 1)

    assert told(exporting.link_of(room).secret) == [(4, 5)]


def test_a_site_does_not_hear_its_own_bookings_back(room):
    feed, other = feed_of(room), feed_of(room, url="https://third.example/b.ics")
    feeds.apply(feed_id=feed.pk, blocks=[Block("one", date(2026, 12, 3), date(2026, 12, 5), "")], now=NOW)
    book(room, 7, 1)

    assert told(feed.secret) == [(7, 8)]
    assert told(other.secret) == [(3, 5), (7, 8)]
    assert told(exporting.link_of(room).secret) == [(3, 5), (7, 8)]


def test_two_houses_that_follow_each_other_come_to_rest(room):
    """What one tells the other comes back as nothing: no booking is made of an echo."""
    twin = room_of_its_own()
    to_twin, to_room = feed_of(room, url="https://twin.example/"), feed_of(twin, url="https://room.example/")
    book(room, 3, 2)

    for _round in range(3):
        for feed, source in ((to_room, to_twin), (to_twin, to_room)):
            body = exporting.calendar(source.secret, now=NOW, today=TODAY) or b""
            found = reading.read(body, first_night=TODAY, last_night=date(2027, 12, 31))
            feeds.apply(feed_id=feed.pk, blocks=found.blocks, now=NOW)

    assert taken(room) == taken(twin) == {3: 1, 4: 1}
    assert Booking.objects.count() == 2


def test_a_new_secret_makes_the_old_one_worthless(room):
    old = exporting.link_of(room).secret

    new = exporting.renew(room).secret

    assert exporting.calendar(old, now=NOW, today=TODAY) is None
    assert told(new) == []


def test_telling_costs_the_same_however_much_there_is(room, django_assert_num_queries):
    link = exporting.link_of(room)
    for number in range(3, 20):
        book(room, number, 1)

    with django_assert_num_queries(2):
        exporting.calendar(link.secret, now=NOW, today=TODAY)
