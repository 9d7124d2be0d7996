"""Hazard H13: Oscar reckons in hundredths, and the đồng has none.

Plain Oscar stores 33 331.50 for three packs of 12 345 ₫ less 10 %, and 9 011.67 for one of three among
which 10 000 ₫ are spread. Here everything is whole, and every sum of an order is the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oscar.core.loading import get_model

from marketplace.errors import NothingToPay
from marketplace.fulfilment import services as fulfilment
from marketplace.shop.basket import selectors
from marketplace.shop.basket import services as baskets
from payments.models import Operation
from payments.providers.base import Outcome
from tests.factories import ProduceFactory, RoomTypeFactory, SellerFactory
from tests.shop.bargains import Benefit, ConditionalOffer, offer, range_of
from tests.shop.conftest import check_out, fill_with_nights, in_days, new_basket
from tests.shop.silent import tell

Order = get_model("order", "Order")
LinePrice = get_model("order", "LinePrice")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

hundredths = st.decimals(min_value="0.01", max_value="100", places=2)
amounts = st.decimals(min_value="0.01", max_value="2000000", places=2)
packs = st.lists(
    st.tuples(st.integers(1, 5_000_000), st.integers(1, 12), st.integers(0, 1)), min_size=1, max_size=4
)
bargains = st.lists(
    st.tuples(
        st.one_of(
            st.tuples(st.just(Benefit.PERCENTAGE), hundredths),
            st.tuples(st.sampled_from([Benefit.FIXED, Benefit.FIXED_UNIT, Benefit.FIXED_PRICE]), amounts),
            st.tuples(st.just(Benefit.MULTIBUY), st.none()),
        ),
        st.integers(1, 3),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


def basket_of(prices_vnd: list[int], *, quantity: int = 1) -> Any:
    basket = new_basket()
    for price_vnd in prices_vnd:
        rice = ProduceFactory(price_vnd=price_vnd, stock=100, weight_g=500)
        baskets.add_goods(basket, product_id=rice.product_id, quantity=quantity)
    return basket


def line_prices(order: Any) -> list[Decimal]:
    return list(order.lines.order_by("pk").values_list("line_price_incl_tax", flat=True))


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(packs=packs, bargains=bargains)
def test_whatever_is_bought_on_whatever_offers_all_sums_are_the_same_whole_number(packs, bargains):
    ConditionalOffer.objects.all().delete()
    sellers = [SellerFactory(), SellerFactory()]
    basket = new_basket()
    for price_vnd, quantity, seller in packs:
        rice = ProduceFactory(price_vnd=price_vnd, stock=100, weight_g=500, seller=sellers[seller])
        baskets.add_goods(basket, product_id=rice.product_id, quantity=quantity)
    for priority, ((kind, value), buying, exclusive) in enumerate(bargains):
        offer(kind, value, buying=buying, exclusive=exclusive, priority=priority)

    placed = check_out(basket)

    order, full_vnd = placed.order, sum(price_vnd * quantity for price_vnd, quantity, _ in packs)
    parts = list(order.suborders.all())
    total_vnd = sum(part.lines_vnd + part.delivery_vnd for part in parts)
    assert (order.total_incl_tax, order.total_excl_tax, placed.intent.amount_vnd) == (total_vnd,) * 3
    assert order.shipping_incl_tax == sum(part.delivery_vnd for part in parts)
    assert sum(share.amount_vnd for share in placed.intent.shares.all()) == total_vnd
    for part in parts:
        lines = order.lines.filter(partner=part.seller.partner)
        assert sum(line.line_price_incl_tax for line in lines) == part.lines_vnd
    for line in order.lines.prefetch_related("prices", "discounts"):
        units = [(price.price_incl_tax, price.quantity) for price in line.prices.all()]
        assert sum(price * number for price, number in units) == line.line_price_incl_tax
        assert all(price == price.to_integral_value() and price >= 0 for price, _ in units)
        assert sum(number for _, number in units) == line.quantity
    saved = sum(discount.amount for discount in order.discounts.all())
    assert full_vnd - sum(part.lines_vnd for part in parts) == saved


@pytest.mark.parametrize(
    ("prices_vnd", "quantity", "kind", "value", "wanted"),
    [
        ([12_345], 3, "Percentage", "10", [33_332]),  # 3 703.5 off
        ([12_345], 3, "Percentage", "12.5", [32_406]),  # 4 629.375 off
        ([12_345, 12_345, 12_345], 1, "Absolute", "10000", [9_012, 9_012, 9_011]),
        ([12_345], 3, "Absolute", "10000", [27_035]),
        ([10, 10, 10, 10], 1, "Absolute", "2.5", [10, 10, 10, 8]),
        ([12_345], 2, "Fixed", "0.75", [24_689]),
    ],
)
def test_an_offer_that_does_not_divide_evenly_takes_whole_dong_off(prices_vnd, quantity, kind, value, wanted):
    basket = basket_of(prices_vnd, quantity=quantity)
    offer(kind, Decimal(value))

    order = check_out(basket).order

    assert line_prices(order) == wanted


def test_units_of_one_line_share_a_discount_to_the_dong():
    basket = basket_of([12_345], quantity=3)
    offer("Absolute", Decimal(10_000))

    order = check_out(basket).order

    prices = LinePrice.objects.filter(order=order).order_by("pk").values_list("price_incl_tax", "quantity")
    assert list(prices) == [(9_011, 1), (9_012, 2)]


def test_an_offer_on_stays_takes_whole_dong_off_the_nights_and_leaves_the_rice_alone():
    room = RoomTypeFactory(price_vnd=333_333, open_from=in_days(0))
    basket = basket_of([175_000])
    fill_with_nights(basket, room, first_night=in_days(2), nights=2)
    stays = range_of(is_public=True)
    stays.classes.add(room.stay.product.product_class)
    offer("Percentage", Decimal("33.33"), on=stays)

    order = check_out(basket).order

    assert line_prices(order) == [175_000, 444_467]  # 666 666 less 222 199.7778


def test_the_basket_page_shows_what_the_order_will_cost(client):
    rice = ProduceFactory(price_vnd=12_345)
    offer("Percentage", Decimal("12.5"))
    client.post(f"/basket/add/{rice.product_id}/", {"quantity": 3})

    page = client.get("/basket/").content.decode()

    assert 'data-total-vnd="32406"' in page
    assert "32.406\xa0₫" in page


@pytest.mark.parametrize(
    ("table", "column", "constraint"),
    [
        ("partner_stockrecord", "price", "price_is_whole_dong"),
        ("order_order", "total_incl_tax", "order_totals_are_whole_dong"),
        ("order_order", "shipping_incl_tax", "order_totals_are_whole_dong"),
        ("order_line", "line_price_incl_tax", "line_prices_are_whole_dong"),
    ],
)
def test_the_database_refuses_a_fraction_of_a_dong(table, column, constraint):
    check_out(basket_of([175_000]))

    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET {column} = {column} + 0.5")  # noqa: S608

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608
        assert [amount for (amount,) in cursor.fetchall() if amount % 1] == []


def test_a_free_pack_of_a_second_seller_is_ordered_with_the_rest_and_refunded_with_it():
    dear, cheap = ProduceFactory(price_vnd=175_000), ProduceFactory(price_vnd=12_000, weight_g=500)
    basket = new_basket()
    for rice in (dear, cheap):
        baskets.add_goods(basket, product_id=rice.product_id, quantity=1)
    offer("Multibuy", None, buying=2)
    placed = check_out(basket)
    tell(placed.intent.id, Outcome.SUCCEEDED)

    fulfilment.cancel(number=placed.order.number, now=timezone.now())
    tell(placed.intent.id, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)

    assert [part.lines_vnd for part in placed.order.suborders.order_by("number")] == [175_000, 0]
    assert set(placed.order.suborders.values_list("status", flat=True)) == {"refunded"}
    assert Order.objects.get().status == "refunded"


def test_a_basket_that_costs_nothing_is_refused_before_anything_is_held():
    room = RoomTypeFactory(price_vnd=300_000, open_from=in_days(0))
    basket = new_basket()
    fill_with_nights(basket, room, first_night=in_days(2))
    offer("Percentage", Decimal(100))

    with pytest.raises(NothingToPay, match="there is nothing to pay"):
        check_out(basket)

    assert not Order.objects.exists()
    assert not room.nights.filter(taken__gt=0).exists()


def test_a_total_shown_is_the_total_asked_for(client):
    basket = basket_of([12_345], quantity=3)
    offer("Percentage", Decimal(10))

    shown = selectors.summary(baskets.reckon(basket)).lines_vnd

    assert check_out(basket).intent.shares.order_by("-amount_vnd").get(amount_vnd=shown)
