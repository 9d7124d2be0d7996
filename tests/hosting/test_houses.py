"""A host opens a house, lets its rooms, and guests find it; nobody else touches it, no night is oversold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.listing.models import Listing, Look
from marketplace.sellers.models import Mandate, Member, Seller
from tests.factories import RoomTypeFactory, SellerFactory, StayFactory, UserFactory, product_class
from tests.listing.conftest import photo_file
from tourism.models import RoomNight, RoomType, Stay
from tourism.opening import OPEN_DAYS

ProductImage = get_model("catalogue", "ProductImage")

pytestmark = pytest.mark.django_db

HOUSE = {
    "title": "Nhà sàn bà Mai",
    "kind": "homestay",
    "village": "Bản Che Căn",
    "hosts": "Thái",
    "description": "Ngủ đệm trên sàn, ăn cơm bên bếp lửa.",
    "name_en": "Mrs Mai's stilt house",
    "description_en": "Sleep on the floor, eat by the fire.",
    "road": "dirt",
    "signal": "3g",
    "meal_price_vnd": "120000",
    "check_in_from": "13:00",
    "check_out_until": "11:00",
}
ROOM = {"title": "Phòng riêng", "kind": "room", "sleeps": "2", "rooms": "3", "price_vnd": "350000"}


@pytest.fixture
def seller() -> Seller:
    return SellerFactory(name="Nhà bà Mai")


def client_of(seller: Seller, language: str = "en") -> Client:
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
    user = UserFactory()
    Member.objects.create(seller=seller, user=user)
    client.force_login(user)
    return client


@pytest.fixture
def host(seller: Seller) -> Client:
    product_class("stay")
    return client_of(seller)


def open_house(host: Client, **facts: str) -> Stay:
    answer = host.post("/sell/houses/new/", HOUSE | {"seller": seller_of(host), "id": str(uuid4())} | facts)
    assert answer.status_code == 302, answer.content.decode()
    return Stay.objects.select_related("product__origin").get(pk=int(answer.url.split("/")[3]))


def seller_of(host: Client) -> str:
    return str(Seller.objects.get(members=host.session["_auth_user_id"]).pk)


def test_a_new_host_opens_a_house_and_guests_book_it(host: Client, client: Client) -> None:
    house = open_house(host)
    host.post(f"/sell/houses/{house.pk}/rooms/new/", ROOM)
    shown = host.post(f"/sell/houses/{house.pk}/", {"act": "show"}, follow=True).content.decode()
    before = client.get(house.product.get_absolute_url()).status_code
    look = Look.objects.get(subject=Look.Subject.LISTING)
    staff = Client()
    staff.force_login(UserFactory(is_staff=True))
    queue = staff.get("/staff/moderation/").content.decode()
    staff.post(f"/staff/moderation/{look.pk}/", {"verdict": "pass", "words": ""})
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(house.product.get_absolute_url()).content.decode()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "vi"
    vietnamese = client.get(house.product.get_absolute_url()).content.decode()

    assert "as soon as somebody has looked at it" in shown
    assert before == 404
    assert "Nhà sàn bà Mai" in queue
    assert "Sleep on the floor, eat by the fire." in page
    assert "The last part is a dirt road, hard in the rain" in page
    assert "Ngủ đệm trên sàn, ăn cơm bên bếp lửa." in vietnamese
    room = RoomType.objects.get(stay=house)
    nights = RoomNight.objects.filter(room_type=room)
    assert nights.count() == OPEN_DAYS
    assert set(nights.values_list("capacity", "price_vnd")) == {(3, 350_000)}


def test_a_form_sent_twice_opens_one_house(host: Client) -> None:
    same = str(uuid4())

    first, second = open_house(host, id=same), open_house(host, id=same)

    assert first.pk == second.pk
    assert Stay.objects.count() == 1


def test_a_house_without_rooms_is_not_shown(host: Client) -> None:
    house = open_house(host)

    answer = host.post(f"/sell/houses/{house.pk}/", {"act": "show"})

    assert answer.status_code == 400
    assert "Add a room first" in answer.content.decode()
    house.product.refresh_from_db()
    assert not house.product.is_public


def test_goods_the_law_forbids_do_not_get_in_by_a_house(host: Client) -> None:
    answer = host.post(
        "/sell/houses/new/",
        HOUSE | {"seller": seller_of(host), "id": str(uuid4()), "description": "Có bán pháo nổ."},
    )

    assert answer.status_code == 422
    assert "cannot be sold here" in answer.content.decode()
    assert not Stay.objects.exists()


@pytest.mark.parametrize(
    ("path", "facts"),
    [
        ("", {"act": "hide"}),
        ("edit/", HOUSE),
        ("rooms/new/", ROOM),
        ("rooms/{room}/", ROOM),
    ],
)
def test_a_house_of_somebody_else_is_not_there(seller: Seller, path: str, facts: dict[str, str]) -> None:
    room = RoomTypeFactory(stay=StayFactory(seller=seller))
    stranger = client_of(SellerFactory())
    address = f"/sell/houses/{room.stay_id}/{path.format(room=room.pk)}"

    assert stranger.get(address).status_code == 404
    assert stranger.post(address, facts).status_code == 404


def test_an_agent_whose_mandate_lets_list_opens_the_house(seller: Seller) -> None:
    product_class("stay")
    agent = UserFactory()
    Mandate.objects.create(
        seller=seller,
        agent=agent,
        scopes=[Mandate.Scope.LISTING],
        asked_at=timezone.now(),
        consented_at=timezone.now(),
    )
    client = Client()
    client.force_login(agent)

    house_id = client.post(
        "/sell/houses/new/", HOUSE | {"seller": str(seller.pk), "id": str(uuid4())}
    ).url.split("/")[3]

    assert Stay.objects.get(pk=int(house_id)).product.origin.seller == seller


def test_fewer_rooms_than_are_taken_are_refused_by_their_night(host: Client, seller: Seller) -> None:
    room = RoomTypeFactory(stay=StayFactory(seller=seller), rooms=3)
    night_on = timezone.localdate() + timedelta(days=20)
    RoomNight.objects.update_or_create(
        room_type=room,
        night_on=night_on,
        defaults={
            "capacity": 3,
            "taken": 2,
            "price_vnd": 300_000,
            "commune_id": room.stay.product.origin.commune_id,
        },
    )
    address = f"/sell/houses/{room.stay_id}/rooms/{room.pk}/"

    refused = host.post(address, ROOM | {"rooms": "1"})
    taken = host.post(address, ROOM | {"rooms": "2"})

    assert refused.status_code == 422
    assert f"2 rooms are taken on the night of {night_on:%d/%m/%Y}" in refused.content.decode()
    assert taken.status_code == 302
    room.refresh_from_db()
    assert room.rooms == 2
    assert RoomNight.objects.get(room_type=room, night_on=night_on).capacity == 2


def test_other_words_are_found_at_once_and_english_ones_stand_on_english_pages(
    host: Client, seller: Seller
) -> None:
    house = StayFactory(seller=seller, title="Nhà cũ")
    facts = HOUSE | {"title": "Nhà sàn ông Panh", "name_en": "Mr Panh's house"}

    host.post(f"/sell/houses/{house.pk}/edit/", facts)

    house = Stay.objects.select_related("product__origin").get(pk=house.pk)
    assert house.product.title == "Nhà sàn ông Panh"
    assert "panh" in house.product.origin.search_text
    english = Client()
    english.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Mr Panh&#x27;s house" in english.get(house.product.get_absolute_url()).content.decode()


def test_pictures_come_go_and_change_places(host: Client, seller: Seller) -> None:
    house = StayFactory(seller=seller)
    for name in ("photos/a.jpg", "photos/b.jpg"):
        ProductImage.objects.create(product=house.product, original=name)
    first, second = ProductImage.objects.filter(product=house.product).order_by("pk")
    address = f"/sell/houses/{house.pk}/"

    host.post(address, {"act": "first", "picture": second.pk})
    host.post(address, {"act": "remove", "picture": first.pk})
    sent = host.post(address, {"act": "photo", "id": str(uuid4()), "photo": photo_file()})
    nothing = host.post(address, {"act": "photo", "id": str(uuid4())})

    left = ProductImage.objects.get(product=house.product)
    assert (left.pk, left.display_order) == (second.pk, 0)
    assert sent.status_code == 302
    assert Look.objects.filter(subject=Look.Subject.PHOTO, product=house.product).count() == 1
    assert nothing.status_code == 400


def test_many_houses_cost_no_more_queries_than_one(host: Client, seller: Seller) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert host.get("/sell/houses/").status_code == 200
        return len(asked)

    RoomTypeFactory(stay=StayFactory(seller=seller))
    one = cost()
    for _ in range(3):
        RoomTypeFactory(stay=StayFactory(seller=seller))

    assert cost() == one


def test_a_hidden_house_is_not_found_and_what_was_shown_before_has_its_listing(
    host: Client, seller: Seller, client: Client
) -> None:
    room = RoomTypeFactory(stay=StayFactory(seller=seller))
    house: Any = room.stay

    host.post(f"/sell/houses/{house.pk}/", {"act": "hide"})
    hidden = client.get(house.product.get_absolute_url()).status_code
    host.post(f"/sell/houses/{house.pk}/", {"act": "show"})

    assert hidden == 404
    assert Listing.objects.get(product=house.product).state == Listing.State.PASSED
    assert client.get(house.product.get_absolute_url()).status_code == 200
