"""What the gateway remembers. Amounts are whole đồng; only its messages say a hundred times as much."""

import httpx
from django.db import models
from django.db.models import F, Q

from payments.simulator.deliveries import Delivery
from payments.simulator.vnpay import signing


class Payment(models.Model):
    """A payment a merchant's address asked for, from the moment its payer opened it."""

    class State(models.TextChoices):
        OPEN = "open"
        PAID = "paid"
        FAILED = "failed"

    txn_ref = models.CharField(max_length=100, unique=True)
    amount_vnd = models.BigIntegerField()
    refunded_vnd = models.BigIntegerField(default=0)
    order_info = models.CharField(max_length=255)
    locale = models.CharField(max_length=5)
    return_url = models.CharField(max_length=500)
    created_on = models.CharField(max_length=14)  # vnp_CreateDate, word for word
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    response_code = models.CharField(max_length=2, blank=True)
    bank_code = models.CharField(max_length=20, blank=True)
    transaction_no = models.CharField(max_length=15, unique=True)
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="vnpay_asks_for_something"),
            # Whatever races, no more goes back than was paid.
            models.CheckConstraint(
                condition=Q(refunded_vnd__gte=0, refunded_vnd__lte=F("amount_vnd")),
                name="vnpay_not_refunded_beyond_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="vnpay_open_by_expiry"),
            models.Index(fields=["ended_at"], name="vnpay_by_end"),
        ]

    def __str__(self) -> str:
        return self.txn_ref  # unique


class Refund(models.Model):
    """Money given back of a payment. vnp_RequestId makes it once."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    request_id = models.CharField(max_length=32, unique=True)
    type = models.CharField(max_length=2)  # 02 all of it, 03 a part
    amount_vnd = models.BigIntegerField()
    transaction_no = models.CharField(max_length=15, unique=True)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="vnpay_refunds_something"),
        ]

    def __str__(self) -> str:
        return self.request_id  # unique


class Ipn(Delivery):
    """What the merchant is to be told of the end of a payment: a GET of a signed address."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="ipns")
    query = models.JSONField()  # unsigned

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="vnpay_ipn_due")
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.url}"  # unique

    def request(self) -> httpx.Request:
        return httpx.Request("GET", f"{self.url}?{signing.signed_query(self.query)}")

    def is_taken(self, answer: httpx.Response) -> bool:
        """As VNPAY documents: 00 and 02 mean that the merchant knows; anything else is told again."""
        try:
            said = answer.json()
        except ValueError:
            return False
        return isinstance(said, dict) and said.get("RspCode") in ("00", "02")
