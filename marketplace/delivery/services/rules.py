"""Which dated rule holds on a day."""

from __future__ import annotations

from datetime import date

from marketplace.delivery.models import HandlingRule


def handling_rule(day: date) -> HandlingRule:
    """Return how parcels are handled on ``day``. One query. The migrations bring the first rule."""
    rule = HandlingRule.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
    assert rule is not None, f"There is no rule for parcels on {day}"
    return rule
