"""Days on which a seller sends nothing."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Pause(models.Model):
    """A seller takes no orders of goods from ``first_day`` to ``last_day``, both included.

    Without ``last_day`` it lasts until the seller opens again. What was ordered before is still prepared.
    Nights and tours have calendars of their own.
    """

    class Reason(models.TextChoices):
        HARVEST = "harvest", _("busy with the harvest")
        SOLD_OUT = "sold-out", _("nothing left to sell")
        AWAY = "away", pgettext_lazy("seller", "away from home")
        FAMILY = "family", _("a feast or a death in the family")
        ROAD = "road", _("the road is closed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # made with the form: sent twice, closed once
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="pauses")
    first_day = models.DateField(_("closed from"))
    last_day = models.DateField(_("closed until"), null=True, blank=True)
    reason = models.CharField(_("why"), max_length=10, choices=Reason, blank=True)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("written down"))
    ended_at = models.DateTimeField(_("opened again"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("seller", "closed days")
        verbose_name_plural = pgettext_lazy("seller", "closed days")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="pause_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["seller"],
                condition=Q(last_day=None, ended_at=None),
                name="one_pause_without_end_per_seller",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "first_day"], condition=Q(ended_at=None), name="pause_of_seller_to_come"
            )
        ]

    def __str__(self) -> str:
        return f"{self.seller_id} {self.first_day} - {self.last_day or ''}"
