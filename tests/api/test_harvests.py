"""Harvests and lots by REST: the services of the pages, for those who may."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from agriculture.harvests.models import Harvest, Lot
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


def test_a_harvest_is_announced_once_recorded_and_its_lot_gets_a_code(farmer, seller):
    ginger = ProduceFactory(seller=seller, stock=0, shelf_life_days=60)
    today = timezone.localdate()
    said = {
        "id": str(uuid.uuid4()),
        "product": ginger.product_id,
        "starts_on": str(today),
        "ends_on": str(today + timedelta(days=5)),
        "forecast": 60,
    }

    announced = [farmer.post("sell/harvests/", said) for _ in range(2)]
    recorded = farmer.patch(f"sell/harvests/{said['id']}/", {"actual": 55})
    other = farmer.patch(f"sell/harvests/{said['id']}/", {"actual": 54})
    lot = farmer.post(
        "sell/lots/",
        {
            "product": ginger.product_id,
            "harvest": said["id"],
            "harvested_on": str(today),
            "quantity_g": 55_000,
        },
    )

    assert [answer.status_code for answer in announced] == [201, 201]
    assert announced[1].json() == said | {"opens_on": None, "actual": None}
    assert Harvest.objects.get().actual == 55
    assert (recorded.status_code, recorded.json()["actual"]) == (200, 55)
    assert (other.status_code, other.json()["code"]) == (409, "harvest_recorded")
    assert lot.status_code == 201, lot.json()
    assert lot.json()["code"] == Lot.objects.get().code
    assert lot.json()["expires_on"] == str(today + timedelta(days=60))


def test_what_is_anybody_elses_is_not_there(farmer):
    foreign = ProduceFactory(stock=0)
    today = str(timezone.localdate())
    harvest = {"id": str(uuid.uuid4()), "starts_on": today, "ends_on": today, "forecast": 5}

    answers = [
        farmer.post("sell/harvests/", harvest | {"product": foreign.product_id}),
        farmer.patch(f"sell/harvests/{uuid.uuid4()}/", {"actual": 1}),
        farmer.post("sell/lots/", {"product": foreign.product_id, "harvested_on": today, "quantity_g": 1}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert not Harvest.objects.exists()
    assert not Lot.objects.exists()
