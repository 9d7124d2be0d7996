"""All that the page of a code says: of a lot, or of what was packed for one line of an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from oscar.core.loading import get_model

from agriculture.harvests.models import Lot
from agriculture.trace.codes import typed
from agriculture.trace.models import Consent, Pack
from marketplace.delivery.models import HandOver
from marketplace.sellers.models import Origin, Seller, SubOrder

from .badges import Badge, badges_of_product

Line = get_model("order", "Line")


@dataclass(frozen=True)
class Step:
    """Where it was, and when. ``place`` is a post office, or empty."""

    at: datetime
    words: str
    place: str


@dataclass(frozen=True)
class Trace:
    """What everybody may know who holds the pack: nothing of the buyer, of the seller only what it shows."""

    code: str
    product: Any
    origin: Origin
    seller: Seller
    hamlet: str  # only with the seller's consent
    lots: Sequence[Lot]
    packed_at: datetime | None
    badges: Sequence[Badge]
    steps: Sequence[Step]

    @property
    def best_before(self) -> date | None:
        """The earliest of its lots."""
        return min((lot.expires_on for lot in self.lots if lot.expires_on), default=None)


def trace(code: str, *, today: date) -> Trace | None:
    """Return what is known of a code, however it was typed; None for one nobody gave out. Seven queries."""
    wanted = typed(code)
    pack = Pack.objects.filter(code=wanted).select_related("line__order").first()
    if pack is not None:
        return _of_pack(pack, today=today)
    lot = Lot.objects.filter(code=wanted).first()
    if lot is None:
        return None
    return _trace(wanted, lot.product_id, lots=[lot], packed_at=None, steps=[], today=today)


def who_shows_hamlet(seller: Seller) -> Consent | None:
    """Return the consent of ``seller`` that holds, if it lets its hamlet be shown. One query."""
    newest = Consent.objects.filter(seller=seller).select_related("by").order_by("-at", "-pk").first()
    return newest if newest is not None and newest.shows_hamlet else None


def _of_pack(pack: Pack, *, today: date) -> Trace | None:
    line = pack.line
    if line.product_id is None:
        return None
    packed = list(line.packed.select_related("lot").order_by("packed_at", "pk"))
    part = SubOrder.objects.filter(order=line.order_id, seller__partner=line.partner_id).first()
    return _trace(
        pack.code,
        line.product_id,
        lots=[each.lot for each in packed],
        packed_at=packed[-1].packed_at if packed else None,
        steps=_steps(part) if part is not None else [],
        today=today,
    )


def _trace(
    code: str,
    product_id: int,
    *,
    lots: Sequence[Lot],
    packed_at: datetime | None,
    steps: Sequence[Step],
    today: date,
) -> Trace | None:
    rows = Origin.objects.select_related("product__produce", "seller__hamlet", "unit", "commune")
    origin = rows.filter(product=product_id, product__produce__isnull=False).first()
    if origin is None:
        return None
    seller = origin.seller
    shows = seller.hamlet is not None and who_shows_hamlet(seller) is not None
    return Trace(
        code=code,
        product=origin.product,
        origin=origin,
        seller=seller,
        hamlet=seller.hamlet.name if shows and seller.hamlet else "",
        lots=lots,
        packed_at=packed_at,
        badges=badges_of_product(product_id=product_id, seller_id=seller.pk, today=today),
        steps=steps,
    )


def _steps(part: SubOrder) -> list[Step]:
    moves = HandOver.objects.filter(shipment__part=part).select_related("office")
    return [
        Step(each.happened_at, str(each.get_kind_display()), each.office.name if each.office else "")
        for each in moves.order_by("happened_at", "recorded_at", "pk")
    ]
