from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.errors import BasketEmpty, Invalid, LinesUnavailable, PriceChanged, SoldOut
from marketplace.fulfilment.models import Placement
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from payments.models import Intent, Operation
from tests.factories import ProduceFactory, RoomTypeFactory
from tests.shop.conftest import check_out, fill_with_nights, in_days, new_basket
from tests.shop.silent import SilentProvider
from tourism.models import Booking

Order = get_model("order", "Order")

# start_payment commits before it calls the provider, so it refuses to run inside a test's transaction.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def test_rice_of_two_sellers_and_two_nights_become_one_order_with_a_part_per_seller():
    rice = ProduceFactory(price_vnd=175_000, stock=10, weight_g=5_000)
    honey = ProduceFactory(price_vnd=250_000, stock=4, weight_g=500)
    room = RoomTypeFactory(price_vnd=300_000, rooms=3, open_from=in_days(1))
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=2)
    baskets.add_goods(basket, product_id=honey.product_id, quantity=1)
    fill_with_nights(basket, room, first_night=in_days(3), nights=2, rooms=1)

    placed = check_out(basket)

    # 10 kg: 32.000 + 19 steps of 6.500; 500 g: 32.000
    assert [(part.lines_vnd, part.delivery_vnd) for part in placed.order.suborders.order_by("number")] == [
        (350_000, 155_500),
        (250_000, 32_000),
        (600_000, 0),
    ]
    assert placed.order.status == "awaiting-payment"
    assert placed.order.total_incl_tax == Decimal(1_387_500)
    assert placed.intent.amount_vnd == 1_387_500
    assert placed.intent.reference == placed.order.number
    assert placed.order.placement.payment_id == placed.intent.id
    rice.product.stockrecords.get(num_allocated=2)
    assert list(room.nights.filter(taken=1).values_list("night_on", flat=True)) == [in_days(3), in_days(4)]
    booking = Booking.objects.get()
    assert (booking.state, booking.amount_vnd, booking.leaves_on) == ("held", 600_000, in_days(5))
    assert [charge.amount_vnd for charge in SilentProvider.asked.values()] == [1_387_500]


def test_a_second_click_leads_to_the_same_order_and_the_same_payment():
    rice = ProduceFactory(stock=10)
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=1)
    first = check_out(basket)

    second = check_out(Basket.objects.get(pk=basket.pk))

    assert second.order.pk == first.order.pk
    assert second.intent.pk == first.intent.pk
    assert Order.objects.count() == 1
    assert Operation.objects.count() == 1
    rice.product.stockrecords.get(num_allocated=1)


def test_a_price_that_moved_after_the_preview_is_refused_and_nothing_is_ordered():
    rice = ProduceFactory(price_vnd=175_000, weight_g=500)
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=1)
    rice.product.stockrecords.update(price=1_750_000)

    with pytest.raises(PriceChanged, match=r"it was 207\.000 ₫ and is 1\.782\.000 ₫ now"):
        check_out(basket, agreed_total_vnd=207_000)

    assert not Order.objects.exists()
    assert not Intent.objects.exists()
    basket.refresh_from_db()
    assert basket.status == Basket.OPEN
    rice.product.stockrecords.get(num_allocated=None)


def test_what_is_gone_is_named_line_by_line_and_the_rest_stays_in_the_basket():
    rice = ProduceFactory(title="Gạo tám", stock=5)
    room = RoomTypeFactory(rooms=1, open_from=in_days(1))
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=3)
    fill_with_nights(basket, room, first_night=in_days(2))
    rice.product.stockrecords.update(num_in_stock=2)
    room.nights.filter(night_on=in_days(2)).update(taken=1)

    with pytest.raises(LinesUnavailable) as refusal:
        check_out(basket)

    assert len(refusal.value.errors) == 2
    assert "Gạo tám" in str(refusal.value.errors[0])
    assert f"{in_days(2):%d/%m/%Y}" in str(refusal.value.errors[1])
    assert not Order.objects.exists()
    assert Basket.objects.get(pk=basket.pk).lines.count() == 2


def test_a_race_lost_inside_the_transaction_leaves_nothing_behind(monkeypatch):
    rice = ProduceFactory(title="Gạo tám", stock=1)
    room = RoomTypeFactory(rooms=1, open_from=in_days(1))
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=1)
    fill_with_nights(basket, room, first_night=in_days(2))
    monkeypatch.setattr("marketplace.shop.checkout.services._refuse_unavailable", lambda offer: None)
    rice.product.stockrecords.update(num_allocated=1)

    with pytest.raises(SoldOut, match="“Gạo tám” has just sold out"):
        check_out(basket)

    assert not Order.objects.exists()
    assert not get_model("order", "ShippingAddress").objects.exists()
    assert not Placement.objects.exists()
    assert not room.nights.filter(taken__gt=0).exists()
    assert Basket.objects.get(pk=basket.pk).status == Basket.OPEN


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"payer": "12"}, "msisdn"),
        ({"provider": "momo"}, "provider"),
        ({"wish": None}, "delivery"),
    ],
)
def test_senseless_details_are_refused_by_field(changes, field):
    rice = ProduceFactory()
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=1)

    with pytest.raises(Invalid) as refusal:
        check_out(basket, **changes)

    assert refusal.value.field == field
    assert Basket.objects.get(pk=basket.pk).status == Basket.OPEN


def test_an_empty_basket_cannot_be_ordered():
    with pytest.raises(BasketEmpty):
        check_out(new_basket())


def test_order_numbers_cannot_be_guessed_from_the_basket():
    numbers = set()
    for _ in range(2):
        rice = ProduceFactory()
        basket = new_basket()
        baskets.add_goods(basket, product_id=rice.product_id, quantity=1)
        numbers.add(check_out(basket).order.number)

    assert len(numbers) == 2
    assert all(
        number.startswith(f"{timezone.localdate():%y%m%d}-") and len(number) == 13 for number in numbers
    )
