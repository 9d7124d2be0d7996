"""What was promised about the day a parcel arrives, and what carriers tell of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.sellers.models import SubOrder

from .shipments import Shipment


class Promise(models.Model):
    """The day on which a part was promised to reach its buyer, as it was reckoned when it was ordered.

    Kept as it was said: what happened stands in the hand-overs of its shipment.
    """

    part = models.OneToOneField(SubOrder, on_delete=models.PROTECT, related_name="promise")
    sends_on = models.DateField(_("goes to the post"))
    reaches_on = models.DateField(_("reaches the buyer"))
    # The legs it was reckoned from: [["385310", "380000", "2026-11-25"], ...].
    legs = models.JSONField(_("way"), default=list)
    made_at = models.DateTimeField(_("promised"))

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints = [
            models.CheckConstraint(
                condition=Q(reaches_on__gte=F("sends_on")), name="promise_reaches_after_it_sends"
            ),
        ]
        indexes = [models.Index(fields=["reaches_on"], name="promise_by_day")]

    def __str__(self) -> str:
        return f"{self.part_id} {self.reaches_on}"


class CarrierEvent(models.Model):
    """One thing a carrier told of a parcel, by its webhook or when asked. Told again, it is known."""

    class Kind(models.TextChoices):
        TAKEN = "taken", _("taken over by the carrier")
        SORTED = "sorted", _("at the sorting centre")
        OUT = "out", _("out for delivery")
        FAILED = "failed", _("nobody was there")
        DELIVERED = "delivered", _("delivered by the carrier")
        RETURNED = "returned", _("going back to the sender")

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="events")
    carrier = models.CharField(_("carrier"), max_length=20)
    event_id = models.CharField(_("event"), max_length=60)
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    place = models.CharField(_("where"), max_length=120, blank=True)
    happened_at = models.DateTimeField(_("happened"))  # as the carrier says
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("event of a carrier")
        verbose_name_plural = _("events of carriers")
        constraints = [
            models.UniqueConstraint(fields=["carrier", "event_id"], name="carrier_tells_an_event_once"),
        ]
        indexes = [models.Index(fields=["shipment", "happened_at"], name="events_of_shipment")]

    def __str__(self) -> str:
        return f"{self.kind} {self.shipment_id}"
