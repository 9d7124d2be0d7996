"""Goods of an order that is being placed that are paid by weight, or wait for their harvest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from agriculture.harvests import services as harvests
from marketplace.fulfilment import services as fulfilment
from marketplace.settlement.rules import settlement_rule
from marketplace.shop.basket.selectors import SummaryLine


def margin_vnd(line: SummaryLine) -> int:
    """Return what of the price of a line is asked for only if it weighs more than its estimate, in đồng."""
    return line.weighed.margin_vnd if line.weighed else 0


def weighed_by(today: date) -> date:
    """Return the day by which goods ordered today are weighed at the latest, harvests apart.

    It is what a part with a balance must have; weighing the goods sets the day on which it is due.
    """
    return today + timedelta(days=settlement_rule(today).delivered_after_days)


def note_goods(order: Any, lines: Iterable[SummaryLine], *, now: datetime) -> None:
    """Write down what the goods are thought to weigh, and which of them wait for a harvest."""
    weighed = {row.line.product_id: row.weighed for row in lines if row.weighed}
    if weighed:
        rows = order.lines.filter(product_id__in=weighed).order_by("pk")
        fulfilment.note_estimates({line: weighed[line.product_id] for line in rows})
    harvests.note_orders(order=order, now=now)
