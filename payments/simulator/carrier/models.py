"""Parcels the simulated carrier has, and what it has told of them."""

import hashlib
import hmac
import json

import httpx
from django.conf import settings
from django.db import models

from payments.simulator.carrier.story import KINDS
from payments.simulator.deliveries import Delivery, clock_of
from payments.simulator.shapes import moment


class Parcel(models.Model):
    """A parcel a shop handed over. ``reference`` is the shop's: handed over again it is the same parcel."""

    reference = models.CharField(max_length=60, unique=True)
    tracking_number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=400, blank=True)
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.tracking_number


class Event(Delivery):
    """One thing that happened to a parcel, told to the shop by a signed POST of JSON."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in KINDS])
    place = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "kind"], name="carrier_tells_a_kind_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(next_try_at__isnull=False),
                name="carrier_event_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

    @property
    def shape(self) -> dict[str, str]:
        return {
            "id": f"E{self.pk}",
            "tracking_number": self.parcel.tracking_number,
            "kind": self.kind,
            "place": self.place,
            "at": moment(self.created_at),
        }

    def request(self) -> httpx.Request:
        body = json.dumps(self.shape, ensure_ascii=False).encode()
        at, secret = str(clock_of("carrier")), settings.SANDBOX_CARRIER["secret"]
        signature = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Carrier-Timestamp": at,
            "X-Carrier-Signature": signature,
        }
        return httpx.Request("POST", self.url, content=body, headers=headers)
