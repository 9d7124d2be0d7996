"""Oscar's offers, as an administrator makes them in the dashboard."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import Any

from oscar.core.loading import get_model

Benefit = get_model("offer", "Benefit")
Condition = get_model("offer", "Condition")
ConditionalOffer = get_model("offer", "ConditionalOffer")
Range = get_model("offer", "Range")

_numbers = count(1)


def range_of(*products: Any, **facts: Any) -> Any:
    """Return a range of these products; of everything when there are none and nothing else is said."""
    everything = not products and not facts
    made = Range.objects.create(
        name=f"Mặt hàng {next(_numbers)}", **({"includes_all_products": everything} | facts)
    )
    for product in products:
        made.add_product(product)
    return made


def offer(kind: str, value: Any, *, on: Any = None, buying: int = 1, **facts: Any) -> Any:
    """Return an open offer of a ``kind`` of benefit for ``buying`` of a range, by default of everything."""
    goods = on or range_of()
    needs_range = kind not in (Benefit.FIXED_PRICE, Benefit.SHIPPING_PERCENTAGE)
    benefit = Benefit.objects.create(type=kind, value=value, range=goods if needs_range else None)
    condition = Condition.objects.create(type=Condition.COUNT, value=Decimal(buying), range=goods)
    name = f"Ưu đãi {next(_numbers)}"
    return ConditionalOffer.objects.create(name=name, benefit=benefit, condition=condition, **facts)
