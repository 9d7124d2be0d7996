"""The pages under /sell/harvests/: one question at a time, and nothing of others."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from agriculture.harvests import services
from agriculture.harvests.models import Harvest, Lot
from marketplace.sellers.models import Act, Member
from tests.factories import SellerFactory, UserFactory
from tests.settlement.conftest import place
from tests.shop.conftest import _silent_wallet, in_days, post  # noqa: F401  (fixtures)

from .growing import announce, pumpkins, record, stock_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post")]


def signed_in(user):
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(user)
    return client


@pytest.fixture
def seller():
    return SellerFactory(name="Hộ bà Lò Thị Pản")


@pytest.fixture
def farmer(seller):
    user = UserFactory()
    Member.objects.create(seller=seller, user=user)
    return signed_in(user)


@pytest.fixture
def produce(seller):
    return pumpkins(seller=seller)


def answers(produce, **changes):
    said = {
        "product": produce.product_id, "starts_on": in_days(7).isoformat(),
        "ends_on": in_days(20).isoformat(), "forecast": "50", "orders": "yes", "harvest_id": str(uuid4()),
    }  # fmt: skip
    return said | changes


def text(response):
    return response.content.decode()


def test_a_harvest_is_announced_by_four_questions(farmer, produce):
    asked = {"product": produce.product_id}
    assert "What will you harvest?" in text(farmer.get("/sell/harvests/new/"))
    assert "when is it ripe?" in text(farmer.get("/sell/harvests/new/", asked))
    asked |= {"starts_on": in_days(7).isoformat(), "ends_on": in_days(20).isoformat()}
    assert "how much do you expect?" in text(farmer.get("/sell/harvests/new/", asked))
    last = text(farmer.get("/sell/harvests/new/", asked | {"forecast": "1.500"}))
    assert "May people order it before the harvest?" in last
    assert "1500 ×" in last

    said = answers(produce)
    twice = [farmer.post("/sell/harvests/new/", said) for _tap in range(2)]

    harvest = Harvest.objects.get()
    assert [response.url for response in twice] == [f"/sell/harvests/{harvest.pk}/"] * 2
    assert (harvest.forecast, harvest.starts_on, harvest.opens_on) == (50, in_days(7), in_days(0))
    assert stock_of(produce) == (50, 0)
    assert Act.objects.values_list("what", "detail").get() == ("Announced a harvest", "Bí đỏ Mường: 50")


def test_a_wrong_answer_is_asked_for_again_and_the_others_are_kept(farmer, produce):
    response = farmer.post("/sell/harvests/new/", answers(produce, forecast="many"))

    assert response.status_code == 422
    assert "Write a whole number, like 50." in text(response)
    assert f'name="starts_on" value="{in_days(7).isoformat()}"' in text(response)
    assert not Harvest.objects.exists()


def test_with_something_on_the_shelf_the_last_question_says_what_to_do(farmer, seller):
    produce = pumpkins(seller=seller, stock=3)

    response = farmer.post("/sell/harvests/new/", answers(produce))

    assert response.status_code == 422
    assert "There are still 3 of" in text(response)
    assert "May people order it before the harvest?" in text(response)


def test_what_a_harvest_gave_is_written_down_once(farmer, produce):
    harvest = announce(produce)
    place((produce, 4))
    address = f"/sell/harvests/{harvest.pk}/"
    assert "4 are ordered." in text(farmer.get(address))

    assert farmer.post(address, {"actual": ""}).status_code == 422
    assert "3 are missing" in text(farmer.post(address, {"actual": "1"}, follow=True))
    assert farmer.post(address, {"actual": "9"}).status_code == 422

    harvest.refresh_from_db()
    assert harvest.actual == 1
    assert "3 missing, paid back" in text(farmer.get(address))


def test_a_lot_is_written_down_by_three_questions_and_shows_its_code(farmer, produce):
    assert "What have you brought in?" in text(farmer.get("/sell/harvests/lots/new/"))
    asked = {"product": produce.product_id}
    assert "which day?" in text(farmer.get("/sell/harvests/lots/new/", asked))
    asked |= {"harvested_on": in_days(0).isoformat()}
    assert "how many kilograms?" in text(farmer.get("/sell/harvests/lots/new/", asked))

    page = text(farmer.post("/sell/harvests/lots/new/", asked | {"quantity": "12,5"}, follow=True))

    lot = Lot.objects.get()
    assert (lot.quantity_g, lot.harvested_on) == (12_500, in_days(0))
    assert lot.code in page
    assert "12,5\u00a0kg" in page


def test_a_lot_of_a_harvest_belongs_to_it(farmer, produce):
    harvest = announce(produce, starts_on=in_days(0))
    said = {"product": produce.product_id, "harvested_on": in_days(0).isoformat(), "quantity": "3"}

    farmer.post("/sell/harvests/lots/new/", said)

    assert Lot.objects.get().harvest == harvest


def test_how_it_is_weighed_and_kept_is_said_on_one_page(farmer, produce):
    address = f"/sell/harvests/goods/{produce.product_id}/"

    response = farmer.post(address, {"is_weighed": "yes", "shelf_life_days": "14"}, follow=True)

    produce.refresh_from_db()
    assert (produce.is_weighed, produce.shelf_life_days) == (True, 14)
    assert "about 3\u00a0kg, paid by what it weighs" in text(response)
    assert farmer.post(address, {"is_weighed": "no", "shelf_life_days": "0"}).status_code == 422
    farmer.post(address, {"is_weighed": "no", "shelf_life_days": ""})
    produce.refresh_from_db()
    assert (produce.is_weighed, produce.shelf_life_days) == (False, None)


def test_nobody_sees_or_changes_what_another_seller_grows(farmer, produce):
    other = pumpkins()
    harvest = announce(other)
    lot = services.open_lot(
        seller=other.product.origin.seller, product=other.product, harvested_on=in_days(0),
        quantity_g=1_000, by=None, now=timezone.now(),
    )  # fmt: skip

    assert farmer.get(f"/sell/harvests/{harvest.pk}/").status_code == 404
    assert farmer.post(f"/sell/harvests/{harvest.pk}/", {"actual": "1"}).status_code == 404
    assert farmer.get(f"/sell/harvests/lots/{lot.code}/").status_code == 404
    assert farmer.get(f"/sell/harvests/goods/{other.product_id}/").status_code == 404
    assert farmer.get(f"/sell/harvests/new/?product={other.product_id}").status_code == 404
    assert farmer.post("/sell/harvests/new/", answers(other)).status_code == 404
    assert farmer.get("/sell/harvests/new/?product=x").status_code == 404
    page = text(farmer.get("/sell/harvests/"))
    assert lot.code not in page
    assert str(harvest.pk) not in page


def test_who_sells_nothing_is_told_how_one_begins_and_strangers_sign_in():
    assert signed_in(UserFactory()).get("/sell/harvests/").status_code == 403
    assert Client().get("/sell/harvests/").status_code == 302


def test_the_list_costs_the_same_however_much_grows(farmer, seller, django_assert_num_queries):
    for _each in range(3):
        produce = pumpkins(seller=seller)
        record(announce(produce), 5)
        services.open_lot(
            seller=seller, product=produce.product, harvested_on=in_days(0), quantity_g=1_000, by=None,
            now=timezone.now(),
        )  # fmt: skip
        produce.product.stockrecords.update(num_in_stock=0)
        announce(produce)
    farmer.get("/sell/harvests/")

    with django_assert_num_queries(6):
        page = text(farmer.get("/sell/harvests/"))

    assert page.count("grow__meter") == 6
