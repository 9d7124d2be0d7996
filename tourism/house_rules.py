"""Which of many stays may be booked as wished: the rules of their hosts, read at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from marketplace.errors import Invalid

from . import rules
from .models import BookingRule, RoomType


class HouseRules:
    """The rules of ``stay_ids`` for somebody who books ``now``. One query, two where there are rules."""

    def __init__(self, stay_ids: Collection[int], *, now: datetime) -> None:
        self._now = now
        self._rules: defaultdict[int, list[BookingRule]] = defaultdict(list)
        for rule in BookingRule.objects.filter(stay__in=stay_ids):
            self._rules[rule.stay_id].append(rule)
        rooms = RoomType.objects.filter(stay__in=self._rules).select_related("stay")
        self._rooms = {room.pk: room for room in rooms} if self._rules else {}

    def allow(self, *, stay_id: int, room_type_id: int, first_night: date, nights: int) -> bool:
        """Say whether the host takes guests for these nights, whatever is free. Runs no query."""
        if stay_id not in self._rules:
            return True
        try:
            rules.check(
                self._rooms[room_type_id],
                first_night=first_night,
                nights=nights,
                now=self._now,
                rules=self._rules[stay_id],
            )
        except Invalid:
            return False
        return True
