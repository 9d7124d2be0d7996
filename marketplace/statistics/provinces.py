"""What the communes of each province sold, for an installation that serves several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum

from .models import DailySales


@dataclass(frozen=True)
class ProvinceSales:
    """``net_vnd`` are đồng after refunds."""

    code: str
    name: str
    net_vnd: int


def sales_by_province(*, first_day: date, last_day: date) -> list[ProvinceSales]:
    """Return what each province sold, ``last_day`` included, by code; those that sold nothing are absent.

    A whole province hides every household in it, but for one of few sellers: officials only. Cost: one
    aggregate over the days' summaries.
    """
    assert first_day <= last_day, (first_day, last_day)
    rows = (
        DailySales.objects.filter(kind="", group="", sold_on__range=(first_day, last_day))
        .values(code=F("unit__province"), name=F("unit__province__name"))
        .annotate(sum_vnd=Sum("net_vnd"))
        .order_by("code")
    )
    return [ProvinceSales(row["code"], row["name"], row["sum_vnd"]) for row in rows]
