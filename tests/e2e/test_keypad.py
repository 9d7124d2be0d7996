"""A farmer with nothing but a phone with keys joins, names the wallet, lists, weighs, hands over, is paid."""

from __future__ import annotations

import secrets
import uuid

import httpx
import pytest
from django.utils import timezone

from agriculture.models import Produce
from marketplace.delivery.services import buyer_code_for
from marketplace.keypad.words import dong
from marketplace.listing import moderation
from marketplace.listing.models import Look
from marketplace.packing.models import Preparation
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from tests.e2e.handset import KeyPhone
from tests.e2e.market import Market
from tests.e2e.test_farmer import LATER, be_paid
from tests.factories import UserFactory, load_province
from tests.wallet_operator import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def farmer(market: Market, transactional_db: None) -> KeyPhone:
    """A number nobody knows here, with an empty wallet at Viettel Money."""
    load_province()
    number = f"+8439745{secrets.randbelow(10_000):04d}"
    market.wallet.open_wallet(number, name="Lò Thị May")
    return KeyPhone(market.wallet, number)


def test_a_farmer_sells_by_sms_and_dialling_alone(market: Market, farmer: KeyPhone, payer: str) -> None:
    welcome = farmer.write("DK LO THI MAY, SIN CHAI")
    name_the_wallet(farmer, market)
    listed = farmer.write("BAN GAO 50KG 18000")
    farmer.dial("2", "1", "5")  # my goods, the first of them, by weight
    produce = let_it_be_shown()
    order = buy(market, produce, payer)
    wait_until(lambda: told(farmer), "the farmer is told of the order", timeout_s=40, told_by=market.log)
    accepted = farmer.write("NHAN 1")
    weighed = farmer.write("CAN 1 4,8KG")
    farmer.dial("1", "1", "1")  # orders, the first of them, it is packed
    part = SubOrder.objects.select_related("seller").get(order__number=order)
    packed = Preparation.objects.get(part=part).state
    farmer.write(f"GIAO 1 {buyer_code_for(part)}")
    held = farmer.write("TIEN")
    part.refresh_from_db()
    known = len(farmer.received())
    settlement.release_due(now=part.clock.delivered_at + LATER)
    coming = farmer.dial("4")
    be_paid(market)
    wait_until(
        lambda: paid(farmer, known), "the farmer is told of the money", timeout_s=40, told_by=market.log
    )

    # 4.8 kg at 18,000 ₫ are 86,400 ₫, less 5 % for the market, 1 % VAT and 0.5 % income tax.
    share_vnd = 86_400 - 4_320 - 864 - 432
    assert "Lo Thi May" in welcome
    assert "50 kg" in listed
    assert produce.is_weighed
    assert "5 kg Gao te" in accepted
    assert "4800" in weighed
    assert "86.400d" in weighed
    assert packed == "ready"
    assert produce.product.stockrecords.get().net_stock_level == 45
    assert dong(share_vnd) in held
    assert dong(share_vnd) in coming
    assert held != coming.rpartition("\n")[0]
    assert dong(share_vnd) in paid(farmer, known)
    assert market.wallet.balance_vnd(farmer.number) == share_vnd
    assert market.wallet.books_are_right()


def name_the_wallet(farmer: KeyPhone, market: Market) -> None:
    """Ask for the wallet of the phone; both that it was found and that it was changed are told."""
    farmer.write("VI")
    wait_until(lambda: len(farmer.received()) == 4, "the wallet is told", timeout_s=40, told_by=market.log)
    assert any("Viettel Money" in text and "Lo Thi May" in text for text in farmer.received()[:3])


def paid(farmer: KeyPhone, known: int) -> str:
    """Return the SMS after the first `known` that tells of money in the wallet, "" if none has come."""
    wallet = farmer.number.replace("+84", "0")
    texts = farmer.received()  # the newest first
    return next((text for text in texts[: len(texts) - known] if wallet in text), "")


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
