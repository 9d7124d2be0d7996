"""What nights, meals and add-ons cost. Prices of nights stand in their rows; rules write them there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction

from .feasts import feasts_on
from .models import PriceRule, RoomNight, RoomType

# The rule that goes before the others stands last.
_RANKS = [PriceRule.Kind.WEEKEND, PriceRule.Kind.SEASON, PriceRule.Kind.FEAST]
ROUNDED_TO_VND = 1_000


class Prices:
    """The price rules of some stays. One query, however many nights are priced."""

    def __init__(self, stay_ids: Collection[int]) -> None:
        rules = PriceRule.objects.filter(stay__in=stay_ids)
        self._rules: dict[int, list[PriceRule]] = {}
        for rule in sorted(rules, key=lambda rule: (_RANKS.index(PriceRule.Kind(rule.kind)), rule.pk)):
            self._rules.setdefault(rule.stay_id, []).append(rule)

    def has_rules(self, stay_id: int) -> bool:
        return stay_id in self._rules

    def of_night(self, room_type: RoomType, night_on: date) -> int:
        """Return what one room costs on a night, in đồng; a price from per cents is in whole thousands."""
        for rule in reversed(self._rules.get(room_type.stay_id, [])):
            if rule.room_type_id in (None, room_type.pk) and _holds_on(rule, night_on):
                return _price_vnd(rule, room_type.price_vnd)
        return room_type.price_vnd


def _holds_on(rule: PriceRule, night_on: date) -> bool:
    match rule.kind:
        case PriceRule.Kind.FEAST:
            return rule.feast in feasts_on(night_on)
        case PriceRule.Kind.SEASON:
            assert rule.first_on is not None
            assert rule.last_on is not None
            return rule.first_on <= night_on <= rule.last_on
        case _:
            return night_on.weekday() in rule.weekdays


def _price_vnd(rule: PriceRule, usual_vnd: int) -> int:
    if rule.price_vnd is not None:
        return rule.price_vnd
    assert rule.percent is not None
    changed_vnd = usual_vnd * (100 + rule.percent) // 100
    return max(ROUNDED_TO_VND, (changed_vnd + ROUNDED_TO_VND // 2) // ROUNDED_TO_VND * ROUNDED_TO_VND)


@transaction.atomic
def reprice(*, stay_id: int, today: date) -> int:
    """Price the nights of a stay from ``today`` on anew, after its rules or usual prices have changed.

    Nights whose price the host has set by hand keep it, and what was booked keeps what was agreed. Returns
    how many nights changed.
    """
    room_types = {room.pk: room for room in RoomType.objects.filter(stay=stay_id)}
    prices = Prices([stay_id])
    nights = RoomNight.objects.filter(
        room_type__in=room_types, night_on__gte=today, is_price_set=False
    ).order_by("room_type_id", "night_on")
    changed = []
    for night in nights.select_for_update():  # in the order in which buyers take them
        price_vnd = prices.of_night(room_types[night.room_type_id], night.night_on)
        if price_vnd != night.price_vnd:
            night.price_vnd = price_vnd
            changed.append(night)
    RoomNight.objects.bulk_update(changed, ["price_vnd"], batch_size=500)
    return len(changed)


def children_off_vnd(
    room_type: RoomType, *, nights_vnd: int, rooms: int, children: int, child_percent: int
) -> int:
    """Return how much less the nights cost with children in them, in đồng.

    On the shared floor a child pays its share of a place; a room or a house costs what it costs.
    ``nights_vnd`` is what all ``rooms`` cost on all nights.
    """
    if room_type.kind != RoomType.Kind.FLOOR or not children:
        return 0
    place_vnd = nights_vnd // rooms
    return min(children, rooms) * (place_vnd - place_vnd * child_percent // 100)
