"""Whether parcels arrived when it was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from marketplace.delivery.models import HandOver, Promise, Shipment
from marketplace.sellers.models import SubOrder


@dataclass(frozen=True)
class Kept:
    """How the promises of a month compare with what happened."""

    month: date
    promised: int
    arrived: int
    in_time: int
    late: int
    waiting_late: int  # not there yet, and the promised day is over

    @property
    def percent(self) -> int | None:
        """Of what arrived or should have, how much came in time."""
        judged = self.arrived + self.waiting_late
        return self.in_time * 100 // judged if judged else None


@dataclass(frozen=True)
class LateParcel:
    number: str
    seller: str
    reaches_on: date
    state: str
    place: str
    days_late: int


def _with_arrival() -> Any:
    """Promises with the moment their parcel was there for its buyer: ready to collect, or handed over.

    Types cannot say what is annotated.
    """
    handed = HandOver.objects.filter(shipment__part=OuterRef("part"), kind=HandOver.Kind.TO_BUYER)
    ready = Shipment.objects.filter(part=OuterRef("part"))
    return Promise.objects.annotate(
        # Who has it says so at the counter, or on the page of the order.
        handed_at=Coalesce(Subquery(handed.values("happened_at")[:1]), F("part__clock__delivered_at")),
        ready_at=Subquery(ready.values("ready_at")[:1]),
    )


def kept_promises(*, today: date, months: int = 6) -> list[Kept]:
    """Return the promises by the month in which they were due, newest first. One query."""
    rows = _with_arrival().filter(part__status=SubOrder.Status.PAID, reaches_on__lte=today)
    rows = rows.annotate(month=TruncMonth("reaches_on"))
    facts: dict[date, list[tuple[date, datetime | None]]] = {}
    for month, day, ready_at, handed_at in rows.values_list("month", "reaches_on", "ready_at", "handed_at"):
        facts.setdefault(month, []).append((day, min(filter(None, (ready_at, handed_at)), default=None)))
    return [_kept(month, facts[month]) for month in sorted(facts, reverse=True)[:months]]


def late_parcels(*, today: date, most: int = 50) -> list[LateParcel]:
    """Return paid parcels whose promised day is over and that are not there, the oldest first. One query."""
    late = _with_arrival().filter(
        part__status=SubOrder.Status.PAID, reaches_on__lt=today, handed_at=None, ready_at=None
    )
    late = late.annotate(
        state=F("part__shipment__state"), place=F("part__shipment__office__name")
    ).select_related("part__seller")
    return [
        LateParcel(
            number=promise.part.number,
            seller=promise.part.seller.name,
            reaches_on=promise.reaches_on,
            state=str(Shipment.State(promise.state or Shipment.State.WITH_SELLER).label),
            place=promise.place or "",
            days_late=(today - promise.reaches_on).days,
        )
        for promise in late.order_by("reaches_on", "pk")[:most]
    ]


def _kept(month: date, facts: list[tuple[date, datetime | None]]) -> Kept:
    arrived = [(day, timezone.localdate(at)) for day, at in facts if at is not None]
    in_time = sum(on <= day for day, on in arrived)
    return Kept(
        month=month,
        promised=len(facts),
        arrived=len(arrived),
        in_time=in_time,
        late=len(arrived) - in_time,
        waiting_late=len(facts) - len(arrived),
    )
