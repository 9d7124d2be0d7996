"""A guest pays for what a host has said yes to."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.errors import Invalid, LinesUnavailable
from marketplace.fulfilment import services as fulfilment
from marketplace.shop.basket import requests as baskets
from marketplace.shop.basket import selectors
from marketplace.shop.basket.services import reckon
from payments.providers.base import Outcome
from tests.factories import RoomTypeFactory, StayFactory, UserFactory
from tests.shop.conftest import PHONE, check_out, fill_with_nights, in_days, new_basket
from tests.shop.silent import tell
from tests.tourism.test_bookings import in_threads
from tourism import bookings
from tourism.calendars import links, requests
from tourism.calendars.models import StayRequest
from tourism.models import Booking, RoomType

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> RoomType:
    stay = StayFactory(asks_first=True)
    return RoomTypeFactory(stay=stay, rooms=1, price_vnd=300_000, open_from=in_days(0))


def accepted(room: RoomType, **facts: Any) -> StayRequest:
    now = facts.pop("now", timezone.now())
    wish = {"first_night": in_days(5), "nights": 2, "rooms": 1, "guests": 2, "guest_phone": PHONE} | facts
    request = requests.ask(
        request_id=uuid.uuid4(), room_type_id=room.pk, guest_name="Nguyễn An", **wish, now=now
    )
    return requests.accept(request_id=request.pk, user_id=UserFactory().pk, now=now)


def taken(room: RoomType) -> int:
    return sum(night.taken for night in room.nights.all())


def test_a_house_that_wants_to_be_asked_cannot_be_booked_at_once(room):
    with pytest.raises(Invalid, match="wants to be asked"):
        fill_with_nights(new_basket(), room, first_night=in_days(5))


def test_what_was_accepted_is_ordered_at_the_price_of_then_and_paid(room):
    request = accepted(room)
    room.nights.update(price_vnd=900_000)
    basket = new_basket()

    for _repeat in range(2):
        baskets.add_request(basket, request_id=request.pk, now=timezone.now())
    summary = selectors.summary(reckon(basket))
    assert (summary.lines_vnd, summary.problems) == (600_000, [])
    placed = check_out(basket)

    booking = Booking.objects.get()
    assert booking.order_line.order == placed.order
    assert (booking.channel, booking.state, booking.hold_until) == ("request", "held", None)
    assert booking.policy["steps"]
    assert taken(room) == 2
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    request = StayRequest.objects.select_related("booking").get()
    assert request.booking.state == Booking.State.CONFIRMED
    assert requests.state_of(request, now=timezone.now()) == "paid"
    assert taken(room) == 2


def test_an_order_that_is_not_paid_frees_the_nights_and_they_can_be_paid_again_in_time(room):
    request = accepted(room)
    basket = new_basket()
    baskets.add_request(basket, request_id=request.pk, now=timezone.now())
    check_out(basket)

    fulfilment.release_ended_holds(now=timezone.now() + timedelta(minutes=16))
    assert taken(room) == 0
    again = new_basket()
    baskets.add_request(again, request_id=request.pk, now=timezone.now())
    placed = check_out(again)
    tell(placed.intent.pk, Outcome.SUCCEEDED)

    assert taken(room) == 2
    assert Booking.objects.filter(state="confirmed").count() == 1


def test_after_its_time_a_request_in_a_basket_is_no_longer_ordered(room):
    request = accepted(room)
    basket = new_basket()
    baskets.add_request(basket, request_id=request.pk, now=timezone.now())
    late = timezone.now() + timedelta(hours=13)

    with pytest.raises(LinesUnavailable, match="The time to pay"):
        check_out(basket, now=late)

    bookings.end_holds(late)
    assert taken(room) == 0


def test_the_guests_button_leads_to_the_checkout(room, visitor: Client):
    request = accepted(room)
    signed = links.signed(request)
    page = visitor.get(reverse("stay-requests:request", args=[signed])).content.decode()
    assert reverse("pay-for-request", args=[signed]) in page

    answer = visitor.post(reverse("pay-for-request", args=[signed]))

    assert answer["Location"] == reverse("checkout:index")
    assert "600.000" in visitor.get(reverse("basket:summary")).content.decode()


def test_the_page_of_the_house_offers_to_ask(room, visitor: Client):
    product = room.stay.product
    url = reverse("catalogue:detail", args=[product.slug, product.pk])

    page = visitor.get(f"{url}?first_night={in_days(5)}&leaves_on={in_days(6)}").content.decode()

    assert reverse("stay-requests:ask", args=[room.pk]) in page
    assert reverse("basket:add", args=[room.product_id]) not in page


@pytest.mark.django_db(transaction=True)
def test_one_request_in_two_baskets_is_ordered_once():
    option_model = get_model("catalogue", "Option")
    for code in ("first-night", "nights", "rooms", "guests", "request"):
        option_model.objects.get_or_create(code=code, defaults={"name": code, "type": "text"})
    room = RoomTypeFactory(
        stay=StayFactory(asks_first=True, deposit_percent=100),
        rooms=1,
        price_vnd=300_000,
        open_from=in_days(0),
    )
    request = accepted(room)
    two = [new_basket(), new_basket()]
    for basket in two:
        baskets.add_request(basket, request_id=request.pk, now=timezone.now())

    raised = in_threads([lambda basket=basket: check_out(basket) for basket in two])

    assert len([error for error in raised if error]) == 1, raised
    assert Booking.objects.filter(order_line__isnull=False).count() == 1
    assert taken(room) == 2
