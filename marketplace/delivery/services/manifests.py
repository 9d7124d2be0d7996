"""Lists of parcels that travel together: from village to hub, to the centre, and down again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from rest_framework.exceptions import Throttled

from marketplace.accounts.models import User
from marketplace.delivery import codes
from marketplace.delivery.errors import NothingToSend, TooManyTries, WrongCode
from marketplace.delivery.models import HandOver, Manifest, PostOffice, Shipment
from marketplace.delivery.promises import Network
from marketplace.tries import limited

from .handing import Act, note

WRONG_CODES_PER_HOUR = 10  # for one manifest
State = Shipment.State


@dataclass(frozen=True)
class Load:
    """What lies at an office and goes to ``to_office`` next."""

    to_office: PostOffice
    shipments: list[Shipment]


def loads(office: PostOffice) -> list[Load]:
    """Return what lies at ``office`` and has to go on, by the next office on its way. Three queries.

    Parcels on their way back go to the office where their seller handed them in.
    """
    lying = Shipment.objects.filter(office=office, state__in=[State.AT_POST, State.RETURNING])
    lying = lying.select_related("part__seller", "part__order").order_by("part__number")
    rows = lying.prefetch_related("hand_overs")
    network = Network()
    by_office: dict[int, list[Shipment]] = {}
    for shipment in rows:
        next_id = _next_office(network, office, shipment)
        if next_id is not None:
            by_office.setdefault(next_id, []).append(shipment)
    offices = PostOffice.objects.in_bulk(by_office)
    return [Load(offices[pk], by_office[pk]) for pk in sorted(by_office, key=lambda pk: offices[pk].code)]


@transaction.atomic
def send(
    *,
    office: PostOffice,
    to_office: PostOffice,
    part_ids: Collection[int],
    manifest_id: UUID,
    by: User,
    now: datetime,
) -> Manifest:
    """Send parcels that lie at ``office`` on together; return their list. Repeats return the first.

    ``manifest_id`` was made with the form. Raises NothingToSend if none of the parcels lies here any more.
    """
    PostOffice.objects.select_for_update(no_key=True).get(pk=office.pk)  # one list after the other
    first = HandOver.objects.filter(pk__in=[_act_id(manifest_id, pk) for pk in part_ids])
    known = first.select_related("manifest").first()
    if known is not None and known.manifest is not None:
        return known.manifest
    wanted = next((load for load in loads(office) if load.to_office == to_office), None)
    going = [each for each in wanted.shipments if each.part_id in part_ids] if wanted else []
    if not going:
        raise NothingToSend
    day = f"{timezone.localdate(now):%y%m%d}"
    today = Manifest.objects.filter(office=office, number__startswith=f"{office.code}-{day}-").count()
    manifest = Manifest.objects.create(
        number=f"{office.code}-{day}-{today + 1}",
        office=office,
        to_office=to_office,
        made_at=now,
        made_by=by,
        sent_at=now,
    )
    for shipment in going:
        note(_act(manifest_id, shipment, HandOver.Kind.SENT, office, manifest, now), by=by, now=now)
    return manifest


@transaction.atomic
def receive(*, manifest: Manifest, code: str, missing: Collection[int], by: User, now: datetime) -> Manifest:
    """Note that the parcels of a list arrived, but for the parts ``missing``. Repeats change nothing.

    ``code`` are the four digits on its paper. Raises WrongCode, or TooManyTries whatever the code.
    """
    manifest = (
        Manifest.objects.select_for_update(of=("self",)).select_related("to_office").get(pk=manifest.pk)
    )
    if manifest.received_at is not None:
        return manifest
    try:
        with limited(f"manifest-{manifest.pk}", most=WRONG_CODES_PER_HOUR, refusal=WrongCode):
            if "".join(code.split()) != codes.manifest_code(manifest.pk):
                raise WrongCode
    except Throttled as error:
        raise TooManyTries from error
    sent = HandOver.objects.filter(manifest=manifest, kind=HandOver.Kind.SENT).select_related("shipment")
    for each in sent.order_by("shipment"):
        if each.shipment.part_id not in missing:
            kind = HandOver.Kind.RECEIVED
            note(_act(each.pk, each.shipment, kind, manifest.to_office, manifest, now), by=by, now=now)
    manifest.received_at = now
    manifest.save(update_fields=["received_at"])
    return manifest


def _next_office(network: Network, office: PostOffice, shipment: Shipment) -> int | None:
    end_id = shipment.target_id
    if shipment.state == State.RETURNING:
        handed_in = [each for each in shipment.hand_overs.all() if each.kind == HandOver.Kind.TO_POST]
        end_id = handed_in[0].office_id if handed_in else None
    way = network.way(office.pk, end_id) if end_id is not None else None
    return way[1] if way and len(way) > 1 else None


def _act_id(made: UUID, part_id: int) -> UUID:
    return uuid5(made, str(part_id))


def _act(
    made: UUID,
    shipment: Shipment,
    kind: str,
    office: PostOffice,
    manifest: Manifest,
    now: datetime,
) -> Act:
    return Act(
        id=_act_id(made, shipment.part_id),
        part_id=shipment.part_id,
        kind=kind,
        happened_at=now,
        office=office,
        manifest=manifest,
    )
