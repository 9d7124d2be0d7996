"""Switches as dated rows: what was decided, for where, from when, by whom and why. Append-only by trigger."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Switch(models.Model):
    """``name`` is on or off from ``from_at`` on: in ``commune``, or where it is empty in the whole market.

    The last row of a place that has begun holds. A commune's own row goes before that of the whole market,
    so that something new can be tried in three communes, or stopped in one. What has no row is on.
    """

    class Name(models.TextChoices):
        MARKET = "market", _("the whole market")  # off: maintenance
        CASH = "cash", _("cash at the post office")
        JOINING = "joining", _("new sellers")
        PRE_ORDERS = "pre-orders", _("orders before the harvest")
        TOURS = "tours", _("booking of tours")

    # Of the whole market only: buyers who are not anywhere yet.
    EVERYWHERE_ONLY = (Name.MARKET,)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("what"), max_length=20, choices=Name)
    commune = models.ForeignKey(
        "places.Commune", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_on = models.BooleanField(_("on"))
    from_at = models.DateTimeField(_("from"))
    note = models.CharField(_("why"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # empty: by a command
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("switch")
        verbose_name_plural = _("switches")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="market") | Q(commune=None), name="only_the_whole_market_is_closed"
            ),
            models.CheckConstraint(
                condition=Q(from_at__gte=models.F("decided_at")), name="nothing_is_switched_in_the_past"
            ),
            models.CheckConstraint(condition=~Q(note=""), name="a_switch_says_why"),
        ]
        indexes = [models.Index(fields=["name", "commune", "-from_at"], name="switch_last_of_a_place")]

    def __str__(self) -> str:
        return f"{self.name} {self.commune_id or 'everywhere'} {'on' if self.is_on else 'off'}"
