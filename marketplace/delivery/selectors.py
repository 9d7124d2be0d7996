"""Where parcels are, for those who carry them and those who wait for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.dates import WEEKDAYS_ABBR

from .models import CarrierEvent, HandOver, Manifest, OpeningHours, PostOffice, Promise, Shipment

State, Kind = Shipment.State, HandOver.Kind


@dataclass(frozen=True)
class Step:
    """One line of the story of a parcel."""

    at: datetime
    words: str
    place: str


@dataclass
class Track:
    """What a buyer or a seller sees of one parcel: what was promised, where it is, what happened so far."""

    promise: Promise | None = None
    shipment: Shipment | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def reaches_on(self) -> date | None:
        """The promised day, as long as the parcel is not there."""
        is_there = self.shipment is not None and self.shipment.state in (
            State.DELIVERED,
            State.READY,
            State.RETURNING,
            State.RETURNED,
        )
        return None if self.promise is None or is_there else self.promise.reaches_on


def tracks(part_ids: Collection[int]) -> dict[int, Track]:
    """Return the track of each part, by part; parts of nights have an empty one. Four queries."""
    found = {part_id: Track() for part_id in part_ids}
    for promise in Promise.objects.filter(part__in=part_ids):
        found[promise.part_id].promise = promise
    hand_overs = HandOver.objects.select_related("office").order_by("happened_at", "recorded_at")
    shipments = Shipment.objects.filter(part__in=part_ids).select_related("office", "target")
    for shipment in shipments.prefetch_related(
        Prefetch("hand_overs", queryset=hand_overs),
        Prefetch("events", queryset=CarrierEvent.objects.order_by("happened_at", "pk")),
    ):
        track = found[shipment.part_id]
        track.shipment = shipment
        steps = [
            Step(each.happened_at, str(each.get_kind_display()), each.office.name if each.office else "")
            for each in shipment.hand_overs.all()
        ]
        steps += [
            Step(event.happened_at, str(event.get_kind_display()), event.place)
            for event in shipment.events.all()
        ]
        track.steps = sorted(steps, key=lambda step: step.at)
    return found


@dataclass(frozen=True)
class Hours:
    """Days of the week on which an office is open at the same time: "Mon–Sat"."""

    days: str
    opens: time
    closes: time


def hours_of(office_id: int | None) -> list[Hours]:
    """Return when a post office is open, Monday first; nothing if it is not known. One query."""
    rows = OpeningHours.objects.filter(office=office_id).order_by("weekday") if office_id else []
    runs: list[list[OpeningHours]] = []
    for row in rows:
        last = runs[-1][-1] if runs else None
        same = last is not None and (last.opens, last.closes) == (row.opens, row.closes)
        if same and last is not None and row.weekday == last.weekday + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return [Hours(_days(run[0].weekday, run[-1].weekday), run[0].opens, run[0].closes) for run in runs]


def _days(first: int, last: int) -> str:
    names = [str(WEEKDAYS_ABBR[first])] + ([str(WEEKDAYS_ABBR[last])] if last != first else [])
    return "–".join(names)


# --- A post office ------------------------------------------------------------------------------


def parcels_at(office: PostOffice) -> QuerySet[Shipment]:
    """The parcels that lie at ``office`` or were given to its postmen, the longest there first."""
    here = [State.AT_POST, State.READY, State.WITH_CARRIER, State.RETURNING]
    return _shown(Shipment.objects.filter(office=office, state__in=here)).order_by("changed_at", "pk")


def coming_to(office: PostOffice) -> QuerySet[Manifest]:
    """The lists that were sent to ``office`` and have not been received, oldest first."""
    return _counted(Manifest.objects.filter(to_office=office, received_at=None)).order_by("sent_at", "pk")


def sent_from(office: PostOffice, *, most: int) -> list[Manifest]:
    """The newest lists that left ``office``."""
    return list(_counted(Manifest.objects.filter(office=office)).order_by("-made_at", "-pk")[:most])


def manifest_for(office: PostOffice, number: str) -> Manifest | None:
    """Return a list that left ``office`` or goes there; to this office there are no others."""
    rows = Manifest.objects.filter(Q(office=office) | Q(to_office=office), number=number)
    return rows.select_related("office", "to_office", "made_by").first()


def parcels_of(manifest: Manifest) -> list[HandOver]:
    """Return what stands on a list, in the order of the numbers. One query."""
    rows = HandOver.objects.filter(manifest=manifest, kind=Kind.SENT)
    return list(
        rows.select_related(
            "shipment__part__seller", "shipment__part__order__shipping_address", "shipment__target"
        ).order_by("shipment__part__number")
    )


def parcel_at(office: PostOffice, number: str) -> Shipment | None:
    """Return the parcel of part ``number`` if it lies at ``office``, or comes there on a list."""
    coming = HandOver.objects.filter(shipment=OuterRef("pk"), kind=Kind.SENT, manifest__to_office=office)
    rows = Shipment.objects.filter(Q(office=office) | Exists(coming), part__number=number)
    return _shown(rows).first()


def _shown(rows: QuerySet[Shipment]) -> QuerySet[Shipment]:
    return rows.select_related(
        "office",
        "target",
        "part__seller__unit",
        "part__order__destination__commune",
        "part__order__destination__post_office",
        "part__order__destination__province",
        "part__order__shipping_address",
    )


def _counted(rows: QuerySet[Manifest]) -> QuerySet[Manifest]:
    parcels = Count("hand_overs", filter=Q(hand_overs__kind=Kind.SENT))
    return rows.select_related("office", "to_office").annotate(parcels=parcels)
