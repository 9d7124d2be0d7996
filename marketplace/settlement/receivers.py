from typing import Any

from django.dispatch import receiver

from payments.models import Event
from payments.signals import payment_event

from . import services


@receiver(payment_event)
def hear(event: Event, **kwargs: Any) -> None:
    services.hear(event=event)
