"""What happens at the door, and what is put on the bill in the house."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tourism.models import Booking


class Visit(models.Model):
    """Whether the guests of a booking came, and when they left. Its row is the lock for acts at the door."""

    booking = models.OneToOneField(Booking, on_delete=models.PROTECT, related_name="visit")
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    with_code = models.BooleanField(_("the guest had the code"), default=False)
    left_at = models.DateTimeField(_("left"), null=True, blank=True)
    no_show_at = models.DateTimeField(_("did not come"), null=True, blank=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.CheckConstraint(
                condition=Q(no_show_at=None) | Q(arrived_at=None), name="who_came_is_no_no_show"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(arrived_at__isnull=False, left_at__gte=models.F("arrived_at")),
                name="who_left_had_come",
            ),
        ]

    def __str__(self) -> str:
        return f"visit of {self.booking_id}"


class DoorAct(models.Model):
    """One act at the door. Its id is made on the host's phone, so that sending it twice does it once."""

    class Kind(models.TextChoices):
        ARRIVED = "arrived", _("guests arrived")
        NO_SHOW = "no-show", _("guests did not come")
        LEFT = "left", _("guests left")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(_("act"), max_length=8, choices=Kind)
    happened_at = models.DateTimeField(_("happened"))  # by the host's phone
    recorded_at = models.DateTimeField(_("recorded"))
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("act at the door")
        verbose_name_plural = _("acts at the door")
        constraints = [
            models.CheckConstraint(
                condition=Q(happened_at__lte=models.F("recorded_at")), name="act_happened_before_recorded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.visit_id}"


class BillItem(models.Model):
    """Something guests had in the house and pay on the spot. Noted here; the money never comes to us.

    Its id is made with the form. What was noted by mistake is struck out, not deleted.
    """

    class Paid(models.TextChoices):
        CASH = "cash", _("in cash")
        TRANSFER = "transfer", _("by transfer to the host")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.PROTECT, related_name="bill_items")
    title = models.CharField(_("what"), max_length=80)
    quantity = models.PositiveSmallIntegerField(_("how many"))
    unit_vnd = models.PositiveIntegerField(_("price of one, VND"))
    added_at = models.DateTimeField(_("noted"))
    added_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    paid_how = models.CharField(_("paid how"), max_length=8, choices=Paid, blank=True)
    struck_at = models.DateTimeField(_("struck out"), null=True, blank=True)

    class Meta:
        verbose_name = _("item on the bill")
        verbose_name_plural = _("items on the bill")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="bill_item_is_something"),
            models.CheckConstraint(
                condition=Q(paid_at=None, paid_how="") | (Q(paid_at__isnull=False) & ~Q(paid_how="")),
                name="paid_item_says_how",
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None) | Q(paid_at=None), name="paid_item_is_not_struck_out"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.title}"

    @property
    def total_vnd(self) -> int:
        return self.quantity * self.unit_vnd
