"""What buyers are told by SMS about their parcels, in the language of each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_noop as _

from marketplace.delivery import codes
from marketplace.delivery.models import Shipment
from marketplace.messaging import services as messaging
from marketplace.messaging.readers import speaking_to

from .rules import handling_rule


def tell_ready(shipment: Shipment, *, now: datetime) -> None:
    """Tell the buyer that the parcel waits at the post office, with the digits to say there. Once."""
    words = _("Order %(number)s is at the post office %(office)s. Say %(code)s to collect it, until %(day)s.")
    _tell(shipment, words, key="parcel-ready", now=now)


def remind(*, now: datetime) -> int:
    """Remind buyers whose parcel has waited for some days, as the rule says. Returns how many; each once."""
    today = timezone.localdate(now)
    rule = handling_rule(today)
    waits_since = now - timedelta(days=rule.remind_after_days)
    waiting = Shipment.objects.filter(
        state=Shipment.State.READY, ready_at__lte=waits_since, return_on__gt=today
    ).select_related("office", "part__order__shipping_address")
    words = _("Order %(number)s still waits at %(office)s. Say %(code)s. It goes back on %(day)s.")
    for shipment in waiting.order_by("pk"):
        with transaction.atomic():
            _tell(shipment, words, key="parcel-waits", now=now)
    return len(waiting)


def _tell(shipment: Shipment, words: str, *, key: str, now: datetime) -> None:
    address = shipment.part.order.shipping_address
    if address is None or not address.phone_number:
        return
    assert shipment.office is not None, shipment.pk
    assert shipment.return_on is not None, shipment.pk
    with speaking_to(address.phone_number):
        text = translation.gettext(words) % {
            "number": shipment.part.number,
            "office": shipment.office.name,
            "code": codes.buyer_code(shipment.part_id),
            "day": f"{shipment.return_on:%d/%m}",
        }
    messaging.send(
        to=str(address.phone_number),
        text=text,
        purpose=key,
        key=f"{key}/{shipment.part.number}",
        link=f"/orders/{shipment.part.order.number}/",
        now=now,
    )
