"""Everything that writes sales. A sale is written once and never edited; a refund is a line of its own."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.places import selectors as places
from marketplace.places.errors import UnitNotContained
from marketplace.places.models import Commune
from marketplace.sellers.models import Origin
from payments import money
from payments.compiled import compiled

from . import summaries
from .errors import BookingMissing, LineAlreadyRefunded, LineNotSold, OriginMissing
from .models import SaleLine

OrderLine = get_model("order", "Line")

_ORIGIN_FACTS = ("kind", "group", "seller", "unit__code", "unit__full_name")
# What a sale is made of, of the 160 columns that a line comes with.
_LINE_FACTS = (
    "order",
    "partner",
    "title",
    "quantity",
    "line_price_incl_tax",
    "booking__rooms",
    "booking__nights",
    "seats__adults",
    "seats__children",
    *(f"product__origin__{name}" for name in _ORIGIN_FACTS),
    *(f"product__parent__origin__{name}" for name in _ORIGIN_FACTS),
)


@transaction.atomic
def write_sales(
    *,
    order_id: int,
    sold_at: datetime,
    provider: str,
    buyer_province: str,
    buyer_country: str = "",
    partner_ids: Collection[int] | None = None,
) -> list[SaleLine]:
    """Write one sale per line of a paid order, as of the day (Asia/Ho_Chi_Minh) it was paid.

    ``partner_ids`` narrows to the lines of some sellers, where the others' are not paid in full;
    ``provider`` is the payment provider's code, ``buyer_province`` the two-digit code of the province
    the order goes to and ``buyer_country`` the two letters of its country, "" if unknown. Returns the
    order's sales in the order of its lines. Calling again changes nothing and returns what was first
    written.

    Raises OriginMissing or BookingMissing if it cannot be said what was sold where, and
    places.UnitNotContained if a unit did not exist yet on that day; then nothing is written.
    Cost: five queries and a savepoint, whatever the number of lines.
    """
    sold_on = timezone.localdate(sold_at)
    units = places.units_table(sold_on)
    paid = _Paid(sold_on, provider, buyer_province, buyer_country)
    lines = _unsold(order_id)
    sales = [
        _sale(line, paid, units=units)
        for line in lines
        if partner_ids is None or line.partner_id in partner_ids
    ]
    SaleLine.objects.bulk_create(sales, ignore_conflicts=True)
    summaries.mark(sales)
    return _sold(order_id)


@compiled
def _unsold(order_id: int) -> QuerySet[Any]:
    """The lines of an order of which no sale is written yet."""
    written = SaleLine.objects.filter(order_line=OuterRef("pk"), refund_id=None)
    lines = OrderLine.objects.filter(~Exists(written), order_id=order_id).order_by("id")
    facts = lines.select_related("product__origin__unit", "product__parent__origin__unit", "booking", "seats")
    return facts.only(*_LINE_FACTS)


@compiled
def _sold(order_id: int) -> QuerySet[SaleLine]:
    return SaleLine.objects.filter(order_id=order_id, refund_id=None).order_by("order_line_id")


@transaction.atomic
def write_refund(
    *,
    order_id: int,
    amounts_vnd: Mapping[int, int] | None,
    refund_id: uuid.UUID,
    refunded_at: datetime,
) -> list[SaleLine]:
    """Take sales of an order back, as negative lines of the day of the refund.

    ``amounts_vnd`` says how much of which order line, in đồng; None all that is left of every line: none at
    all if the order never became a sale, as when its money came too late. Whoever takes the last đồng of a
    line takes back its whole quantity, anybody before that none: part of a price is no pack less. The
    refund is counted in the commune that contains the origin on the day of the refund. Returns the refund's
    lines in the order of the order's. Calling again with the same ``refund_id`` changes nothing of a line.

    Raises LineNotSold for a line without a sale and LineAlreadyRefunded for one of which less is left; then
    nothing is written. Cost: five queries and a savepoint.
    """
    refunded_on = timezone.localdate(refunded_at)
    sales = _locked_sales(order_id)
    refunds = SaleLine.objects.filter(order_id=order_id, refund_id__isnull=False)
    left, written = _left(sales, refunds, refund_id)
    if amounts_vnd is None:
        amounts_vnd = {line_id: one.amount_vnd for line_id, one in left.items() if one != _NOTHING}
    if missing := sorted(amounts_vnd.keys() - sales.keys()):
        raise LineNotSold(order_id=order_id, line_ids=missing)
    wanted = {line_id: vnd for line_id, vnd in sorted(amounts_vnd.items()) if line_id not in written}
    if twice := [line_id for line_id, vnd in wanted.items() if left[line_id].is_less_than(vnd)]:
        raise LineAlreadyRefunded(order_id=order_id, line_ids=twice, refund_id=refund_id)

    units = places.units_table(refunded_on)
    negative = [
        _refund(
            sales[line_id],
            amount_vnd,
            is_last=amount_vnd == left[line_id].amount_vnd,
            refund_id=refund_id,
            refunded_on=refunded_on,
            units=units,
        )
        for line_id, amount_vnd in wanted.items()
    ]
    SaleLine.objects.bulk_create(negative, ignore_conflicts=True)
    summaries.mark(negative)
    return list(refunds.filter(refund_id=refund_id).order_by("order_line_id"))


def _locked_sales(order_id: int) -> dict[int, SaleLine]:
    """Return the sales of an order by line.

    Two refunds of one order wait for each other here, so that the second sees what the first took back.
    """
    sales = SaleLine.objects.select_related("unit").filter(order_id=order_id, refund_id=None)
    return {sale.order_line_id: sale for sale in sales.order_by("id").select_for_update(of=["self"])}


class _Left(NamedTuple):
    """What of a line's sale no refund took back."""

    amount_vnd: int
    quantity: int

    def is_less_than(self, amount_vnd: int) -> bool:
        """Return whether so much cannot be taken back; of nothing, not even goods that cost nothing."""
        return self == _NOTHING or amount_vnd > self.amount_vnd


_NOTHING = _Left(0, 0)


def _left(
    sales: Mapping[int, SaleLine], refunds: QuerySet[SaleLine], refund_id: uuid.UUID
) -> tuple[dict[int, _Left], set[int]]:
    """Return what is left of each line, and the lines of which ``refund_id`` took its part already."""
    left = {line_id: _Left(sale.amount_vnd, sale.quantity) for line_id, sale in sales.items()}
    written = set()
    for one in refunds:
        before = left[one.order_line_id]
        left[one.order_line_id] = _Left(before.amount_vnd + one.amount_vnd, before.quantity + one.quantity)
        if one.refund_id == refund_id:
            written.add(one.order_line_id)
    return left, written


class _Paid(NamedTuple):
    """When an order was paid and how, and where it goes."""

    sold_on: date
    provider: str
    buyer_province: str
    buyer_country: str


def _sale(line: Any, paid: _Paid, *, units: dict[int, int]) -> SaleLine:
    origin = _origin(line)
    return SaleLine(
        order_line=line,
        order_id=line.order_id,
        seller_id=origin.seller_id,
        unit_id=origin.unit_id,
        commune_id=_unit_of_the_day(origin.unit, paid.sold_on, units),
        kind=origin.kind,
        group=origin.group,
        quantity=_quantity(line, origin),
        amount_vnd=money.to_vnd(line.line_price_incl_tax),
        **paid._asdict(),
    )


def _refund(
    sale: SaleLine,
    amount_vnd: int,
    *,
    is_last: bool,
    refund_id: uuid.UUID,
    refunded_on: date,
    units: dict[int, int],
) -> SaleLine:
    return SaleLine(
        order_line_id=sale.order_line_id,
        refund_id=refund_id,
        order_id=sale.order_id,
        seller_id=sale.seller_id,
        unit_id=sale.unit_id,
        commune_id=_unit_of_the_day(sale.unit, refunded_on, units),
        sold_on=refunded_on,
        kind=sale.kind,
        group=sale.group,
        quantity=-sale.quantity if is_last else 0,
        amount_vnd=-amount_vnd,
        provider=sale.provider,
        buyer_province=sale.buyer_province,
        buyer_country=sale.buyer_country,
    )


def _origin(line: Any) -> Origin:
    """The origin of what the line sold; a room type's is that of its stay."""
    for product in (line.product, line.product and line.product.parent):
        if product is not None and hasattr(product, "origin"):
            return product.origin
    raise OriginMissing(order_number=line.order.number, line_id=line.pk, title=line.title)


def _quantity(line: Any, origin: Origin) -> int:
    """Packs of goods, room nights, or seats."""
    if origin.kind == Origin.Kind.SEATS and hasattr(line, "seats"):
        return line.seats.persons
    if origin.kind != Origin.Kind.NIGHTS:
        return line.quantity
    if not hasattr(line, "booking"):
        raise BookingMissing(order_number=line.order.number, line_id=line.pk, title=line.title)
    return line.booking.rooms * line.booking.nights


def _unit_of_the_day(unit: Commune, day: date, units: dict[int, int]) -> int:
    try:
        return units[unit.pk]
    except KeyError:
        raise UnitNotContained(unit=unit.full_name, unit_code=unit.code, on=day) from None
