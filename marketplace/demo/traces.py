"""A pack of the demo's farmer whose code can be typed: what was harvested, packed and is on its way."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from oscar.core.loading import get_model

from agriculture.harvests import services as harvests
from agriculture.trace.models import Pack
from marketplace.accounts.models import User
from marketplace.sellers.models import Seller, SubOrder

Line = get_model("order", "Line")

CODE = "SINCHAI26"  # with an I, which no code that is given out has
HARVESTED_BEFORE = timedelta(days=4)
KEEPS_DAYS = 365


def live(farmer: Seller, *, by: User, now: datetime) -> None:
    """Pack the newest paid order of ``farmer`` from a lot of its own, under the code CODE."""
    paid = SubOrder.objects.filter(seller=farmer, status=SubOrder.Status.PAID).values("order")
    lines = Line.objects.filter(order__in=paid, partner=farmer.partner_id, product__produce__isnull=False)
    line = (
        lines.select_related("order", "product__produce", "product__origin")
        .order_by("-order__date_placed", "pk")
        .first()
    )
    if line is None:
        return
    weight_g = line.product.produce.weight_g * line.quantity
    lot = harvests.open_lot(
        seller=farmer,
        product=line.product,
        harvested_on=timezone.localdate(line.order.date_placed - HARVESTED_BEFORE),
        quantity_g=weight_g * 20,
        shelf_life_days=KEEPS_DAYS,
        by=by,
        now=now,
    )
    harvests.pack(line_id=line.pk, lot_id=lot.pk, weight_g=weight_g, by=by, now=line.order.date_placed)
    Pack.objects.create(code=CODE, line=line, made_at=now)
