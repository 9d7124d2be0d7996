from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.errors import Invalid, NightsTaken
from tests.tourism.calendars.conftest import NOW, TODAY, feed_of, room_of_its_own, taken
from tests.tourism.calendars.files import calendar, sold
from tests.tourism.test_bookings import in_threads
from tourism import bookings
from tourism.calendars import feeds, fetching
from tourism.calendars.models import Feed, FeedEntry
from tourism.calendars.reading import Block
from tourism.models import Booking, RoomNight, RoomType

TOO_LARGE = b"x" * (10 * 1024 * 1024 + 1)
LATER = NOW + timedelta(minutes=15)


def block(first: int, leaves: int, uid: str = "one") -> Block:
    return Block(uid, date(2026, 12, first), date(2026, 12, leaves), "Reserved")


def book(room: RoomType, first: int, nights: int) -> Booking:
    wish = {"first_night": date(2026, 12, first), "nights": nights, "rooms": 1, "guests": 1}
    return bookings.book(room_type_id=room.pk, **wish, channel=Booking.Channel.HOST, now=NOW)


def clashes(room: RoomType) -> list[tuple[int, int]]:
    found = FeedEntry.objects.filter(feed__room_type=room, booking=None).order_by("first_night")
    return [(entry.first_night.day, entry.nights) for entry in found]


def test_what_is_sold_elsewhere_is_taken_here_once_however_often_it_is_read(room):
    feed = feed_of(room)

    outcomes = [feeds.apply(feed_id=feed.pk, blocks=[block(3, 5)], now=NOW) for _repeat in range(2)]

    assert [(each.taken, each.given_up, each.clashes) for each in outcomes] == [(1, 0, 0), (0, 0, 0)]
    assert taken(room) == {3: 1, 4: 1}
    booking = Booking.objects.get()
    assert (booking.channel, booking.amount_vnd, booking.guest_name) == ("calendar", 0, "Other site")
    with pytest.raises(NightsTaken):
        book(room, 4, 1)


def test_what_is_given_up_there_is_free_here(room):
    feed = feed_of(room)
    feeds.apply(feed_id=feed.pk, blocks=[block(3, 5), block(7, 9, "two")], now=NOW)

    feeds.apply(feed_id=feed.pk, blocks=[block(7, 9, "two")], now=LATER)

    assert taken(room) == {7: 1, 8: 1}


def test_guests_who_move_by_a_night_there_are_moved_here_although_others_follow_them(room):
    feed = feed_of(room)
    feeds.apply(feed_id=feed.pk, blocks=[block(3, 5), block(5, 7, "two")], now=NOW)

    outcome = feeds.apply(feed_id=feed.pk, blocks=[block(3, 6), block(6, 8, "two")], now=LATER)

    assert taken(room) == {3: 1, 4: 1, 5: 1, 6: 1, 7: 1}
    assert clashes(room) == []
    assert outcome.given_up == 2


def test_a_night_sold_here_stays_with_its_guest_and_the_alarm_is_raised(room):
    mine = book(room, 4, 1)
    feed = feed_of(room)

    outcome = feeds.apply(feed_id=feed.pk, blocks=[block(3, 6)], now=NOW)

    mine.refresh_from_db()
    assert mine.state == Booking.State.CONFIRMED
    assert outcome.clashes == 1
    assert clashes(room) == [(4, 1)]
    assert taken(room) == {3: 1, 4: 1, 5: 1}  # the nights around it are protected all the same


def test_a_clash_ends_when_the_night_comes_free(room):
    mine = book(room, 4, 1)
    feed = feed_of(room)
    feeds.apply(feed_id=feed.pk, blocks=[block(3, 6)], now=NOW)

    bookings.cancel(mine.pk)
    feeds.apply(feed_id=feed.pk, blocks=[block(3, 6)], now=LATER)

    assert clashes(room) == []
    assert taken(room) == {3: 1, 4: 1, 5: 1}


def test_a_clash_the_host_has_settled_is_not_raised_again_until_it_grows(room):
    book(room, 4, 2)
    feed = feed_of(room)
    feeds.apply(feed_id=feed.pk, blocks=[block(4, 5)], now=NOW)
    entry = FeedEntry.objects.get()

    feeds.settle(entry_id=entry.pk, now=NOW)
    feeds.apply(feed_id=feed.pk, blocks=[block(4, 5)], now=LATER)
    assert FeedEntry.objects.get().settled_at == NOW
    feeds.apply(feed_id=feed.pk, blocks=[block(4, 6)], now=LATER)

    assert FeedEntry.objects.get().settled_at is None


def test_two_sites_that_sold_the_same_night_are_a_clash(room):
    one, two = feed_of(room), feed_of(room, url="https://third.example/b.ics", name="Third site")

    feeds.apply(feed_id=one.pk, blocks=[block(3, 4)], now=NOW)
    outcome = feeds.apply(feed_id=two.pk, blocks=[block(3, 4)], now=NOW)

    assert outcome.clashes == 1
    assert taken(room) == {3: 1}


def test_of_several_rooms_an_entry_takes_as_many_as_it_means(db):
    room = room_of_its_own(rooms=3)
    feed = feed_of(room, rooms=2)

    outcome = feeds.apply(feed_id=feed.pk, blocks=[block(3, 4), block(3, 4, "two")], now=NOW)

    assert taken(room) == {3: 2}
    assert outcome.clashes == 1


def test_a_night_the_host_has_closed_is_taken_too_and_stays_closed(room):
    room.nights.filter(night_on=date(2026, 12, 3)).update(is_closed=True)
    feed = feed_of(room)

    outcome = feeds.apply(feed_id=feed.pk, blocks=[block(3, 4)], now=NOW)

    assert outcome.clashes == 0
    night = RoomNight.objects.get(room_type=room, night_on=date(2026, 12, 3))
    assert (night.taken, night.is_closed) == (1, True)


def test_nights_that_are_not_on_sale_need_no_taking(room):
    feed = feed_of(room)

    feeds.apply(feed_id=feed.pk, blocks=[Block("one", date(2026, 12, 30), date(2027, 1, 9), "")], now=NOW)

    assert taken(room) == {30: 1, 31: 1}
    assert clashes(room) == []


def test_what_has_passed_is_never_changed(room):
    feed = feed_of(room)
    feeds.apply(feed_id=feed.pk, blocks=[block(3, 6)], now=NOW)

    feeds.apply(feed_id=feed.pk, blocks=[], now=NOW + timedelta(days=3))  # on the 4th

    assert taken(room) == {3: 1}
    feeds.apply(feed_id=feed.pk, blocks=[], now=NOW + timedelta(days=30))
    assert taken(room) == {3: 1}


def test_a_calendar_that_is_removed_frees_the_nights_to_come(room):
    feed = feed_of(room)
    feeds.apply(feed_id=feed.pk, blocks=[block(3, 6)], now=NOW)

    for _repeat in range(2):
        feeds.remove(feed_id=feed.pk, now=NOW)

    assert taken(room) == {}
    assert not Feed.objects.exists()


def test_reading_again_costs_the_same_however_much_there_is(room):
    feed = feed_of(room)
    few, many = [block(3, 4)], [block(day, day + 1, f"{day}") for day in range(3, 29)]
    counts = []
    for blocks in (few, many):
        feeds.apply(feed_id=feed.pk, blocks=blocks, now=NOW)
        with CaptureQueriesContext(connection) as queries:
            feeds.apply(feed_id=feed.pk, blocks=blocks, now=NOW)
        counts.append(len(queries))

    assert counts == [6, 6]


# --- With the other site ----------------------------------------------------------------------------


def test_a_calendar_is_fetched_and_taken(room, other_site):
    other_site.body = calendar(sold(date(2026, 12, 3), date(2026, 12, 5)))
    feed = feeds.add(room_type_id=room.pk, name="Other", url=other_site.url, rooms=1, now=NOW)

    read = feeds.read(feed_id=feed.pk, now=NOW)

    assert taken(room) == {3: 1, 4: 1}
    assert (read.problem, read.read_at, read.skipped) == ("", NOW, 0)
    assert other_site.asked[0]["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("body", "status", "headers", "words"),
    [
        (b"gone", 404, {}, "answered 404 instead of a calendar"),
        (b"<html>", 200, {}, "is not a calendar"),
        (calendar()[:-20], 200, {}, "only the beginning of one"),
        (b"\x1f\x8b", 200, {"Content-Encoding": "gzip"}, "is not a calendar"),
        (TOO_LARGE, 200, {}, "larger than 10 MB"),
        (b"", 302, {"Location": "/calendar.ics"}, "from one address to the next"),
        (b"", 302, {"Location": "http://localhost/latest/"}, "not on the public internet"),
        (b"", 302, {"Location": "file:///etc/passwd"}, "is not an address on the internet"),
        (b"", 302, {"Location": "http://[::1"}, "did not answer"),
    ],
    ids=lambda value: None if not isinstance(value, bytes) else f"{len(value)}B",
)
def test_a_reading_that_fails_says_why_and_changes_nothing(room, other_site, body, status, headers, words):
    other_site.body = calendar(sold(date(2026, 12, 3), date(2026, 12, 5)))
    feed = feeds.add(room_type_id=room.pk, name="Other", url=other_site.url, rooms=1, now=NOW)
    feeds.read(feed_id=feed.pk, now=NOW)

    other_site.body, other_site.status, other_site.headers = body, status, headers
    read = feeds.read(feed_id=feed.pk, now=LATER)

    assert words in read.problem
    assert (read.read_at, read.tried_at) == (NOW, LATER)
    assert taken(room) == {3: 1, 4: 1}


def test_a_site_that_dawdles_is_left(room, other_site, monkeypatch):
    other_site.body = calendar(sold(date(2026, 12, 3), date(2026, 12, 5)))
    feed = feeds.add(room_type_id=room.pk, name="Other", url=other_site.url, rooms=1, now=NOW)
    monkeypatch.setattr(fetching, "SECONDS_MAX", -1.0)

    assert "takes too long" in feeds.read(feed_id=feed.pk, now=NOW).problem
    assert taken(room) == {}


def test_a_site_that_is_not_there_is_said_to_be_silent(room, other_site):
    other_site.close()
    feed = feeds.add(room_type_id=room.pk, name="Other", url=other_site.url, rooms=1, now=NOW)

    assert "127.0.0.1 did not answer" in feeds.read(feed_id=feed.pk, now=NOW).problem


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.ics",
        "http://localhost/a.ics",
        "http://[::1]/a.ics",
    ],
)
def test_our_own_machines_are_never_asked(room, url):
    feed = feeds.add(room_type_id=room.pk, name="Other", url=url, rooms=1, now=NOW)

    assert "not on the public internet" in feeds.read(feed_id=feed.pk, now=NOW).problem


@pytest.mark.parametrize(
    "url",
    [
        "ftp://other.example/a.ics",
        "https://",
        "https://me:secret@other.example/",
        "https://other.example:22/",
        "x",
    ],
)
def test_an_address_that_can_never_be_one_is_refused_at_once(room, url):
    with pytest.raises(Invalid, match="is not an address on the internet"):
        feeds.add(room_type_id=room.pk, name="Other", url=url, rooms=1, now=NOW)

    assert not Feed.objects.exists()


def test_each_feed_is_due_every_quarter_of_an_hour_and_claimed_once(room):
    feed = feed_of(room)

    assert feeds.due(now=NOW) == [feed.pk]
    assert feeds.due(now=NOW) == []
    assert feeds.due(now=NOW + timedelta(minutes=14)) == []
    assert feeds.due(now=LATER) == [feed.pk]


@pytest.mark.django_db(transaction=True)
def test_readers_and_bookers_at_once_oversell_nothing():
    room = room_of_its_own()
    one, two = feed_of(room), feed_of(room, url="https://third.example/b.ics")
    blocks = [block(3, 6), block(8, 9, "two")]

    raised = in_threads(
        [lambda feed=feed: feeds.apply(feed_id=feed.pk, blocks=blocks, now=NOW) for feed in (one, one, two)]
        + [lambda: book(room, 4, 1), lambda: book(room, 5, 4)]
    )

    assert {type(error) for error in raised if error} <= {NightsTaken}
    live = Booking.objects.filter(state=Booking.State.CONFIRMED)
    nights = [booking.first_night + timedelta(days=n) for booking in live for n in range(booking.nights)]
    assert len(nights) == len(set(nights))
    assert taken(room) == {night.day: 1 for night in nights}
    assert TODAY not in nights
