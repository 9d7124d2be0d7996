"""What the API is sent by the crawl: everything its serializers know, each naming what is somebody else's."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from agriculture.harvests.models import Lot

from .foreign import BUYERS_PHONE, Values


def body(values: Values) -> dict[str, Any]:
    """A body for every call of the API at once: each name a serializer knows, and in it a row of others."""
    today = timezone.localdate()
    return {
        "id": str(uuid.uuid4()),
        "seller": int(values["farmers", "seller_id"][0]),
        "product": int(values["goods", "pk"][0]),
        "line": int(values["lines", "line_id"][0]),
        "lot": int(Lot.objects.order_by("pk")[0].pk),
        "harvest": values["harvests", "harvest_id"][0],
        "name": "Của tôi",
        "category": "rice",
        "unit": "kg",
        "size": 1,
        "price_vnd": 1_000,
        "left": 7,
        "stock": 7,
        "paused": True,
        "kind": "accept",
        "happened_at": timezone.now().isoformat(),
        "weight_g": 1_000,
        "opens_on": str(today),
        "starts_on": str(today),
        "ends_on": str(today + timedelta(days=3)),
        "harvested_on": str(today),
        "forecast": 5,
        "actual": 1,
        "quantity": 3,
        "quantity_g": 1_000,
        "shelf_life_days": 30,
        "phone": BUYERS_PHONE,
        "password": "forged",
        "refresh": "forged",
    }
