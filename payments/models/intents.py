"""Money coming in: intents, what was asked of a provider, what it claimed, what others must hear of it."""

import uuid

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Intent(models.Model):
    """The wish to be paid for one reference, by one payer, through one provider."""

    class State(models.TextChoices):
        """Derived from the operations by ``states.intent_state``; never set by hand."""

        CREATED = "created", _("created")
        PENDING = "pending", _("waiting for the payer")
        AUTHORIZED = "authorized", _("reserved")
        VOIDED = "voided", _("let go")
        SUCCEEDED = "succeeded", _("paid")
        FAILED = "failed", _("refused")
        EXPIRED = "expired", _("expired")
        PARTIALLY_REFUNDED = "partially_refunded", _("partly refunded")
        REFUNDED = "refunded", _("refunded")

    OPEN_STATES = (State.CREATED, State.PENDING, State.AUTHORIZED)
    PAID_STATES = (State.SUCCEEDED, State.PARTIALLY_REFUNDED)

    # Unguessable: whoever knows it may look at the payment.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=64, db_collation="C")
    amount_vnd = models.BigIntegerField(_("amount"))
    provider = models.SlugField(_("provider"), max_length=30)
    payer = models.CharField(_("payer"), max_length=32, blank=True)  # E.164
    description = models.CharField(_("description"), max_length=160, blank=True)
    language = models.CharField(_("payer's language"), max_length=10, default="vi")  # of a provider's pages
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.CREATED)
    expires_at = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="intent_asks_for_something"),
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(state__in=["created", "pending", "authorized"]),
                name="one_open_intent_per_reference",
            ),
        ]
        indexes = [
            models.Index(fields=["reference", "created_at"], name="intent_by_reference"),
            # What happened lately, for those who watch. Nearly free: payments come in order of time.
            BrinIndex(fields=["created_at"], autosummarize=True, name="intent_by_moment"),
        ]

    def __str__(self) -> str:
        return str(self.id)  # unique


class Share(models.Model):
    """What one part of the reference gets of an intent. The shares of an intent add up to its amount."""

    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="shares")
    reference = models.CharField(_("reference of the part"), max_length=64, db_collation="C")
    amount_vnd = models.BigIntegerField(_("amount"))
    captured_vnd = models.BigIntegerField(_("taken"), default=0)
    refunded_vnd = models.BigIntegerField(_("refunded or being refunded"), default=0)

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        constraints = [
            models.UniqueConstraint(fields=["intent", "reference"], name="one_share_per_part"),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="share_is_something"),
            # Whatever races, nobody gets back more than was paid.
            models.CheckConstraint(
                condition=Q(refunded_vnd__gte=0, refunded_vnd__lte=F("captured_vnd")),
                name="share_not_refunded_beyond_paid",
            ),
            models.CheckConstraint(
                condition=Q(captured_vnd__gte=0, captured_vnd__lte=F("amount_vnd")),
                name="share_not_captured_beyond_authorised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.intent_id} {self.reference}"  # unique


class Operation(models.Model):
    """One thing asked of a provider. Its id, made before the first attempt, is the idempotency key."""

    class Kind(models.TextChoices):
        AUTHORIZE = "authorize", _("authorisation")
        CAPTURE = "capture", _("capture")
        VOID = "void", _("release")
        REFUND = "refund", _("refund")

    class State(models.TextChoices):
        CREATED = "created", _("recorded, not yet sent")
        SUBMITTED = "submitted", _("being sent")
        PENDING = "pending", _("accepted by the provider")
        REQUIRES_ACTION = "requires_action", _("waiting for the payer's next step")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("refused")
        UNKNOWN = "unknown", _("no answer yet")
        EXPIRED = "expired", _("expired")

    BY_HAND = "by-hand"  # instead of a provider: paid out of our bank account

    OPEN_STATES = (State.CREATED, State.SUBMITTED, State.PENDING, State.REQUIRES_ACTION, State.UNKNOWN)
    ENDED_STATES = (State.SUCCEEDED, State.FAILED, State.EXPIRED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, related_name="operations")
    # The authorisation that is captured, released or refunded.
    original = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followers")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    is_capturing = models.BooleanField(_("its success brings the money"), default=False)
    amount_vnd = models.BigIntegerField(_("amount"))
    provider = models.SlugField(_("provider"), max_length=30)
    provider_ref = models.CharField(_("provider's transaction"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.CREATED)
    action = models.JSONField(_("payer's next step"), default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    till = models.CharField(_("counted at"), max_length=20, blank=True)
    # Of a refund that went past the providers, out of our bank account.
    evidence = models.CharField(_("evidence of the other way"), max_length=300, blank=True)
    settled_by = models.CharField(_("settled by"), max_length=64, blank=True)
    error_code = models.CharField(_("error code"), max_length=60, blank=True)
    error_message = models.CharField(_("error"), max_length=300, blank=True)
    tries = models.PositiveIntegerField(_("times asked"), default=0)
    next_ask_at = models.DateTimeField(_("asked again"), null=True)
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="operation_moves_something"),
            models.CheckConstraint(
                condition=Q(state__in=["succeeded", "failed", "expired"], ended_at__isnull=False)
                | Q(
                    state__in=["created", "submitted", "pending", "requires_action", "unknown"],
                    ended_at__isnull=True,
                ),
                name="operation_ended_only_if_final",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_ref"],
                condition=~Q(provider_ref=""),
                name="provider_transaction_counted_once",
            ),
            models.UniqueConstraint(
                fields=["intent"], condition=Q(kind="authorize"), name="one_authorisation_per_intent"
            ),
            models.CheckConstraint(
                condition=~Q(provider="by-hand") | (~Q(evidence="") & ~Q(settled_by="")),
                name="operation_by_hand_has_evidence",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_ask_at"], condition=Q(next_ask_at__isnull=False), name="operation_to_ask"
            ),
            models.Index(
                fields=["ended_at"], condition=Q(kind="refund", state="failed"), name="refund_refused"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)  # unique

    @property
    def is_open(self) -> bool:
        """Whether the provider may still decide."""
        return self.state in self.OPEN_STATES


class OperationShare(models.Model):
    """How much of one share a capture takes or a refund gives back."""

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="parts")
    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="parts")
    amount_vnd = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("part of an operation")
        verbose_name_plural = _("parts of operations")
        constraints = [
            models.UniqueConstraint(fields=["operation", "share"], name="share_once_per_operation"),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="operation_share_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.operation_id} {self.share_id}"  # unique


class Claim(models.Model):
    """What a provider told us, word for word, and whether it was believed. Append-only, by a trigger."""

    class Source(models.TextChoices):
        ANSWER = "answer", _("answer to our request")
        CALLBACK = "callback", _("callback")
        QUERY = "query", _("answer to our question")
        STATEMENT = "statement", _("statement")
        COUNTER = "counter", _("counted at a counter")

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, null=True, related_name="claims")
    operation_named = models.UUIDField(_("operation it names"))
    provider = models.SlugField(_("provider"), max_length=30)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    outcome = models.CharField(_("outcome"), max_length=20, blank=True)
    amount_vnd = models.BigIntegerField(_("amount"), null=True)
    provider_ref = models.CharField(_("provider's transaction"), max_length=100, blank=True)
    refusal = models.CharField(_("why it was not believed"), max_length=40, blank=True)
    raw = models.JSONField(_("word for word"))
    received_at = models.DateTimeField(_("received"))

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.pk} {self.source} {self.outcome}"


class Event(models.Model):
    """Something the rest of the house must hear of. Written with the fact, delivered after it."""

    class Kind(models.TextChoices):
        PAYMENT_AUTHORIZED = "payment.authorized", _("payment reserved")
        PAYMENT_SUCCEEDED = "payment.succeeded", _("payment succeeded")
        PAYMENT_FAILED = "payment.failed", _("payment refused")
        PAYMENT_EXPIRED = "payment.expired", _("payment expired")
        REFUND_SUCCEEDED = "refund.succeeded", _("refund succeeded")
        REFUND_FAILED = "refund.failed", _("refund refused")
        PAYOUT_SUCCEEDED = "payout.succeeded", _("payout arrived")
        PAYOUT_FAILED = "payout.failed", _("payout came back")

    # Of an operation and its intent, or of a payout.
    intent = models.ForeignKey(Intent, on_delete=models.PROTECT, null=True, related_name="events")
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, null=True, related_name="events")
    payout = models.ForeignKey(
        "payments.Payout", on_delete=models.PROTECT, null=True, blank=True, related_name="events"
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    payload = models.JSONField(_("details"), default=dict)
    created_at = models.DateTimeField(_("happened"))
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    tries = models.PositiveIntegerField(_("failed deliveries"), default=0)
    next_try_at = models.DateTimeField(_("next delivery"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            # What happens to an operation happens once, and is told once.
            models.UniqueConstraint(fields=["operation", "kind"], name="one_event_of_a_kind_per_operation"),
            models.UniqueConstraint(fields=["payout", "kind"], name="one_event_of_a_kind_per_payout"),
            models.CheckConstraint(
                condition=Q(intent__isnull=False, operation__isnull=False, payout=None)
                | Q(intent=None, operation=None, payout__isnull=False),
                name="event_is_of_an_operation_or_a_payout",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(delivered_at__isnull=True), name="event_to_deliver"
            ),
            models.Index(
                fields=["intent", "id"], condition=Q(delivered_at__isnull=True), name="event_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

    @property
    def payment(self) -> Intent:
        """The intent it is about. Only for events that are not about a payout."""
        assert self.intent is not None, self
        return self.intent
