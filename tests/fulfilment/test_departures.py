"""The minimum group: a departure goes with it, and without it everybody has all their money back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.errors import Invalid
from marketplace.fulfilment.services import departures
from marketplace.settlement.models import Refund
from marketplace.shop.basket import services as baskets
from payments.models import Operation
from payments.providers.base import Outcome
from tests.factories import ProduceFactory
from tests.payments.threads import race
from tests.shop.conftest import check_out, new_basket
from tests.shop.silent import tell
from tests.shop.test_seats import departure_in, order_of, put, taken_of, tour_options  # noqa: F401  (fixture)
from tourism.tours import groups, seats
from tourism.tours.models import Departure, SeatBooking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tour_options")]


def paid_order(departure: Departure, **facts: Any) -> Any:
    placed = order_of(departure, **facts)
    tell(placed.intent.pk, Outcome.SUCCEEDED)
    placed.order.refresh_from_db()
    assert placed.order.status == "paid"
    return placed


def at_the_cut_off(departure: Departure) -> Any:
    groups.decide(now=departure.cut_off_at)
    return departures.refund_cancelled(now=departure.cut_off_at)


def test_with_too_few_guests_everybody_is_refunded_in_full_at_the_cut_off():
    departure = departure_in(min_group=6)
    placed = [paid_order(departure, adults=2), paid_order(departure, adults=2, children=1)]

    assert at_the_cut_off(departure) == 2
    assert at_the_cut_off(departure) == 0

    departure.refresh_from_db()
    assert (departure.state, departure.cancelled_for, departure.taken) == ("cancelled", "too few guests", 0)
    assert sorted(Refund.objects.values_list("amount_vnd", flat=True)) == [1_200_000, 1_620_000]
    for each in placed:
        tell(each.intent.pk, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)
        each.order.refresh_from_db()
        assert each.order.status == "refunded"


def test_nothing_is_decided_before_the_cut_off():
    departure = departure_in(min_group=6)
    paid_order(departure, adults=2)

    assert groups.decide(now=departure.cut_off_at - timedelta(seconds=1)) == 0

    departure.refresh_from_db()
    assert (departure.state, departure.taken) == ("open", 2)


def test_guests_who_are_just_paying_are_waited_for():
    departure = departure_in(min_group=4)
    paid_order(departure, adults=2)
    paying = order_of(departure, adults=2)

    at_the_cut_off(departure)
    departure.refresh_from_db()
    assert departure.state == "open"

    tell(paying.intent.pk, Outcome.SUCCEEDED)
    departure.refresh_from_db()
    assert departure.state == "goes"
    assert at_the_cut_off(departure) == 0


def test_guests_who_did_not_pay_in_the_end_make_no_group():
    departure = departure_in(min_group=4)
    paid_order(departure, adults=2)
    paying = order_of(departure, adults=2)

    tell(paying.intent.pk, Outcome.FAILED)
    at_the_cut_off(departure)

    departure.refresh_from_db()
    assert (departure.state, departure.taken) == ("cancelled", 0)


def test_of_a_mixed_order_only_the_seats_go_back(post):
    departure, rice = departure_in(min_group=6), ProduceFactory(price_vnd=175_000, stock=10)
    basket = new_basket()
    put(basket, departure)
    baskets.add_goods(basket, product_id=rice.product_id, quantity=1)
    placed = check_out(basket)
    tell(placed.intent.pk, Outcome.SUCCEEDED)

    at_the_cut_off(departure)

    assert [refund.amount_vnd for refund in Refund.objects.all()] == [1_200_000]
    placed.order.refresh_from_db()
    assert placed.order.status == "paid"


def test_the_organiser_cancels_with_a_reason_and_all_are_refunded():
    departure = departure_in(min_group=2)
    paid_order(departure, adults=2)
    telephoned = seats.book(
        departure_id=departure.pk, adults=1, children=0, channel="host", now=timezone.now()
    )

    with pytest.raises(Invalid, match=r"why it does not go"):
        groups.cancel(departure.pk, reason=" ", now=timezone.now())
    assert groups.cancel(departure.pk, reason="Đường sạt lở", now=timezone.now())
    assert not groups.cancel(departure.pk, reason="Đường sạt lở", now=timezone.now())
    assert departures.refund_cancelled(now=timezone.now()) == 2

    assert [(each.amount_vnd, each.reason) for each in Refund.objects.all()] == [(1_200_000, "Đường sạt lở")]
    telephoned.refresh_from_db()
    assert (telephoned.state, taken_of(departure)) == ("released", 0)


def test_an_order_that_waits_for_its_payment_ends_with_its_departure():
    departure = departure_in(min_group=6)
    placed = order_of(departure, adults=2)

    groups.cancel(departure.pk, reason="Mưa lũ", now=timezone.now())
    departures.refund_cancelled(now=timezone.now())

    placed.order.refresh_from_db()
    assert (placed.order.status, taken_of(departure)) == ("cancelled", 0)


def test_who_has_booked_goes_though_nobody_else_can_book():
    departure = departure_in(min_group=2)
    paid_order(departure, adults=2)

    groups.close(departure.pk)
    at_the_cut_off(departure)
    departure.refresh_from_db()
    assert departure.state == "closed"

    groups.reopen(departure.pk)
    departure.refresh_from_db()
    assert departure.state == "goes"


@pytest.mark.parametrize("capacity", [1, 4])
def test_a_departure_keeps_the_seats_that_are_taken(capacity):
    departure = departure_in(min_group=2, taken=5)

    with pytest.raises(Invalid, match=r"Keep at least 5 seats"):
        groups.change(departure.pk, capacity=capacity, guide="Lò Văn Sơn", meeting_point="Bản Che Căn")

    departure.refresh_from_db()
    assert (departure.capacity, departure.guide) == (10, "")


@pytest.mark.django_db(transaction=True)
def test_a_booking_and_the_decision_at_the_same_moment_never_leave_a_guest_on_a_cancelled_departure():
    departure = departure_in(min_group=2)
    now = departure.cut_off_at - timedelta(seconds=1)

    race(
        [
            lambda: groups.cancel(departure.pk, reason="Mưa lũ", now=now),
            lambda: seats.book(departure_id=departure.pk, adults=2, children=0, channel="reseller", now=now),
        ]
    )
    departures.refund_cancelled(now=now)

    departure.refresh_from_db()
    assert (departure.state, departure.taken) == ("cancelled", 0)
    assert not SeatBooking.objects.exclude(state="released").exists()
