"""Where the parcels of the sample orders are: most reached their buyers, some lie at the demo agent's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.delivery.models import Destination, HandOver, PostOffice, Promise, Shipment
from marketplace.delivery.services import handling_rule
from marketplace.delivery.services.handing import target_of
from marketplace.sellers.models import SubOrder

# Of a hundred parcels so many are a day late, and so many three.
LATE_PERCENT, VERY_LATE_PERCENT = 9, 3
HANDED_IN_AT, THERE_AT = time(16, 20), time(9, 40)
Kind, State = HandOver.Kind, Shipment.State
Story = list[tuple[str, PostOffice | None, datetime]]


def live(*, agent: User, random: Random, now: datetime) -> int:
    """Write down what happened to the parcels of the sample orders up to ``now``; return how many there are.

    What was collected was collected on the promised day or a little later. Nobody is told by SMS.
    """
    promises = Promise.objects.filter(part__status__in=[SubOrder.Status.PAID, SubOrder.Status.ON_HANDOVER])
    rows = promises.select_related("part__order__destination__post_office").order_by("part__number")
    offices = {office.code: office for office in PostOffice.objects.all()}
    targets: dict[int, PostOffice | None] = {}
    shipments, stories = [], []
    for promise in rows:
        destination = promise.part.order.destination
        key = destination.post_office_id or -(destination.commune_id or 0)
        if key not in targets:
            targets[key] = target_of(destination)
        target = targets[key]
        if target is None:
            continue
        start = offices[promise.legs[0][0]] if promise.legs else target
        waits = promise.part.status == SubOrder.Status.ON_HANDOVER
        days = _days_late(random) if not waits else 0
        shipment, story = _happened(promise, destination, start, target, days=days, waits=waits, now=now)
        if shipment is not None:
            shipments.append(shipment)
            stories.append(story)
    Shipment.objects.bulk_create(shipments)
    HandOver.objects.bulk_create(
        HandOver(
            shipment=shipment,
            kind=kind,
            office=office,
            with_code=kind in (Kind.TO_POST, Kind.TO_BUYER),
            happened_at=at,
            recorded_at=at,
            by=agent,
        )
        for shipment, story in zip(shipments, stories, strict=True)
        for kind, office, at in story
    )
    return len(shipments)


def _happened(
    promise: Promise,
    destination: Destination,
    start: PostOffice,
    target: PostOffice,
    *,
    days: int,
    waits: bool,
    now: datetime,
) -> tuple[Shipment | None, Story]:
    """Return where a parcel is ``now`` and how it came there; None while its seller has it."""
    collects = destination.method == Destination.Method.POST_OFFICE
    taken_at = _at(promise.sends_on, HANDED_IN_AT)
    there_at = _at(promise.reaches_on + timedelta(days=days), THERE_AT)
    if waits:  # paid in cash when it is collected, and nobody has come yet
        taken_at, there_at = now - timedelta(hours=2), now - timedelta(hours=1)
    story = list(_until(now, start, target, taken_at, there_at))
    if not story:
        return None, []
    state, office = State.AT_POST, start
    if there_at <= now:
        office = target
        state = State.READY if collects and waits else State.DELIVERED
        if state == State.DELIVERED:
            # A parcel to other provinces is handed over there, by their carrier.
            story.append((Kind.TO_BUYER, target if destination.commune_id else None, there_at))
    rule = handling_rule(timezone.localdate(now))
    shipment = Shipment(
        part=promise.part,
        state=state,
        office=office,
        target=target,
        changed_at=story[-1][2],
        ready_at=there_at if collects and there_at <= now else None,
        return_on=timezone.localdate(there_at) + timedelta(days=rule.return_after_days)
        if state == State.READY
        else None,
    )
    return shipment, story


def _until(
    now: datetime, start: PostOffice, target: PostOffice, taken_at: datetime, there_at: datetime
) -> Iterator[tuple[str, PostOffice | None, datetime]]:
    if taken_at <= now:
        yield Kind.TO_POST, start, taken_at
    if start != target and there_at <= now:
        yield Kind.SENT, start, taken_at + timedelta(minutes=20)
        yield Kind.RECEIVED, target, there_at - timedelta(minutes=15)


def _days_late(random: Random) -> int:
    drawn = random.randrange(100)
    return 3 if drawn < VERY_LATE_PERCENT else 1 if drawn < LATE_PERCENT else 0


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
