"""When a parcel reaches its buyer: reckoned from the days of the routes, the same for everybody who asks.

A seller prepares on as many days as the rule of the day says and hands the parcel in by the evening. Each
route takes it on its next day: to the district's post office, to the central one, and down again; what
arrives on a day goes on the day after at the earliest. Where no route is known the days of the rate count.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet
from django.utils import timezone

from marketplace.delivery.models import (
    Destination,
    HandlingRule,
    PostOffice,
)
from payments.compiled import compiled

DAY = timedelta(days=1)
SUNDAY = 6
# A route goes at least once a week, an office opens at least once; whatever else is in the tables ends there.
LOOKED_AHEAD = 31


@dataclass(frozen=True)
class Leg:
    """A parcel goes from one office to another on a day."""

    from_code: str
    to_code: str
    on: date


@dataclass(frozen=True)
class Promised:
    """``sends_on``: handed in by its seller. ``reaches_on``: collected or brought, at the earliest."""

    sends_on: date
    reaches_on: date
    legs: list[Leg] = field(default_factory=list)

    @property
    def days_on_road(self) -> int:
        return (self.reaches_on - self.sends_on).days


@dataclass(frozen=True)
class _Office:
    pk: int
    code: str
    name: str
    commune_id: int
    unit_id: int | None
    hub_id: int | None
    carried: frozenset[int]  # the days of the week on which its route goes
    open: frozenset[int]


class Network:
    """The offices, the routes between them and their hours. One query, whatever is asked of it then."""

    def __init__(self) -> None:
        self._offices: dict[int, _Office] = {}
        for pk, code, name, commune, unit, hub, carried, open_days in _offices():
            days = frozenset(carried or ()), frozenset(open_days)
            self._offices[pk] = _Office(pk, code, name, commune, unit, hub, *days)

    def office_for(self, *, commune_id: int | None, unit_id: int | None = None) -> int | None:
        """Return the office nearest to a place: that of its old unit, else of its commune, else None."""
        for office in self._offices.values():
            if unit_id is not None and unit_id in (office.unit_id, office.commune_id):
                return office.pk
        return next((office.pk for office in self._offices.values() if office.commune_id == commune_id), None)

    def central(self) -> int | None:
        """Return the office that has no hub and is one: the one of the lowest code. None without offices."""
        return next(iter(self._offices), None)

    def name_of(self, office_id: int) -> str:
        return self._offices[office_id].name

    def way(self, start: int, end: int) -> list[int] | None:
        """Return the offices a parcel passes, both ends included; None if no route leads there."""
        up, down = self._up(start), self._up(end)
        meeting = next((office for office in up if office in down), None)
        if meeting is None:
            return None
        return up[: up.index(meeting) + 1] + down[: down.index(meeting)][::-1]

    def legs(self, start: int, end: int, *, handed_in_on: date) -> list[Leg] | None:
        """Return on which days a parcel is carried where; None if no route leads there."""
        way = self.way(start, end)
        if way is None:
            return None
        day, legs = handed_in_on, []
        for here, there in itertools.pairwise(way):
            # The route that joins two offices is that of the one further out.
            outer = here if self._offices[here].hub_id == there else there
            carried_on = _next_day(day + DAY, self._offices[outer].carried)
            if carried_on is None:
                return None
            day = carried_on
            legs.append(Leg(self._offices[here].code, self._offices[there].code, day))
        return legs

    def opens_on(self, office_id: int, day: date) -> date:
        """Return the first day from ``day`` on which an office is open; ``day`` if its hours are unknown."""
        weekdays = self._offices[office_id].open
        return (_next_day(day, weekdays) if weekdays else None) or day

    def _up(self, office_id: int) -> list[int]:
        """The office, its hub, and the central one."""
        chain = [office_id]
        while (hub_id := self._offices[chain[-1]].hub_id) is not None and hub_id not in chain:
            chain.append(hub_id)
        return chain


@compiled
def _offices() -> QuerySet[PostOffice, tuple[Any, ...]]:
    rows = PostOffice.objects.order_by("code").annotate(
        open_days=ArrayAgg("hours__weekday", distinct=True, filter=Q(hours__isnull=False), default=[])
    )
    return rows.values_list(
        "pk", "code", "name", "commune", "unit", "hub", "stop__route__weekdays", "open_days"
    )


def prepared_on(*, now: datetime, rule: HandlingRule, ready_on: date | None = None) -> date:
    """Return by the evening of which day an order of ``now`` is handed in.

    ``ready_on`` is when its goods are there at all: the first day of a harvest, or the end of a pause.
    """
    local = timezone.localtime(now)
    day = local.date() if local.time() < rule.cut_off else local.date() + DAY
    return max(day, ready_on or day) + DAY * rule.preparation_days


def promise(
    *,
    network: Network,
    origin_commune_id: int | None,
    origin_unit_id: int | None,
    destination: Destination,
    rate_days: int,
    now: datetime,
    rule: HandlingRule,
    ready_on: date | None = None,
) -> Promised:
    """Return the earliest day goods reach ``destination`` from a commune of today (and its old unit).

    ``rate_days`` are those of the rate: they count from the central office to other provinces, and where no
    route is known. Pure but for ``network``: the same question has the same answer.
    """
    sends_on = prepared_on(now=now, rule=rule, ready_on=ready_on)
    start = network.office_for(commune_id=origin_commune_id, unit_id=origin_unit_id)
    is_here = destination.commune_id is not None
    end = target(network, destination)
    legs = None
    if start is not None and end is not None:
        legs = network.legs(start, end, handed_in_on=sends_on)
    if legs is None or end is None:
        return Promised(sends_on, sends_on + DAY * max(1, rate_days))
    arrives_on = legs[-1].on if legs else sends_on
    if not is_here:
        return Promised(sends_on, arrives_on + DAY * rate_days, legs)
    if destination.method == Destination.Method.POST_OFFICE:
        return Promised(sends_on, network.opens_on(end, arrives_on), legs)
    return Promised(sends_on, _working_day(arrives_on + DAY), legs)


def target(network: Network, destination: Destination) -> int | None:
    """Return the office to which the routes bring a parcel; None if there is none."""
    if destination.post_office_id is not None:
        return destination.post_office_id
    if destination.commune_id is not None:
        return network.office_for(commune_id=destination.commune_id)
    return network.central()


def _working_day(day: date) -> date:
    """The postman goes to the doors from Monday to Saturday."""
    return day + DAY if day.weekday() == SUNDAY else day


def _next_day(day: date, weekdays: Collection[int]) -> date | None:
    ahead = (day + DAY * count for count in range(LOOKED_AHEAD))
    return next((one for one in ahead if one.weekday() in weekdays), None)
