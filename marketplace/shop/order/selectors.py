"""An order as its buyer, its page and REST see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch
from oscar.core.loading import get_model

from agriculture.harvests.models import PreOrder
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import CatchWeight, Placement
from marketplace.fulfilment.selectors import refused_numbers
from marketplace.fulfilment.services import LineEnd
from marketplace.places.models import Commune
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.selectors import PartSplit, split_of_order
from payments import providers, tills
from payments.models import Operation
from payments.money import to_vnd
from payments.providers.base import Capability
from tourism.models import Booking, BookingExtra
from tourism.tours.models import SeatBooking

Order = get_model("order", "Order")
Line = get_model("order", "Line")


@dataclass
class OrderLine:
    line: Any
    product: Any | None  # the page to link to; None when the product is gone
    image: Any | None
    booking: Booking | None
    seats: SeatBooking | None
    total_vnd: int
    is_cancelled: bool = False  # what it had is free again
    weight: CatchWeight | None = None  # of goods that are paid by what they weigh
    preorder: PreOrder | None = None  # of what waits for its harvest

    @property
    def present_vnd(self) -> int:
        """What it costs: by its weight, if it was weighed, and its estimate before."""
        if self.weight is None:
            return self.total_vnd
        return self.weight.estimate_vnd if self.weight.price_vnd is None else self.weight.price_vnd

    @property
    def extras(self) -> list[BookingExtra]:
        """Meals and add-ons that were booked with its nights."""
        return list(self.booking.extras.all()) if self.booking else []


@dataclass(frozen=True)
class CancelQuote:
    """What goes back if the order is cancelled now, line by line. Money in đồng."""

    ends: list[LineEnd]
    delivery_vnd: int

    @property
    def back_vnd(self) -> int:
        return sum(end.back_vnd for end in self.ends) + self.delivery_vnd

    @property
    def kept_vnd(self) -> int:
        return sum(end.kept_vnd for end in self.ends)


@dataclass
class OrderPart:
    suborder: SubOrder
    split: PartSplit | None = None  # who gets what of it; None if it was never shared out
    lines: list[OrderLine] = field(default_factory=list)
    is_refund_refused: bool = False  # its money has to find another way back

    @property
    def is_to_weigh(self) -> bool:
        """Whether nobody has weighed yet what is paid by weight."""
        return any(
            each.weight and not each.weight.is_weighed and not each.is_cancelled for each in self.lines
        )

    @property
    def margin_vnd(self) -> int:
        """What of it is asked for only if goods weigh more than was estimated."""
        open_lines = [each.weight for each in self.lines if each.weight and not each.is_cancelled]
        if self.suborder.waived_vnd and not self.suborder.balance_vnd:
            return 0
        return sum(weight.margin_vnd for weight in open_lines if not weight.is_weighed)

    @property
    def commune(self) -> Commune | None:
        """Where it comes from, as the place is called today; None when the product is gone."""
        product = self.lines[0].product
        return product.origin.commune if product is not None else None


@dataclass
class OrderPage:
    order: Any
    parts: list[OrderPart]
    lines_vnd: int
    delivery_vnd: int
    total_vnd: int
    is_refund_refused: bool = False  # of a payment that could not become this order

    @property
    def balance_vnd(self) -> int:
        """What is still to be paid of an order whose deposit has come, and of goods that were weighed."""
        return sum(
            part.suborder.balance_vnd
            for part in self.parts
            if part.suborder.status == SubOrder.Status.PAID and not part.is_to_weigh
        )

    @property
    def is_top_up(self) -> bool:
        """Whether what is still to be paid is, at least in part, of goods that weigh more than estimated."""
        weights = [line.weight for part in self.parts for line in part.lines if line.weight]
        return any((weight.price_vnd or 0) > weight.estimate_vnd for weight in weights)

    @property
    def margin_vnd(self) -> int:
        """What of the total is asked for only if goods weigh more than was estimated."""
        return sum(part.margin_vnd for part in self.parts)

    @property
    def weighed_less_vnd(self) -> int:
        """What the goods cost less than at most, now that they are weighed."""
        weights = [line.weight for part in self.parts for line in part.lines if line.weight]
        return sum(each.ceiling_vnd - each.price_vnd for each in weights if each.price_vnd is not None)

    @property
    def present_total_vnd(self) -> int:
        return self.total_vnd - self.weighed_less_vnd

    @property
    def paid_vnd(self) -> int:
        """What has been paid of it so far, whether or not it went back."""
        return sum(
            part.split.paid_vnd - part.suborder.balance_vnd for part in self.parts if part.split is not None
        )

    @property
    def refunded_vnd(self) -> int:
        return sum(part.split.refunded_vnd for part in self.parts if part.split is not None)

    @property
    def remains_vnd(self) -> int:
        """What its buyer has paid in the end."""
        return self.paid_vnd - self.refunded_vnd

    @property
    def may_cancel(self) -> bool:
        """Whether cancelling may still be asked for: nothing of it was delivered."""
        if self.order.status not in ("awaiting-payment", "on-handover", "paid"):
            return False
        standing = [part for part in self.parts if not all(line.is_cancelled for line in part.lines)]
        return bool(standing) and all(
            part.split is None or part.split.clock.delivered_at is None for part in standing
        )

    @property
    def balance_due_on(self) -> date | None:
        days = [part.suborder.balance_due_on for part in self.parts if part.suborder.balance_vnd]
        return min((day for day in days if day), default=None)


def order_page(number: str) -> OrderPage:
    """Return the order with its parts and lines in eight queries. Raises Order.DoesNotExist."""
    lines = (
        Line.objects.select_related(
            "product__origin__commune",
            "product__parent__origin__commune",
            "booking__room_type__stay",
            "seats__departure",
            "product__produce",
            "catch_weight",
            "preorder__harvest",
        )
        .prefetch_related("product__images", "product__parent__images", "booking__extras")
        .order_by("pk")
    )
    order = (
        Order.objects.select_related(
            "placement", "destination__province", "destination__commune", "destination__post_office", "user"
        )
        .prefetch_related(
            Prefetch("lines", queryset=lines),
            Prefetch(
                "suborders",
                queryset=SubOrder.objects.select_related("seller__unit", "preparation").order_by("number"),
            ),
        )
        .get(number=number)
    )
    splits = {split.part.pk: split for split in split_of_order(order).parts}
    parts = {part.seller.partner_id: OrderPart(part, splits.get(part.pk)) for part in order.suborders.all()}
    refused = refused_numbers(order)
    for part in parts.values():
        part.is_refund_refused = part.suborder.number in refused
    for line in order.lines.all():
        parts[line.partner_id].lines.append(_line(line))
    return OrderPage(
        order=order,
        parts=list(parts.values()),
        lines_vnd=sum(part.suborder.lines_vnd for part in parts.values()),
        delivery_vnd=to_vnd(order.shipping_incl_tax),
        total_vnd=to_vnd(order.total_incl_tax),
        is_refund_refused=order.number in refused,
    )


def cancel_quote(page: OrderPage, *, now: datetime) -> CancelQuote | None:
    """Return what cancelling a paid order would give back; None where it cannot be asked for.

    A query for its parts, one for its lines, and two for each part with goods.
    """
    if page.order.status != "paid" or not page.may_cancel:
        return None
    ends = fulfilment.ends_of(page.order, now=now)
    with_goods = {end.part for end in ends if end.is_goods}
    delivery_vnd = sum(settlement.left_to_refund(part).delivery_vnd for part in with_goods)
    return CancelQuote(ends, delivery_vnd)


def cash_back(placement: Placement) -> list[Operation]:
    """Return the refunds in cash that wait for the buyer at the post office. One query, none without cash."""
    asked = [placement.payment_id] if providers.can(placement.provider, Capability.IN_HOUSE) else []
    asked += [placement.balance_payment_id] if placement.balance_payment_id else []
    return list(tills.to_count(asked).filter(kind=Operation.Kind.REFUND)) if asked else []


def rest_in_cash(page: OrderPage, placement: Placement) -> Operation | None:
    """Return what the post will ask in cash for what the goods weigh more, None if nothing. One query."""
    if not page.balance_vnd or placement.balance_payment_id is None:
        return None
    return tills.to_count([placement.balance_payment_id]).first()


def given_for_rest(page: OrderPage) -> list[str]:
    """Return what a way to pay the rest may need: the post takes cash for what goods weigh more."""
    destination = getattr(page.order, "destination", None)
    has_till = page.is_top_up and destination is not None and destination.cash_office is not None
    return ["post_office"] if has_till else []


def _line(line: Any) -> OrderLine:
    product = line.product
    if product is not None and product.parent is not None:
        product = product.parent
    images = list(product.images.all()) if product is not None else []
    return OrderLine(
        line=line,
        product=product,
        image=images[0] if images else None,
        booking=getattr(line, "booking", None),
        seats=getattr(line, "seats", None),
        total_vnd=to_vnd(line.line_price_incl_tax),
        is_cancelled=fulfilment.is_cancelled(line),
        weight=getattr(line, "catch_weight", None),
        preorder=getattr(line, "preorder", None),
    )
