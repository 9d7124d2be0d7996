from __future__ import annotations

import uuid

import pytest

from marketplace.sellers.models import Member
from payments.providers.base import Outcome
from tests.api.buying import CHECKOUT, new_basket, put
from tests.api.conftest import signed_in
from tests.factories import ProduceFactory, RoomTypeFactory, SellerFactory, StayFactory, UserFactory
from tests.shop.conftest import in_days
from tests.shop.silent import tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def member_of(*sellers):
    user = UserFactory()
    for seller in sellers:
        Member.objects.create(seller=seller, user=user)
    return signed_in(user)


def buy(api, *wishes) -> dict:
    basket = new_basket(api)
    for wish in wishes:
        put(api, basket, **wish)
    return api.post(f"baskets/{basket}/checkout/", CHECKOUT).json()


def test_a_seller_sees_the_own_part_of_a_paid_order_and_nothing_of_the_others(api):
    farm, house = SellerFactory(name="Hộ A"), SellerFactory(name="Hộ B")
    rice = ProduceFactory(title="Gạo tám", seller=farm, price_vnd=175_000, weight_g=5_000)
    room = RoomTypeFactory(
        stay=StayFactory(seller=house), title="Phòng đôi", price_vnd=300_000, open_from=in_days(1)
    )
    nights = {"room_type": room.pk, "first_night": str(in_days(2)), "nights": 1, "rooms": 1, "guests": 2}
    placed = buy(api, {"product": rice.product_id, "quantity": 2}, nights)
    assert member_of(farm).get("sell/orders/").json()["results"] == []
    tell(uuid.UUID(placed["payment"]["id"]), Outcome.SUCCEEDED)

    farmer, host = member_of(farm).get("sell/orders/"), member_of(house).get("sell/orders/")

    (part,) = farmer.json()["results"]
    assert part == {
        "number": f"{placed['order_number']}-1",
        "status": "paid",
        "seller": {"id": farm.pk, "name": "Hộ A", "kind": "household"},
        "placed_at": part["placed_at"],
        "paid_at": part["paid_at"],
        "name": "Lò Thị Mai",
        "phone": "+84399000001",
        "destination": {
            "method": "home",
            "province": "Thành phố Hà Nội",
            "commune": None,
            "detail": "Số 5 phố Hàng Mã",
            "post_office": None,
        },
        "lines_total_vnd": 350_000,
        "delivery_vnd": 155_500,
        "lines": [
            {
                "product": rice.product_id,
                "title": "Gạo tám",
                "quantity": 2,
                "total_vnd": 350_000,
                "nights": None,
                "seats": None,
            }
        ],
    }
    (part,) = host.json()["results"]
    assert (part["number"], part["destination"]) == (f"{placed['order_number']}-2", None)
    assert [line["title"] for line in part["lines"]] == ["Phòng đôi"]
    assert part["lines"][0]["nights"] == nights | {"leaves_on": str(in_days(3)), "children": 0}


def test_who_acts_for_two_sellers_of_one_order_sees_each_line_once_in_its_part(
    api, django_assert_num_queries
):
    first, second = SellerFactory(), SellerFactory()
    wishes = [
        {"product": ProduceFactory(title=title, seller=seller).product_id, "quantity": 1}
        for title, seller in (("Gạo", first), ("Mật ong", second))
    ]
    placed = buy(api, *wishes)
    tell(uuid.UUID(placed["payment"]["id"]), Outcome.SUCCEEDED)
    caller = member_of(first, second)

    with django_assert_num_queries(5):  # user, sellers, count, parts, their lines
        answer = caller.get("sell/orders/")

    lines = {part["number"]: [line["title"] for line in part["lines"]] for part in answer.json()["results"]}
    number = placed["order_number"]
    assert lines == {f"{number}-1": ["Gạo"], f"{number}-2": ["Mật ong"]}


def test_strangers_sign_in_first_and_who_sells_nothing_is_told_so(api):
    stranger, buyer = api.get("sell/orders/"), signed_in(UserFactory()).get("sell/orders/")

    assert (stranger.status_code, stranger.json()["code"]) == (401, "not_authenticated")
    assert buyer.status_code == 403
    assert buyer.json() == {
        "code": "permission_denied",
        "message": "You act for no seller. Ask one of its members to add you.",
        "details": {},
    }
