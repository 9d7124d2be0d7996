"""What the sandbox remembers. ``reference`` is always Stripe's ``id`` of the object."""

import secrets
import string

import httpx
from django.db import models
from django.db.models import F, Q

from payments.simulator.deliveries import Delivery, clock_of
from payments.simulator.stripe.signing import signature

_ALPHABET = string.ascii_letters + string.digits


def new_reference(prefix: str, length: int = 24) -> str:
    """Return an unguessable id as Stripe writes them: ``pi_3Qx…``."""
    return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(length))


class Account(models.Model):
    """A merchant at Stripe, known by its secret key, with the one address it wants to hear events at."""

    reference = models.CharField(max_length=40, unique=True)
    key_hash = models.CharField("SHA-256 of the secret key", max_length=64, unique=True)
    name = models.CharField("business name on the page", max_length=100)
    webhook_url = models.URLField(max_length=500, blank=True)
    webhook_secret = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.reference  # unique


class PaymentIntent(models.Model):
    """Money somebody is to pay by card, with the one charge that took it."""

    class Status(models.TextChoices):
        REQUIRES_PAYMENT_METHOD = "requires_payment_method"
        REQUIRES_CONFIRMATION = "requires_confirmation"
        REQUIRES_ACTION = "requires_action"
        REQUIRES_CAPTURE = "requires_capture"
        SUCCEEDED = "succeeded"
        CANCELED = "canceled"

    reference = models.CharField(max_length=80, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="intents")
    status = models.CharField(max_length=30, choices=Status, default=Status.REQUIRES_PAYMENT_METHOD)
    amount_vnd = models.BigIntegerField()
    received_vnd = models.BigIntegerField("captured", default=0)
    refunded_vnd = models.BigIntegerField(default=0)
    is_manual = models.BooleanField("capture_method manual")
    description = models.CharField(max_length=500, blank=True)
    metadata = models.JSONField(default=dict)
    return_url = models.URLField(max_length=2000, blank=True)
    payment_method = models.CharField("pm_card_… of a listed test card", max_length=60, blank=True)
    charge_reference = models.CharField("ch_… once the bank said yes", max_length=80, null=True, unique=True)  # noqa: DJ001
    last_error = models.JSONField("last_payment_error", null=True)
    cancellation_reason = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    charged_at = models.DateTimeField(null=True)
    canceled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="stripe_intent_moves_something"),
            models.CheckConstraint(
                condition=Q(received_vnd__gte=0, received_vnd__lte=F("amount_vnd")),
                name="stripe_captured_at_most_authorised",
            ),
            # Whatever the code above does, nobody gets back more than was taken.
            models.CheckConstraint(
                condition=Q(refunded_vnd__gte=0, refunded_vnd__lte=F("received_vnd")),
                name="stripe_refunded_at_most_captured",
            ),
        ]
        indexes = [
            models.Index(
                fields=["charged_at"], condition=Q(status="requires_capture"), name="stripe_intent_uncaptured"
            ),
        ]

    def __str__(self) -> str:
        return self.reference  # unique


class Session(models.Model):
    """A Checkout Session: one visit to the hosted page. Its PaymentIntent is made when a card is sent."""

    class Status(models.TextChoices):
        OPEN = "open"
        COMPLETE = "complete"
        EXPIRED = "expired"

    reference = models.CharField(max_length=80, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sessions")
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    intent = models.OneToOneField(PaymentIntent, on_delete=models.PROTECT, null=True, related_name="session")
    amount_vnd = models.BigIntegerField("amount_total")
    product = models.CharField("name of what is sold", max_length=250)
    client_reference_id = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    intent_data = models.JSONField("payment_intent_data", default=dict)
    locale = models.CharField(max_length=10, blank=True)
    success_url = models.URLField(max_length=2000)
    cancel_url = models.URLField(max_length=2000, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="stripe_session_sells_something"),
            models.CheckConstraint(
                condition=~Q(status="complete") | Q(intent__isnull=False),
                name="stripe_complete_session_has_an_intent",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(status="open"), name="stripe_session_open"),
            models.Index(fields=["account", "created_at"], name="stripe_session_by_day"),
        ]

    def __str__(self) -> str:
        return self.reference  # unique


class Refund(models.Model):
    """Money given back of one charge."""

    reference = models.CharField(max_length=80, unique=True)
    intent = models.ForeignKey(PaymentIntent, on_delete=models.PROTECT, related_name="refunds")
    amount_vnd = models.BigIntegerField()
    reason = models.CharField(max_length=40, blank=True)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="stripe_refund_moves_something"),
        ]

    def __str__(self) -> str:
        return self.reference  # unique


class BalanceTransaction(models.Model):
    """A line of the account's statement: of a charge, or of a refund if it names one."""

    reference = models.CharField(max_length=80, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="movements")
    intent = models.ForeignKey(PaymentIntent, on_delete=models.PROTECT, related_name="movements")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, related_name="movement")
    amount_vnd = models.BigIntegerField("negative when it left the account")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refund=None, amount_vnd__gt=0) | Q(refund__isnull=False, amount_vnd__lt=0),
                name="stripe_refunds_leave_the_account",
            ),
        ]
        indexes = [models.Index(fields=["account", "created_at"], name="stripe_movement_by_day")]

    def __str__(self) -> str:
        return self.reference  # unique


class Event(models.Model):
    """Something that happened to an object, as it stood then, and how far the merchant has been told."""

    reference = models.CharField(max_length=80, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="events")
    type = models.CharField(max_length=60)
    body = models.TextField("the event exactly as it is sent")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.reference} {self.type}"  # unique


class EventDelivery(Delivery):
    """An event the merchant is to be told of: a POST, signed anew each time it is sent."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    body = models.TextField("what is sent: the event, unless a fault falsified it")

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="stripe_delivery_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.url}"  # unique

    def request(self) -> httpx.Request:
        secret = self.event.account.webhook_secret
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (simulated)",
            "Stripe-Signature": signature(self.body, secret=secret, at=clock_of("stripe")),
        }
        return httpx.Request("POST", self.url, content=self.body.encode(), headers=headers)


class IdempotentCall(models.Model):
    """A POST that was begun under an Idempotency-Key, and what it was answered."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="calls")
    key = models.CharField("Idempotency-Key", max_length=255)
    fingerprint = models.CharField("SHA-256 of path and parameters", max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="stripe_idempotency_key_used_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.key}"  # unique
