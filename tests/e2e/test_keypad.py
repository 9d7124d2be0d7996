"""A farmer who has nothing but a phone with keys: joins, lists, gets an order, packs it, is paid."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from agriculture.models import Produce
from marketplace.keypad.words import dong
from marketplace.listing import moderation
from marketplace.listing.models import Look
from marketplace.packing.models import Preparation
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.selectors import money_of
from tests.e2e.handset import KeyPhone
from tests.e2e.market import Market
from tests.factories import UserFactory, load_province
from tests.wallet_operator import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def farmer(market: Market, transactional_db: None) -> KeyPhone:
    load_province()
    return KeyPhone(market.wallet, f"+8439745{secrets.randbelow(10_000):04d}")


def test_a_farmer_sells_by_sms_and_dialling_alone(market: Market, farmer: KeyPhone, payer: str) -> None:
    welcome = farmer.write("DK LO THI MAY, SIN CHAI")
    listed = farmer.write("BAN GAO 50KG 18000")
    produce = let_it_be_shown()
    order = buy(market, produce, payer)

    wait_until(lambda: told(farmer), "the farmer is told of the order", timeout_s=40, told_by=market.log)
    accepted = farmer.write("NHAN 1")
    packed = farmer.dial("1", "1", "1")
    part = SubOrder.objects.select_related("seller").get(order__number=order)
    held = farmer.write("TIEN")
    deliver(part)
    coming = farmer.dial("4")

    assert "Lo Thi May" in welcome
    assert "50 kg" in listed
    assert "5 kg Gao te" in accepted
    assert "1" in packed
    assert Preparation.objects.get(part=part).state == "ready"
    assert produce.product.stockrecords.get().net_stock_level == 45
    share_vnd = money_of(part.seller, now=timezone.now()).payable_vnd
    assert 80_000 < share_vnd <= 90_000
    assert dong(share_vnd) in held
    assert dong(share_vnd) in coming
    assert held != coming.rpartition("\n")[0]


def told(farmer: KeyPhone) -> bool:
    """Whether an SMS has come that says how to accept the first order."""
    return any("5 kg Gao te" in text and "NHAN 1" in text for text in farmer.received())


def let_it_be_shown() -> Produce:
    """Return what was listed, after somebody looked at it: the first goods of a new seller."""
    staff = UserFactory(is_staff=True, is_superuser=True)
    for look in Look.objects.filter(verdict=Look.Verdict.OPEN).order_by("pk"):
        moderation.decide(look_id=look.pk, passes=True, words="", by=staff, now=timezone.now())
    return Produce.objects.select_related("product").get()


def buy(market: Market, produce: Produce, payer: str) -> str:
    """Buy 5 kg and pay by the wallet; return the order's number once it is paid."""
    rest = httpx.Client(base_url=f"{market.base_url}/api/v1", timeout=20, trust_env=False)
    basket = rest.post("/baskets/").raise_for_status().json()["id"]
    line = {"product": produce.product_id, "quantity": 5}
    rest.post(f"/baskets/{basket}/lines/", json=line).raise_for_status()
    placed = rest.post(
        f"/baskets/{basket}/checkout/",
        json={
            "phone": payer,
            "name": "Quàng Văn Inh",
            "delivery": {"method": "home", "province": "01", "detail": "Số 5 phố Hàng Mã"},
            "provider": "viettel",
            "msisdn": payer,
        },
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert placed.status_code == 201, placed.text
    number: str = placed.json()["order_number"]
    market.wallet.accept(market.wallet.wait_for_prompt(payer, reference=number)["id"])
    url = f"/orders/{number}/?key={placed.json()['order_key']}"
    wait_until(lambda: rest.get(url).json()["status"] == "paid", "the order is paid", told_by=market.log)
    return number


def deliver(part: SubOrder) -> None:
    """Hand the part over, and let the buyer's days to complain pass."""
    now = timezone.now()
    settlement.delivered(part=part, at=now, now=now)
    settlement.release_due(now=now + timedelta(days=4))
