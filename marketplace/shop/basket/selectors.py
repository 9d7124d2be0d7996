"""What the basket and checkout pages, and REST, say of a basket."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marketplace.fulfilment import services as fulfilment
from marketplace.places.models import Commune
from marketplace.sellers.models import Origin, Seller
from marketplace.shop.partner.strategy import PriceByWeight
from payments.money import to_vnd
from tourism.add_ons import Chosen
from tourism.tours.models import Departure
from tourism.wishes import Wish

from .models import Basket


@dataclass
class SummaryLine:
    line: Any
    product: Any  # the page to link to: the stay, for its rooms
    origin: Origin
    image: Any
    quantity: int
    unit_vnd: int
    total_vnd: int
    problem: str  # why it cannot be ordered now; empty when it can
    first_night: date | None = None
    leaves_on: date | None = None
    nights: int = 0
    rooms: int = 0
    guests: int = 0
    room_type: Any = None
    chosen: list[Chosen] = field(default_factory=list)  # meals and add-ons
    request: str = ""  # of nights the host was asked for and holds already
    departure: Departure | None = None
    adults: int = 0
    children: int = 0
    offered: str = ""  # the secret of the place in the waiting list whose seats these are
    weighed: fulfilment.Estimate | None = None  # of goods that are paid by what they weigh

    @property
    def is_pooled(self) -> bool:
        """Whether it goes only if enough people order it together."""
        return hasattr(self.line.product, "pool")

    @property
    def weight_g(self) -> int:
        if self.room_type or self.departure:
            return 0
        return self.line.product.produce.weight_g * self.quantity


@dataclass
class SellerPart:
    seller: Seller
    lines: list[SummaryLine] = field(default_factory=list)

    @property
    def lines_vnd(self) -> int:
        return sum(line.total_vnd for line in self.lines)

    @property
    def weight_g(self) -> int:
        return sum(line.weight_g for line in self.lines)

    @property
    def goods_vnd(self) -> int:
        """What of it is sent, in đồng."""
        return sum(line.total_vnd for line in self.lines if line.weight_g)

    @property
    def commune(self) -> Commune:
        """Where it comes from, as the place is called today."""
        return self.lines[0].origin.commune


@dataclass
class Summary:
    parts: list[SellerPart]

    @property
    def lines(self) -> list[SummaryLine]:
        return [line for part in self.parts for line in part.lines]

    @property
    def lines_vnd(self) -> int:
        return sum(part.lines_vnd for part in self.parts)

    @property
    def margin_vnd(self) -> int:
        """What of it is paid only if goods weigh more than was estimated."""
        return sum(line.weighed.margin_vnd for line in self.lines if line.weighed)

    @property
    def problems(self) -> list[str]:
        return [line.problem for line in self.lines if line.problem]

    @property
    def is_empty(self) -> bool:
        return not self.parts

    @property
    def needs_delivery(self) -> bool:
        return any(part.weight_g for part in self.parts)


def summary(basket: Basket) -> Summary:
    """Return the reckoned ``basket`` by seller, in the order things were added.

    One query per line of nights or seats, for their prices; otherwise a fixed number. Raises FractionOfADong
    if an offer were to break the đồng.
    """
    parts: dict[int, SellerPart] = {}
    for line in basket.all_lines():
        row = _line(line)
        seller = row.origin.seller
        parts.setdefault(seller.pk, SellerPart(seller)).lines.append(row)
    return Summary(list(parts.values()))


def _line(line: Any) -> SummaryLine:
    product = line.product.parent if line.product.is_child else line.product
    permitted, reason = line.purchase_info.availability.is_purchase_permitted(line.quantity)
    if line.product.is_child:
        reason = line.purchase_info.availability.message
    images = list(product.images.all())
    row = SummaryLine(
        line=line,
        product=product,
        origin=product.origin,
        image=images[0] if images else None,
        quantity=line.quantity,
        unit_vnd=to_vnd(line.unit_price_incl_tax),
        total_vnd=to_vnd(line.line_price_incl_tax_incl_discounts),
        problem="" if permitted else str(reason),
    )
    wish = {each.option.code: each.value for each in line.attributes.all()}
    if line.product.is_child:
        stay = Wish.of_options(wish)
        row.room_type = line.product.room_type
        row.first_night, row.leaves_on, row.nights = stay.first_night, stay.leaves_on, stay.nights
        row.rooms, row.guests, row.children = stay.rooms, stay.guests, stay.children
        row.chosen = line.purchase_info.availability.price.chosen
        row.request = str(wish.get("request", ""))
    elif "departure" in wish:
        row.departure = line.purchase_info.availability.departure
        row.adults, row.children = int(wish["adults"]), int(wish["children"])
        row.offered = str(wish.get("waiting", ""))
        row.problem = "" if permitted else str(line.purchase_info.availability.message)
    elif isinstance(price := line.purchase_info.price, PriceByWeight):
        row.weighed = _estimate(row, price)
    return row


def _estimate(row: SummaryLine, price: PriceByWeight) -> fulfilment.Estimate:
    """Share what a line costs at most, offers taken off, between its estimate and what it may cost more."""
    estimate_vnd = -(-row.total_vnd * price.estimate_vnd // to_vnd(price.incl_tax))
    return fulfilment.Estimate(
        weight_g=row.weight_g,
        ceiling_g=row.weight_g * (100 + price.margin_percent) // 100,
        estimate_vnd=estimate_vnd,
        margin_vnd=row.total_vnd - estimate_vnd,
    )
