"""Nights with children, meals and add-ons, from the page of the stay to the cancelled order."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.errors import Invalid, LinesUnavailable
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import Placement
from marketplace.shop.basket import selectors
from marketplace.shop.basket import services as baskets
from marketplace.shop.order.similar import similar_stays
from marketplace.shop.order.views import ORDERS
from payments.providers.base import Outcome
from tests.factories import RoomTypeFactory, StayFactory
from tests.shop.conftest import check_out, in_days, new_basket
from tests.shop.silent import tell
from tourism.models import AddOn, Booking, BookingRule, RoomNight

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def floor() -> Any:
    """Ten sleeping places at 100.000 ₫; children pay half of them and of the meals."""
    stay = StayFactory(child_percent=50)
    return RoomTypeFactory(
        stay=stay, kind="floor", sleeps=1, rooms=10, price_vnd=100_000, open_from=in_days(0)
    )


@pytest.fixture
def dinner(floor: Any) -> AddOn:
    return AddOn.objects.create(
        stay=floor.stay,
        kind="dinner",
        per="guest-night",
        name="Cơm tối",
        name_en="Dinner",
        price_vnd=120_000,
    )


def add(basket: Any, room: Any, **changes: Any) -> Any:
    wish = {"first_night": in_days(3), "nights": 2, "rooms": 4, "guests": 4, "children": 2}
    return baskets.add_nights(basket, room_type_id=room.pk, now=timezone.now(), **wish | changes)


def row_of(basket: Any) -> selectors.SummaryLine:
    (row,) = selectors.summary(baskets.reckon(basket)).lines
    return row


def text(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


# --- The basket ----------------------------------------------------------------------------------


def test_children_and_meals_make_the_price(floor, dinner):
    basket = new_basket()

    add(basket, floor, add_ons={dinner.pk: 1})

    row = row_of(basket)
    # Four places for two nights, two of them at half the price; and eight dinners, four at half.
    assert row.total_vnd == 600_000 + 720_000
    assert [(each.quantity, each.amount_vnd) for each in row.chosen] == [(8, 720_000)]
    assert row.children == 2


def test_another_choice_for_the_same_nights_takes_the_place_of_the_first(floor, dinner):
    basket = new_basket()
    add(basket, floor, add_ons={dinner.pk: 1})

    add(basket, floor, children=0)

    assert row_of(basket).total_vnd == 800_000
    assert row_of(basket).chosen == []


def test_a_meal_that_is_no_longer_offered_is_not_sold(floor, dinner):
    basket = new_basket()
    add(basket, floor, add_ons={dinner.pk: 1})
    dinner.is_offered = False
    dinner.save()

    assert "does not offer this any more" in row_of(basket).problem
    with pytest.raises(LinesUnavailable):
        check_out(basket, wish=None)


def test_nights_whose_first_evening_has_passed_in_the_basket_cannot_be_ordered(floor):
    basket = new_basket()
    add(basket, floor, first_night=in_days(0))
    later = timezone.now() + timedelta(days=2)

    with pytest.raises(LinesUnavailable, match="already over"):
        check_out(basket, wish=None, now=later)

    assert not RoomNight.objects.filter(taken__gt=0).exists()


def test_a_new_rule_of_the_host_stands_in_the_way_of_ordering(floor):
    basket = new_basket()
    add(basket, floor)
    BookingRule.objects.create(stay=floor.stay, min_nights=3)

    assert "at least 3 nights" in row_of(basket).problem
    with pytest.raises(Invalid, match="at least 3 nights"):
        add(new_basket(), floor)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"leaves_on": -1}, "The day of leaving is before the first night. Exchange the two."),
        ({"leaves_on": 3}, "The day of leaving must be after the first night."),
        ({"leaves_on": 403}, "400 nights are too many: at most 30 can be booked at once."),
        ({"first_night": -2, "leaves_on": 3}, "The first night is already over. Choose today or later."),
        ({"guests": 0}, "Nobody would come. Choose at least one guest."),
        ({"children": 4}, "At least one guest must be grown up."),
        ({"rooms": 0}, "Choose from 1 to 10 rooms."),
        ({"guests": 40}, "sleeps 4 guests"),
        ({"add_on_x": "1"}, "Choose a number of each, or leave it empty."),
        ({"add_on_999999": "1"}, "The host does not offer this any more."),
    ],
)
def test_each_senseless_wish_has_its_own_words(floor, visitor, changes, words):
    form = {"first_night": 3, "leaves_on": 5, "rooms": 4, "guests": 4, "children": 0} | changes
    form |= {name: in_days(form[name]).isoformat() for name in ("first_night", "leaves_on")}

    page = visitor.post(f"/basket/add/{floor.product_id}/", form, follow=True)

    assert words in page.content.decode()
    assert not RoomNight.objects.filter(taken__gt=0).exists()


def test_a_hold_that_ran_out_keeps_nobody_out_though_no_worker_runs(floor, visitor):
    RoomNight.objects.filter(room_type=floor).update(capacity=4)
    placed = order_of(floor)
    dates = {"first_night": in_days(10).isoformat(), "leaves_on": in_days(12).isoformat(), "guests": 4}
    address = floor.stay.product.get_absolute_url()
    assert "Not free on every night" in text(visitor.get(address, dates))

    Placement.objects.update(hold_expires_at=timezone.now() - timedelta(seconds=1))

    assert "Not free on every night" not in text(visitor.get(address, dates))
    add(new_basket(), floor, first_night=in_days(10))
    placed.order.refresh_from_db()
    assert placed.order.status == "cancelled"


# --- The pages -----------------------------------------------------------------------------------


def test_the_stay_page_says_what_it_costs_with_meals_and_until_when_it_can_be_cancelled(
    floor, dinner, visitor
):
    first = in_days(10)

    page = visitor.get(
        floor.stay.product.get_absolute_url(),
        {
            "first_night": first.isoformat(),
            "leaves_on": in_days(12).isoformat(),
            "guests": 4,
            "children": 2,
            f"add_on_{dinner.pk}": "1",
        },
    )

    words = text(page)
    assert "8 × Dinner" in words
    assert "1.320.000" in words
    assert f"Before 14:00 {in_days(9):%d/%m/%Y}: 100% of what you paid goes back." in words
    assert f"Before 14:00 {first:%d/%m/%Y}: 50% of what you paid goes back." in words
    assert "After that nothing goes back." in words


def test_the_stay_page_does_not_let_rules_be_broken(floor, visitor):
    BookingRule.objects.create(stay=floor.stay, min_nights=3)

    page = visitor.get(
        floor.stay.product.get_absolute_url(),
        {"first_night": in_days(10).isoformat(), "leaves_on": in_days(12).isoformat()},
    )

    assert "stays at least 3 nights" in text(page)
    assert "Add to basket" not in text(page)


def order_of(floor: Any, **choice: Any) -> Any:
    basket = new_basket()
    add(basket, floor, first_night=in_days(10), **choice)
    return check_out(basket, wish=None)


def opened(visitor: Client, placed: Any) -> Client:
    session = visitor.session
    session[ORDERS] = [placed.order.number]
    session.save()
    return visitor


def test_what_was_chosen_and_agreed_is_written_down(floor, dinner):
    placed = order_of(floor, add_ons={dinner.pk: 1})

    booking = Booking.objects.get(order_line__order=placed.order)
    extra = booking.extras.get()
    assert (booking.guests, booking.children, booking.amount_vnd) == (4, 2, 1_320_000)
    assert (extra.kind, extra.quantity, extra.amount_vnd) == ("dinner", 8, 720_000)
    assert booking.policy["code"] == "flexible"
    assert booking.policy["steps"][0] == {"hours_before": 24, "refund_percent": 100}


def test_the_order_page_says_what_goes_back_before_it_is_cancelled(floor, dinner, visitor):
    floor.stay.policy = "firm"
    floor.stay.save()
    placed = order_of(floor, add_ons={dinner.pk: 1})
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    buyer = opened(visitor, placed)

    words = text(buyer.get(f"/orders/{placed.order.number}/"))

    assert "8 × Dinner" in words or "8 × Cơm tối" in words
    assert f"Before 14:00 {in_days(3):%d/%m/%Y}: 50% of what you paid goes back." in words
    assert "You get back 660.000" in words.replace("\u00a0", " ")
    assert "660.000 ₫ stay with the host." in words.replace("\u00a0", " ")


def test_a_cancelled_line_says_so_and_the_order_can_be_booked_again(floor, visitor):
    floor.stay.policy = "firm"
    floor.stay.save()
    placed = order_of(floor)
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    buyer = opened(visitor, placed)

    buyer.post(f"/orders/{placed.order.number}/cancel/")

    words = text(buyer.get(f"/orders/{placed.order.number}/"))
    assert "cancelled" in words
    assert "Order the same again" in words


def test_the_same_again_brings_children_and_meals(floor, dinner, visitor):
    placed = order_of(floor, add_ons={dinner.pk: 1})
    fulfilment.cancel(number=placed.order.number, now=timezone.now())

    words = text(opened(visitor, placed).post(f"/orders/{placed.order.number}/again/", follow=True))

    assert "8 × Dinner" in words
    assert "2 of them children" in words


# --- Nothing left ---------------------------------------------------------------------------------


def test_whose_money_came_too_late_is_shown_where_else_is_free(floor, visitor):
    commune = floor.stay.product.origin.commune
    near = RoomTypeFactory(
        stay=StayFactory(title="Nhà sàn Pá Khoang", commune=commune), price_vnd=500_000, open_from=in_days(0)
    )
    far = RoomTypeFactory(stay=StayFactory(title="Nhà Mường Lay"), price_vnd=90_000, open_from=in_days(0))
    placed = order_of(floor)
    hold_over = timezone.now() + timedelta(minutes=16)
    fulfilment.release_ended_holds(now=hold_over)
    RoomNight.objects.filter(room_type=floor).update(taken=10)
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    placed.order.placement.refresh_from_db()
    placed.order.refresh_from_db()

    found = similar_stays(placed.order.placement, today=timezone.localdate())

    assert [stay.name for stay in found] == ["Nhà sàn Pá Khoang", "Nhà Mường Lay"]
    assert [stay.total_vnd for stay in found] == [2 * 2 * 500_000, 2 * 2 * 90_000]
    assert f"room={near.pk}" in found[0].url
    assert f"room={far.pk}" in found[1].url
    assert "Free on the same nights" in text(opened(visitor, placed).get(f"/orders/{placed.order.number}/"))


def test_who_cancelled_is_not_shown_other_houses(floor):
    RoomTypeFactory(open_from=in_days(0))
    placed = order_of(floor)
    fulfilment.cancel(number=placed.order.number, now=timezone.now())
    placed.order.placement.refresh_from_db()
    placed.order.refresh_from_db()

    assert similar_stays(placed.order.placement, today=timezone.localdate()) == []
