"""Sellers, goods, rooms and post offices, operators in memory, and a clock that stands until it is moved."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from unittest import mock
from zoneinfo import ZoneInfo

from django.test import override_settings
from oscar.core.loading import get_model

from marketplace.delivery.models import PostOffice, Province, Rate
from marketplace.delivery.services import HOME_PROVINCE
from marketplace.sellers.models import Seller
from marketplace.settlement.models import SellerTerms, SettlementRule
from payments import providers
from tests.factories import (
    CommuneFactory,
    ProduceFactory,
    RoomTypeFactory,
    SellerFactory,
    StayFactory,
    product_class,
)
from tests.money.operators import Operator
from tests.money.shop_model import ShopModel
from tourism import nights
from tourism.models import RoomType

HOI = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2026, 11, 23, 9, 0, tzinfo=HOI)
WALLETS = ("viettel", "vnpt")
TILLS = ("380000", "381100")
DEPOSIT_PERCENT = 30
DEBT_LIMIT_VND, MINIMUM_VND = 200_000, 50_000
PROVIDERS = {
    "viettel": {"class": "tests.money.operators.Operator", "label": "Viettel Money"},
    "vnpt": {"class": "tests.money.operators.WithdrawingOperator", "label": "VNPT Money"},
    "cash": {
        "class": "payments.providers.cash.CashProvider",
        "label": "Cash",
        "limits": {"max_vnd": 5_000_000},
        "needs": "post_office",
    },
}


@dataclass(frozen=True)
class Goods:
    product: int
    seller: int
    price_vnd: int


@dataclass(frozen=True)
class Room:
    type_id: int
    product: int
    seller: int
    price_vnd: int


class World:
    """``scale`` multiplies the stock; the rooms are few at any scale."""

    def __init__(self, *, scale: int = 1) -> None:
        self.now = START
        self.model = ShopModel(debt_limit_vnd=DEBT_LIMIT_VND, minimum_vnd=MINIMUM_VND)
        self.operators: dict[str, Operator] = {}
        for code in WALLETS:
            operator = providers.get(code)
            assert isinstance(operator, Operator)
            operator.__init__(code=code, label=operator.label)  # type: ignore[misc]
            self.operators[code] = operator
        Operator.said.clear()
        SettlementRule.objects.update(debt_limit_vnd=DEBT_LIMIT_VND, minimum_payout_vnd=MINIMUM_VND)
        self._build_post()
        self._build_market(scale)

    def _build_post(self) -> None:
        Province.objects.update_or_create(code="01", defaults={"name": "Thành phố Hà Nội", "zone": "Z5"})
        Province.objects.update_or_create(code=HOME_PROVINCE, defaults={"name": "Điện Biên", "zone": ""})
        for zone, first_vnd in (("Z1", 8_501), ("Z2", 12_000), ("Z3", 15_000), ("Z5", 32_000)):
            Rate.objects.update_or_create(
                zone=zone,
                valid_from=date(2025, 1, 1),
                defaults={
                    "first_g": 500,
                    "first_vnd": first_vnd,
                    "step_g": 500,
                    "step_vnd": 1_003,
                    "days": 2,
                },
            )
        commune = CommuneFactory()
        for code in TILLS:
            PostOffice.objects.create(code=code, name=f"Bưu cục {code}", commune=commune)

    def _build_market(self, scale: int) -> None:
        household, coop, poor, host = (
            SellerFactory(kind=kind, wallet_provider=wallet)
            for kind, wallet in (
                (Seller.Kind.HOUSEHOLD, "viettel"),
                (Seller.Kind.COOPERATIVE, "vnpt"),
                (Seller.Kind.HOUSEHOLD, "viettel"),
                (Seller.Kind.HOUSEHOLD, "vnpt"),
            )
        )
        SellerTerms.objects.create(seller=poor, poor_from=date(2025, 1, 1), evidence="Quyết định 1")
        self.rates = {household.pk: "goods", coop.pk: "coop", poor.pk: "poor", host.pk: "nights"}
        self.wallets = {seller.pk: seller.wallet_provider for seller in (household, coop, poor, host)}
        self.goods = [
            self._goods(seller, price_vnd, stock * scale, weight_g)
            for seller, price_vnd, stock, weight_g in (
                (household, 175_001, 6, 5_000),
                (coop, 33_333, 5, 300),
                (poor, 20_049, 4, 500),
            )
        ]
        self._stay_options()
        stay = StayFactory(seller=host, deposit_percent=DEPOSIT_PERCENT, policy="moderate")
        self.rooms = [
            self._room(RoomTypeFactory(stay=stay, kind=kind, rooms=rooms, price_vnd=price_vnd))
            for kind, rooms, price_vnd in (("room", 1, 300_001), ("floor", 3 * scale, 99_999))
        ]
        self.open_nights(days=20)

    def _goods(self, seller: Seller, price_vnd: int, stock: int, weight_g: int) -> Goods:
        produce = ProduceFactory(seller=seller, price_vnd=price_vnd, stock=stock, weight_g=weight_g)
        self.model.capacity[produce.product_id, None] = stock
        return Goods(produce.product_id, seller.pk, price_vnd)

    def _room(self, room_type: RoomType) -> Room:
        seller = room_type.stay.product.origin.seller_id
        return Room(room_type.pk, room_type.product_id, seller, room_type.price_vnd)

    def _stay_options(self) -> None:
        model = get_model("catalogue", "Option")
        for code, kind in (
            ("first-night", "date"),
            *((code, "integer") for code in ("nights", "rooms", "guests")),
        ):
            option, _ = model.objects.get_or_create(code=code, defaults={"name": code, "type": kind})
            product_class("stay").options.add(option)

    def open_nights(self, *, days: int) -> None:
        """Put the nights of so many days from today on sale."""
        today = self.now.date()
        for room in self.rooms:
            room_type = RoomType.objects.get(pk=room.type_id)
            last_night = today + timedelta(days=days - 1)
            nights.open_nights(room_type=room_type, first_night=today, last_night=last_night)
            for offset in range(days):
                self.model.capacity[room.product, today + timedelta(days=offset)] = room_type.rooms


@contextmanager
def market_settings() -> Iterator[None]:
    """Put the operators in memory behind the providers, and let nothing be asked of the cash that is real."""
    with override_settings(PAYMENT_PROVIDERS=PROVIDERS):
        yield


@contextmanager
def clock_of(world: World) -> Iterator[None]:
    """Let the code that reads the clock read that of ``world``."""
    with mock.patch("django.utils.timezone.now", side_effect=lambda: world.now):
        yield


@contextmanager
def numbered_ids() -> Iterator[Random]:
    """Let ``uuid4`` give the same ids, and so the same order among them, each time a run is repeated."""
    numbers = Random(0)
    ids = mock.patch.object(uuid, "os", SimpleNamespace(urandom=numbers.randbytes))
    with ids, mock.patch("secrets.choice", numbers.choice):
        yield numbers
