"""Payouts: who is paid what they earned, in which batch of which run, and how that ended."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PayoutRun(models.Model):
    """One decision to pay everybody what is theirs. Its id, made beforehand, makes it happen once."""

    id = models.UUIDField(primary_key=True, editable=False)
    minimum_vnd = models.BigIntegerField(_("smallest payout"))
    started_by = models.CharField(_("started by"), max_length=64)
    created_at = models.DateTimeField(_("started"))

    class Meta:
        verbose_name = _("payout run")
        verbose_name_plural = _("payout runs")
        constraints = [
            models.CheckConstraint(condition=Q(minimum_vnd__gt=0), name="run_has_a_smallest_payout"),
        ]
        indexes = [models.Index(fields=["-created_at", "id"], name="payout_run_newest_first")]

    def __str__(self) -> str:
        return str(self.id)  # unique


class PayoutBatch(models.Model):
    """What one provider is asked to pay in one request. Its id is the idempotency key of that request."""

    class State(models.TextChoices):
        CREATED = "created", _("recorded, not yet sent")
        SUBMITTED = "submitted", _("being sent")
        PENDING = "pending", _("accepted by the provider")
        UNKNOWN = "unknown", _("no answer yet")
        ENDED = "ended", _("every payout has ended")

    id = models.UUIDField(primary_key=True, editable=False)
    run = models.ForeignKey(PayoutRun, on_delete=models.PROTECT, related_name="batches")
    provider = models.SlugField(_("provider"), max_length=30)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CREATED)
    error_message = models.CharField(_("error"), max_length=300, blank=True)
    tries = models.PositiveIntegerField(_("times asked"), default=0)
    next_ask_at = models.DateTimeField(_("asked again"), null=True)
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        constraints = [
            # Whoever is owed is asked about until it has ended, however long that takes.
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False, next_ask_at__isnull=True)
                | Q(
                    state__in=["created", "submitted", "pending", "unknown"],
                    ended_at__isnull=True,
                    next_ask_at__isnull=False,
                ),
                name="batch_asked_about_until_it_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["next_ask_at"], condition=Q(next_ask_at__isnull=False), name="batch_to_ask"),
        ]

    def __str__(self) -> str:
        return str(self.id)  # unique


class Payout(models.Model):
    """What one payee gets of one batch. A hold of the same id reserves the money until this has ended."""

    class State(models.TextChoices):
        ON_THE_WAY = "on_the_way", _("on the way")
        SUCCEEDED = "succeeded", pgettext_lazy("payout", "paid")
        FAILED = "failed", _("came back")
        BY_HAND = "by_hand", _("came back, paid in another way")

    id = models.UUIDField(primary_key=True, editable=False)
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="payouts")
    payee = models.CharField(_("payee"), max_length=64, db_collation="C")
    name = models.CharField(_("name"), max_length=160)
    provider = models.SlugField(_("provider"), max_length=30)
    wallet = models.CharField(_("wallet"), max_length=32)  # E.164
    amount_vnd = models.BigIntegerField(_("amount"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ON_THE_WAY)
    provider_ref = models.CharField(_("provider's transaction"), max_length=100, blank=True)
    error_code = models.CharField(_("error code"), max_length=60, blank=True)
    error_message = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    evidence = models.CharField(_("evidence of the other way"), max_length=300, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=64, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="payout_moves_something"),
            models.UniqueConstraint(fields=["batch", "payee"], name="payee_once_per_batch"),
            models.CheckConstraint(
                condition=Q(state="on_the_way", ended_at__isnull=True)
                | Q(state__in=["succeeded", "failed", "by_hand"], ended_at__isnull=False),
                name="payout_ended_only_if_final",
            ),
            models.CheckConstraint(
                condition=~Q(state="by_hand") | (~Q(evidence="") & ~Q(settled_by="")),
                name="payout_by_hand_has_evidence",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_ref"],
                condition=~Q(provider_ref=""),
                name="provider_payout_counted_once",
            ),
        ]
        indexes = [models.Index(fields=["payee", "-created_at"], name="payout_of_payee")]

    def __str__(self) -> str:
        return str(self.id)  # unique
