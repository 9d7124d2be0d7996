"""Which dated rule holds on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from marketplace.delivery.models import HandlingRule
from payments.compiled import compiled


def handling_rule(day: date) -> HandlingRule:
    """Return how parcels are handled on ``day``. One query. The migrations bring the first rule."""
    rules = _rules(day)
    assert rules, f"There is no rule for parcels on {day}"
    return rules[0]


@compiled
def _rules(day: date) -> QuerySet[HandlingRule]:
    return HandlingRule.objects.filter(valid_from__lte=day).order_by("-valid_from")[:1]
