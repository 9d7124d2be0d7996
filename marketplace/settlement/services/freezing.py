"""Sharing the price of every line out when it is ordered, once and for all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.sellers.models import Origin, SubOrder
from marketplace.settlement.models import LineSplit, PartClock
from marketplace.settlement.models.rules import RATES_BP_MAX
from marketplace.settlement.rules import RuleBook
from marketplace.settlement.splitting import Rates, split_of
from payments import money
from payments.compiled import compiled
from tourism.desk.models import FundRule

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
    rows = _parts(order.pk, timezone.localdate(now))
    parts = {part.seller.partner_id: part for part in rows}
    splits = list(_splits(order, parts, now=now))
    # What the parts are paid with is what their lines cost: anything else could not be shared out.
    for part in parts.values():
        lines_vnd = sum(split.gross_vnd for split in splits if split.part_id == part.pk)
        assert lines_vnd == part.lines_vnd, (part.number, lines_vnd, part.lines_vnd)
    LineSplit.objects.bulk_create(splits)
    PartClock.objects.bulk_create(PartClock(part=part) for part in parts.values())


@compiled
def _parts(order_id: int, day: date) -> QuerySet[SubOrder]:
    """The parts, each with the rule of a village's fund that holds for its seller, and its rate."""
    rules = FundRule.objects.valid_on(day).filter(village__seller=OuterRef("seller"))
    parts = SubOrder.objects.filter(order=order_id).select_related("seller__terms").only(*_PART_FACTS)
    return parts.order_by("pk").annotate(
        fund_rule_id=Subquery(rules.values("pk")[:1]), fund_bp=Subquery(rules.values("share_bp")[:1])
    )


@compiled
def _lines(order_id: int) -> QuerySet[Any]:
    lines = Line.objects.filter(order=order_id).order_by("pk")
    return lines.select_related("product__origin", "product__parent__origin").only(
        "partner", "line_price_incl_tax", "product__structure", *_ORIGIN_FACTS
    )


def _splits(order: Any, parts: dict[int, Any], *, now: datetime) -> Iterator[LineSplit]:
    day = timezone.localdate(now)
    book = RuleBook(day)
    for line in _lines(order.pk):
        part = parts[line.partner_id]
        terms = getattr(part.seller, "terms", None)
        rules = book.rules_for(
            origin=_origin(line),
            seller=part.seller,
            is_poor=terms is not None and terms.is_poor_on(day),
        )
        rates = _with_fund(rules.rates, part, _origin(line))
        split = split_of(money.to_vnd(line.line_price_incl_tax), rates)
        yield LineSplit(
            line=line,
            part=part,
            commission_rule=rules.commission,
            tax_rule=rules.tax,
            tax_category=rules.tax.category,
            fund_rule_id=part.fund_rule_id if rates.fund_bp else None,
            commission_bp=rates.commission_bp,
            vat_bp=rates.vat_bp,
            pit_bp=rates.pit_bp,
            fund_bp=rates.fund_bp,
            gross_vnd=split.gross_vnd,
            commission_vnd=split.commission_vnd,
            vat_vnd=split.vat_vnd,
            pit_vnd=split.pit_vnd,
            seller_vnd=split.seller_vnd,
            fund_vnd=split.fund_vnd,
        )


def _with_fund(rates: Rates, part: Any, origin: Origin) -> Rates:
    """Add what goes to the village's fund: of guests' nights and seats, never so much that it is too much."""
    if origin.kind == Origin.Kind.GOODS or not part.fund_bp:
        return rates
    return replace(rates, fund_bp=min(part.fund_bp, RATES_BP_MAX - rates.total_bp))


def _origin(line: Any) -> Origin:
    """The origin of what the line sells; a room type's is that of its stay."""
    product = line.product.parent if line.product.is_child else line.product
    return product.origin
