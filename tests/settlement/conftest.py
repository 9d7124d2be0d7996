"""Orders that were paid, with the ledger's money in escrow, and the people who settle them."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from marketplace.settlement import services as settlement
from marketplace.shop.basket import services as baskets
from payments.ledger import selectors as books
from payments.models import Operation
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

WINDOW = timedelta(hours=72)


def place(*goods: tuple[Any, int], room: Any = None, nights: int = 1) -> Any:
    """Order ``goods`` (produce, quantity) and perhaps nights of ``room`` in three days; return the order."""
    basket = new_basket()
    for produce, quantity in goods:
        baskets.add_goods(basket, product_id=produce.product_id, quantity=quantity)
    if room is not None:
        fill_with_nights(basket, room, first_night=in_days(3), nights=nights)
    return check_out(basket).order


def pay(order: Any) -> None:
    tell(order.placement.payment_id, Outcome.SUCCEEDED)


def balances(*codes: str) -> dict[str, int]:
    """What stands in these accounts and in those of commission and taxes; empty ones are absent."""
    wanted = {"revenue:commission", "tax:vat", "tax:pit", "payable:carrier-post", *codes}
    return {code: vnd for code, vnd in books.balances_vnd(wanted).items() if vnd}


@pytest.fixture(autouse=True)
def _paying_wallet(settings: Any, _silent_wallet: None) -> None:  # noqa: F811
    settings.PAYMENT_PROVIDERS = {
        code: {"class": "tests.settlement.paying.PayingProvider", "label": code.title()}
        for code in ("viettel", "vnpt")
    }


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


def deliver(part: Any, *, at: datetime | None = None) -> datetime:
    """Report ``part`` as handed over, three hours ago if not said when; return when its window ends."""
    at = at or timezone.now() - timedelta(hours=3)
    settlement.delivered(part=part, at=at, now=at)
    return at + WINDOW


def release(*parts: Any) -> None:
    """Deliver the parts and let their windows end."""
    for part in parts:
        moment = deliver(part)
    assert settlement.release_due(now=moment) >= len(parts)


def refund_went(order: Any, outcome: Outcome = Outcome.SUCCEEDED) -> None:
    """Let the operator report how the refunds of ``order`` ended."""
    tell(order.placement.payment_id, outcome, kind=Operation.Kind.REFUND)
