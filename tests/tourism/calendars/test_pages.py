from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import RoomTypeFactory, UserFactory
from tests.tourism.calendars.conftest import browser_of, feed_of, host_of
from tests.tourism.calendars.files import calendar, sold
from tests.tourism.calendars.pages import DAY, book, text
from tourism.calendars import exporting, feeds
from tourism.calendars.models import Feed, FeedEntry
from tourism.calendars.reading import Block
from tourism.closures import services as closures
from tourism.models import Booking, RoomType

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(room_on_sale: RoomType) -> RoomType:
    return room_on_sale


def test_strangers_sign_in_first_and_others_hear_whom_the_page_is_for(room):
    url = reverse("calendars:month")

    assert browser_of().get(url).status_code == 302
    refused = browser_of(UserFactory()).get(url)
    assert refused.status_code == 403
    assert "This page is for hosts" in text(refused)


def test_another_hosts_rooms_bookings_and_feeds_do_not_exist(room, today):
    other = browser_of(host_of(RoomTypeFactory()))
    booking, feed = book(room, today, 1), feed_of(room)

    for url in (
        f"{reverse('calendars:month')}?room={room.pk}",
        reverse("calendars:night", args=[room.pk, today.isoformat()]),
        reverse("calendars:booking", args=[booking.pk]),
        f"{reverse('calendars:sites')}?room={room.pk}",
    ):
        assert other.get(url).status_code == 404, url
    assert other.post(reverse("calendars:sites"), {"act": "remove", "feed": feed.pk}).status_code == 404
    assert other.post(reverse("calendars:booking", args=[booking.pk]), {"act": "cancel"}).status_code == 404
    booking.refresh_from_db()
    assert booking.state == Booking.State.CONFIRMED


def test_the_month_says_what_is_taken_and_who_comes(host, room, today):
    book(room, today, 2)

    page = host.get(reverse("calendars:month"))

    assert page.status_code == 200
    assert "1/2" in text(page)
    assert "Lò Thị Mai" in text(page)
    assert page["Cache-Control"] == "no-store"


def test_a_month_costs_the_same_however_many_have_booked(host, room, today):
    counts = []
    for number in range(2):
        for each in range(number * 10 + 1):
            book(room, today + (each + 20 * number) * DAY, 1)
        with CaptureQueriesContext(connection) as queries:
            host.get(reverse("calendars:month"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_tap_closes_a_night_and_another_opens_it(host, room, today):
    night = room.nights.get(night_on=today + DAY)
    page = host.get(f"{reverse('calendars:month')}?mode=tap&month={night.night_on:%Y-%m}")
    assert f'name="close" value="{night.night_on:%Y-%m-%d}"' in page.content.decode()

    for act, is_closed in (("close", True), ("close", True), ("open", False)):
        answer = host.post(reverse("calendars:month"), {"room": room.pk, act: night.night_on.isoformat()})
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"mode=tap#d{night.night_on:%Y-%m-%d}")
        night.refresh_from_db()
        assert night.is_closed is is_closed


def test_a_night_an_official_has_closed_is_not_for_the_host_to_open(host, room, today):
    day = today + DAY
    closures.close(
        commune=room.stay.product.origin.commune,
        first_night=day,
        last_night=day,
        cause="flood",
        words="The bridge is gone.",
        by=UserFactory(),
        now=timezone.now(),
    )
    url = reverse("calendars:night", args=[room.pk, day.isoformat()])

    month = host.get(f"{reverse('calendars:month')}?mode=tap&month={day:%Y-%m}").content.decode()
    page = host.get(url)
    host.post(url, {"act": "open"})

    assert f'value="{day:%Y-%m-%d}"' not in month
    assert "The bridge is gone." in text(page)
    assert 'value="open"' not in page.content.decode()
    assert room.nights.get(night_on=day).is_closed


@pytest.mark.parametrize("wish", [{"close": "someday"}, {"close": ""}, {}, {"drop": "2026-12-01"}])
def test_a_tap_that_makes_no_sense_is_no_page(host, room, wish):
    assert host.post(reverse("calendars:month"), {"room": room.pk, **wish}).status_code == 404


def test_a_night_shows_who_sleeps_there_and_takes_a_price(host, room, today):
    booking = book(room, today, 2)
    url = reverse("calendars:night", args=[room.pk, (today + DAY).isoformat()])

    assert "Lò Thị Mai" in text(host.get(url))
    assert host.post(url, {"act": "price", "price": "450.000"}).status_code == 302
    assert room.nights.get(night_on=today + DAY).price_vnd == 450_000
    booking.refresh_from_db()
    assert booking.amount_vnd == 600_000

    for price, words in (("cheap", "whole đồng"), ("5", "from 1.000"), ("", "required")):
        refused = host.post(url, {"act": "price", "price": price})
        assert refused.status_code == 422
        assert words in text(refused)
    assert room.nights.get(night_on=today + DAY).price_vnd == 450_000


def test_many_nights_are_changed_at_once_on_chosen_evenings(host, room, today):
    wish = {"room": room.pk, "first_on": today.isoformat(), "last_on": (today + 13 * DAY).isoformat()}

    host.post(reverse("calendars:many"), wish | {"what": "close", "weekdays": [4, 5]})
    host.post(reverse("calendars:many"), wish | {"what": "price", "price": "500 000"})

    closed = room.nights.filter(is_closed=True)
    assert {night.night_on.weekday() for night in closed} == {4, 5}
    assert closed.count() == 4
    assert room.nights.filter(price_vnd=500_000).count() == 14


def test_many_nights_that_make_no_sense_are_explained(host, room, today):
    wish = {
        "room": room.pk,
        "first_on": today.isoformat(),
        "last_on": (today - DAY).isoformat(),
        "what": "open",
    }

    refused = host.post(reverse("calendars:many"), wish)

    assert refused.status_code == 422
    assert "Choose a last night after the first" in text(refused)
    unpriced = host.post(reverse("calendars:many"), wish | {"last_on": wish["first_on"], "what": "price"})
    assert "Write the price." in text(unpriced)


def walk_in(room: RoomType, today: date, **changes: Any) -> dict[str, Any]:
    wish = {
        "entry": str(uuid.uuid4()),
        "room_type": room.pk,
        "rooms": 1,
        "guests": 2,
        "amount": "",
        "note": "",
    }
    wish |= {"first_night": today.isoformat(), "leaves_on": (today + 2 * DAY).isoformat()}
    return wish | {"guest_name": "Trần Văn Bình", "guest_phone": "0399 000 123"} | changes


def test_a_guest_at_the_door_is_written_down_once_however_often_it_is_sent(host, room, today):
    wish = walk_in(room, today)
    assert "New guest" in text(host.get(f"{reverse('calendars:walk-in')}?room={room.pk}"))

    answers = [host.post(reverse("calendars:walk-in"), wish) for _repeat in range(2)]

    booking = Booking.objects.get()
    assert [answer["Location"] for answer in answers] == [reverse("calendars:booking", args=[booking.pk])] * 2
    assert (booking.channel, booking.amount_vnd, booking.guest_phone) == ("host", 600_000, "+84399000123")
    page = text(host.get(answers[0]["Location"]))
    assert "Trần Văn Bình" in page
    assert "Quàng Thị Ánh" in page  # who wrote it down


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"leaves_on": "2020-01-01"}, "must be after the first night"),
        ({"first_night": "2020-01-01", "leaves_on": "2020-01-03"}, "already over"),
        ({"guests": 0}, "greater than or equal to 1"),
        ({"guests": 9}, "sleeps 2 guests"),
        ({"rooms": 3}, "from 1 to 2 rooms"),
        ({"guest_phone": "call me"}, "call me"),
        ({"leaves_on": "2099-01-01"}, "from 1 to 366 nights"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(host, room, today, changes, words):
    refused = host.post(reverse("calendars:walk-in"), walk_in(room, today, **changes))

    assert 400 <= refused.status_code < 500
    assert words in text(refused)
    assert not Booking.objects.exists()


def test_a_full_night_is_refused_to_the_host_too(host, room, today):
    for _room in range(2):
        book(room, today + DAY, 1)

    refused = host.post(reverse("calendars:walk-in"), walk_in(room, today))

    assert refused.status_code == 409
    assert "has just sold out" in text(refused)
    assert Booking.objects.count() == 2


def test_guests_are_moved_leave_early_and_are_cancelled_on_their_page(host, room, today):
    booking = book(room, today, 3)
    url = reverse("calendars:booking", args=[booking.pk])
    assert "They leave early" in text(host.get(url))

    later = {"first_night": (today + DAY).isoformat(), "leaves_on": (today + 4 * DAY).isoformat()}
    host.post(url, {"act": "move", "room_type": room.pk, "rooms": 1, **later})
    booking.refresh_from_db()
    assert booking.first_night == today + DAY
    host.post(url, {"act": "leave", "leaves_on": (today + 2 * DAY).isoformat()})
    booking.refresh_from_db()
    assert (booking.nights, booking.amount_vnd) == (1, 900_000)
    host.post(url, {"act": "cancel"})

    booking.refresh_from_db()
    assert booking.state == Booking.State.RELEASED
    assert not room.nights.filter(taken__gt=0).exists()


def test_what_cannot_be_moved_or_shortened_is_explained(host, room, today):
    booking = book(room, today, 2)
    for _room in range(2):
        book(room, today + 5 * DAY, 1)
    url = reverse("calendars:booking", args=[booking.pk])
    there = {"first_night": (today + 5 * DAY).isoformat(), "leaves_on": (today + 6 * DAY).isoformat()}

    move = host.post(url, {"act": "move", "room_type": room.pk, "rooms": 1, **there})
    leave = host.post(url, {"act": "leave", "leaves_on": today.isoformat()})
    before = {"first_night": (today - 3 * DAY).isoformat(), "leaves_on": (today - DAY).isoformat()}
    past = host.post(url, {"act": "move", "room_type": room.pk, "rooms": 1, **before})

    assert move.status_code == 409
    assert "has just sold out" in text(move)
    assert "This night is over." in text(past)
    assert leave.status_code == 400
    assert "Choose a day from" in text(leave)
    booking.refresh_from_db()
    assert (booking.first_night, booking.nights) == (today, 2)


def test_a_booking_of_another_site_is_changed_there(host, room, today):
    feed = feed_of(room)
    feeds.apply(feed_id=feed.pk, blocks=[Block("one", today + DAY, today + 3 * DAY, "x")], now=timezone.now())
    booking = Booking.objects.get()
    url = reverse("calendars:booking", args=[booking.pk])

    page = text(host.get(url))
    assert "This booking came from Other site." in page
    assert "They leave early" not in page
    assert "Change it there" in text(host.post(url, {"act": "cancel"}, follow=True))
    booking.refresh_from_db()
    assert booking.state == Booking.State.CONFIRMED


def test_a_calendar_is_followed_read_and_left_on_its_page(host, room, today, other_site):
    other_site.body = calendar(sold(today + DAY, today + 3 * DAY))
    url = reverse("calendars:sites")

    page = host.post(url, {"act": "add", "name": "Booking", "url": other_site.url, "rooms": 1}, follow=True)
    feed = Feed.objects.get()
    assert "Booking is read." in text(page)
    assert "1 booking to come." in text(page)
    assert feed.secret in page.content.decode()
    other_site.status = 500
    page = host.post(url, {"act": "read", "feed": feed.pk}, follow=True)
    assert "answered 500 instead of a calendar" in text(page)
    page = host.post(url, {"act": "remove", "feed": feed.pk}, follow=True)

    assert "no longer followed" in text(page)
    assert not room.nights.filter(taken__gt=0).exists()


def test_a_bad_address_is_said_beside_its_field(host, room):
    wish = {"act": "add", "name": "Booking", "url": "ftp://other.example/a.ics", "rooms": 1}

    refused = host.post(reverse("calendars:sites"), wish)

    assert refused.status_code == 422
    assert "is not an address on the internet" in text(refused)


def test_a_clash_is_shown_on_every_page_until_it_is_settled(host, room, today):
    for _room in range(2):
        book(room, today + DAY, 1)
    feeds.apply(
        feed_id=feed_of(room).pk, blocks=[Block("one", today + DAY, today + 2 * DAY, "")], now=timezone.now()
    )
    entry = FeedEntry.objects.get()
    assert "Sold twice: Phòng đôi" in text(host.get(reverse("calendars:requests")))

    host.post(reverse("calendars:sites"), {"act": "settle", "entry": entry.pk, "room": room.pk})

    assert "Sold twice" not in text(host.get(reverse("calendars:month")))


def test_the_export_is_open_to_whoever_has_its_secret(room, today):
    book(room, today + DAY, 1, rooms=2)
    secret = exporting.link_of(room).secret

    told = browser_of().get(reverse("calendar-export", args=[secret]))
    unknown = browser_of().get(reverse("calendar-export", args=["x" * 32]))

    assert told.status_code == 200
    assert told["Content-Type"] == "text/calendar; charset=utf-8"
    assert f"DTSTART;VALUE=DATE:{today + DAY:%Y%m%d}".encode() in told.content
    assert unknown.status_code == 404
