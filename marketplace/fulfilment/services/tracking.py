"""What carriers tell, and what it means for an order."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime

from django.db import transaction

from marketplace.delivery import services as delivery
from marketplace.delivery.carriers.base import CarrierError, Told
from marketplace.delivery.carriers.registry import carrier
from marketplace.delivery.models import CarrierEvent, HandOver, Shipment
from marketplace.delivery.services import tracking
from marketplace.delivery.services.handing import OLDEST
from marketplace.errors import ShopError

from . import handing

logger = logging.getLogger(__name__)

# What ends the way of a parcel; everything else is only told to the buyer.
_ENDS = {
    CarrierEvent.Kind.DELIVERED: HandOver.Kind.TO_BUYER,
    CarrierEvent.Kind.RETURNED: HandOver.Kind.BACK,
}


@transaction.atomic
def hear_carrier(told: Told, *, carrier_code: str, now: datetime) -> bool:
    """Write down what a carrier told, and hand the parcel over with its last word. Repeats change nothing.

    False if it is no parcel of ours.
    """
    known = tracking.record(told, carrier_code=carrier_code, now=now)
    if known is None:
        return False
    shipment, is_new = known
    kind = _ENDS.get(CarrierEvent.Kind(told.kind))
    if not is_new or kind is None:
        return True
    act = delivery.Act(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"{carrier_code}/{told.event_id}"),
        part_id=shipment.part_id,
        kind=kind,
        # A carrier may tell late; what it says is not as old as a phone's memory may be.
        happened_at=max(told.happened_at, now - OLDEST),
        office=shipment.office if kind == HandOver.Kind.BACK else None,
        was_scanned=True,
    )
    try:
        with transaction.atomic():
            handing.hand_over(act, by=None, now=now)
    except ShopError:
        # The event stays in the parcel's story; what it ends was ended in another way before.
        logger.warning("Carrier %s ended parcel %s again: %s", carrier_code, shipment.pk, told.kind)
    return True


def ask_carriers(*, now: datetime) -> int:
    """Give waiting parcels to the carrier, ask for what is under way: notices get lost. Returns the news."""
    tracking.register_waiting(now=now)
    news = 0
    for shipment in tracking.under_way():
        taker = carrier(shipment.carrier)
        if taker is None:
            continue
        try:
            told = taker.fetch(shipment.tracking_number)
        except CarrierError:
            logger.exception("Carrier %s does not say where %s is", shipment.carrier, shipment.pk)
            continue
        known = set(CarrierEvent.objects.filter(shipment=shipment).values_list("event_id", flat=True))
        for each in told:
            if each.tracking_number == shipment.tracking_number and each.event_id not in known:
                news += hear_carrier(each, carrier_code=shipment.carrier, now=now)
        # Asked a moment ago: the others come first next time.
        Shipment.objects.filter(pk=shipment.pk, state=Shipment.State.WITH_CARRIER).update(changed_at=now)
    return news
