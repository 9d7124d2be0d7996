"""Two post offices, and an order of rice that goes to one of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.delivery import services as delivery
from marketplace.delivery.models import HandOver, PostOffice, Province, Rate
from marketplace.delivery.services import HOME_PROVINCE, Wish
from marketplace.fulfilment import services as fulfilment
from marketplace.sellers.models import SubOrder
from marketplace.shop.basket import services as baskets
from payments.providers.base import Outcome
from tests import own_cache
from tests.factories import CommuneFactory, ProduceFactory, SellerFactory, UserFactory
from tests.shop.conftest import check_out, new_basket
from tests.shop.silent import SilentProvider, tell

Kind = HandOver.Kind


@pytest.fixture(autouse=True)
def _silent_wallet(settings: Any) -> None:
    SilentProvider.asked.clear()
    settings.PAYMENT_PROVIDERS = {
        "viettel": {"class": "tests.shop.silent.SilentProvider", "label": "Viettel Money"}
    }


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    own_cache.empty()


@pytest.fixture
def hub(db: None) -> PostOffice:
    """The central post office 380000; Hà Nội and the zones of the province have rates."""
    Province.objects.get_or_create(code=HOME_PROVINCE, defaults={"name": "Điện Biên", "zone": ""})
    Province.objects.get_or_create(code="01", defaults={"name": "Thành phố Hà Nội", "zone": "Z5"})
    for zone in ("Z1", "Z2", "Z3", "Z5"):
        Rate.objects.get_or_create(
            zone=zone,
            valid_from=date(2025, 1, 1),
            defaults={"first_g": 500, "first_vnd": 15_000, "step_g": 500, "step_vnd": 2_000, "days": 3},
        )
    return PostOffice.objects.create(code="380000", name="Bưu điện tỉnh", commune=CommuneFactory())


@pytest.fixture
def village(hub: PostOffice) -> PostOffice:
    """The post point of the village where the rice grows."""
    return PostOffice.objects.create(code="384500", name="Sín Chải", commune=CommuneFactory())


@pytest.fixture
def clerk(db: None) -> User:
    return UserFactory(name="Cà Văn Điện")


def order_to(office: PostOffice | None, *, commune: Any = None, paid: bool = True, **order: Any) -> SubOrder:
    """The part of a paid order of two packs of rice: to ``office``, or to a door in Hà Nội."""
    seller = SellerFactory(name="Hộ ông Giàng A Páo", **({"commune": commune} if commune else {}))
    rice = ProduceFactory(seller=seller, title="Gạo tám", price_vnd=100_000, weight_g=500, stock=50)
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=2)
    wish = Wish(method="home", province_code="01", detail="Số 5 phố Hàng Mã")
    if office is not None:
        wish = Wish(method="post-office", post_office_code=office.code)
    placed = check_out(basket, **({"wish": wish} | order))
    if paid:
        tell(placed.intent.pk, Outcome.SUCCEEDED)
    return SubOrder.objects.select_related("order__destination", "seller").get(order=placed.order)


def act(part: SubOrder, kind: str, office: PostOffice | None = None, **facts: Any) -> delivery.Act:
    """An act of now, with the right code where it needs one."""
    codes = {
        Kind.TO_POST: delivery.code_for(part),
        Kind.TO_SELLER: delivery.code_for(part),
        Kind.TO_BUYER: delivery.buyer_code_for(part),
    }
    made = {
        "id": uuid4(),
        "part_id": part.pk,
        "kind": kind,
        "happened_at": timezone.now(),
        "office": office,
        "code": codes.get(Kind(kind), ""),
    }
    return delivery.Act(**made | facts)


def hand(part: SubOrder, kind: str, office: PostOffice | None = None, **facts: Any) -> delivery.Noted:
    now: datetime = facts.pop("now", None) or timezone.now()
    by = facts.pop("by", None) or User.objects.first()
    return fulfilment.hand_over(act(part, kind, office, **{"happened_at": now} | facts), by=by, now=now)


def days(count: int) -> timedelta:
    return timedelta(days=count)
