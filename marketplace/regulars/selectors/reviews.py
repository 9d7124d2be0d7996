"""What buyers say of goods they have received."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, QuerySet
from oscar.core.loading import get_model

from marketplace.regulars.models import Received
from marketplace.sellers.models import Seller, SubOrder

Line = get_model("order", "Line")
ProductReview = get_model("reviews", "ProductReview")

SHOWN = 10


@dataclass(frozen=True)
class Reviews:
    """The newest reviews, and the stars of all of them."""

    newest: list[Received]
    number: int
    average: float | None


def has_received(line: Any) -> bool:
    """Whether the buyer of a line of goods has it. One query."""
    return _delivered().filter(order=line.order_id, seller__partner=line.partner_id).exists()


def received_by(user_id: int) -> QuerySet[Any]:
    """The lines of goods a person has received."""
    theirs = _delivered().filter(order=OuterRef("order"), seller__partner=OuterRef("partner"))
    return Line.objects.filter(
        Exists(theirs), order__user=user_id, product__produce__isnull=False, allocation_cancelled=False
    )


def reviews_of_product(product_id: int) -> Reviews:
    """Two queries."""
    return _reviews(Received.objects.filter(review__product=product_id))


def reviews_of_seller(seller: Seller) -> Reviews:
    """Two queries."""
    return _reviews(Received.objects.filter(review__product__origin__seller=seller))


def unanswered(sellers: Collection[Seller]) -> list[Received]:
    """The reviews that these sellers may still answer, the oldest first. One query."""
    rows = _shown(Received.objects.filter(review__product__origin__seller__in=sellers, answered_at=None))
    return list(rows.order_by("review__date_created", "pk"))


def _delivered() -> QuerySet[SubOrder]:
    return SubOrder.objects.filter(status=SubOrder.Status.PAID, clock__delivered_at__isnull=False)


def _shown(rows: QuerySet[Received]) -> QuerySet[Received]:
    approved = rows.filter(review__status=ProductReview.APPROVED)
    return approved.select_related("review__product__origin__seller", "review__user")


def _reviews(rows: QuerySet[Received]) -> Reviews:
    shown = _shown(rows)
    sums = shown.aggregate(number=Count("pk"), average=Avg("review__score"))
    newest = shown.order_by("-review__date_created", "-pk")[:SHOWN] if sums["number"] else []
    return Reviews(list(newest), sums["number"], sums["average"])
