"""A farm with a field of pumpkins, announced and ordered."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from agriculture.harvests import services as harvests
from agriculture.harvests.models import Harvest
from tests.factories import ProduceFactory
from tests.shop.conftest import in_days


def pumpkins(**facts: Any) -> Any:
    facts = {"title": "Bí đỏ Mường", "category": "vegetable", "unit": "piece", "weight_g": 3_000} | facts
    return ProduceFactory(**({"price_vnd": 45_000, "stock": 0} | facts))


def announce(produce: Any, **changes: Any) -> Harvest:
    """Announce ten of ``produce`` in ten to twenty days, to be ordered from today."""
    call = {
        "seller": produce.product.origin.seller,
        "product": produce.product,
        "opens_on": in_days(0),
        "starts_on": in_days(10),
        "ends_on": in_days(20),
        "forecast": 10,
        "by": None,
        "now": timezone.now(),
        "harvest_id": uuid4(),
    }
    return harvests.open_harvest(**(call | changes))


def record(harvest: Harvest, actual: int) -> Harvest:
    return harvests.record_actual(harvest=harvest, actual=actual, by=None, now=timezone.now())


def stock_of(produce: Any) -> tuple[int, int]:
    """How many there are, and how many of them are set aside."""
    stock = produce.product.stockrecords.get()
    return stock.num_in_stock, stock.num_allocated or 0
