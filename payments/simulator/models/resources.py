"""What merchants make and change besides transactions: batches, mandates, links, codes, quotations."""

import uuid

from django.db import models
from django.db.models import Q

from payments.simulator.models.transactions import Merchant, Transaction, Wallet
from payments.simulator.operators import OPERATOR_CHOICES


class Identifier(models.Model):
    """Another name of an account: its walletid, its bank account, whatever GSMA's list of keys has."""

    operator = models.CharField(max_length=20, choices=OPERATOR_CHOICES)
    key = models.CharField(max_length=40)
    value = models.CharField(max_length=256)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="identifiers")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "key", "value"], name="one_account_per_identifier"),
        ]

    def __str__(self) -> str:
        return f"{self.operator}:{self.key}:{self.value}"  # unique


class Resource(models.Model):
    """What all of these have in common: who made it and what it is called."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=40, unique=True)
    details = models.JSONField("what the request said, to be repeated", default=dict)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference  # unique


class Mandate(Resource):
    """A holder's leave for a payee to take money again and again."""

    account = models.CharField("who pays, by code in the ledger", max_length=100)
    is_active = models.BooleanField("mandateStatus", default=True)


class Link(Resource):
    """An account of somewhere else that money is pushed to or pulled from."""

    account = models.CharField("whose it is, by code in the ledger", max_length=100)
    mode = models.CharField(max_length=10)
    is_active = models.BooleanField("status", default=True)


class Quotation(Resource):
    """What a transaction would cost, and until when that holds."""

    amount_vnd = models.BigIntegerField()
    expires_at = models.DateTimeField()

    class Meta(Resource.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="quotation_of_something"),
        ]


class AuthorisationCode(Resource):
    """A code by which its holder lets money be taken once, without being asked again."""

    class State(models.TextChoices):
        ACTIVE = "active"
        EXPIRED = "expired"
        CANCELLED = "cancelled"

    account = models.CharField("who pays, by code in the ledger", max_length=100, db_index=True)
    state = models.CharField("codeState", max_length=10, choices=State, default=State.ACTIVE)
    amount_vnd = models.BigIntegerField(null=True)
    is_maximum = models.BooleanField("amountType is maximum, not exact", default=False)
    hold = models.UUIDField("transfer in the ledger that sets the money aside", null=True)
    expires_at = models.DateTimeField()
    redeemed_by = models.OneToOneField(
        Transaction, on_delete=models.PROTECT, null=True, related_name="authorisation_code"
    )

    class Meta(Resource.Meta):
        abstract = False
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="active"), name="code_still_active"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(hold=None) | Q(amount_vnd__isnull=False), name="code_holds_an_amount"
            ),
            models.CheckConstraint(
                condition=Q(redeemed_by=None) | ~Q(state="active"), name="code_redeemed_once"
            ),
        ]


class Batch(Resource):
    """Many transactions at once: made by one person, approved by another, then carried out."""

    class Status(models.TextChoices):
        CREATED = "created"
        APPROVED = "approved"
        COMPLETED = "completed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    status = models.CharField("batchStatus", max_length=10, choices=Status, default=Status.CREATED)
    starts_at = models.DateTimeField("scheduledStartDate", null=True)
    made_by = models.CharField("credential that made it", max_length=60, blank=True)
    approved_by = models.CharField("credential that approved it", max_length=60, blank=True)
    approved_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    class Meta(Resource.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(status="created", approved_at=None) | ~Q(status="created"),
                name="batch_approved_before_it_runs",
            ),
            models.CheckConstraint(
                condition=Q(status="completed") ^ Q(completed_at=None), name="batch_ends_once"
            ),
        ]


class BatchItem(models.Model):
    """One transaction of a batch: still to do, done, or rejected with a reason."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveIntegerField("place in the batch, from 1")
    body = models.JSONField("the transaction as it was asked for")
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, null=True, related_name="+")
    rejection = models.CharField("rejectionReason", max_length=256, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_item_per_place_in_a_batch"),
            models.CheckConstraint(
                condition=Q(ended_at=None, transaction=None, rejection="")
                | Q(ended_at__isnull=False) & (Q(transaction=None) ^ Q(rejection="")),
                name="batch_item_done_or_rejected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"  # unique
