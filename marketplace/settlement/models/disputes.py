"""What buyers complain of before the money leaves escrow, who has to answer, and every step of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField

from marketplace.sellers.models import SubOrder


class Dispute(models.Model):
    """A buyer's complaint about a part of an order, and what was decided. Freezes the release.

    It climbs a ladder: the seller answers first, then the co-operative or the commune decides, then the
    province. Whoever is silent until ``answer_by`` loses the turn to the next; on the last step it is said
    again. While ``offer_vnd`` stands, it is the buyer's turn.
    """

    class Level(models.TextChoices):
        SELLER = "seller", _("the seller")
        COMMUNE = "commune", _("the co-operative or the commune")
        PROVINCE = "province", _("the province")

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
    level = models.CharField(_("who has to answer"), max_length=8, choices=Level, default=Level.SELLER)
    answer_by = models.DateTimeField(_("answer by"))
    offer_vnd = models.PositiveBigIntegerField(_("offered, VND"), null=True, blank=True)
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
            models.CheckConstraint(
                condition=Q(offer_vnd=None) | Q(offer_vnd__gt=0, offer_vnd__lte=F("wanted_vnd")),
                name="dispute_offer_is_part_of_what_is_wanted",
            ),
            models.CheckConstraint(condition=Q(answer_by__gt=F("opened_at")), name="dispute_leaves_time"),
        ]
        indexes = [
            models.Index(fields=["state", "opened_at"], name="dispute_to_decide"),
            models.Index(fields=["answer_by"], condition=Q(state="open"), name="dispute_clock"),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.state}"


class DisputeStep(models.Model):
    """One step of a dispute's story. ``by`` is empty for the buyer without an account, and for the clock."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("the buyer complained")
        OFFERED = "offered", _("the seller offered money back")
        REFUSED = "refused", _("the seller said no")
        AGREED = "agreed", _("the buyer agreed")
        NOT_AGREED = "disagreed", _("the buyer did not agree")
        CLIMBED = "climbed", _("handed on")
        SILENT = "silent", _("nobody answered in time")
        WITHDRAWN = "withdrawn", _("the buyer took it back")
        DECIDED = "decided", pgettext_lazy("dispute", "decided")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    level = models.CharField(_("whose turn it is then"), max_length=8, choices=Dispute.Level)
    amount_vnd = models.PositiveBigIntegerField(_("amount, VND"), null=True)
    words = models.CharField(_("in words"), max_length=500, blank=True)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step of a dispute")
        verbose_name_plural = _("steps of disputes")
        indexes = [models.Index(fields=["dispute", "at", "id"], name="story_of_dispute")]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.kind}"


class DisputePhoto(models.Model):
    """A picture of what is wrong, for those who answer and decide. Small, and without what the camera noted.

    It stands in the database and not among the pictures of the shop: nobody else may see it, and it goes with
    its dispute into every backup.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="photos")
    webp = models.BinaryField(_("picture, WebP"))
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("picture of a dispute")
        verbose_name_plural = _("pictures of disputes")

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.added_at}"
