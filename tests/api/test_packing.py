"""Packing by other programmes: the same acts as the pages', once each."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from marketplace.packing.models import PackingAct, Tick
from marketplace.sellers.models import Member
from payments.providers.base import Outcome
from tests.api.buying import CHECKOUT, new_basket, put
from tests.api.conftest import signed_in
from tests.factories import ProduceFactory, SellerFactory, UserFactory
from tests.shop.silent import tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def sold(api):
    """Two sacks that were ordered and paid: their product, and the number of the part."""
    rice = ProduceFactory(stock=10)
    basket = new_basket(api)
    put(api, basket, product=rice.product_id, quantity=2)
    placed = api.post(f"baskets/{basket}/checkout/", CHECKOUT).json()
    tell(uuid.UUID(placed["payment"]["id"]), Outcome.SUCCEEDED)
    return rice, f"{placed['order_number']}-1"


def member_of(seller):
    user = UserFactory()
    Member.objects.create(seller=seller, user=user)
    return signed_in(user)


def act(kind, **facts):
    return {"id": str(uuid.uuid4()), "kind": kind, "happened_at": timezone.now().isoformat()} | facts


def test_an_act_sent_twice_is_noted_once(sold):
    rice, number = sold
    farmer = member_of(rice.product.origin.seller)
    line = rice.product.line_set.get()
    body = act("pack", line=line.pk)

    first, second = (farmer.post(f"sell/orders/{number}/acts/", body) for _ in range(2))

    assert first.json() == {"noted": True, "repeated": False, "state": "accepted"}
    assert second.json() == {"noted": True, "repeated": True, "state": "accepted"}
    assert PackingAct.objects.count() == 1
    assert Tick.objects.get(line=line).is_packed


def test_what_makes_no_sense_is_said_by_field(sold):
    rice, number = sold
    farmer = member_of(rice.product.origin.seller)

    for wrong, field in ((act("pack"), "line"), (act("weigh", line=1), "weight_g"), (act("fly"), "kind")):
        answer = farmer.post(f"sell/orders/{number}/acts/", wrong)
        assert (answer.status_code, list(answer.json()["details"])) == (400, [field])

    assert not PackingAct.objects.exists()


def test_a_foreign_part_is_not_there_and_strangers_may_not_ask(sold, api):
    _rice, number = sold

    assert member_of(SellerFactory()).post(f"sell/orders/{number}/acts/", act("accept")).status_code == 404
    assert signed_in(UserFactory()).post(f"sell/orders/{number}/acts/", act("accept")).status_code == 403
    assert api.post(f"sell/orders/{number}/acts/", act("accept")).status_code == 401

    assert not PackingAct.objects.exists()
