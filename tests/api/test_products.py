from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.packing.models import Pause
from tests.factories import (
    ProduceFactory,
    RoomTypeFactory,
    SellerFactory,
    StayFactory,
    UserFactory,
    commune_named,
    load_province,
)
from tests.shop.conftest import in_days

pytestmark = pytest.mark.django_db


def titles(answer) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [row["title"] for row in answer.json()["results"]]


def picture_of(product) -> None:
    get_model("catalogue", "ProductImage").objects.create(product=product, original="products/rice.webp")


def test_produce_is_listed_with_its_price_by_unit_and_by_kilogram(api):
    seller = SellerFactory(name="HTX Mường Then")
    rice = ProduceFactory(
        title="Gạo tám",
        name_en="Tám rice",
        seller=seller,
        price_vnd=175_000,
        unit="bag",
        unit_size="5 kg",
        weight_g=5_000,
        stock=7,
        season_months=[9, 10],
    )
    picture_of(rice.product)

    answer = api.get("products/")

    assert answer.json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": rice.product_id,
                "title": "Gạo tám",
                "title_en": "Tám rice",
                "url": f"http://testserver/catalogue/gao-tam_{rice.product_id}/",
                "category": "rice",
                "price_vnd": 175_000,
                "unit": "bag",
                "unit_size": "5 kg",
                "weight_g": 5_000,
                "is_weighed": False,
                "unit_price_vnd": 35_000,
                "stock": 7,
                "is_closed": False,
                "season_months": [9, 10],
                "ocop_stars": None,
                "seller": {"id": seller.pk, "name": "HTX Mường Then", "kind": "household"},
                "commune": {"code": seller.unit.code, "name": seller.unit.full_name},
                "pictures": [
                    {
                        "url": "http://testserver/media/products/rice.webp",
                        "renditions": [
                            {
                                "width": width,
                                "avif": f"http://testserver/media/products/rice-{width}.avif",
                                "webp": f"http://testserver/media/products/rice-{width}.webp",
                            }
                            for width in (320, 640, 1024)
                        ],
                    }
                ],
            }
        ],
    }


def test_one_produce_says_more(api):
    honey = ProduceFactory(title="Mật ong", category="honey", keeping="dry", is_alcohol=False)

    answer = api.get(f"products/{honey.product_id}/").json()

    listed = api.get("products/").json()["results"][0]
    assert answer == listed | {
        "description": "",
        "description_en": "",
        "keeping": "dry",
        "ocop_year": None,
        "certificates": [],
        "is_alcohol": False,
        "unit_of_origin": listed["commune"],
    }


def test_produce_is_found_by_words_without_accents_commune_category_and_season(api):
    load_province()
    chai, phang = commune_named("Sín Chải"), commune_named("Mường Phăng")
    ProduceFactory(title="Gạo tám", commune=chai, season_months=[9, 10])
    ProduceFactory(title="Mật ong rừng", commune=phang, category="honey", season_months=[5])

    assert titles(api.get("products/?q=mat+ong")) == ["Mật ong rừng"]
    assert titles(api.get(f"products/?commune={chai.code}")) == ["Gạo tám"]
    assert titles(api.get("products/?category=honey")) == ["Mật ong rừng"]
    assert titles(api.get("products/?season=10")) == ["Gạo tám"]
    assert titles(api.get("products/?q=x&season=now&sort=price")) == []


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("commune=99999", {"commune": ["No commune of today has this code."]}),
        ("commune=9", {"commune": ["A commune's code has five digits."]}),
        ("category=gold", {"category": ['"gold" is not a valid choice.']}),
        ("season=13", {"season": ['"13" is not a valid choice.']}),
        ("q=%00", {"q": ["Null characters are not allowed."]}),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_by_field(api, query, details):
    answer = api.get(f"products/?{query}")

    assert answer.status_code == 400
    assert answer.json()["details"] == details


def test_what_is_withdrawn_or_no_produce_has_no_address(api):
    withdrawn = ProduceFactory(is_public=False)
    stay = StayFactory()

    for path in (f"products/{withdrawn.product_id}/", f"products/{stay.product_id}/", "products/0/"):
        answer = api.get(path)
        assert answer.status_code == 404
        assert answer.json()["message"] == "There is no produce with this number for sale."


@pytest.mark.parametrize("number", [1, 30])
def test_lists_cost_the_same_number_of_queries_however_long_they_are(api, number, django_assert_num_queries):
    for _ in range(number):
        picture_of(ProduceFactory().product)
        stay = StayFactory()
        picture_of(stay.product)
        RoomTypeFactory(stay=stay, open_from=in_days(0), open_to=in_days(3))

    with django_assert_num_queries(3):  # count, page, pictures
        products = api.get("products/")
    with django_assert_num_queries(4):  # offers, rules of their hosts, page, pictures
        stays = api.get(f"stays/?from={in_days(1)}&to={in_days(2)}&guests=2")

    assert products.json()["count"] == stays.json()["count"] == number
    assert len(products.json()["results"]) == len(stays.json()["results"]) == min(number, 24)


def test_stays_are_listed_with_the_cheapest_way_to_sleep_there(api):
    stay = StayFactory(title="Nhà sàn Che Căn", village="Bản Che Căn", hosts="Thái", meal_price_vnd=80_000)
    RoomTypeFactory(stay=stay, title="Phòng đôi", price_vnd=300_000, rooms=3, open_from=in_days(0))
    floor = RoomTypeFactory(
        stay=stay, kind="floor", title="Sàn", sleeps=1, price_vnd=80_000, rooms=10, open_from=in_days(0)
    )

    answer = api.get(f"stays/?from={in_days(2)}&to={in_days(4)}&guests=2").json()

    seller = stay.product.origin.seller
    assert answer["results"] == [
        {
            "id": stay.product_id,
            "title": "Nhà sàn Che Căn",
            "title_en": "",
            "url": f"http://testserver/catalogue/nha-san-che-can_{stay.product_id}/",
            "kind": "homestay",
            "village": "Bản Che Căn",
            "hosts": "Thái",
            "capacity": 16,
            "meal_price_vnd": 80_000,
            "seller": {"id": seller.pk, "name": seller.name, "kind": "household"},
            "commune": {"code": seller.unit.code, "name": seller.unit.full_name},
            "pictures": [],
            "offer": {
                "room_type": floor.pk,
                "kind": "floor",
                "rooms": 2,
                "price_vnd": 80_000,
                "total_vnd": 320_000,
            },
        }
    ]
    undated = api.get("stays/?guests=12").json()["results"]
    assert undated == []


def test_a_stay_without_a_free_night_in_between_is_not_listed(api):
    room = RoomTypeFactory(rooms=1, open_from=in_days(0))
    room.nights.filter(night_on=in_days(3)).update(taken=1)

    assert titles(api.get(f"stays/?from={in_days(2)}&to={in_days(4)}")) == []
    assert titles(api.get(f"stays/?from={in_days(1)}&to={in_days(3)}")) == ["Nhà sàn Che Căn"]
    assert titles(api.get("stays/")) == ["Nhà sàn Che Căn"]


def test_one_stay_says_more_and_names_its_room_types(api, django_assert_num_queries):
    stay = StayFactory(title="Nhà sàn Che Căn")
    room = RoomTypeFactory(stay=stay, title="Phòng đôi", price_vnd=300_000, rooms=3, sleeps=2)

    with django_assert_num_queries(6):  # of them the add-ons and the policy
        answer = api.get(f"stays/{stay.product_id}/").json()

    assert (answer["title"], answer["check_in_from"], answer["check_out_until"]) == (
        "Nhà sàn Che Căn",
        "14:00",
        "11:00",
    )
    assert answer["room_types"] == [
        {
            "id": room.pk,
            "title": "Phòng đôi",
            "kind": "room",
            "sleeps": 2,
            "rooms": 3,
            "price_vnd": 300_000,
        }
    ]


def test_nights_say_what_is_left_and_what_it_costs_until_the_day_of_leaving(api):
    room = RoomTypeFactory(price_vnd=300_000, rooms=3, open_from=in_days(0), open_to=in_days(6))
    room.nights.filter(night_on=in_days(2)).update(taken=2, price_vnd=350_000)

    answer = api.get(f"stays/{room.stay.product_id}/nights/?from={in_days(1)}&to={in_days(3)}")

    assert answer.json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": room.pk,
                "title": "Phòng đôi",
                "kind": "room",
                "sleeps": 2,
                "rooms": 3,
                "price_vnd": 300_000,
                "nights": [
                    {"night_on": str(in_days(1)), "left": 3, "price_vnd": 300_000},
                    {"night_on": str(in_days(2)), "left": 1, "price_vnd": 350_000},
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("", {"from": ["This field is required."], "to": ["This field is required."]}),
        (
            "from=2026-13-01&to=x",
            {field: ["This is not a day. Write it like 2026-03-31."] for field in ("from", "to")},
        ),
        (
            "from=2199-01-01&to=2201-01-02",
            {"to": ["This day is too far away. Give one of the years 2000 to 2199."]},
        ),
        ("from=2020-01-01&to=2020-01-02", {"from": ["This day is already over. Choose today or later."]}),
        ("from=2190-01-02&to=2190-01-02", {"to": ["The day of leaving must be after the first night."]}),
        ("from=2190-01-02&to=2192-01-02", {"to": ["Ask for at most 366 nights at once."]}),
    ],
)
def test_days_that_make_no_sense_are_refused(api, query, details):
    answer = api.get(f"stays/{StayFactory().product_id}/nights/?{query}")

    assert answer.status_code == 400
    assert answer.json()["details"] == details


def test_one_day_without_the_other_is_refused(api):
    answer = api.get(f"stays/?from={date(2190, 1, 1)}")

    assert answer.status_code == 400
    assert answer.json()["details"] == {"to": ["Give both days, or neither."]}


def test_a_stay_nobody_has_is_not_found(api):
    answer = api.get(f"stays/{ProduceFactory().product_id}/nights/?from={in_days(1)}&to={in_days(2)}")

    assert answer.status_code == 404
    assert answer.json()["message"] == "There is no stay with this number."


def test_goods_of_a_closed_shop_say_so(api):
    rice = ProduceFactory(title="Gạo tám")
    Pause.objects.create(
        seller=rice.product.origin.seller,
        first_day=timezone.localdate(),
        last_day=None,
        made_by=UserFactory(),
        made_at=timezone.now(),
    )

    assert [row["is_closed"] for row in api.get("products/").json()["results"]] == [True]
    assert api.get(f"products/{rice.product_id}/").json()["is_closed"] is True
