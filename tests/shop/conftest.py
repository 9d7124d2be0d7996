from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.delivery.models import Province, Rate
from marketplace.delivery.services import Wish
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from marketplace.shop.checkout import services as checkout
from marketplace.shop.partner.strategy import Strategy
from tests.factories import ProduceFactory, RoomTypeFactory, UserFactory, product_class
from tests.shop.silent import SilentProvider

PHONE = "+84399000001"
WISH = Wish(method="home", province_code="01", detail="Số 5 phố Hàng Mã")


@pytest.fixture(autouse=True)
def _silent_wallet(settings: Any) -> None:
    SilentProvider.asked.clear()
    settings.PAYMENT_PROVIDERS = {
        code: {"class": "tests.shop.silent.SilentProvider", "label": code.title()}
        for code in ("viettel", "vnpt")
    }


@pytest.fixture
def post(db: None) -> None:
    """The post carries to Hà Nội: 32.000 ₫ for 500 g and 6.500 ₫ for every further 500 g begun."""
    Province.objects.get_or_create(code="01", defaults={"name": "Thành phố Hà Nội", "zone": "Z5"})
    Rate.objects.get_or_create(
        zone="Z5",
        valid_from=date(2025, 1, 1),
        defaults={"first_g": 500, "first_vnd": 32_000, "step_g": 500, "step_vnd": 6_500, "days": 4},
    )


@pytest.fixture
def stay_options(db: None) -> None:
    """A transactional test empties the tables the migrations filled."""
    option_model = get_model("catalogue", "Option")
    for code, kind in (
        ("first-night", "date"),
        ("nights", "integer"),
        ("rooms", "integer"),
        ("guests", "integer"),
    ):
        option, _ = option_model.objects.get_or_create(code=code, defaults={"name": code, "type": kind})
        product_class("stay").options.add(option)


@pytest.fixture
def visitor() -> Client:
    """A stranger who reads English."""
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def administrator(visitor: Client) -> Client:
    visitor.force_login(UserFactory(name="Quàng Văn Pâng", is_staff=True, is_superuser=True))
    return visitor


def new_basket() -> Basket:
    basket = Basket.objects.create()
    basket.strategy = Strategy()
    return basket


def fill_with_nights(
    basket: Basket, room_type: Any, *, first_night: date, nights: int = 1, rooms: int = 1
) -> None:
    baskets.add_nights(
        basket,
        room_type_id=room_type.pk,
        first_night=first_night,
        nights=nights,
        rooms=rooms,
        guests=rooms,
        now=timezone.now(),
    )


def check_out(basket: Basket, **changes: Any) -> checkout.Placed:
    call = {
        "buyer": checkout.Buyer(PHONE, "Lò Thị Mai"),
        "wish": WISH,
        "provider": "viettel",
        "payer": PHONE,
        "agreed_total_vnd": None,
        "now": timezone.now(),
    }
    return checkout.check_out(basket=basket, **(call | changes))


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def order_of_rice_and_nights(**changes: Any) -> checkout.Placed:
    """Two packs of rice (350.000 ₫, delivery 155.500 ₫) of one seller and a night (300.000 ₫) of another."""
    rice = ProduceFactory(price_vnd=175_000, stock=10, weight_g=5_000)
    room = RoomTypeFactory(price_vnd=300_000, rooms=1, open_from=in_days(0))
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=2)
    fill_with_nights(basket, room, first_night=in_days(3))
    return check_out(basket, **changes)
