"""Listing by REST: the services of the pages, for those who may."""

from __future__ import annotations

import uuid

import pytest

from marketplace.listing.models import Listing
from marketplace.sellers.models import Member
from tests.api.conftest import signed_in
from tests.factories import ProduceFactory, SellerFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seller():
    return SellerFactory()


@pytest.fixture
def farmer(seller):
    user = UserFactory()
    Member.objects.create(seller=seller, user=user)
    return signed_in(user)


RICE = {"name": "Gạo tẻ", "category": "rice", "unit": "kg", "quantity": 50, "price_vnd": 18_000}


def test_something_is_listed_once_and_waits_for_a_look_of_a_new_seller(farmer, seller):
    said = RICE | {"id": str(uuid.uuid4())}

    first, second = farmer.post("sell/products/", said), farmer.post("sell/products/", said)

    assert (first.status_code, second.status_code) == (201, 201)
    assert (
        first.json()
        == second.json()
        == {
            "product": Listing.objects.get().product_id,
            "seller": seller.pk,
            "name": "Gạo tẻ",
            "unit": "kg",
            "weight_g": 1_000,
            "price_vnd": 18_000,
            "left": 50,
            "is_public": False,
            "state": "waiting",
            "words": "",
        }
    )


def test_price_stock_and_shelf_are_changed_together(farmer, seller):
    ware = ProduceFactory(seller=seller, price_vnd=90_000, stock=4)

    answer = farmer.patch(
        f"sell/products/{ware.product_id}/", {"price_vnd": 95_000, "left": 9, "paused": True}
    )

    assert answer.status_code == 200
    found = farmer.get("sell/products/").json()["results"][0]
    assert (found["price_vnd"], found["left"], found["is_public"]) == (95_000, 9, False)


def test_what_makes_no_sense_is_refused(farmer):
    answer = farmer.post("sell/products/", RICE | {"id": str(uuid.uuid4()), "unit": "bag"})

    assert answer.status_code == 400
    assert "one bag weighs" in answer.json()["message"]
    assert not Listing.objects.exists()


def test_nothing_of_another_seller_can_be_seen_or_changed(farmer):
    theirs = ProduceFactory(price_vnd=90_000)

    assert farmer.get("sell/products/").json()["results"] == []
    assert farmer.patch(f"sell/products/{theirs.product_id}/", {"price_vnd": 1_000}).status_code == 404
    said = RICE | {"id": str(uuid.uuid4()), "seller": theirs.product.origin.seller_id}
    assert farmer.post("sell/products/", said).status_code == 404
    assert signed_in(UserFactory()).get("sell/products/").status_code == 403
