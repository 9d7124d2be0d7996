"""Counting what was paid in the figures of the communes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from marketplace.delivery.models import Destination
from marketplace.sellers.models import SubOrder
from marketplace.settlement.models import LineSplit, Refund
from marketplace.statistics import services as statistics
from payments.compiled import compiled

HOME_COUNTRY = "VN"  # of every province the post delivers to


def count(order: Any, parts: Sequence[SubOrder], *, provider: str, at: datetime) -> None:
    """Count the lines of parts of which nothing is left to pay, as sold ``at``. Repeats change nothing."""
    destination = next(iter(_destinations(order.pk)), None)
    statistics.write_sales(
        order_id=order.pk,
        partner_ids=[part.seller.partner_id for part in parts],
        sold_at=at,
        provider=provider,
        buyer_province=destination.province_id if destination else "",
        buyer_country=HOME_COUNTRY if destination else "",
    )
    _count_refunds(order, parts, at=at)
    _count_waived(order, parts, at=at)


def _count_refunds(order: Any, parts: Sequence[SubOrder], *, at: datetime) -> None:
    """Count what was paid back of a deposit, before its balance made a sale of it."""
    amounts_vnd: dict[uuid.UUID, dict[int, int]] = {}
    for refund_id, line_id, vnd in _refunds([part.pk for part in parts]):
        amounts_vnd.setdefault(refund_id, {})[line_id] = vnd
    for refund_id, lines_vnd in amounts_vnd.items():
        statistics.write_refund(order_id=order.pk, amounts_vnd=lines_vnd, refund_id=refund_id, refunded_at=at)


def _count_waived(order: Any, parts: Sequence[SubOrder], *, at: datetime) -> None:
    """Take back what was cancelled before anybody paid it. Once a part counts, nothing more is waived."""
    if amounts_vnd := dict(_waived([part.pk for part in parts])):
        statistics.write_refund(
            order_id=order.pk,
            amounts_vnd=amounts_vnd,
            refund_id=uuid.uuid5(order.placement.payment_id, "waived"),
            refunded_at=at,
        )


@compiled
def _destinations(order_id: int) -> QuerySet[Destination]:
    return Destination.objects.filter(order=order_id)


@compiled
def _refunds(part_ids: list[int]) -> QuerySet[Refund, tuple[uuid.UUID, int, int]]:
    done = Refund.objects.filter(part__id__in=part_ids, state=Refund.State.DONE, split__isnull=False)
    return done.order_by("pk").values_list("operation_id", "split__line", "amount_vnd")


@compiled
def _waived(part_ids: list[int]) -> QuerySet[LineSplit, tuple[int, int]]:
    waived = LineSplit.objects.filter(part__id__in=part_ids, waived_vnd__gt=0).order_by("pk")
    return waived.values_list("line", "waived_vnd")
