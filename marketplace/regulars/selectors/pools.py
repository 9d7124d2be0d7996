"""Pooled orders as buyers and their sellers see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum
from oscar.core.loading import get_model

from agriculture.models import Produce
from marketplace.regulars.models import Pool, PoolStep
from marketplace.regulars.services.pooling import price_at
from marketplace.sellers.models import Seller

Line = get_model("order", "Line")


@dataclass(frozen=True)
class PoolView:
    """A pool and how full it is: ``paid_g`` counts, ``waiting_g`` is ordered and not paid yet."""

    pool: Pool
    produce: Produce
    steps: list[PoolStep]
    image: str | None
    paid_g: int
    waiting_g: int
    buyers: int
    now: datetime

    @property
    def is_open(self) -> bool:
        return self.pool.state == Pool.State.OPEN and self.pool.closes_at > self.now

    @property
    def reached_g(self) -> int:
        return self.paid_g if self.pool.reached_g is None else self.pool.reached_g

    @property
    def percent(self) -> int:
        return min(100, self.reached_g * 100 // self.pool.target_g)

    @property
    def missing_g(self) -> int:
        return max(0, self.pool.target_g - self.reached_g)

    @property
    def left_packs(self) -> int:
        return max(0, self.pool.capacity_g - self.paid_g - self.waiting_g) // self.produce.weight_g

    @property
    def price_vnd(self) -> int:
        """What is paid with the order."""
        return self.steps[0].price_vnd

    @property
    def full_vnd(self) -> int:
        """What a pack costs once the truck is full."""
        return self.steps[-1].price_vnd

    @property
    def price_now_vnd(self) -> int:
        """What a pack would cost if it closed now with what is paid; at the end, what it costs."""
        return self.pool.final_vnd or price_at(self.steps, self.paid_g)


def open_pools(*, now: datetime) -> list[PoolView]:
    """The pools that take orders, the first to close first. Four queries."""
    rows = Pool.objects.filter(state=Pool.State.OPEN, closes_at__gt=now, product__is_public=True)
    return _views(rows.order_by("closes_at", "pk"), now=now)


def pools_of(sellers: Collection[Seller], *, now: datetime) -> list[PoolView]:
    """The pools of these sellers, the newest first. Four queries."""
    return _views(Pool.objects.filter(seller__in=sellers).order_by("-opened_at", "-pk")[:50], now=now)


def pool_view(pool_id: int, *, now: datetime) -> PoolView | None:
    """One pool. Four queries."""
    return next(iter(_views(Pool.objects.filter(pk=pool_id), now=now)), None)


def _views(rows: Iterable[Pool], *, now: datetime) -> list[PoolView]:
    pools = list(
        rows.select_related(  # type: ignore[attr-defined]
            "product__produce", "product__origin__commune", "seller__unit", "base"
        ).prefetch_related("steps", "product__images")
    )
    ordered = _ordered(pools)
    return [_view(pool, ordered.get(pool.product_id, {}), now) for pool in pools]


def _ordered(pools: Collection[Pool]) -> dict[int, dict[str, int]]:
    """By product: the packs that are paid for, those that wait for their payment, and by how many orders."""
    lines = Line.objects.filter(product__in=[pool.product_id for pool in pools], allocation_cancelled=False)
    sums = (
        lines.order_by()
        .values("product")
        .annotate(
            paid=Sum("quantity", filter=Q(order__status="paid"), default=0),
            waiting=Sum("quantity", filter=Q(order__status="awaiting-payment"), default=0),
        )
    )
    buyers: dict[int, set[int]] = {}
    for product, order in lines.filter(order__status="paid").order_by().values_list("product", "order"):
        buyers.setdefault(product, set()).add(order)
    return {row["product"]: row | {"buyers": len(buyers.get(row["product"], ()))} for row in sums}


def _view(pool: Pool, ordered: dict[str, int], now: datetime) -> PoolView:
    produce = pool.product.produce
    images = list(pool.product.images.all())
    return PoolView(
        pool=pool,
        produce=produce,
        steps=sorted(pool.steps.all(), key=lambda step: step.from_g),
        image=images[0].original if images else None,
        paid_g=ordered.get("paid", 0) * produce.weight_g,
        waiting_g=ordered.get("waiting", 0) * produce.weight_g,
        buyers=ordered.get("buyers", 0),
        now=now,
    )
