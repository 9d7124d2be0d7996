from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Prefetch, QuerySet, Sum
from oscar.core.loading import get_model

from .models import Seller, SubOrder

Line = get_model("order", "Line")


def sellers_of(user_id: int | None) -> QuerySet[Seller]:
    """The sellers a person acts for."""
    return Seller.objects.filter(members=user_id).select_related("unit").order_by("name", "pk")


def suborders_of(sellers: list[Seller]) -> QuerySet[SubOrder]:
    """The paid parts of orders of these sellers, newest first, each with its own lines and no others.

    An unpaid order is nobody's work yet, so it is not among them. Three queries when listed.
    """
    partners = [seller.partner_id for seller in sellers]
    lines = (
        Line.objects.filter(partner_id__in=partners)
        .select_related("product__parent", "booking__room_type")
        .order_by("pk")
    )
    return (
        SubOrder.objects.filter(seller__in=sellers)
        .exclude(status__in=[SubOrder.Status.AWAITING_PAYMENT, SubOrder.Status.CANCELLED])
        .select_related(
            "seller", "order__placement", "order__destination__commune", "order__destination__province"
        )
        .select_related("order__destination__post_office")
        .prefetch_related(Prefetch("order__lines", queryset=lines, to_attr="own_lines"))
        .order_by("-placed_at", "-pk")
    )


@dataclass(frozen=True)
class Earned:
    """What buyers have paid for, refunds taken off: how many parts of orders, and their goods and nights."""

    parts: int
    lines_vnd: int


def earned(sellers: list[Seller]) -> Earned:
    """Return what the sellers have earned with their own parts, whatever else the orders hold. One query."""
    paid = SubOrder.objects.filter(seller__in=sellers, status=SubOrder.Status.PAID)
    sums = paid.aggregate(parts=Count("pk"), lines_vnd=Sum("lines_vnd"))
    return Earned(sums["parts"], sums["lines_vnd"] or 0)
