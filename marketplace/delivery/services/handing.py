"""A parcel changes hands: each time noted once, however often it is sent, and only as it can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import Throttled

from marketplace.accounts.models import User
from marketplace.delivery import codes
from marketplace.delivery.errors import (
    ActConflict,
    ActTooOld,
    NoCode,
    NoParcel,
    NotThere,
    TooManyTries,
    WrongCode,
)
from marketplace.delivery.models import Destination, HandOver, Manifest, PostOffice, Shipment
from marketplace.delivery.services.rules import handling_rule
from marketplace.delivery.services.telling import tell_ready
from marketplace.sellers.models import SubOrder
from marketplace.tries import limited

# A phone that was without a signal for longer sends nothing any more: its owner looks at the page instead.
OLDEST = timedelta(days=7)
WRONG_CODES_PER_HOUR = 10  # for one parcel
Kind, State = HandOver.Kind, Shipment.State

# Whose digits each act asks for; the others are vouched for by who notes them.
_CODES = {
    Kind.TO_POST: codes.seller_code,
    Kind.TO_SELLER: codes.seller_code,
    Kind.TO_BUYER: codes.buyer_code,
}
_FROM: dict[str, tuple[str, ...]] = {
    Kind.TO_POST: (State.WITH_SELLER,),
    Kind.SENT: (State.AT_POST, State.RETURNING),
    Kind.RECEIVED: (State.ON_WAY, State.AT_POST, State.RETURNING),
    Kind.TO_CARRIER: (State.AT_POST,),
    Kind.TO_BUYER: (State.WITH_SELLER, State.AT_POST, State.READY, State.WITH_CARRIER),
    Kind.BACK: (State.AT_POST, State.READY, State.WITH_CARRIER),
    Kind.TO_SELLER: (State.RETURNING,),
}
# What is done at the office where the parcel lies, and nowhere else.
_HERE = (Kind.SENT, Kind.TO_CARRIER, Kind.BACK, Kind.TO_SELLER)


@dataclass(frozen=True)
class Act:
    """One hand-over as a phone tells it. ``id`` was made there; ``happened_at`` is by the phone's clock.

    ``code`` is what the seller or buyer said; ``was_scanned`` that their QR code was read instead. ``office``
    is where; None when the seller hands the parcel to the buyer.
    """

    id: UUID
    part_id: int
    kind: str
    happened_at: datetime
    office: PostOffice | None = None
    code: str = ""
    was_scanned: bool = False
    manifest: Manifest | None = None


@dataclass(frozen=True)
class Noted:
    """What became of an act. ``is_repeated``: it, or the same by another phone, was noted before."""

    shipment: Shipment
    happened_at: datetime
    is_repeated: bool


def code_for(part: SubOrder) -> str:
    """Return the four digits the seller says when the parcel of ``part`` goes to the post."""
    return codes.seller_code(part.pk)


def buyer_code_for(part: SubOrder) -> str:
    """Return the four digits the buyer says when receiving it. Show them to the buyer alone."""
    return codes.buyer_code(part.pk)


@transaction.atomic
def note(act: Act, *, by: User | None, now: datetime) -> Noted:
    """Note a hand-over. Sent again, or by a second phone, it changes nothing.

    Whoever also moves money by it comes through ``fulfilment.hand_over``. A moment ahead of us is taken for
    now. Raises a DeliveryError for what cannot be, ActConflict if the id was used for something else;
    nothing is noted then.
    """
    shipment = lock_shipment(act.part_id, now=now)
    known = HandOver.objects.filter(pk=act.id).first()
    if known is not None:
        if (known.shipment_id, known.kind) != (shipment.pk, act.kind):
            raise ActConflict
        return Noted(shipment, known.happened_at, is_repeated=True)
    happened_at = min(act.happened_at, now)
    if happened_at < now - OLDEST:
        raise ActTooOld
    with_code = _check_code(act)
    if (before := _said_before(shipment, act)) is not None:
        return Noted(shipment, before.happened_at, is_repeated=True)
    _refuse_elsewhere(shipment, act)
    _move(shipment, act, happened_at, now=now)
    HandOver.objects.create(
        pk=act.id,
        shipment=shipment,
        kind=act.kind,
        office=act.office,
        manifest=act.manifest,
        with_code=with_code,
        happened_at=happened_at,
        recorded_at=now,
        by=by,
    )
    return Noted(shipment, happened_at, is_repeated=False)


def lock_shipment(part_id: int, *, now: datetime) -> Shipment:
    """Return the parcel of a part, locked until the transaction ends; made if this is the first time.

    Raises NoParcel if nothing of the part is sent.
    """
    if not Shipment.objects.filter(part=part_id).exists():
        part = SubOrder.objects.select_related("order").get(pk=part_id)
        destination = Destination.objects.filter(order=part.order_id).select_related("commune").first()
        if destination is None:
            raise NoParcel(number=part.number)
        Shipment.objects.get_or_create(
            part=part, defaults={"target": target_of(destination), "changed_at": now}
        )
    rows = Shipment.objects.select_for_update(of=("self",))
    return rows.select_related("part__order__destination", "office", "target").get(part=part_id)


def target_of(destination: Destination) -> PostOffice | None:
    """Return the post office where a buyer collects, or from which the parcel is brought to the door.

    Out of the province it is the central one, which gives it to the carrier. None if there is no such office.
    """
    if destination.post_office_id is not None:
        return destination.post_office
    offices = PostOffice.objects.order_by("code")
    if destination.commune_id is not None:
        return offices.filter(commune=destination.commune_id).first()
    return offices.first()  # the central office has the lowest code of the province


def _said_before(shipment: Shipment, act: Act) -> HandOver | None:
    """The same act by another phone: what can only happen once, and has."""
    if act.kind in _CODES:
        return HandOver.objects.filter(shipment=shipment, kind=act.kind).first()
    if act.kind == Kind.RECEIVED and shipment.office_id == (act.office.pk if act.office else None):
        last = HandOver.objects.filter(shipment=shipment).order_by("-happened_at", "-recorded_at").first()
        return last if last is not None and last.kind == Kind.RECEIVED else None
    return None


def _check_code(act: Act) -> bool:
    """Return whether the act was proven. Raises NoCode, WrongCode, or TooManyTries whatever the code."""
    if act.was_scanned:
        return True
    wanted_of = _CODES.get(Kind(act.kind))
    if wanted_of is None:
        return act.manifest is not None
    code = "".join(act.code.split())
    if not code:
        raise NoCode
    try:
        with limited(f"parcel-{act.kind}-{act.part_id}", most=WRONG_CODES_PER_HOUR, refusal=WrongCode):
            if code != wanted_of(act.part_id):
                raise WrongCode
    except Throttled as error:
        raise TooManyTries from error
    return True


def _refuse_elsewhere(shipment: Shipment, act: Act) -> None:
    here = act.office is not None and act.office.pk == shipment.office_id
    is_possible = shipment.state in _FROM[act.kind] and (here or act.kind not in _HERE)
    if not is_possible:
        raise NotThere(number=shipment.part.number, state=str(shipment.get_state_display()))


def _move(shipment: Shipment, act: Act, at: datetime, *, now: datetime) -> None:
    shipment.changed_at = at
    if act.office is not None:
        shipment.office = act.office
    match Kind(act.kind):
        case Kind.TO_POST | Kind.RECEIVED:
            if shipment.state != State.RETURNING:
                _arrive(shipment, at, now=now)
        case Kind.SENT:
            if shipment.state != State.RETURNING:
                shipment.state = State.ON_WAY
        case Kind.TO_CARRIER:
            shipment.state = State.WITH_CARRIER
        case Kind.TO_BUYER:
            shipment.state = State.DELIVERED
        case Kind.BACK:
            shipment.state = State.RETURNING
        case Kind.TO_SELLER:
            shipment.state = State.RETURNED
    shipment.save()


def _arrive(shipment: Shipment, at: datetime, *, now: datetime) -> None:
    """At the post: ready to collect if the buyer collects it just here."""
    destination = shipment.part.order.destination
    collects_here = (
        destination.method == Destination.Method.POST_OFFICE and shipment.office_id == shipment.target_id
    )
    shipment.state = State.READY if collects_here else State.AT_POST
    if collects_here:
        day = timezone.localdate(at)
        shipment.ready_at = at
        shipment.return_on = day + timedelta(days=handling_rule(day).return_after_days)
        tell_ready(shipment, now=now)
