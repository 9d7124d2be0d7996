from __future__ import annotations

import pytest

from marketplace.shop.basket.models import Basket
from tests.api.buying import new_basket, put
from tests.factories import ProduceFactory, RoomTypeFactory, SellerFactory, StayFactory
from tests.shop.conftest import in_days
from tourism.models import AddOn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stay_options")]


def test_a_baskets_id_is_not_its_number_and_fits_into_an_address(api):
    basket = new_basket(api)

    pk = Basket.objects.get().pk
    assert basket.startswith(f"{pk}.")
    assert len(basket) > 40
    for guess in (str(pk), f"{pk}.", f"{pk}.{'A' * 43}", "%00", "x"):
        answer = api.get(f"baskets/{guess}/")
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_goods_and_nights_stand_in_the_basket_with_their_prices(api):
    seller = SellerFactory(name="Hộ bà Quàng Thị Ánh")
    rice = ProduceFactory(title="Gạo tám", seller=seller, price_vnd=175_000, stock=10)
    room = RoomTypeFactory(price_vnd=300_000, rooms=3, open_from=in_days(1))
    basket = new_basket(api)
    goods = put(api, basket, product=rice.product_id, quantity=2)
    nights = put(api, basket, room_type=room.pk, first_night=str(in_days(2)), nights=2, rooms=2, guests=3)

    answer = api.get(f"baskets/{basket}/").json()

    assert answer == {
        "id": basket,
        "status": "open",
        "lines": [goods, nights],
        "lines_total_vnd": 1_550_000,
        "needs_delivery": True,
    }
    assert goods == {
        "id": goods["id"],
        "product": rice.product_id,
        "title": "Gạo tám",
        "seller": {"id": seller.pk, "name": "Hộ bà Quàng Thị Ánh", "kind": "household"},
        "quantity": 2,
        "unit_vnd": 175_000,
        "total_vnd": 350_000,
        "nights": None,
        "seats": None,
        "problem": None,
    }
    assert (nights["product"], nights["total_vnd"]) == (room.stay.product_id, 1_200_000)
    assert nights["nights"] == {
        "room_type": room.pk,
        "first_night": str(in_days(2)),
        "leaves_on": str(in_days(4)),
        "nights": 2,
        "rooms": 2,
        "guests": 3,
        "children": 0,
    }


def test_nights_are_put_in_with_children_and_meals_of_the_stay(api):
    stay = StayFactory(child_percent=50)
    room = RoomTypeFactory(
        stay=stay, kind="floor", sleeps=1, rooms=5, price_vnd=100_000, open_from=in_days(1)
    )
    dinner = AddOn.objects.create(
        stay=stay, kind="dinner", per="guest-night", name="Cơm tối", price_vnd=120_000
    )
    shown = api.get(f"stays/{stay.product_id}/").json()
    wish = {"first_night": str(in_days(2)), "nights": 1, "rooms": 3, "guests": 3, "children": 1}

    line = put(api, new_basket(api), room_type=room.pk, **wish, add_ons=[{"add_on": dinner.pk}])

    assert shown["add_ons"] == [
        {
            "id": dinner.pk,
            "kind": "dinner",
            "per": "guest-night",
            "name": "Cơm tối",
            "name_en": "",
            "price_vnd": 120_000,
        }
    ]
    assert shown["policy"]["code"] == "flexible"
    assert shown["policy"]["steps"][0] == {"hours_before": 24, "refund_percent": 100}
    assert line["total_vnd"] == 250_000 + 300_000
    assert line["nights"]["children"] == 1


def test_the_same_product_again_adds_to_its_line(api):
    rice = ProduceFactory(stock=10)
    basket = new_basket(api)
    first = put(api, basket, product=rice.product_id, quantity=2)

    again = put(api, basket, product=rice.product_id, quantity=3)

    assert (again["id"], again["quantity"]) == (first["id"], 5)


def test_a_line_is_changed_and_taken_out(api):
    basket = new_basket(api)
    line = put(api, basket, product=ProduceFactory(price_vnd=20_000, stock=10).product_id, quantity=2)
    path = f"baskets/{basket}/lines/{line['id']}/"

    changed, gone, again = api.patch(path, {"quantity": 4}), api.delete(path), api.delete(path)

    assert (changed.status_code, changed.json()["total_vnd"]) == (200, 80_000)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")
    assert api.get(f"baskets/{basket}/").json()["lines"] == []


def test_a_line_of_another_basket_cannot_be_touched(api):
    mine, other = new_basket(api), new_basket(api)
    line = put(api, other, product=ProduceFactory().product_id, quantity=1)

    for answer in (
        api.patch(f"baskets/{mine}/lines/{line['id']}/", {"quantity": 9}),
        api.delete(f"baskets/{mine}/lines/{line['id']}/"),
    ):
        assert answer.status_code == 404
        assert answer.json()["message"] == "This line is no longer in the basket."
    assert [each["quantity"] for each in api.get(f"baskets/{other}/").json()["lines"]] == [1]


def test_more_than_there_is_is_refused(api):
    rice = ProduceFactory(title="Gạo tám", stock=3)
    room = RoomTypeFactory(rooms=1, open_from=in_days(1))
    room.nights.filter(night_on=in_days(2)).update(taken=1)
    basket = new_basket(api)

    goods = api.post(f"baskets/{basket}/lines/", {"product": rice.product_id, "quantity": 4})
    nights = api.post(
        f"baskets/{basket}/lines/",
        {"room_type": room.pk, "first_night": str(in_days(2)), "nights": 1, "rooms": 1, "guests": 1},
    )

    assert goods.status_code == nights.status_code == 409
    assert goods.json() == {
        "code": "sold_out",
        "message": "Only 3 of “Gạo tám” are left, you wanted 4. Take fewer, or remove it from the basket.",
        "details": {"title": "Gạo tám", "wanted": 4, "left": 3},
    }
    assert nights.json()["code"] == "nights_taken"
    assert nights.json()["details"] == {
        "title": "Phòng đôi",
        "night_on": str(in_days(2)),
        "wanted": 1,
        "left": 0,
    }


@pytest.mark.parametrize(
    ("wish", "code", "details"),
    [
        ({}, "invalid", {"product": ["This field is required."], "quantity": ["This field is required."]}),
        (
            {"product": 0, "quantity": 1},
            "invalid",
            {"product": ["Ensure this value is greater than or equal to 1."]},
        ),
        (
            {"product": 10**30, "quantity": 1},
            "invalid",
            {"product": [f"Ensure this value is less than or equal to {2**63 - 1}."]},
        ),
        (
            {"product": 2**62, "quantity": 1},
            "invalid",
            {"product": [f"There is no produce with number {2**62}."]},
        ),
        ({"product": 1, "quantity": True}, "invalid", {"quantity": ["A whole number is required."]}),
        (
            {"product": 1, "room_type": 1},
            "invalid",
            {"non_field_errors": ["Give a product, a room_type or a departure, one thing a line."]},
        ),
        (
            {"departure": 1, "seats": 2},
            "invalid",
            {"departure": ["There is no departure with number 1."]},
        ),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(api, wish, code, details):
    basket = new_basket(api)

    answer = api.post(f"baskets/{basket}/lines/", wish)

    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["details"]) == (code, details)
    assert api.get(f"baskets/{basket}/").json()["lines"] == []


def test_more_guests_than_beds_and_a_night_of_the_past_are_refused(api):
    room = RoomTypeFactory(sleeps=2, open_from=in_days(0))
    basket = new_basket(api)
    wish = {"room_type": room.pk, "first_night": str(in_days(1)), "nights": 1, "rooms": 1, "guests": 3}

    crowded = api.post(f"baskets/{basket}/lines/", wish)
    late = api.post(f"baskets/{basket}/lines/", wish | {"first_night": str(in_days(-1)), "guests": 1})

    assert (crowded.status_code, list(crowded.json()["details"])) == (400, ["guests"])
    assert (late.status_code, list(late.json()["details"])) == (400, ["first_night"])
