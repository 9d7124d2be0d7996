"""What became of the parcel of a part of an order: who has it, and every time it changed hands."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.sellers.models import SubOrder

from .network import PostOffice


class Shipment(models.Model):
    """The parcel of a part of an order. Its row is the lock for all that happens to it.

    There is none before the parcel first changes hands: until then the seller has it. ``office`` is where
    it lies, or where it left last; ``target`` where the buyer collects it, or from where the post brings it
    to the door or gives it to the carrier to other provinces.
    """

    class State(models.TextChoices):
        WITH_SELLER = "with-seller", _("with the seller")
        AT_POST = "at-post", _("at the post")
        ON_WAY = "on-way", _("on its way")
        READY = "ready", _("ready to collect")
        WITH_CARRIER = "with-carrier", _("with the carrier")
        DELIVERED = "delivered", pgettext_lazy("state of a parcel", "delivered")
        RETURNING = "returning", _("on its way back")
        RETURNED = "returned", _("back with the seller")

    part = models.OneToOneField(SubOrder, on_delete=models.PROTECT, related_name="shipment")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WITH_SELLER)
    office = models.ForeignKey(PostOffice, on_delete=models.PROTECT, null=True, related_name="shipments")
    target = models.ForeignKey(PostOffice, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(_("changed"))
    ready_at = models.DateTimeField(_("ready to collect since"), null=True, blank=True)
    # Of the dated rule on the day it became ready: then it goes back.
    return_on = models.DateField(_("goes back on"), null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=20, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["with-seller", "delivered"]) | Q(office__isnull=False),
                name="shipment_is_somewhere",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_at__isnull=False, return_on__isnull=False),
                name="ready_shipment_says_until_when",
            ),
            models.UniqueConstraint(
                fields=["carrier", "tracking_number"],
                condition=~Q(tracking_number=""),
                name="one_shipment_per_tracking_number",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "state"], name="shipment_at_office"),
            models.Index(fields=["return_on"], condition=Q(state="ready"), name="shipment_to_be_collected"),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.state}"


class Manifest(models.Model):
    """The list of parcels that leave one post office for the next on a day; it goes with them."""

    number = models.CharField(_("number"), max_length=24, unique=True)  # 380000-261124-1
    office = models.ForeignKey(PostOffice, on_delete=models.PROTECT, related_name="manifests_sent")
    to_office = models.ForeignKey(PostOffice, on_delete=models.PROTECT, related_name="manifests_received")
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)

    class Meta:
        verbose_name = _("manifest")
        verbose_name_plural = _("manifests")
        constraints = [
            models.CheckConstraint(condition=~Q(office=F("to_office")), name="manifest_goes_elsewhere"),
            models.CheckConstraint(
                condition=Q(received_at=None) | Q(sent_at__isnull=False), name="received_manifest_was_sent"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class HandOver(models.Model):
    """One time a parcel changed hands. Its id is made on a phone, so that sending it twice does it once."""

    class Kind(models.TextChoices):
        TO_POST = "to-post", _("handed over to the post")
        SENT = "sent", pgettext_lazy("parcel", "sent on")
        RECEIVED = "received", pgettext_lazy("parcel", "arrived")
        TO_CARRIER = "to-carrier", _("given to the carrier")
        TO_BUYER = "to-buyer", _("handed to the buyer")
        BACK = "back", _("not collected: going back")
        TO_SELLER = "to-seller", _("given back to the seller")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="hand_overs")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    # Where; none when the seller hands it to the buyer, or the carrier of another province does.
    office = models.ForeignKey(PostOffice, on_delete=models.PROTECT, null=True, related_name="hand_overs")
    manifest = models.ForeignKey(
        Manifest, on_delete=models.PROTECT, null=True, blank=True, related_name="hand_overs"
    )
    with_code = models.BooleanField(_("the giver or taker had the code"), default=False)
    happened_at = models.DateTimeField(_("happened"))  # by the phone of whoever noted it
    recorded_at = models.DateTimeField(_("recorded"))
    # None: the carrier told us.
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("recorded_at")), name="hand_over_happened_before_recorded"
            ),
            # A parcel reaches the post from its seller once, and its buyer once.
            models.UniqueConstraint(
                fields=["shipment", "kind"],
                condition=Q(kind__in=["to-post", "to-buyer", "to-seller"]),
                name="parcel_handed_over_once",
            ),
            models.UniqueConstraint(
                fields=["shipment", "kind", "manifest"],
                condition=Q(manifest__isnull=False),
                name="parcel_once_per_manifest",
            ),
        ]
        indexes = [models.Index(fields=["shipment", "happened_at"], name="hand_overs_of_shipment")]

    def __str__(self) -> str:
        return f"{self.kind} {self.shipment_id}"
