"""What of each order line belongs to whom, when a part's money is due, and what was booked so far."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.sellers.models import SubOrder
from tourism.desk.models import FundRule

from .rules import RATES_BP_MAX, CommissionRule, TaxRule

# Who shares a price.
_SHARES = F("commission_vnd") + F("vat_vnd") + F("pit_vnd") + F("seller_vnd") + F("fund_vnd")


class LineSplit(models.Model):
    """The price of one order line, shared out by the rules of the day it was ordered. Frozen then.

    Only ``refunded_vnd`` and ``waived_vnd`` grow later: what is left is shared out anew by the same rates.
    """

    line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="split")
    part = models.ForeignKey(SubOrder, on_delete=models.PROTECT, related_name="splits")
    commission_rule = models.ForeignKey(CommissionRule, on_delete=models.PROTECT, related_name="+")
    tax_rule = models.ForeignKey(TaxRule, on_delete=models.PROTECT, related_name="+")
    # Of a village that hosts together: the rule of its fund, as it was that day.
    fund_rule = models.ForeignKey(FundRule, on_delete=models.PROTECT, null=True, related_name="+")
    tax_category = models.CharField(_("tax category"), max_length=10, choices=TaxRule.Category)
    commission_bp = models.PositiveIntegerField()
    vat_bp = models.PositiveIntegerField()
    pit_bp = models.PositiveIntegerField()
    fund_bp = models.PositiveIntegerField(default=0)
    gross_vnd = models.PositiveBigIntegerField(_("price, VND"))
    commission_vnd = models.PositiveBigIntegerField(_("commission, VND"))
    vat_vnd = models.PositiveBigIntegerField(_("VAT withheld, VND"))
    pit_vnd = models.PositiveBigIntegerField(_("income tax withheld, VND"))
    seller_vnd = models.PositiveBigIntegerField(_("for the seller, VND"))
    fund_vnd = models.PositiveBigIntegerField(_("for the village's fund, VND"), default=0)
    refunded_vnd = models.PositiveBigIntegerField(_("refunded or being refunded, VND"), default=0)
    # Of the rest after a deposit, whose line was cancelled before anybody paid it.
    waived_vnd = models.PositiveBigIntegerField(_("no longer asked for, VND"), default=0)

    class Meta:
        verbose_name = _("split of a line")
        verbose_name_plural = _("splits of lines")
        constraints = [
            models.CheckConstraint(condition=Q(gross_vnd=_SHARES), name="split_adds_up_to_the_price"),
            models.CheckConstraint(
                condition=Q(fund_rule__isnull=False) | Q(fund_bp=0), name="fund_share_has_a_rule"
            ),
            # Whatever races, nobody gets back more than was paid.
            models.CheckConstraint(
                condition=Q(refunded_vnd__lte=F("gross_vnd") - F("waived_vnd")),
                name="line_not_refunded_beyond_its_price",
            ),
            models.CheckConstraint(
                condition=Q(commission_bp__lte=RATES_BP_MAX - F("vat_bp") - F("pit_bp") - F("fund_bp")),
                name="split_rates_are_at_most_a_half",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.gross_vnd}"

    @property
    def net_vnd(self) -> int:
        """What of the price was not refunded, and is not waived."""
        return self.gross_vnd - self.refunded_vnd - self.waived_vnd


class PartClock(models.Model):
    """When the money of a part of an order leaves escrow. Its row is the lock for all that moves it.

    A part is delivered, then the buyer has some hours to complain, then it is released, unless a dispute
    froze it. ``released_at`` empties again when a refund failed and money waits in escrow once more.
    """

    part = models.OneToOneField(SubOrder, on_delete=models.PROTECT, related_name="clock")
    # Set when it is paid: then it counts as delivered, should nobody report on it.
    expected_at = models.DateTimeField(_("delivered at the latest"), null=True, blank=True)
    delivered_at = models.DateTimeField(pgettext_lazy("goods or nights", "delivered"), null=True, blank=True)
    release_at = models.DateTimeField(_("due"), null=True, blank=True)
    released_at = models.DateTimeField(pgettext_lazy("money", "released"), null=True, blank=True)
    frozen_by = models.ForeignKey(
        "settlement.Dispute", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    delivery_refunded_vnd = models.PositiveBigIntegerField(_("delivery refunded, VND"), default=0)
    carrier_vnd = models.PositiveBigIntegerField(_("booked for the carrier, VND"), default=0)
    bookings = models.PositiveIntegerField(_("times booked"), default=0)  # numbers the bookings' ids

    class Meta:
        verbose_name = _("clock of a part")
        verbose_name_plural = _("clocks of parts")
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at=None, release_at=None) | Q(release_at__gte=F("delivered_at")),
                name="part_due_after_delivery",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(delivered_at__isnull=False),
                name="part_released_after_delivery",
            ),
        ]
        indexes = [
            # The sweeps look only at what is still to come.
            models.Index(
                fields=["release_at"],
                condition=Q(released_at=None, frozen_by=None, release_at__isnull=False),
                name="part_to_release",
            ),
            models.Index(
                fields=["expected_at"],
                condition=Q(delivered_at=None, expected_at__isnull=False),
                name="part_expected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} due {self.release_at}"


class LineBooking(models.Model):
    """What one booking moved for a line from escrow to those it belongs to; negative: taken back.

    The rows of a line add up to its split, once it was released. Written with the ledger's transfers, in
    one transaction, and never changed.
    """

    split = models.ForeignKey(LineSplit, on_delete=models.PROTECT, related_name="bookings")
    booking_id = models.UUIDField(_("booking"))
    gross_vnd = models.BigIntegerField(_("revenue, VND"))
    commission_vnd = models.BigIntegerField(_("commission, VND"))
    vat_vnd = models.BigIntegerField(_("VAT withheld, VND"))
    pit_vnd = models.BigIntegerField(_("income tax withheld, VND"))
    seller_vnd = models.BigIntegerField(_("for the seller, VND"))
    fund_vnd = models.BigIntegerField(_("for the village's fund, VND"), default=0)
    # The database's clock, as in the ledger.
    booked_at = models.DateTimeField(_("booked"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("booking of a line")
        verbose_name_plural = _("bookings of lines")
        constraints = [
            models.UniqueConstraint(fields=["split", "booking_id"], name="line_once_per_booking"),
            models.CheckConstraint(condition=Q(gross_vnd=_SHARES), name="booking_adds_up"),
        ]
        indexes = [models.Index(fields=["booked_at"], name="booking_by_moment")]

    def __str__(self) -> str:
        return f"{self.split_id} {self.gross_vnd:+}"


class Refund(models.Model):
    """What one refund gives back of one line of a part, or of its delivery."""

    class State(models.TextChoices):
        ASKED = "asked", _("on its way back")
        DONE = "done", _("paid back")
        FAILED = "failed", _("refused by the operator")
        AGAIN = "again", _("refused, and asked for once more")

    part = models.ForeignKey(SubOrder, on_delete=models.PROTECT, related_name="refunds")
    # Without a split it is of the delivery.
    split = models.ForeignKey(LineSplit, on_delete=models.PROTECT, null=True, related_name="refunds")
    refund_id = models.UUIDField(_("refund"), default=uuid.uuid4)  # the caller's, made beforehand
    operation_id = models.UUIDField(_("operation"))  # that of payments
    amount_vnd = models.PositiveBigIntegerField(_("amount, VND"))
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.ASKED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.UniqueConstraint(
                fields=["operation_id", "part", "split"], name="line_once_per_refund", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="refund_is_something"),
        ]
        indexes = [
            models.Index(fields=["refund_id"], name="refund_by_id"),
            models.Index(fields=["part"], condition=Q(state="failed"), name="refund_to_find_a_way_for"),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.amount_vnd} {self.state}"
