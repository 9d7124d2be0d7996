from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from marketplace.errors import Invalid, NightsTaken
from tests.factories import UserFactory
from tests.tourism.calendars.conftest import NOW, house_that_asks_first, room_of_its_own, taken
from tests.tourism.test_bookings import in_threads
from tourism import bookings
from tourism.calendars import requests
from tourism.calendars.errors import RequestClosed, TooManyRequests
from tourism.calendars.models import StayRequest
from tourism.models import Booking, RoomType

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ask(room: RoomType, **facts: Any) -> StayRequest:
    wish: dict[str, Any] = {
        "first_night": date(2026, 12, 8),
        "nights": 2,
        "rooms": 1,
        "guests": 2,
        "now": NOW,
    }
    wish |= {"request_id": uuid.uuid4(), "guest_name": "Nguyễn An", "guest_phone": "+84399000001"}
    return requests.ask(room_type_id=room.pk, **(wish | facts))


def accept(request: StayRequest, **facts: Any) -> StayRequest:
    call = {"user_id": UserFactory().pk, "now": NOW} | facts
    return requests.accept(request_id=request.pk, **call)


@pytest.fixture
def room() -> RoomType:
    return house_that_asks_first()


def test_asking_holds_nothing_and_asking_twice_asks_once(room):
    number = uuid.uuid4()

    first, again = ask(room, request_id=number), ask(room, request_id=number)

    assert first == again
    assert (first.state, first.amount_vnd, first.answer_by) == ("waiting", 600_000, NOW + DAY)
    assert taken(room) == {}


def test_a_yes_holds_the_nights_at_the_price_the_guest_was_told(room):
    request = ask(room)
    room.nights.update(price_vnd=900_000)

    accepted = accept(request, answer="Welcome!")

    assert taken(room) == {8: 1, 9: 1}
    assert accepted.pay_by == NOW + timedelta(hours=12)
    booking = Booking.objects.get()
    assert (booking.state, booking.channel, booking.amount_vnd) == ("held", "request", 600_000)
    assert booking.hold_until == accepted.pay_by
    assert accept(request).booking == booking


def test_who_is_accepted_on_the_day_of_arrival_pays_before_the_house_opens(room):
    request = ask(room, first_night=date(2026, 12, 1))

    assert accept(request).pay_by == NOW + timedelta(hours=4)  # 14:00 here
    late = ask(room, first_night=date(2026, 12, 4), guest_phone="+84399000002")
    evening = NOW + timedelta(days=2, hours=22)
    StayRequest.objects.update(answer_by=evening + DAY)
    assert accept(late, now=evening + timedelta(hours=9)).pay_by == evening + timedelta(hours=10)


def test_of_two_requests_for_the_last_room_the_second_yes_is_refused_and_stays_open(room):
    one, two = ask(room), ask(room, guest_phone="+84399000002")
    accept(one)

    with pytest.raises(NightsTaken):
        accept(two)

    two.refresh_from_db()
    assert two.state == "waiting"
    assert taken(room) == {8: 1, 9: 1}


def test_a_request_that_is_not_paid_gives_the_room_to_the_next(room):
    one, two = ask(room), ask(room, guest_phone="+84399000002")
    accept(one)

    accepted = accept(two, now=NOW + timedelta(hours=12))

    assert accepted.state == "accepted"
    one = StayRequest.objects.select_related("booking").get(pk=one.pk)
    assert requests.state_of(one, now=NOW + timedelta(hours=12)) == "over"
    assert taken(room) == {8: 1, 9: 1}


def test_an_unanswered_request_is_over_after_a_day_with_and_without_a_worker(room):
    request = ask(room)

    assert requests.state_of(request, now=NOW + DAY) == "unanswered"
    with pytest.raises(RequestClosed, match="no longer open: not answered in time"):
        accept(request, now=NOW + DAY)
    assert requests.close_unanswered(now=NOW + DAY) == 1
    assert requests.close_unanswered(now=NOW + DAY) == 0
    assert taken(room) == {}


def test_a_no_and_a_withdrawal_are_final(room):
    declined, withdrawn = ask(room), ask(room)
    user = UserFactory().pk

    for _repeat in range(2):
        requests.decline(request_id=declined.pk, user_id=user, answer="We are away.", now=NOW)
        requests.withdraw(request_id=withdrawn.pk, now=NOW)

    for request in (declined, withdrawn):
        with pytest.raises(RequestClosed):
            accept(request)
    with pytest.raises(RequestClosed, match="withdrawn"):
        requests.decline(request_id=withdrawn.pk, user_id=user, now=NOW)
    assert taken(room) == {}


def test_nobody_waits_for_more_than_five_answers(room):
    for _number in range(5):
        ask(room)

    with pytest.raises(TooManyRequests, match="5 answers"):
        ask(room)

    assert ask(room, now=NOW + DAY).state == "waiting"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"nights": 400}, "400 nights are too many"),
        ({"guests": 0}, "Nobody would come"),
        ({"first_night": date(2026, 11, 30)}, "already over"),
    ],
)
def test_a_wish_that_makes_no_sense_is_not_asked(room, wish, words):
    with pytest.raises(Invalid, match=words):
        ask(room, **wish)

    assert not StayRequest.objects.exists()


def test_a_room_that_can_be_booked_at_once_is_not_asked_for():
    with pytest.raises(Invalid, match="booked at once"):
        ask(room_of_its_own())


def test_a_request_that_is_accepted_holds_nights_by_the_table_itself(room):
    request = ask(room)

    with pytest.raises(IntegrityError, match="request_holds_nights_once_accepted"), transaction.atomic():
        StayRequest.objects.filter(pk=request.pk).update(state="accepted")


def test_after_a_payment_that_failed_the_nights_are_held_again_until_the_time_is_over(room):
    request = accept(ask(room))
    assert request.booking is not None
    bookings.cancel(request.booking.pk)  # as the end of an unpaid order does

    again = requests.hold_again(request_id=request.pk, now=NOW)
    assert requests.hold_again(request_id=request.pk, now=NOW) == again
    assert again.state == Booking.State.HELD
    assert taken(room) == {8: 1, 9: 1}

    bookings.cancel(again.pk)
    with pytest.raises(RequestClosed, match="the time to pay is over"):
        requests.hold_again(request_id=request.pk, now=NOW + timedelta(hours=12))


@pytest.mark.django_db(transaction=True)
def test_two_yeses_at_once_for_the_last_room_hold_it_once():
    room = house_that_asks_first()
    asked = [ask(room, guest_phone=f"+8439900000{number}") for number in range(4)]
    user = UserFactory()

    raised = in_threads([lambda one=one: accept(one, user_id=user.pk) for one in asked])

    assert sorted(type(error).__name__ for error in raised if error) == ["NightsTaken"] * 3
    assert StayRequest.objects.filter(state="accepted").count() == 1
    assert taken(room) == {8: 1, 9: 1}


@pytest.mark.django_db(transaction=True)
def test_a_yes_and_a_withdrawal_at_once_leave_one_of_them():
    room = house_that_asks_first()
    request, user = ask(room), UserFactory()

    raised = in_threads(
        [
            lambda: accept(request, user_id=user.pk),
            lambda: requests.withdraw(request_id=request.pk, now=NOW),
        ]
    )

    assert [type(error) for error in raised if error] == [RequestClosed]
    request.refresh_from_db()
    assert taken(room) == ({8: 1, 9: 1} if request.state == "accepted" else {})
