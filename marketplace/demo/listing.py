"""What waits for a look in the demo's moderation: a farmer's newest listing, and a price far from others'."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.accounts.models import User
from marketplace.listing import services
from marketplace.listing.models import Look
from marketplace.sellers.models import Seller

# So far from what others ask that somebody looks, and no rice would ever be sold for it.
DEAR_VND = 900_000


def live(farmer: Seller, *, by: User, now: datetime) -> int:
    """Let the demo's farmer list two things; return how many wait for a look."""
    facts: dict[str, Any] = {"seller": farmer, "by": by, "now": now, "unit": "kg"}
    services.list_produce(**facts, name="Khoai sọ", category="vegetable", quantity=60, price_vnd=22_000)
    services.list_produce(**facts, name="Gạo nếp nương", category="rice", quantity=8, price_vnd=DEAR_VND)
    return Look.objects.filter(verdict=Look.Verdict.OPEN).count()
