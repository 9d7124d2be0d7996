"""What of a part of an order is to be packed."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from oscar.core.loading import get_model

from marketplace.packing.models import PackingAct
from marketplace.sellers.models import SubOrder

Line = get_model("order", "Line")


def goods() -> QuerySet[Any]:
    """Lines that are goods and still wanted: no nights, no seats, nothing that was cancelled."""
    return Line.objects.filter(booking__isnull=True, seats__isnull=True, allocation_cancelled=False)


def goods_of(part: SubOrder) -> QuerySet[Any]:
    """The lines of ``part`` that are to be packed."""
    return goods().filter(order=part.order_id, partner=part.seller.partner_id)


def unweighed(part: SubOrder) -> list[Any]:
    """Return the lines of ``part`` that are sold by weight and were not weighed yet. One query."""
    weighed = PackingAct.objects.filter(line=OuterRef("pk"), kind=PackingAct.Kind.WEIGH)
    lines = goods_of(part).filter(~Exists(weighed), product__produce__is_weighed=True)
    return list(lines.order_by("pk"))
