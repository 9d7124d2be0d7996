from datetime import datetime
from typing import Any

from django.dispatch import receiver

from payments.models import Event
from payments.signals import payment_event

from . import services


@receiver(payment_event)
def hear(event: Event, now: datetime, **kwargs: Any) -> None:
    if event.kind in (Event.Kind.PAYOUT_SUCCEEDED, Event.Kind.PAYOUT_FAILED):
        services.tell_payout(event=event, now=now)
