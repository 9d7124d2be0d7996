"""Sharing the price of every line out when it is ordered, once and for all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.sellers.models import Origin, SubOrder
from marketplace.settlement.models import LineSplit, PartClock
from marketplace.settlement.rules import RuleBook
from marketplace.settlement.splitting import split_of
from payments import money

Line = get_model("order", "Line")

_PART_FACTS = [
    "number",
    "lines_vnd",
    *(f"seller__{name}" for name in ("kind", "partner", "terms__poor_from", "terms__poor_to")),
]
_ORIGIN_FACTS = [
    f"{product}__origin__{name}" for product in ("product", "product__parent") for name in ("kind", "group")
]


def freeze(*, order: Any, now: datetime) -> None:
    """Write down who gets what of each line of ``order`` by the rules of the day ``now``.

    For place_order(), inside its transaction and after the parts exist; once for an order. Raises NoRule,
    and then nothing is ordered. Cost: six queries, whatever the number of lines.
    """
    rows = SubOrder.objects.filter(order=order).select_related("seller__terms").only(*_PART_FACTS)
    parts = {part.seller.partner_id: part for part in rows.order_by("pk")}
    splits = list(_splits(order, parts, now=now))
    # What the parts are paid with is what their lines cost: anything else could not be shared out.
    for part in parts.values():
        lines_vnd = sum(split.gross_vnd for split in splits if split.part_id == part.pk)
        assert lines_vnd == part.lines_vnd, (part.number, lines_vnd, part.lines_vnd)
    LineSplit.objects.bulk_create(splits)
    PartClock.objects.bulk_create(PartClock(part=part) for part in parts.values())


def _splits(order: Any, parts: dict[int, SubOrder], *, now: datetime) -> Iterator[LineSplit]:
    day = timezone.localdate(now)
    book = RuleBook(day)
    lines = (
        Line.objects.filter(order=order)
        .select_related("product__origin", "product__parent__origin")
        .only("partner", "line_price_incl_tax", "product__structure", *_ORIGIN_FACTS)
    )
    for line in lines.order_by("pk"):
        part = parts[line.partner_id]
        terms = getattr(part.seller, "terms", None)
        rules = book.rules_for(
            origin=_origin(line),
            seller=part.seller,
            is_poor=terms is not None and terms.is_poor_on(day),
        )
        split = split_of(money.to_vnd(line.line_price_incl_tax), rules.rates)
        yield LineSplit(
            line=line,
            part=part,
            commission_rule=rules.commission,
            tax_rule=rules.tax,
            tax_category=rules.tax.category,
            commission_bp=rules.rates.commission_bp,
            vat_bp=rules.rates.vat_bp,
            pit_bp=rules.rates.pit_bp,
            gross_vnd=split.gross_vnd,
            commission_vnd=split.commission_vnd,
            vat_vnd=split.vat_vnd,
            pit_vnd=split.pit_vnd,
            seller_vnd=split.seller_vnd,
        )


def _origin(line: Any) -> Origin:
    """The origin of what the line sells; a room type's is that of its stay."""
    product = line.product.parent if line.product.is_child else line.product
    return product.origin
