"""What goods that are paid by weight are thought to weigh, and what of their price is not paid yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from marketplace.fulfilment.models import CatchWeight
from marketplace.sellers.models import SubOrder


@dataclass(frozen=True)
class Estimate:
    """What a line of a basket is thought to weigh and to cost; ``margin_vnd`` it may cost more."""

    weight_g: int
    ceiling_g: int
    estimate_vnd: int
    margin_vnd: int

    @property
    def ceiling_vnd(self) -> int:
        return self.estimate_vnd + self.margin_vnd


def note_estimates(estimates: Mapping[Any, Estimate]) -> None:
    """Write down what lines of a new order are thought to weigh, inside the transaction that places it."""
    CatchWeight.objects.bulk_create(
        CatchWeight(
            line=line,
            estimate_g=each.weight_g,
            ceiling_g=each.ceiling_g,
            estimate_vnd=each.estimate_vnd,
            ceiling_vnd=each.estimate_vnd + each.margin_vnd,
        )
        for line, each in estimates.items()
    )


def unpaid_vnd(line: Any, part: SubOrder) -> int:
    """Return what of the price of ``line`` is neither paid nor waived: 0 if it is not paid by weight.

    Needs the line's split and catch_weight.
    """
    weight = getattr(line, "catch_weight", None)
    if weight is None or not part.balance_vnd:
        return 0
    rest_vnd = line.split.gross_vnd - line.split.waived_vnd - weight.estimate_vnd
    return max(0, min(rest_vnd, line.split.net_vnd, part.balance_vnd))


def to_weigh(order: Any) -> set[int]:
    """Return which parts of ``order`` have lines that nobody has weighed yet. One query."""
    return set(
        SubOrder.objects.filter(
            order=order,
            order__lines__partner=F("seller__partner"),
            order__lines__catch_weight__isnull=False,
            order__lines__catch_weight__weight_g=None,
            order__lines__allocation_cancelled=False,
        ).values_list("pk", flat=True)
    )
