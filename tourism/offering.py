"""What a host writes: terms of a house, prices by date, rules of booking, meals and add-ons.

What was booked keeps what was agreed. A change of prices prices the free and the sold nights to come anew,
but for those whose price the host has set by hand.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from . import pricing
from .models import AddOn, BookingRule, PriceRule, Stay


@transaction.atomic
def set_terms(*, stay_id: int, **facts: Any) -> None:
    """Change policy, deposit or children's share of a stay, for what is booked from now on."""
    assert facts.keys() <= {"policy", "deposit_percent", "child_percent", "children_until"}, facts
    Stay.objects.filter(pk=stay_id).update(**facts)


@transaction.atomic
def add_price(*, rule: PriceRule, today: date) -> int:
    """Save a price rule and price the nights from ``today`` on by it. Returns how many nights changed."""
    rule.save()
    return pricing.reprice(stay_id=rule.stay_id, today=today)


@transaction.atomic
def remove_price(*, stay_id: int, rule_id: int, today: date) -> int:
    """End a price rule of the stay and price its nights from ``today`` on without it. Repeats do nothing."""
    PriceRule.objects.filter(pk=rule_id, stay=stay_id).delete()
    return pricing.reprice(stay_id=stay_id, today=today)


def add_rule(*, rule: BookingRule) -> None:
    rule.save()


def remove_rule(*, stay_id: int, rule_id: int) -> None:
    """End a rule of booking. Repeats do nothing."""
    BookingRule.objects.filter(pk=rule_id, stay=stay_id).delete()


def add_add_on(*, add_on: AddOn) -> None:
    add_on.save()


def stop_offering(*, stay_id: int, add_on_id: int) -> None:
    """Offer a meal or add-on no longer; who has booked it gets it. Repeats do nothing."""
    AddOn.objects.filter(pk=add_on_id, stay=stay_id).update(is_offered=False)
