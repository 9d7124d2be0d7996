"""What grows, what was brought in, and what of it is promised to whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from agriculture.models import Produce
from marketplace.sellers.models import Seller
from payments.compiled import compiled

from .models import Harvest, Lot, PackedLine, PreOrder


@dataclass(frozen=True)
class HarvestRow:
    """A harvest with what was ordered of it and not freed, in the unit it is sold by."""

    harvest: Harvest
    ordered: int
    missing: int

    @property
    def left(self) -> int:
        return max(0, self.harvest.forecast - self.ordered)

    @property
    def percent(self) -> int:
        return min(100, self.ordered * 100 // self.harvest.forecast)


def growing(product_ids: Collection[int], *, today: date) -> dict[int, Harvest]:
    """Return the harvests that take orders ``today``, by the product. One query.

    A line of such a product is delivered after ``Harvest.ends_on``.
    """
    rows = _opened(sorted(product_ids))
    return {harvest.product_id: harvest for harvest in rows if harvest.takes_orders(today)}


@compiled
def _opened(product_ids: list[int]) -> QuerySet[Harvest]:
    return Harvest.objects.filter(product__id__in=product_ids, recorded_at=None, opened_at__isnull=False)


def announced(product_id: int, *, today: date) -> Harvest | None:
    """Return the harvest of a product that is to come, whether or not it takes orders yet. One query."""
    rows = Harvest.objects.filter(product=product_id, recorded_at=None, ends_on__gte=today)
    return rows.order_by("starts_on").first()


def harvests_of(sellers: Iterable[Seller]) -> list[HarvestRow]:
    """Return the harvests of some sellers: those that grow, soonest first, then the others. One query."""
    live = PreOrder.objects.filter(harvest=OuterRef("pk"), line__num_allocated__gt=0).order_by()
    rows = Harvest.objects.filter(seller__in=list(sellers)).annotate(
        ordered=_sum(live, "quantity", per="harvest"), short=_sum(live, "missing", per="harvest")
    )
    found = list(rows.select_related("product__produce", "seller").order_by("ends_on", "pk"))
    found.sort(key=lambda one: (one.recorded_at is not None, _nearness(one)))
    return [HarvestRow(one, one.ordered, one.short) for one in found]


def harvest_row(harvest: Harvest) -> HarvestRow:
    """Return how much of ``harvest`` is ordered. One query."""
    live = PreOrder.objects.filter(harvest=harvest, line__num_allocated__gt=0)
    sums = live.aggregate(ordered=Sum("quantity", default=0), missing=Sum("missing", default=0))
    return HarvestRow(harvest, sums["ordered"], sums["missing"])


def preorders_of(harvest: Harvest) -> QuerySet[PreOrder]:
    """Return who waits for ``harvest``, in the order in which they get it. One query."""
    waiting = PreOrder.objects.filter(harvest=harvest, line__num_allocated__gt=0)
    return waiting.select_related("line__order__placement").order_by("line__order__date_placed", "line")


def lots_of(sellers: Iterable[Seller]) -> QuerySet[Lot]:
    """Return the lots of some sellers, newest first, each with ``packed_g``, packed already. One query."""
    packed = PackedLine.objects.filter(lot=OuterRef("pk")).order_by()
    rows = Lot.objects.filter(seller__in=list(sellers)).annotate(packed_g=_sum(packed, "weight_g", per="lot"))
    return rows.select_related("product", "seller").order_by("-harvested_on", "-pk")


def lots_to_pack(*, product_id: int, today: date) -> list[Lot]:
    """Return the lots a line of this product may be packed from: what spoils first comes first. One query."""
    packed = PackedLine.objects.filter(lot=OuterRef("pk")).order_by()
    rows = Lot.objects.filter(product=product_id).annotate(packed_g=_sum(packed, "weight_g", per="lot"))
    fresh = rows.exclude(expires_on__lt=today).order_by("expires_on", "harvested_on", "pk")
    return [lot for lot in fresh if lot.packed_g < lot.quantity_g] or list(fresh[:5])


def goods_of(sellers: Iterable[Seller]) -> QuerySet[Produce]:
    """Return what some sellers grow or make, by name. One query."""
    rows = Produce.objects.filter(product__origin__seller__in=list(sellers))
    return rows.select_related("product__origin__seller").order_by("product__title", "pk")


def _sum(rows: QuerySet[Any], field: str, *, per: str) -> Coalesce:
    return Coalesce(Subquery(rows.values(per).annotate(total=Sum(field)).values("total")), 0)


def _nearness(harvest: Harvest) -> int:
    """Soonest first while it grows, newest first once it is brought in."""
    return harvest.ends_on.toordinal() * (1 if harvest.recorded_at is None else -1)
