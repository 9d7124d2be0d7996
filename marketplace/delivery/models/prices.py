"""What the post asks, and how it works: dated rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .network import Route


class Rate(models.Model):
    """What a parcel costs in a zone from a day on: the first ``first_g`` grams, then every step begun."""

    zone = models.CharField(_("zone"), max_length=2)
    valid_from = models.DateField(_("valid from"))
    first_g = models.PositiveIntegerField(_("first grams"))
    first_vnd = models.PositiveIntegerField(_("price of the first grams, VND"))
    step_g = models.PositiveIntegerField(_("step, grams"))
    step_vnd = models.PositiveIntegerField(_("price per step, VND"))
    days = models.PositiveSmallIntegerField(_("days on the way"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["zone", "valid_from"], name="one_rate_per_zone_and_day"),
            models.CheckConstraint(condition=Q(step_g__gt=0), name="rate_has_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} from {self.valid_from}"


class RouteFee(models.Model):
    """What a parcel to a stop of a route costs more from a day on: for roads on which a motorbike is all."""

    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="fees")
    valid_from = models.DateField(_("valid from"))
    parcel_vnd = models.PositiveIntegerField(_("price per parcel, VND"))

    class Meta:
        verbose_name = _("fee of a route")
        verbose_name_plural = _("fees of routes")
        constraints = [
            models.UniqueConstraint(fields=["route", "valid_from"], name="one_fee_per_route_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.route_id} from {self.valid_from}"


class FreeDelivery(models.Model):
    """From which price of its goods on the post carries a parcel in a zone for nothing; None: never.

    It is the carrier's own discount: nobody else pays for it.
    """

    zone = models.CharField(_("zone"), max_length=2)
    valid_from = models.DateField(_("valid from"))
    from_vnd = models.PositiveBigIntegerField(_("free from, VND"), null=True, blank=True)

    class Meta:
        verbose_name = _("free delivery")
        verbose_name_plural = _("free deliveries")
        constraints = [
            models.UniqueConstraint(fields=["zone", "valid_from"], name="one_free_delivery_per_zone_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.zone} from {self.valid_from}"


class HandlingRule(models.Model):
    """How parcels are handled from a day on, until a later row holds. Made by the market with its post.

    ``source`` says where the numbers stand.
    """

    valid_from = models.DateField(_("valid from"), unique=True)
    # An order paid by this hour is prepared as if it had been paid in the morning.
    cut_off = models.TimeField(_("orders of the day are taken until"))
    preparation_days = models.PositiveSmallIntegerField(_("days a seller has to prepare"))
    remind_after_days = models.PositiveSmallIntegerField(_("days until the buyer is reminded"))
    return_after_days = models.PositiveSmallIntegerField(_("days until a parcel goes back"))
    # Of the goods of a parcel that nobody collected, for the way back; its delivery is spent.
    return_fee_bp = models.PositiveIntegerField(_("kept for the way back, hundredths of a per cent"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("rule for parcels")
        verbose_name_plural = _("rules for parcels")
        constraints = [
            models.CheckConstraint(
                condition=Q(remind_after_days__lt=models.F("return_after_days")),
                name="buyer_is_reminded_before_the_return",
            ),
            models.CheckConstraint(
                condition=Q(return_fee_bp__lte=10_000), name="return_fee_is_at_most_the_price"
            ),
        ]

    def __str__(self) -> str:
        return f"from {self.valid_from}"
