"""Who sells, who buys, and what: sellers and buyers with wallets at three operators, goods and rooms."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from django.test import Client
from django.utils import timezone

from marketplace.demo.payments import TOP_UP, TOP_UP_VND
from marketplace.sellers.models import Seller
from marketplace.settlement.models import SettlementRule
from payments import ledger
from payments import services as payments
from payments.services.booking import BANK, SETTLEMENT
from tests.benchmarks.payments import post_to_hanoi
from tests.factories import (
    ProduceFactory,
    RoomTypeFactory,
    SellerFactory,
    StayFactory,
    UserFactory,
    load_province,
)

OPERATORS = {"viettel": "+84398", "vnpt": "+84888", "mobifone": "+84898"}
PIN = "135790"
BUYERS = 12
BUYER_VND = 90_000_000
STOCK, ROOMS, NIGHTS = 100_000, 200, 30
PRICES_VND = (90_000, 175_000, 250_000, 42_500, 61_000)


@dataclass(frozen=True)
class Buyer:
    operator: str
    msisdn: str


@dataclass(frozen=True)
class Scene:
    buyers: list[Buyer]
    products: list[int]
    rooms: list[int]
    # Opens the staff's pages.
    staff_session: str


def build() -> Scene:
    """Write it into the shop's database. Whoever says so is paid at once, from 50.000 ₫ on."""
    load_province()
    post_to_hanoi()
    fund()
    SettlementRule.objects.update(dispute_window_hours=0)
    operators = list(OPERATORS)
    sellers = [
        SellerFactory(
            wallet_provider=operators[number % 3],
            wallet_msisdn=f"{OPERATORS[operators[number % 3]]}2000{number:02d}",
        )
        for number in range(len(PRICES_VND) + 1)
    ]
    products = [
        ProduceFactory(
            stock=STOCK, price_vnd=price_vnd, weight_g=700, seller=seller, commune=seller.unit
        ).product_id
        for seller, price_vnd in zip(sellers, PRICES_VND, strict=False)
    ]
    room = RoomTypeFactory(
        stay=StayFactory(seller=sellers[-1], commune=sellers[-1].unit),
        rooms=ROOMS,
        price_vnd=300_000,
        open_from=timezone.localdate(),
        open_to=timezone.localdate() + timedelta(days=NIGHTS),
    )
    staff = Client()
    staff.force_login(UserFactory(name="Quàng Văn Pâng", is_staff=True))
    return Scene(
        buyers=[
            Buyer(operator, f"{OPERATORS[operator]}1000{number:02d}")
            for number in range(BUYERS)
            for operator in [operators[number % 3]]
        ],
        products=products,
        rooms=[room.pk],
        staff_session=staff.cookies["sessionid"].value,
    )


def fund() -> None:
    """Write down what the operator's demonstration has put on our accounts there, to pay sellers from.

    Buyers pay at one operator, sellers are paid at another: without it a refund may find nothing left.
    """
    capital_vnd = TOP_UP_VND * len(OPERATORS)
    ledger.open_account(code="fund:capital", kind="fund")
    ledger.open_account(code=SETTLEMENT, kind=BANK, may_overdraw=True)
    ledger.post(
        transfer_id=uuid.uuid4(),
        debit=SETTLEMENT,
        credit="fund:capital",
        amount_vnd=capital_vnd,
        purpose="capital",
    )
    for operator in OPERATORS:
        payments.move_own_money(
            movement_id=uuid.uuid4(),
            provider=operator,
            to="provider",
            amount_vnd=TOP_UP_VND,
            provider_ref=top_up_of(operator),
            by="chaos",
        )


def top_up_of(operator: str) -> str:
    """Return the operator's name of what its demonstration puts on our account."""
    return f"{TOP_UP}-{operator.upper()}"


def open_wallets(scene: Scene, wallet_url: str) -> None:
    """Give everybody a wallet, but for the first seller: what is paid to that one comes back."""
    sellers = Seller.objects.order_by("pk").values_list("wallet_provider", "wallet_msisdn")
    wanted: list[tuple[str, str, int]] = [(buyer.operator, buyer.msisdn, BUYER_VND) for buyer in scene.buyers]
    wanted += [(operator, str(msisdn), 0) for operator, msisdn in list(sellers)[1:]]
    with httpx.Client(base_url=wallet_url, timeout=60, trust_env=False) as http:
        for operator, msisdn, balance_vnd in wanted:
            body: dict[str, Any] = {"operator": operator, "msisdn": msisdn, "name": "Khách", "pin": PIN}
            http.post("/sim/wallets/", json=body | {"balance_vnd": balance_vnd}).raise_for_status()
