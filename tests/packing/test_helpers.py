"""What a helper of a farmer sees and does: what the leave allows, and every act of it is written down."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from marketplace.messaging.models import Message
from marketplace.packing.models import Preparation
from marketplace.sellers.models import Act, Mandate
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def helper_of(seller, *scopes, revoked=False):
    now, agent = timezone.now(), UserFactory(name="Cà Văn Điện")
    Mandate.objects.create(
        seller=seller, agent=agent, scopes=list(scopes), asked_at=now, consented_at=now,
        revoked_at=now if revoked else None,
    )  # fmt: skip
    return agent


def accept(client, part):
    form = {"id": str(uuid.uuid4()), "kind": "accept"}
    return client.post(f"/sell/orders/{part.number}/acts/", form)


def test_a_helper_for_orders_accepts_one_and_the_farmer_hears_of_it(paid, visitor):
    paid.seller.phone = "+84399000002"
    paid.seller.save(update_fields=["phone"])
    agent = helper_of(paid.seller, "orders")
    visitor.force_login(agent)
    assert paid.goods.number in visitor.get("/sell/orders/").content.decode()

    accept(visitor, paid.goods)

    act = Act.objects.get(by=agent)
    assert (act.what, act.detail, act.mandate is not None) == ("Accepted an order", paid.goods.number, True)
    assert str(Message.objects.get(purpose="act").to) == "+84399000002"


def test_a_helper_who_lists_sees_neither_orders_nor_money(paid, visitor):
    visitor.force_login(helper_of(paid.seller, "listing"))

    home = visitor.get("/sell/").content.decode()

    assert paid.goods.number not in home
    assert "350.000" not in home
    assert "/sell/money/" not in home
    assert visitor.get("/sell/orders/").status_code == 403
    assert accept(visitor, paid.goods).status_code == 403


def test_a_helper_whose_leave_has_ended_does_nothing(paid, visitor):
    visitor.force_login(helper_of(paid.seller, "orders", revoked=True))

    assert visitor.get(f"/sell/orders/{paid.goods.number}/").status_code == 403
    assert accept(visitor, paid.goods).status_code == 403

    assert not Preparation.objects.exists()


def test_the_farmer_finds_the_helpers_number_under_help(paid, packer, visitor):
    agent = helper_of(paid.seller, "orders")
    visitor.force_login(packer)

    page = visitor.get("/sell/help/").content.decode()

    assert f"tel:{agent.phone}" in page
