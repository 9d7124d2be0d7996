"""What of a part of an order is to be packed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from oscar.core.loading import get_model

from marketplace.sellers.models import SubOrder

Line = get_model("order", "Line")


def goods() -> QuerySet[Any]:
    """Lines that are goods and still wanted: no nights, no seats, nothing that was cancelled."""
    return Line.objects.filter(booking__isnull=True, seats__isnull=True, allocation_cancelled=False)


def goods_of(part: SubOrder) -> QuerySet[Any]:
    """The lines of ``part`` that are to be packed."""
    return goods().filter(order=part.order_id, partner=part.seller.partner_id)


def unweighed(part: SubOrder) -> list[Any]:
    """Return the lines of ``part`` that are paid by weight and were not weighed yet. One query."""
    return list(goods_of(part).filter(catch_weight__isnull=False, catch_weight__weight_g=None).order_by("pk"))
