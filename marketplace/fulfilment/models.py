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


class CatchWeight(models.Model):
    """A line that is paid by what it weighs when it is packed. Its estimate is frozen when it is ordered.

    The line's price is the most it may cost, that of ``ceiling_g``; ``estimate_vnd`` of it is paid with the
    order. ``weight_g`` and ``price_vnd`` are those of the last weighing, empty before the first.
    """

    line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="catch_weight")
    estimate_g = models.PositiveIntegerField(_("estimated weight, grams"))
    ceiling_g = models.PositiveIntegerField(_("weight that is paid at most, grams"))
    estimate_vnd = models.PositiveBigIntegerField(_("estimated price, VND"))
    ceiling_vnd = models.PositiveBigIntegerField(_("price at most, VND"))
    weight_g = models.PositiveIntegerField(_("weight, grams"), null=True, blank=True)
    price_vnd = models.PositiveBigIntegerField(_("price by weight, VND"), null=True, blank=True)

    class Meta:
        verbose_name = _("line paid by weight")
        verbose_name_plural = _("lines paid by weight")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(estimate_g__gt=0, ceiling_g__gte=models.F("estimate_g")),
                name="ceiling_is_not_below_the_estimate",
            ),
            models.CheckConstraint(
                condition=models.Q(estimate_vnd__lte=models.F("ceiling_vnd"))
                & (models.Q(price_vnd=None) | models.Q(price_vnd__lte=models.F("ceiling_vnd"))),
                name="nobody_pays_more_than_the_ceiling",
            ),
            models.CheckConstraint(
                condition=models.Q(weight_g=None, price_vnd=None)
                | models.Q(weight_g__gt=0, price_vnd__isnull=False),
                name="weighed_line_has_a_price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.weight_g}/{self.estimate_g} g"

    @property
    def is_weighed(self) -> bool:
        return self.weight_g is not None

    @property
    def margin_vnd(self) -> int:
        """What it may cost more than its estimate."""
        return self.ceiling_vnd - self.estimate_vnd

    def price_of(self, weight_g: int) -> int:
        """Return what ``weight_g`` grams cost, half a đồng rounded up, at most the ceiling."""
        price_vnd = (2 * self.estimate_vnd * weight_g + self.estimate_g) // (2 * self.estimate_g)
        return min(price_vnd, self.ceiling_vnd)


class Weighing(models.Model):
    """One weighing of a line: what it weighed, what followed of it, and who said so. Never changed."""

    id = models.UUIDField(primary_key=True)  # made where it was weighed: told twice, it is noted once
    weight = models.ForeignKey(CatchWeight, on_delete=models.PROTECT, related_name="weighings")
    weight_g = models.PositiveIntegerField(_("weight, grams"))
    price_vnd = models.PositiveBigIntegerField(_("price by weight, VND"))
    refunded_vnd = models.PositiveBigIntegerField(_("given back to the buyer, VND"), default=0)
    top_up_vnd = models.PositiveBigIntegerField(_("asked of the buyer, VND"), default=0)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="weighings"
    )
    weighed_at = models.DateTimeField(_("weighed"))

    class Meta:
        verbose_name = _("weighing")
        verbose_name_plural = _("weighings")
        constraints = [
            models.CheckConstraint(condition=models.Q(weight_g__gt=0), name="weighing_weighs_something"),
            models.CheckConstraint(
                condition=models.Q(refunded_vnd=0) | models.Q(top_up_vnd=0),
                name="weighing_gives_back_or_asks_for_more",
            ),
        ]
        indexes = [models.Index(fields=["weight", "weighed_at"], name="weighing_of_line")]

    def __str__(self) -> str:
        return f"{self.weight_id} {self.weight_g} g {self.price_vnd}"
