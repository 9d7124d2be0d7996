"""What the bank remembers besides the books."""

import hashlib
import hmac
import uuid

import httpx
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from payments.simulator.deliveries import Delivery, clock_of


class BankAccount(models.Model):
    """An account, its holder and the phone whose app may move its money ("" for the shop's)."""

    number = models.CharField(max_length=19, unique=True)
    holder = models.CharField(max_length=100)
    phone = models.CharField(max_length=16, blank=True)  # E.164
    pin_hash = models.CharField(max_length=128, blank=True)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    notice_url = models.CharField(max_length=500, blank=True)  # who is told of credits

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["phone"], condition=~Q(phone=""), name="one_bank_app_per_phone"),
        ]

    def __str__(self) -> str:
        return self.number  # unique

    @property
    def book(self) -> str:
        """The code of its account in the books."""
        return f"bank:{self.number}"


class Movement(models.Model):
    """Money that went from one account to another; without a source it was cash at a counter."""

    reference = models.CharField(max_length=20, unique=True)
    transfer_id = models.UUIDField(default=uuid.uuid4, unique=True)  # in the books
    source = models.ForeignKey(BankAccount, on_delete=models.PROTECT, null=True, related_name="debits")
    target = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="credits")
    amount_vnd = models.BigIntegerField()
    returned_vnd = models.BigIntegerField(default=0)
    note = models.CharField(max_length=300)  # as statements show it
    idempotency_key = models.UUIDField(null=True)
    return_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="returns")
    booked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="bank_moves_something"),
            models.UniqueConstraint(fields=["source", "idempotency_key"], name="bank_key_used_once"),
            # Whatever races, no more goes back than came.
            models.CheckConstraint(
                condition=Q(returned_vnd__gte=0, returned_vnd__lte=F("amount_vnd")),
                name="bank_not_returned_beyond_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["target", "booked_at"], name="bank_credits_by_moment"),
            models.Index(fields=["source", "booked_at"], name="bank_debits_by_moment"),
        ]

    def __str__(self) -> str:
        return self.reference  # unique


class Notice(Delivery):
    """A credit that the holder of the account is to be told of."""

    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="notices")
    body = models.TextField()

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="bank_notice_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.url}"  # unique

    def request(self) -> httpx.Request:
        """Sign the moment and the body: HMAC-SHA256 over ``<seconds since 1970>.<body>``."""
        body, moment = self.body.encode(), str(clock_of("bank"))
        secret = settings.SANDBOX_BANK["notice_secret"].encode()
        signature = hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Bank-Timestamp": moment,
            "X-Bank-Signature": signature,
        }
        return httpx.Request("POST", self.url, content=body, headers=headers)
