"""Everything that writes sales. A sale is written once and never edited; a refund is a line of its own."""

import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.places import selectors as places
from marketplace.places.errors import UnitNotContained
from marketplace.places.models import Commune
from marketplace.sellers.models import Origin
from payments import money

from .errors import BookingMissing, LineAlreadyRefunded, LineNotSold, OriginMissing
from .models import SaleLine

OrderLine = get_model("order", "Line")


@transaction.atomic
def write_sales(*, order_id: int, sold_at: datetime, provider: str, buyer_province: str) -> list[SaleLine]:
    """Write one sale per line of a paid order, as of the day (Asia/Ho_Chi_Minh) it was paid.

    ``provider`` is the payment provider's code, ``buyer_province`` the two-digit code of the province
    the order goes to, "" if unknown. Returns the order's sales in the order of its lines. Calling
    again changes nothing and returns what was first written.

    Raises OriginMissing or BookingMissing if it cannot be said what was sold where, and
    places.UnitNotContained if a unit did not exist yet on that day; then nothing is written.
    Cost: four queries and a savepoint, whatever the number of lines.
    """
    sold_on = timezone.localdate(sold_at)
    written = SaleLine.objects.filter(order_line=OuterRef("pk"), refund_id=None)
    lines = OrderLine.objects.filter(~Exists(written), order_id=order_id).select_related(
        "order", "product__origin__unit", "product__parent__origin__unit", "booking"
    )
    units = places.units_table(sold_on)
    sales = [
        _sale(line, sold_on=sold_on, units=units, provider=provider, buyer_province=buyer_province)
        for line in lines.order_by("id")
    ]
    SaleLine.objects.bulk_create(sales, ignore_conflicts=True)
    return list(SaleLine.objects.filter(order_id=order_id, refund_id=None).order_by("order_line_id"))


@transaction.atomic
def write_refund(
    *,
    order_id: int,
    order_line_ids: Collection[int] | None,
    refund_id: uuid.UUID,
    refunded_at: datetime,
) -> list[SaleLine]:
    """Take the sales of an order's lines back in full, as negative lines of the day of the refund.

    ``order_line_ids`` None means every line not taken back yet: none at all if the order never became
    a sale, as when its money came too late. The refund is counted in the commune that contains the
    origin on the day of the refund. Returns the refund's lines in the order of the order's. Calling
    again with the same ``refund_id`` and lines changes nothing.

    Raises LineNotSold for a line without a sale and LineAlreadyRefunded for one that another refund
    took back; then nothing is written. Cost: four queries and a savepoint.
    """
    refunded_on = timezone.localdate(refunded_at)
    # Two refunds of one order wait for each other here, so that the second sees what the first took back.
    sales = {
        sale.order_line_id: sale
        for sale in SaleLine.objects.select_related("unit")
        .filter(order_id=order_id, refund_id=None)
        .order_by("id")
        .select_for_update(of=["self"])
    }
    refunds = SaleLine.objects.filter(order_id=order_id, refund_id__isnull=False)
    taken_back = dict(refunds.values_list("order_line_id", "refund_id"))
    wanted = _lines_to_take_back(order_id, order_line_ids, refund_id, set(sales), taken_back)

    units = places.units_table(refunded_on)
    negative = [
        _refund(sales[line_id], refund_id=refund_id, refunded_on=refunded_on, units=units)
        for line_id in wanted
    ]
    SaleLine.objects.bulk_create(negative, ignore_conflicts=True)
    return list(refunds.filter(refund_id=refund_id).order_by("order_line_id"))


def _lines_to_take_back(
    order_id: int,
    order_line_ids: Collection[int] | None,
    refund_id: uuid.UUID,
    sold: set[int],
    taken_back: dict[int, uuid.UUID | None],
) -> list[int]:
    if order_line_ids is None:
        return sorted(sold - set(taken_back))
    if missing := sorted(set(order_line_ids) - sold):
        raise LineNotSold(order_id=order_id, line_ids=missing)
    if twice := sorted(line for line in set(order_line_ids) if taken_back.get(line, refund_id) != refund_id):
        raise LineAlreadyRefunded(order_id=order_id, line_ids=twice, refund_id=refund_id)
    return sorted(set(order_line_ids) - set(taken_back))


def _sale(line: Any, *, sold_on: date, units: dict[int, int], provider: str, buyer_province: str) -> SaleLine:
    origin = _origin(line)
    return SaleLine(
        order_line=line,
        order_id=line.order_id,
        seller_id=origin.seller_id,
        unit_id=origin.unit_id,
        commune_id=_unit_of_the_day(origin.unit, sold_on, units),
        sold_on=sold_on,
        kind=origin.kind,
        group=origin.group,
        quantity=_quantity(line, origin),
        amount_vnd=money.to_vnd(line.line_price_incl_tax),
        provider=provider,
        buyer_province=buyer_province,
    )


def _refund(sale: SaleLine, *, refund_id: uuid.UUID, refunded_on: date, units: dict[int, int]) -> SaleLine:
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
        quantity=-sale.quantity,
        amount_vnd=-sale.amount_vnd,
        provider=sale.provider,
        buyer_province=sale.buyer_province,
    )


def _origin(line: Any) -> Origin:
    """The origin of what the line sold; a room type's is that of its stay."""
    for product in (line.product, line.product and line.product.parent):
        if product is not None and hasattr(product, "origin"):
            return product.origin
    raise OriginMissing(order_number=line.order.number, line_id=line.pk, title=line.title)


def _quantity(line: Any, origin: Origin) -> int:
    """Packs of goods, room nights, or seats."""
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
