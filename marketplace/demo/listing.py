"""What waits for a look in the demo's moderation: a farmer's newest listing, and a price far from others'."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.accounts.models import User
from marketplace.listing import services
from marketplace.listing.models import Look
from marketplace.sellers.models import Seller

from . import words

# So far from what others ask that somebody looks, and no rice would ever be sold for it.
DEAR_VND = 900_000


def live(farmer: Seller, *, by: User, now: datetime) -> int:
    """Let the demo's farmer list two things; return how many wait for a look."""
    facts: dict[str, Any] = {"seller": farmer, "by": by, "now": now, "unit": "kg"}
    for name, name_en, category, quantity, price_vnd in (
        ("Khoai sọ", "Taro", "vegetable", 60, 22_000),
        ("Gạo nếp nương", "Upland sticky rice", "rice", 8, DEAR_VND),
    ):
        services.list_produce(
            **facts,
            name=name,
            category=category,
            quantity=quantity,
            price_vnd=price_vnd,
            facts={"name_en": name_en, "description": f"{name} nhà trồng. {words.SAMPLE}"},
        )
    return Look.objects.filter(verdict=Look.Verdict.OPEN).count()
