"""What the checkout says of the day things arrive, keeps with the order, and refuses."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.utils import timezone

from marketplace.delivery.errors import NotFresh
from marketplace.delivery.models import FreeDelivery, PostOffice, Promise, Route, RouteFee, RouteStop
from marketplace.delivery.services import Wish
from marketplace.sellers.models import SubOrder
from marketplace.shop.basket import services as baskets
from marketplace.shop.checkout import services as checkout
from tests.delivery.conftest import order_to
from tests.factories import ProduceFactory, SellerFactory
from tests.shop.conftest import check_out, new_basket

pytestmark = pytest.mark.django_db

DAYS = [0, 1, 2, 3, 4, 5, 6]


@pytest.fixture
def joined(hub, village) -> PostOffice:
    """The village is on a route of the central office that goes every day."""
    village.hub = hub
    village.save()
    route = Route.objects.create(code="R1", name="Sín Chải", office=hub, weekdays=DAYS)
    RouteStop.objects.create(route=route, place=1, office=village)
    return village


def basket_of(village, **produce):
    seller = SellerFactory(commune=village.commune)
    facts = {"seller": seller, "title": "Bí xanh", "price_vnd": 100_000, "weight_g": 500, "stock": 50}
    basket = new_basket()
    baskets.add_goods(basket, product_id=ProduceFactory(**facts | produce).product_id, quantity=2)
    return basket


def to(office) -> Wish:
    return Wish(method="post-office", post_office_code=office.code)


def test_an_order_keeps_the_day_it_was_promised(hub, joined):
    part = order_to(hub, commune=joined.commune)
    promise = Promise.objects.get(part=part)

    handed_in = timezone.localdate(part.placed_at).toordinal() + 1
    handed_in += timezone.localtime(part.placed_at).time() >= time(15)
    assert promise.sends_on.toordinal() == handed_in
    assert promise.reaches_on.toordinal() == handed_in + 1
    assert promise.legs == [["384500", "380000", promise.reaches_on.isoformat()]]


def test_what_would_not_be_fresh_is_refused_with_words_and_where_it_would_be(hub, joined):
    basket = basket_of(joined, shelf_life_days=2)

    with pytest.raises(NotFresh) as refused:
        check_out(basket)  # to Hà Nội: a day to the centre, three more

    words = str(refused.value)
    assert words.startswith("“Bí xanh” keeps for 2 days, and its way takes 4: it would not be fresh.")
    assert "collect it fresh at a post office: Bưu điện tỉnh (" in words
    assert words.endswith("Or remove it from the basket to order the rest.")
    assert not SubOrder.objects.exists()
    assert [each["name"] for each in refused.value.details["nearer"]] == ["Bưu điện tỉnh", "Sín Chải"]


def test_what_keeps_long_enough_goes_everywhere(hub, joined):
    check_out(basket_of(joined, shelf_life_days=4))

    assert Promise.objects.count() == 1


def test_a_route_may_cost_more_and_a_dear_parcel_nothing(hub, joined):
    today = timezone.now()
    RouteFee.objects.create(route=joined.stop.route, valid_from=date(2025, 1, 1), parcel_vnd=3_000)
    RouteFee.objects.create(route=joined.stop.route, valid_from=date(2099, 1, 1), parcel_vnd=90_000)
    near = checkout.make_offer(basket=basket_of(joined), wish=to(joined), now=today)
    far = checkout.make_offer(basket=basket_of(joined), wish=to(hub), now=today)
    # 1 kg: 15.000 ₫ and one step of 2.000 ₫.
    assert (near.delivery_vnd, far.delivery_vnd) == (20_000, 17_000)

    FreeDelivery.objects.create(zone="Z1", valid_from=date(2025, 1, 1), from_vnd=200_001)
    assert checkout.make_offer(basket=basket_of(joined), wish=to(joined), now=today).delivery_vnd == 20_000
    FreeDelivery.objects.create(zone="Z1", valid_from=date(2025, 1, 2), from_vnd=200_000)
    assert checkout.make_offer(basket=basket_of(joined), wish=to(joined), now=today).delivery_vnd == 0
