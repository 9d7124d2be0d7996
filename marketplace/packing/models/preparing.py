"""How far a seller is with its part of an order, beside the part itself: its money does not stand here."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Preparation(models.Model):
    """What a seller has said about its part of an order. A part without a row is new: nobody has answered.

    A part is accepted, then ready; or it is declined, before it is ready or after: then it is refunded.
    """

    class State(models.TextChoices):
        NEW = "new", pgettext_lazy("order to prepare", "new")
        ACCEPTED = "accepted", pgettext_lazy("order to prepare", "accepted")
        READY = "ready", pgettext_lazy("order to prepare", "ready")
        DECLINED = "declined", pgettext_lazy("order to prepare", "declined")

    part = models.OneToOneField("sellers.SubOrder", on_delete=models.PROTECT, related_name="preparation")
    accepted_at = models.DateTimeField(pgettext_lazy("order to prepare", "accepted"), null=True)
    accepted_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("accepted by")
    )
    ready_at = models.DateTimeField(pgettext_lazy("order to prepare", "ready"), null=True)
    ready_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("packed by")
    )
    declined_at = models.DateTimeField(pgettext_lazy("order to prepare", "declined"), null=True)
    declined_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("declined by")
    )
    reason = models.CharField(_("why it was declined"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        constraints = [
            models.CheckConstraint(
                condition=Q(ready_at=None) | Q(accepted_at__isnull=False, ready_at__gte=F("accepted_at")),
                name="part_ready_after_accepted",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="part_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ready_at=None, ready_by=None) | Q(ready_at__isnull=False, ready_by__isnull=False),
                name="part_ready_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, declined_by=None, reason="")
                | (Q(declined_at__isnull=False, declined_by__isnull=False) & ~Q(reason="")),
                name="part_declined_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.state}"

    @property
    def state(self) -> str:
        if self.declined_at is not None:
            return self.State.DECLINED
        if self.ready_at is not None:
            return self.State.READY
        return self.State.NEW if self.accepted_at is None else self.State.ACCEPTED


class Tick(models.Model):
    """Whether the goods of one line are in the parcel. The act that happened last counts."""

    line = models.OneToOneField("order.Line", on_delete=models.PROTECT, related_name="tick")
    is_packed = models.BooleanField(_("packed"))
    changed_at = models.DateTimeField(_("changed"))
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = pgettext_lazy("packing", "tick")
        verbose_name_plural = pgettext_lazy("packing", "ticks")

    def __str__(self) -> str:
        return f"{self.line_id} {self.is_packed}"


class PackingAct(models.Model):
    """One thing a seller's phone said about a part. Written once for each id that the phone made.

    ``happened_at`` is by the phone's clock: it may have waited for a signal. Never changed.
    """

    class Kind(models.TextChoices):
        ACCEPT = "accept", pgettext_lazy("order to prepare", "accepted")
        PACK = "pack", _("put into the parcel")
        UNPACK = "unpack", _("taken out of the parcel")
        WEIGH = "weigh", _("weighed")
        READY = "ready", pgettext_lazy("order to prepare", "ready")

    # Of one line; the others are of the whole part.
    OF_LINES = (Kind.PACK, Kind.UNPACK, Kind.WEIGH)

    id = models.UUIDField(primary_key=True)  # made by the phone, or with the form
    part = models.ForeignKey("sellers.SubOrder", on_delete=models.PROTECT, related_name="packing_acts")
    line = models.ForeignKey("order.Line", on_delete=models.PROTECT, null=True, related_name="packing_acts")
    kind = models.CharField(_("what"), max_length=6, choices=Kind)
    weight_g = models.PositiveIntegerField(_("weight, grams"), null=True)
    happened_at = models.DateTimeField(_("happened"))
    recorded_at = models.DateTimeField(_("recorded"))
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))

    class Meta:
        verbose_name = _("packing act")
        verbose_name_plural = _("packing acts")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["pack", "unpack", "weigh"], line__isnull=False)
                | Q(kind__in=["accept", "ready"], line=None),
                name="packing_act_names_its_line",
            ),
            models.CheckConstraint(
                condition=Q(weight_g=None) & ~Q(kind="weigh") | Q(kind="weigh", weight_g__gt=0),
                name="packing_act_weighs_something",
            ),
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("recorded_at")), name="packing_act_recorded_after_it_happened"
            ),
        ]
        indexes = [models.Index(fields=["part", "happened_at"], name="packing_acts_of_part")]

    def __str__(self) -> str:
        return f"{self.part_id} {self.kind} {self.happened_at}"
