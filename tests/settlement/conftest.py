"""Orders that were paid, with the ledger's money in escrow, and the people who settle them."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from marketplace.settlement import services as settlement
from marketplace.settlement.models import PartClock
from marketplace.shop.basket import services as baskets
from payments.ledger import selectors as books
from payments.providers.base import Outcome
from tests.factories import ProduceFactory, RoomTypeFactory, SellerFactory
from tests.shop.conftest import (  # noqa: F401  (fixtures)
    _silent_wallet,
    check_out,
    fill_with_nights,
    in_days,
    new_basket,
    post,
    stay_options,
    visitor,
)
from tests.shop.silent import tell


def place(*goods: tuple[Any, int], room: Any = None, nights: int = 1) -> Any:
    """Order ``goods`` (produce, quantity) and perhaps nights of ``room`` in three days; return the order."""
    basket = new_basket()
    for produce, quantity in goods:
        baskets.add_goods(basket, product_id=produce.product_id, quantity=quantity)
    if room is not None:
        fill_with_nights(basket, room, first_night=in_days(3), nights=nights)
    order = check_out(basket).order
    freeze(order, now=timezone.now())
    return order


def freeze(order: Any, *, now: datetime) -> None:
    if not PartClock.objects.filter(part__order=order).exists():
        settlement.freeze(order=order, now=now)


def pay(order: Any) -> None:
    tell(order.placement.payment_id, Outcome.SUCCEEDED)


def balances(*codes: str) -> dict[str, int]:
    """What stands in these accounts and in those of commission and taxes; empty ones are absent."""
    wanted = {"revenue:commission", "tax:vat", "tax:pit", "payable:carrier-post", *codes}
    return {code: vnd for code, vnd in books.balances_vnd(wanted).items() if vnd}


@pytest.fixture
def household() -> Any:
    return SellerFactory(name="Hộ bà Lò Thị Pản")


@pytest.fixture
def paid(post: None, stay_options: None, household: Any) -> Any:  # noqa: F811
    """Two sacks (350.000 ₫, delivery 155.500 ₫) of a household and a night (300.000 ₫) of another, paid."""
    rice = ProduceFactory(price_vnd=175_000, stock=10, weight_g=5_000, seller=household)
    room = RoomTypeFactory(price_vnd=300_000, rooms=1, open_from=in_days(0))
    order = place((rice, 2), room=room)
    pay(order)
    goods, night = order.suborders.order_by("number")
    return SimpleNamespace(order=order, goods=goods, night=night, rice=rice, seller=household)
