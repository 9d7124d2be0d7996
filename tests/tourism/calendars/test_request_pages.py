"""The pages on which guests ask and hosts answer."""

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
from tests.tourism.calendars.pages import DAY, book, text
from tests.tourism.test_bookings import in_threads
from tourism.calendars import feeds, hosting, links, requests
from tourism.calendars.models import StayRequest
from tourism.calendars.reading import Block
from tourism.models import Booking, RoomType

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(room_on_sale: RoomType) -> RoomType:
    return room_on_sale


def asked(room: RoomType, today: date, **changes: Any) -> dict[str, Any]:
    wish = {"request": str(uuid.uuid4()), "rooms": 1, "guests": 2, "message": "We come by motorbike."}
    wish |= {"first_night": (today + 7 * DAY).isoformat(), "leaves_on": (today + 9 * DAY).isoformat()}
    return wish | {"guest_name": "Nguyễn An", "guest_phone": "0399 000 001"} | changes


def test_a_guest_asks_and_the_host_says_yes_or_no(host, room, today):
    host.post(reverse("calendars:requests"), {"act": "ask", "stay": room.stay_id})
    guest, form = browser_of(), reverse("stay-requests:ask", args=[room.pk])
    words = f"?first_night={today + 7 * DAY}&leaves_on={today + 9 * DAY}&guests=2"
    assert "600.000" in text(guest.get(form + words))

    wish = asked(room, today)
    page, again = (guest.post(form, wish)["Location"] for _repeat in range(2))
    assert page == again
    request = StayRequest.objects.get()
    assert "The host has been asked" in text(guest.get(page))
    shown = text(host.get(reverse("calendars:requests")))
    assert "Nguyễn An" in shown
    assert "We come by motorbike." in shown
    host.post(reverse("calendars:requests"), {"act": "accept", "request": request.pk, "answer": "Welcome!"})

    answered = guest.get(page)
    assert "The host says yes" in text(answered)
    assert "Welcome!" in text(answered)
    assert reverse("pay-for-request", args=[links.signed(request)]) in answered.content.decode()


def test_a_guest_withdraws_and_the_host_can_no_longer_say_yes(host, room, today):
    room.stay.asks_first = True
    room.stay.save()
    guest = browser_of()
    page = guest.post(reverse("stay-requests:ask", args=[room.pk]), asked(room, today))["Location"]

    assert "You have withdrawn the request" in text(guest.post(page, follow=True))
    late = host.post(
        reverse("calendars:requests"), {"act": "accept", "request": StayRequest.objects.get().pk}, follow=True
    )

    assert "no longer open: withdrawn" in text(late)
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first_night": "2020-01-01", "leaves_on": "2020-01-02"}, "already over"),
        ({"leaves_on": "2020-01-01"}, "must be after the first night"),
        ({"leaves_on": "2099-01-01"}, "nights are too many"),
        ({"guests": 0}, "greater than or equal to 1"),
        ({"guest_name": ""}, "required"),
    ],
)
def test_a_question_without_sense_is_not_asked(room, today, changes, words):
    room.stay.asks_first = True
    room.stay.save()

    refused = browser_of().post(reverse("stay-requests:ask", args=[room.pk]), asked(room, today, **changes))

    assert 400 <= refused.status_code < 500
    assert words in text(refused)
    assert not StayRequest.objects.exists()


def test_a_room_that_is_booked_at_once_has_no_form_to_ask(room):
    assert browser_of().get(reverse("stay-requests:ask", args=[room.pk])).status_code == 404


def test_nobody_guesses_the_page_of_a_request(room, today):
    room.stay.asks_first = True
    room.stay.save()
    browser_of().post(reverse("stay-requests:ask", args=[room.pk]), asked(room, today))
    request = StayRequest.objects.get()

    for signed in (str(request.pk), f"{request.pk}.forged", "x"):
        assert browser_of().get(reverse("stay-requests:request", args=[signed])).status_code == 404


def test_another_host_cannot_answer(room, today):
    room.stay.asks_first = True
    room.stay.save()
    browser_of().post(reverse("stay-requests:ask", args=[room.pk]), asked(room, today))
    request = StayRequest.objects.get()
    other = browser_of(host_of(RoomTypeFactory()))

    answer = other.post(reverse("calendars:requests"), {"act": "accept", "request": request.pk})

    assert answer.status_code == 404
    assert requests.state_of(StayRequest.objects.get(), now=timezone.now()) == "waiting"


def test_the_list_of_requests_costs_the_same_however_many_ask(host, room, today):
    room.stay.asks_first = True
    room.stay.save()
    counts = []
    for number in range(2):
        for each in range(number * 4 + 1):
            form = asked(room, today, guest_phone=f"039900{number}{each:03d}")
            browser_of().post(reverse("stay-requests:ask", args=[room.pk]), form)
        with CaptureQueriesContext(connection) as queries:
            host.get(reverse("calendars:requests"))
        counts.append(len(queries))

    assert StayRequest.objects.count() == 6
    assert counts[0] == counts[1]


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "tomorrow", "2026-W01-1x"])
def test_days_out_of_this_century_are_no_page_and_no_start_of_a_form(host, room, day):
    assert host.get(reverse("calendars:night", args=[room.pk, day])).status_code == 404
    assert host.get(f"{reverse('calendars:month')}?month={day}").status_code == 200
    assert host.get(f"{reverse('calendars:walk-in')}?first_night={day}").status_code == 200
    room.stay.asks_first = True
    room.stay.save()
    asking = reverse("stay-requests:ask", args=[room.pk])
    assert host.get(f"{asking}?first_night={day}&leaves_on={day}&guests=%C2%B2&rooms=-1").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_books_once():
    today = timezone.localdate()
    room = RoomTypeFactory(rooms=3, open_from=today)
    user = UserFactory()
    call = {
        "entry_id": uuid.uuid4(),
        "user_id": user.pk,
        "room_type_id": room.pk,
        "first_night": today + DAY,
        "nights": 1,
        "rooms": 1,
        "guests": 1,
        "guest_name": "Trần Văn Bình",
        "guest_phone": "",
        "note": "",
        "amount_vnd": None,
        "now": timezone.now(),
    }

    raised = in_threads([lambda: hosting.write_down(**call)] * 4)

    assert raised == [None] * 4
    assert Booking.objects.count() == 1
    assert room.nights.get(night_on=today + DAY).taken == 1


def test_clashes_requests_and_failing_calendars_ring_on_the_hosts_other_pages(host, room, today):
    for _room in range(2):
        book(room, today + DAY, 1)
    feed = feed_of(room, problem="It did not answer.")
    feeds.apply(feed_id=feed.pk, blocks=[Block("one", today + DAY, today + 2 * DAY, "")], now=timezone.now())
    room.stay.asks_first = True
    room.stay.save()
    browser_of().post(reverse("stay-requests:ask", args=[room.pk]), asked(room, today))

    for page in ("/sell/", reverse("desk:today")):
        words = text(host.get(page))
        assert "Nights of a room were sold twice." in words, page
        assert "1 guest waits for your answer." in words
        assert "The calendar of Other site cannot be read." in words
