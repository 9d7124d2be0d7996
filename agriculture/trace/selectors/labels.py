"""What is printed for a part of an order: its parcel and its packs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from agriculture.harvests.models import PackedLine
from agriculture.models import Produce
from marketplace.delivery.models import Destination
from marketplace.sellers.models import Seller, SubOrder

Line = get_model("order", "Line")


@dataclass(frozen=True)
class PackLabel:
    """One line of goods under its code; ``packed`` are the lots and weights it was packed from."""

    line: Any
    code: str
    packed: Sequence[PackedLine]

    @property
    def quantity(self) -> int:
        return int(self.line.quantity)

    @property
    def title(self) -> str:
        return str(self.line.title)

    @property
    def pack(self) -> str:
        """What one piece is: "bag 5 kg"."""
        produce: Produce | None = getattr(self.line.product, "produce", None)
        return produce.pack if produce is not None else ""

    @property
    def weight_g(self) -> int:
        return sum(each.weight_g for each in self.packed)


@dataclass(frozen=True)
class Labels:
    """A part of an order on paper."""

    part: SubOrder
    seller: Seller
    destination: Destination | None
    lines: Sequence[PackLabel]

    @property
    def name(self) -> str:
        return str(self.part.order.placement.name)

    @property
    def phone(self) -> str:
        return str(self.part.order.placement.phone)

    @property
    def where_to(self) -> str:
        """Where it goes, in one line."""
        to = self.destination
        if to is None:
            return _("Collected from the seller")
        if to.post_office is not None:
            return f"{to.post_office.name}, {to.post_office.address}"
        places = [to.detail, to.commune.full_name if to.commune else "", to.province.name]
        return ", ".join(place for place in places if place)


def labels_of(*, part: SubOrder, codes: dict[int, str]) -> Labels:
    """Return what to print for ``part``; ``codes`` are those of its packs, by line. Three queries."""
    lines = (
        Line.objects.filter(pk__in=codes).select_related("product__produce").prefetch_related("packed__lot")
    )
    to = Destination.objects.filter(order=part.order_id)
    to = to.select_related("commune", "province", "post_office")
    return Labels(
        part=part,
        seller=part.seller,
        destination=to.first(),
        lines=[PackLabel(line, codes[line.pk], list(line.packed.all())) for line in lines.order_by("pk")],
    )
