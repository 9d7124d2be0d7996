"""What the shop keeps beside an Oscar order: who placed it, and how long everything is held."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


class Placement(models.Model):
    """How an order was placed. Its page opens to whoever holds ``secret`` or is its buyer."""

    class Release(models.TextChoices):
        REFUSED = "refused", _("the payment was refused")
        EXPIRED = "expired", _("the time to pay ran out")
        CANCELLED = "cancelled", _("cancelled by the buyer")
        WITHDRAWN = "withdrawn", _("cancelled by the seller or the market")

    # After these nobody takes it up again: money that comes all the same goes back.
    ENDED_FOR_GOOD = (Release.CANCELLED, Release.WITHDRAWN)

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="placement")
    phone = PhoneNumberField(_("phone number"))
    name = models.CharField(_("name"), max_length=120)
    secret = models.CharField(max_length=40, unique=True)
    hold_expires_at = models.DateTimeField(_("held until"))
    # Made before the payment, so that asking for the money twice asks for the same payment. The one that
    # paid, or else the one that is being tried; earlier tries are intents of the same reference.
    payment_id = models.UUIDField(_("payment"), default=uuid.uuid4, unique=True)
    provider = models.CharField(_("paid through"), max_length=30)
    payer = PhoneNumberField(_("wallet number"), blank=True)
    # The same for the balance, once the buyer has asked to pay it.
    balance_payment_id = models.UUIDField(_("payment of the balance"), null=True, blank=True, unique=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    release_reason = models.CharField(max_length=10, choices=Release, blank=True)
    refund_reason = models.CharField(max_length=200, blank=True)
    refunded_at = models.DateTimeField(_("refunded"), null=True, blank=True)

    class Meta:
        verbose_name = _("placement")
        indexes = [
            # The sweep looks only at what is still held.
            models.Index(
                fields=["hold_expires_at"],
                name="placement_still_held",
                condition=models.Q(released_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} until {self.hold_expires_at}"
