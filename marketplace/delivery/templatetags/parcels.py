"""What sellers and buyers say or show when a parcel changes hands, for their own pages alone."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from marketplace.delivery import codes
from marketplace.delivery.selectors import Track
from marketplace.sellers.models import SubOrder

register = template.Library()


@register.filter
def buyer_code(part: SubOrder) -> str:
    """``{{ part|buyer_code }}``: the four digits with which the parcel is received. For its buyer only."""
    return codes.buyer_code(part.pk)


@register.filter
def track_of(tracks: dict[int, Track], part_id: int) -> Track | None:
    """``{{ tracks|track_of:part.pk }}``: the track of one part."""
    return tracks.get(part_id)


@register.simple_tag(takes_context=True)
def parcel_address(context: dict[str, Any], part: SubOrder, whose: str) -> str:
    """``{% parcel_address part "buyer" %}``: what the QR code says to the post; "label" is the seller's."""
    assert whose in ("buyer", "label"), whose
    key = codes.buyer_key(part.pk) if whose == "buyer" else codes.label_key(part.pk)
    return str(context["request"].build_absolute_uri(reverse("counter:scan", args=[key])))
