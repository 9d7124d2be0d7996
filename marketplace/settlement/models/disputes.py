"""What buyers complain of before the money leaves escrow."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from marketplace.sellers.models import SubOrder


class Dispute(models.Model):
    """A buyer's complaint about a part of an order, and what the staff decided. Freezes the release."""

    class State(models.TextChoices):
        OPEN = "open", _("to decide")
        DECIDED = "decided", _("decided")

    class Decision(models.TextChoices):
        REFUND = "refund", _("the buyer gets money back")
        RELEASE = "release", _("the seller gets the money")

    part = models.ForeignKey(SubOrder, on_delete=models.PROTECT, related_name="disputes")
    line = models.ForeignKey(
        "order.Line", on_delete=models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    opened_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="disputes"
    )
    phone = PhoneNumberField(_("phone number"), blank=True)
    reason = models.TextField(_("what is wrong"), max_length=2_000)
    wanted_vnd = models.PositiveBigIntegerField(_("wanted back, VND"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True)
    refund_vnd = models.PositiveBigIntegerField(_("refunded, VND"), default=0)
    # Made with the dispute: deciding twice asks for one refund.
    refund_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    note = models.CharField(_("why it was decided so"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(_("opened"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(
                fields=["part"], condition=Q(state="open"), name="one_open_dispute_per_part"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decision="", decided_at=None, decided_by=None, refund_vnd=0)
                | Q(state="decided", decision="refund", decided_at__isnull=False, refund_vnd__gt=0)
                | Q(state="decided", decision="release", decided_at__isnull=False, refund_vnd=0),
                name="dispute_decided_with_all_it_needs",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="dispute_to_decide")]

    def __str__(self) -> str:
        return f"{self.part_id} {self.state}"
