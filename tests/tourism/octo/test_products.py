"""What is for sale, in OCTO's words and in the language that is asked for."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from oscar.core.loading import get_model
from PIL import Image

from tests.factories import RoomTypeFactory, StayFactory, TourFactory, commune_named, load_province
from tests.tourism.octo.conftest import Octo, make_reseller
from tourism.models import RoomType, Stay

pytestmark = pytest.mark.django_db
ProductImage = get_model("catalogue", "ProductImage")


def ids_of(answer) -> list[str]:
    return [product["id"] for product in answer.json()]


def test_a_room_type_is_a_product_with_an_option_for_each_number_of_nights(octo, room):
    product = octo.get(f"products/room-{room.pk}").json()

    assert [option["id"] for option in product["options"]] == [f"nights-{n}" for n in range(1, 15)]
    assert [option["default"] for option in product["options"]] == [True] + [False] * 13
    two_nights = product["options"][1]
    assert two_nights["availabilityLocalStartTimes"] == ["14:00"]
    assert two_nights["durationMinutesFrom"] == 2 * 24 * 60 - 3 * 60
    assert two_nights["title"] == "2 nights"
    (unit,) = two_nights["units"]
    assert (unit["id"], unit["type"], unit["restrictions"]["paxCount"]) == ("room", "OTHER", 2)
    assert unit["restrictions"]["maxQuantity"] == 3
    assert unit["pricingFrom"] == [
        {
            "original": 600_000,
            "retail": 600_000,
            "net": 510_000,
            "currency": "VND",
            "currencyPrecision": 0,
            "includedTaxes": [],
        }
    ]
    assert (product["pricingPer"], product["availableCurrencies"]) == ("UNIT", ["VND"])


def test_a_place_on_the_floor_is_sold_by_the_guest(octo):
    floor = RoomTypeFactory(kind=RoomType.Kind.FLOOR, sleeps=1, rooms=12)

    product = octo.get(f"products/room-{floor.pk}").json()

    (unit,) = product["options"][0]["units"]
    assert (unit["id"], unit["type"], unit["restrictions"]["paxCount"]) == ("place", "ADULT", 1)


def test_a_tour_is_a_product_whose_units_are_adults_and_children(octo):
    tour = TourFactory(name_en="Pu Huot trek", days=2, child_age_max=9, min_group=2)

    product = octo.get(f"products/tour-{tour.pk}").json()

    assert product["title"] == "Pu Huot trek"
    (option,) = product["options"]
    adult, child = option["units"]
    assert (adult["id"], adult["restrictions"]["minAge"]) == ("adult", 10)
    assert (child["id"], child["restrictions"]["maxAge"]) == ("child", 9)
    assert child["restrictions"]["accompaniedBy"] == ["adult"]
    assert child["pricingFrom"][0]["retail"] == 420_000
    features = {(feature["type"], feature["shortDescription"]) for feature in product["features"]}
    assert ("HIGHLIGHT", "Đồi A1") in features
    assert ("PREARRIVAL_INFORMATION", "Meeting point: Tượng đài Chiến thắng") in features
    assert product["categoryLabels"] == ["guided-tours", "multi-day"]


def test_the_policy_s_hours_are_the_cut_off_for_a_free_cancellation(octo):
    room = RoomTypeFactory(stay=StayFactory(policy="moderate"))

    option = octo.get(f"products/room-{room.pk}").json()["options"][0]

    policy = room.stay.policy
    assert policy == "moderate"
    assert option["cancellationCutoffUnit"] == "hour"
    assert option["cancellationCutoffAmount"] > 0
    assert str(option["cancellationCutoff"]) != ""


def test_a_stay_is_where_its_commune_is(octo):
    load_province()
    room = RoomTypeFactory(stay=StayFactory(commune=commune_named("Mường Phăng"), village="Bản Che Căn"))

    (location,) = octo.get(f"products/room-{room.pk}").json()["locations"]

    assert location["place"]["postalAddress"]["addressLocality"] == "Xã Mường Phăng"
    assert location["place"]["postalAddress"]["streetAddress"] == "Bản Che Căn"
    assert round(location["place"]["latitude"], 1) == 21.5


def test_what_is_hidden_or_asks_its_host_first_is_not_sold(octo):
    shown = RoomTypeFactory()
    hidden = RoomTypeFactory(stay=StayFactory(is_public=False))
    asking = RoomTypeFactory(stay=StayFactory(asks_first=True))

    assert ids_of(octo.get("products/")) == [f"room-{shown.pk}"]
    for room in (hidden, asking):
        answer = octo.get(f"products/room-{room.pk}")
        assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_PRODUCT_ID")


@pytest.mark.parametrize(
    "product_id", ["room-0", "room-007", "tour-1", "room-", "room-99999999999999999999", "é"]
)
def test_an_id_that_names_nothing_is_told_back(octo, product_id):
    answer = octo.get(f"products/{product_id}")

    assert answer.status_code == 400
    assert answer.json()["error"] == "INVALID_PRODUCT_ID"
    assert answer.json()["productId"] == product_id


def test_without_capabilities_there_are_neither_prices_nor_texts(reseller, room):
    product = Octo(reseller, capabilities="").get(f"products/room-{room.pk}").json()

    assert not {"title", "pricingPer", "media", "locations"} & product.keys()
    assert not {"title", "pricingFrom"} & product["options"][0].keys()
    assert not {"title", "pricingFrom"} & product["options"][0]["units"][0].keys()


def test_the_language_is_the_one_that_is_asked_for(reseller):
    room = RoomTypeFactory(stay=StayFactory(title="Nhà sàn Che Căn", name_en="Che Can stilt house"))

    vietnamese = Octo(reseller, language="vi-VN, en;q=0.5").get(f"products/room-{room.pk}")
    english = Octo(reseller, language="fr, en;q=0.5").get(f"products/room-{room.pk}")

    assert vietnamese.json()["title"] == "Nhà sàn Che Căn – Phòng đôi"
    assert vietnamese.headers["Content-Language"] == "vi"
    assert english.json()["title"] == "Che Can stilt house – private room"
    assert english.headers["Content-Language"] == "en"
    assert english.headers["Available-Languages"] == "vi, en"


def test_only_the_capabilities_we_have_are_initialised(reseller, room):
    answer = Octo(reseller, capabilities="octo/pricing,octo/offers, octo/cart").get("products/")

    assert answer.headers["Octo-Capabilities"] == "octo/pricing"


def test_the_list_costs_the_same_queries_however_long_it_is(django_assert_num_queries):
    octo = Octo(make_reseller())
    for _n in range(3):
        RoomTypeFactory()
        TourFactory()
    queries = 8  # key, room types and their pictures, tours, their pictures and schedules, policies twice
    with django_assert_num_queries(queries + 1):  # and the terms
        assert len(octo.get("products/").json()) == 6
    assert Stay.objects.count() == 3
    RoomTypeFactory()
    TourFactory()

    with django_assert_num_queries(queries + 1):
        assert len(octo.get("products/").json()) == 8


def test_the_supplier_is_the_market(octo, settings):
    settings.PUBLIC_BASE_URL = "https://muongthen.example"

    supplier = octo.get("supplier/").json()

    assert supplier["name"] == "Mường Then"
    assert supplier["endpoint"] == "https://muongthen.example/octo"


def test_the_capabilities_are_pricing_and_content(octo):
    capabilities = octo.get("capabilities/").json()

    assert [capability["id"] for capability in capabilities] == ["octo/content", "octo/pricing"]


def test_pictures_are_jpegs_that_anybody_may_see(octo, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    room = RoomTypeFactory()
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "#7A4").save(buffer, "WEBP")
    image = ProductImage.objects.create(
        product=room.stay.product, original=SimpleUploadedFile("house.webp", buffer.getvalue())
    )

    (media,) = octo.get(f"products/room-{room.pk}").json()["media"]
    answer = Client().get(f"/octo/pictures/{image.pk}.jpg")

    assert (media["type"], media["rel"]) == ("image/jpeg", "COVER")
    assert media["src"] == f"{settings.PUBLIC_BASE_URL}/octo/pictures/{image.pk}.jpg"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (40, 30)


def test_a_picture_of_what_is_hidden_or_lost_is_not_there(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    hidden, shown = StayFactory(is_public=False), StayFactory()
    images = [
        ProductImage.objects.create(product=stay.product, original="lost.webp", display_order=0)
        for stay in (hidden, shown)
    ]

    for number in (*(image.pk for image in images), 10**17):
        assert Client().get(f"/octo/pictures/{number}.jpg").status_code == 404
