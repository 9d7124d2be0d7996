"""A post office with an agent, and orders of rice that are paid in cash there."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from marketplace.accounts.models import RoleAssignment, User
from marketplace.accounts.services import grant_role
from marketplace.counter import selectors, services
from marketplace.counter.services import Banking
from marketplace.delivery.models import PostOffice, Province, Rate
from marketplace.delivery.services import HOME_PROVINCE, Wish
from marketplace.fulfilment.models import Placement
from marketplace.shop.basket import services as baskets
from payments import services as payments
from payments.models import Operation, Share
from tests import own_cache
from tests.factories import CommuneFactory, ProduceFactory, SellerFactory, UserFactory
from tests.shop.conftest import check_out, new_basket
from tests.shop.silent import hear

# Two packs of rice and their way: 2 × 100.000 ₫ and 15.000 ₫ for 500 g, 2.000 ₫ more for each further 500 g.
DUE_VND = 217_000


@pytest.fixture(autouse=True)
def _cash(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = {
        "viettel": {"class": "tests.shop.silent.SilentProvider", "label": "Viettel Money"},
        "cash": {
            "class": "payments.providers.cash.CashProvider",
            "label": "Cash at a post office",
            "limits": {"max_vnd": 5_000_000},
            "needs": "post_office",
        },
    }


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    own_cache.empty()


@pytest.fixture
def office(db: None) -> PostOffice:
    """The post office 380000, whose commune is also where the rice comes from."""
    Province.objects.get_or_create(code=HOME_PROVINCE, defaults={"name": "Điện Biên", "zone": ""})
    for zone in ("Z1", "Z2", "Z3"):
        Rate.objects.get_or_create(
            zone=zone,
            valid_from=date(2025, 1, 1),
            defaults={"first_g": 500, "first_vnd": 15_000, "step_g": 500, "step_vnd": 2_000, "days": 1},
        )
    return PostOffice.objects.create(
        code="380000", name="TP Điện Biên Phủ", commune=CommuneFactory(), address="896 Tổ Dân Phố 10"
    )


@pytest.fixture
def other_office(office: PostOffice) -> PostOffice:
    return PostOffice.objects.create(
        code="381100", name="Him Lam", commune=office.commune, address="Đường Võ Nguyên Giáp"
    )


def agent_of(office: PostOffice, name: str = "Cà Văn Điện") -> User:
    user = UserFactory(name=name)
    grant_role(user=user, role=RoleAssignment.Role.AGENT, post_office=office.code)
    return user


@pytest.fixture
def agent(office: PostOffice) -> User:
    return agent_of(office)


@pytest.fixture
def counter(agent: User) -> Client:
    """The agent's browser, in English."""
    return browser_of(agent)


def browser_of(user: User | None) -> Client:
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    if user is not None:
        client.force_login(user)
    return client


def order_at(office: PostOffice, *, provider: str = "cash", packs: int = 2, **buyer: Any) -> Placement:
    """An order of rice of 100.000 ₫ a pack and 500 g, collected at ``office``."""
    seller = SellerFactory(name="Hộ ông Giàng A Páo", commune=office.commune)
    rice = ProduceFactory(seller=seller, title="Gạo tám", price_vnd=100_000, weight_g=500, stock=50)
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=packs)
    wish = Wish(method="post-office", post_office_code=office.code)
    placed = check_out(basket, wish=wish, provider=provider, **buyer)
    return Placement.objects.select_related("order").get(order=placed.order)


def waiting(placement: Placement) -> Operation:
    """The one cash operation of an order that waits to be counted."""
    (one,) = selectors.waiting_for(placement)
    return one.operation


def count(placement: Placement, office: PostOffice, agent: User, **changes: Any) -> str:
    """Count what waits for an order, by the right code and to the đồng."""
    operation = waiting(placement)
    call = {
        "operation_id": operation.pk,
        "code": operation.action["code"],
        "counted_vnd": operation.amount_vnd,
        "now": timezone.now(),
    }
    return services.count(placement=placement, office=office, agent=agent, **call | changes)


def paid_at(office: PostOffice, agent: User) -> Placement:
    """An order whose cash was counted at ``office`` and which the shop has heard of."""
    placement = order_at(office)
    count(placement, office, agent)
    hear()
    return fresh(placement)


def fresh(placement: Placement) -> Placement:
    return Placement.objects.select_related("order").get(pk=placement.pk)


def asked_back(placement: Placement) -> Operation:
    """Order all the money of a paid order back, and have the refund wait at the counter."""
    operation = payments.refund(
        intent_id=placement.payment_id,
        shares={
            share.reference: share.amount_vnd for share in Share.objects.filter(intent=placement.payment_id)
        },
        reason="spoiled",
        operation_id=uuid4(),
        now=timezone.now(),
    )
    payments.submit(operation_id=operation.pk, now=timezone.now())
    return Operation.objects.get(pk=operation.pk)


def bank(office: PostOffice, agent: User, **changes: Any) -> None:
    facts: dict[str, Any] = {"banking_id": uuid4(), "amount_vnd": 100_000, "slip": "BK-1"}
    services.bank(office=office, agent=agent, banking=Banking(**facts | changes))
