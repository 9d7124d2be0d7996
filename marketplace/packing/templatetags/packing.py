"""What templates need of packing: weights in words."""

from typing import Any

from django import template

from marketplace.packing import sheets

register = template.Library()


@register.filter
def kilograms(grams: int) -> str:
    """``{{ 2350|kilograms }}``: ``2,35 kg``; "" for nothing."""
    return sheets.kilograms(grams)


@register.filter
def of_part(counts: dict[int, Any], part_id: int) -> Any:
    """``{{ unread|of_part:part.pk }}``: what a mapping holds for a part; "" if nothing."""
    return counts.get(part_id, "")
