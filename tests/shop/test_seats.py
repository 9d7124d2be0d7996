"""Seats of a tour in the basket, in the order and when its payment ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.errors import Invalid, LinesUnavailable, SeatsTaken, ShopError
from marketplace.fulfilment import services as fulfilment
from marketplace.sellers.models import SubOrder
from marketplace.settlement.models import PartClock
from marketplace.shop.basket import selectors
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.seats import add_seats
from marketplace.shop.checkout import services as checkout
from marketplace.statistics.models import SaleLine
from payments.providers.base import Outcome
from tests.factories import DepartureFactory, ProduceFactory, RoomTypeFactory, TourFactory
from tests.payments.threads import race
from tests.shop.conftest import check_out, fill_with_nights, in_days, new_basket
from tests.shop.silent import tell
from tourism.tours import seats
from tourism.tours.models import Departure, SeatBooking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tour_options")]


@pytest.fixture
def tour_options(db: None) -> None:
    """A transactional test empties the tables the migrations filled."""
    for code in ("departure", "adults", "children", "waiting"):
        get_model("catalogue", "Option").objects.get_or_create(code=code, defaults={"name": code})


def departure_in(days: int = 10, **facts: Any) -> Departure:
    starts_at = timezone.localtime().replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=days)
    tour = facts.pop("tour", None) or TourFactory(adult_vnd=600_000, child_vnd=420_000, capacity=10)
    return DepartureFactory(tour=tour, starts_at=starts_at, **facts)


def put(basket: Any, departure: Departure, adults: int = 2, children: int = 0, **facts: Any) -> Any:
    return add_seats(
        basket, departure_id=departure.pk, adults=adults, children=children, now=timezone.now(), **facts
    )


def order_of(departure: Departure, **facts: Any) -> checkout.Placed:
    basket = new_basket()
    put(basket, departure, **facts)
    return check_out(basket, wish=None)


def taken_of(departure: Departure) -> int:
    departure.refresh_from_db()
    return departure.taken


def test_seats_in_the_basket_cost_their_adults_and_children_and_hold_nothing():
    departure = departure_in()
    basket = new_basket()

    put(basket, departure, adults=2, children=1)

    (row,) = selectors.summary(baskets.reckon(basket)).lines
    assert (row.total_vnd, row.adults, row.children, row.problem) == (1_620_000, 2, 1, "")
    assert row.departure == departure
    assert taken_of(departure) == 0


def test_another_party_of_the_same_departure_takes_the_place_of_the_one_before():
    departure = departure_in()
    basket = new_basket()

    put(basket, departure, adults=2)
    put(basket, departure, adults=3, children=1)
    put(basket, departure, adults=3, children=1)

    (row,) = selectors.summary(baskets.reckon(basket)).lines
    assert (row.adults, row.children, row.quantity) == (3, 1, 1)


def test_seats_that_are_gone_are_refused_in_the_basket_and_at_its_page():
    departure = departure_in()
    basket = new_basket()
    put(basket, departure, adults=2)
    Departure.objects.filter(pk=departure.pk).update(taken=9)

    with pytest.raises(SeatsTaken, match=r"has 1 free seats, you wanted 2"):
        put(new_basket(), departure, adults=2)

    (row,) = selectors.summary(baskets.reckon(basket)).lines
    assert row.problem == "Only 1 seat is left."
    with pytest.raises(LinesUnavailable, match=r"Only 1 seat is left"):
        check_out(basket, wish=None)
    assert taken_of(departure) == 9


def test_an_order_holds_its_seats_and_freezes_the_policy_of_the_tour():
    departure = departure_in()

    placed = order_of(departure, adults=2, children=1)

    booking = SeatBooking.objects.get(order_line__order=placed.order)
    assert (booking.state, booking.channel, booking.amount_vnd) == ("held", "shop", 1_620_000)
    assert booking.policy["code"] == "moderate"
    assert placed.intent.amount_vnd == 1_620_000
    assert taken_of(departure) == 3


def test_goods_nights_and_seats_are_ordered_together_with_one_payment(post):
    departure, room = departure_in(), RoomTypeFactory(price_vnd=300_000, rooms=1, open_from=in_days(0))
    rice = ProduceFactory(price_vnd=175_000, stock=10, weight_g=5_000)
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=1)
    fill_with_nights(basket, room, first_night=in_days(9))
    put(basket, departure)

    placed = check_out(basket)
    tell(placed.intent.pk, Outcome.SUCCEEDED)

    placed.order.refresh_from_db()
    assert placed.order.status == "paid"
    assert placed.order.lines.get(booking__isnull=False).booking.state == "confirmed"
    assert placed.order.lines.get(seats__isnull=False).seats.state == "confirmed"


def test_the_seats_of_an_order_are_counted_in_the_figures_of_the_commune():
    departure = departure_in()
    placed = order_of(departure, adults=2, children=1)

    tell(placed.intent.pk, Outcome.SUCCEEDED)

    sale = SaleLine.objects.get(order=placed.order)
    assert (sale.kind, sale.quantity, sale.amount_vnd) == ("seats", 3, 1_620_000)


def test_paying_confirms_the_seats_and_makes_the_group_go_and_the_seller_waits_until_the_day_is_over():
    departure = departure_in(min_group=2)
    placed = order_of(departure, adults=2)

    tell(placed.intent.pk, Outcome.SUCCEEDED)

    departure.refresh_from_db()
    assert departure.state == "goes"
    over_at = PartClock.objects.get(part__order=placed.order).expected_at
    day_after = departure.last_day + timedelta(days=1)
    assert timezone.localtime(over_at).isoformat() == f"{day_after}T00:00:00+07:00"


def test_a_refused_payment_and_an_ended_hold_free_the_seats():
    departure = departure_in()
    refused, expired = order_of(departure, adults=2), order_of(departure, adults=3)
    assert taken_of(departure) == 5

    tell(refused.intent.pk, Outcome.FAILED)
    assert taken_of(departure) == 3
    fulfilment.release_ended_holds(now=timezone.now() + timedelta(minutes=16))

    assert taken_of(departure) == 0
    assert SeatBooking.objects.get(order_line__order=expired.order).state == "released"


def test_a_buyer_finds_seats_of_a_hold_that_ended_though_no_worker_runs():
    departure = departure_in(capacity=2)
    first = order_of(departure, adults=2)
    first.order.placement.__class__.objects.update(hold_expires_at=timezone.now() - timedelta(seconds=1))

    put(new_basket(), departure, adults=2)

    assert taken_of(departure) == 0


def test_late_money_gets_its_seats_while_they_are_free_and_goes_back_otherwise():
    departure = departure_in(capacity=4)
    late, too_late = order_of(departure, adults=2), order_of(departure, adults=2)
    fulfilment.release_ended_holds(now=timezone.now() + timedelta(minutes=16))
    order_of(departure, adults=2)

    tell(late.intent.pk, Outcome.SUCCEEDED)
    tell(too_late.intent.pk, Outcome.SUCCEEDED)

    late.order.refresh_from_db()
    too_late.order.refresh_from_db()
    assert (late.order.status, too_late.order.status) == ("paid", "cancelled")
    too_late.order.placement.refresh_from_db()
    assert too_late.order.placement.refund_reason
    assert taken_of(departure) == 4


def test_cancelling_an_unpaid_order_frees_its_seats():
    departure = departure_in()
    placed = order_of(departure)

    fulfilment.cancel(number=placed.order.number, now=timezone.now())

    assert taken_of(departure) == 0
    assert SubOrder.objects.get(order=placed.order).status == "cancelled"


@pytest.mark.parametrize(("adults", "children"), [(0, 1), (51, 0)])
def test_a_senseless_party_is_refused(adults, children):
    with pytest.raises(Invalid):
        put(new_basket(), departure_in(), adults=adults, children=children)


def test_seats_cannot_be_multiplied_in_the_basket():
    basket = new_basket()
    line = put(basket, departure_in())

    with pytest.raises(Invalid, match=r"another party"):
        baskets.set_quantity(basket, line_id=line.pk, quantity=2)


def test_a_tour_is_not_paid_in_cash_at_the_post_office(post):
    basket = new_basket()
    put(basket, departure_in())

    offer = checkout.make_offer(basket=basket, wish=None, now=timezone.now())

    assert "cash" not in dict(offer.ways_to_pay)


@pytest.mark.django_db(transaction=True)
def test_of_two_orders_for_the_last_seat_one_is_placed():
    departure = departure_in(capacity=2)
    seats.book(departure_id=departure.pk, adults=1, children=0, channel="host", now=timezone.now())
    filled = [new_basket(), new_basket()]
    for basket in filled:
        put(basket, departure, adults=1)

    results = race([lambda basket=basket: check_out(basket, wish=None) for basket in filled])

    assert sorted(isinstance(result, ShopError) for result in results) == [False, True], results
    assert taken_of(departure) == 2
