"""Parcels at carriers: handed over to them, and what they tell."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from marketplace.delivery.carriers.base import CarrierError, Consignment, Told
from marketplace.delivery.carriers.registry import carrier, default_code
from marketplace.delivery.models import CarrierEvent, Destination, Shipment

logger = logging.getLogger(__name__)

PER_RUN = 100


def register_waiting(*, now: datetime) -> int:
    """Hand the parcels for other provinces over to the carrier; return how many. Asked again, it knows them.

    One that cannot be handed over is tried again at the next sweep.
    """
    code = default_code()
    taker = carrier(code)
    if taker is None:
        return 0
    waiting = Shipment.objects.filter(
        state=Shipment.State.WITH_CARRIER,
        tracking_number="",
        part__order__destination__method=Destination.Method.HOME,
        part__order__destination__commune=None,
    ).select_related("part__order__shipping_address", "part__order__destination__province")
    done = 0
    for shipment in waiting.order_by("pk")[:PER_RUN]:
        try:
            number = taker.register(_consignment(shipment))
        except CarrierError:
            logger.exception("Parcel %s could not be given to carrier %s", shipment.part.number, code)
            continue
        rows = Shipment.objects.filter(pk=shipment.pk, tracking_number="")
        done += rows.update(carrier=code, tracking_number=number)
    return done


@transaction.atomic
def record(told: Told, *, carrier_code: str, now: datetime) -> tuple[Shipment, bool] | None:
    """Write down what a carrier told; return the parcel, and whether it was new; None if it is none of ours.

    A moment ahead of us is taken for now.
    """
    shipment = Shipment.objects.filter(carrier=carrier_code, tracking_number=told.tracking_number).first()
    if shipment is None:
        return None
    _event, is_new = CarrierEvent.objects.get_or_create(
        carrier=carrier_code,
        event_id=told.event_id,
        defaults={
            "shipment": shipment,
            "kind": told.kind,
            "place": told.place,
            "happened_at": min(told.happened_at, now),
            "recorded_at": now,
        },
    )
    return shipment, is_new


def under_way() -> list[Shipment]:
    """Return the parcels that carriers have, those we have heard nothing of for longest first."""
    rows = Shipment.objects.filter(state=Shipment.State.WITH_CARRIER).exclude(tracking_number="")
    return list(rows.order_by("changed_at", "pk")[:PER_RUN])


def _consignment(shipment: Shipment) -> Consignment:
    address = shipment.part.order.shipping_address
    destination = shipment.part.order.destination
    return Consignment(
        reference=shipment.part.number,
        name=address.first_name if address else "",
        phone=str(address.phone_number) if address and address.phone_number else "",
        address=f"{destination.detail}, {destination.province.name}",
    )
