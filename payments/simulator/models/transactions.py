"""What the operator remembers besides the books: who has a wallet, who asked for what, who was told."""

import uuid

from django.db import models
from django.db.models import Q

from payments.simulator.operators import OPERATOR_CHOICES, OPERATORS

ORGANISATION = "organisationid"
MSISDN = "msisdn"


class AccountStatus(models.TextChoices):
    AVAILABLE = "available"
    UNAVAILABLE = "unavailable"
    UNREGISTERED = "unregistered"


class KycStatus(models.TextChoices):
    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    REJECTED = "rejected"


class KycLevel(models.IntegerChoices):
    """How well a holder is known. GSMA leaves the numbers to each operator; above these all are the last."""

    UNKNOWN = 0
    DOCUMENT_CHECKED = 1
    BIOMETRIC = 2


class Merchant(models.Model):
    """An organisation that takes payments. Its password and secret are settings, not rows."""

    operator = models.CharField(max_length=20, choices=OPERATOR_CHOICES)
    identifier = models.CharField("organisation id", max_length=60)
    name = models.CharField("name on the payer's handset", max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "identifier"], name="one_merchant_per_organisation_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator}:{self.identifier}"  # unique

    @property
    def account(self) -> str:
        """Its code in the ledger."""
        return f"{self.operator}:merchant:{self.identifier}"


class Wallet(models.Model):
    """A customer's wallet at one operator, known by its phone number."""

    operator = models.CharField(max_length=20, choices=OPERATOR_CHOICES)
    msisdn = models.CharField("phone number, E.164", max_length=16)
    name = models.CharField("holder", max_length=100)
    pin_hash = models.CharField(max_length=200)
    wrong_pins = models.PositiveSmallIntegerField("wrong PINs since the last right one", default=0)
    locked_until = models.DateTimeField("no PIN is accepted before", null=True)
    status = models.CharField("accountStatus", max_length=20, choices=AccountStatus, default="available")
    sub_status = models.CharField("accountSubStatus", max_length=256, blank=True)
    kyc_status = models.CharField(
        "kycVerificationStatus", max_length=20, choices=KycStatus, default="verified"
    )
    kyc_entity = models.CharField("kycVerificationEntity", max_length=256, blank=True)
    kyc_level = models.PositiveSmallIntegerField("kycLevel", default=KycLevel.BIOMETRIC)
    identity_status = models.CharField("identityStatus", max_length=256, blank=True)
    kyc = models.JSONField("identityKyc as it was given", default=dict)
    details = models.JSONField("what else the request to open it said", default=dict)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "msisdn"], name="one_wallet_per_number_and_operator"),
        ]

    def __str__(self) -> str:
        return f"{self.operator}:{self.msisdn}"  # unique

    @property
    def account(self) -> str:
        """Its code in the ledger."""
        return f"{self.operator}:wallet:{self.msisdn}"

    @property
    def operator_name(self) -> str:
        return OPERATORS[self.operator].name


class IdentityDocument(models.Model):
    """A document that a holder showed. Decree 368/2025 article 7: one account a person at each provider."""

    operator = models.CharField(max_length=20, choices=OPERATOR_CHOICES)
    kind = models.CharField("idType", max_length=40)
    number = models.CharField("idNumber", max_length=256)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="identity_documents")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "kind", "number"], name="one_wallet_per_document_and_operator"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator}:{self.kind}:{self.number}"  # unique


class Transaction(models.Model):
    """One request to move money, and how it ended. Its id is also the id of the ledger's transfer."""

    class Type(models.TextChoices):
        MERCHANT_PAY = "merchantpay", "merchant payment"
        ADJUSTMENT = "adjustment", "refund of a merchant payment"
        REVERSAL = "reversal"
        TRANSFER = "transfer"
        DEPOSIT = "deposit"
        WITHDRAWAL = "withdrawal"
        DISBURSEMENT = "disbursement"
        BILL_PAY = "billpay", "bill payment"

    class Status(models.TextChoices):
        PENDING = "pending"
        COMPLETED = "completed"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField("transactionReference", max_length=40, unique=True)
    server_correlation_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    correlation_id = models.UUIDField("X-CorrelationID of the caller")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="transactions")
    wallet = models.ForeignKey(  # the customer's; of a transfer between two, the payer's
        Wallet, on_delete=models.PROTECT, null=True, related_name="transactions"
    )
    debit_account = models.CharField("payer in the ledger", max_length=100, default="", db_index=True)
    credit_account = models.CharField("payee in the ledger", max_length=100, default="", db_index=True)
    debit_party = models.JSONField("debitParty", default=list)
    credit_party = models.JSONField("creditParty", default=list)
    details = models.JSONField("what else the request said, to be repeated", default=dict)
    is_two_stage = models.BooleanField("waits for the caller to confirm it", default=False)
    original = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="adjustments",
        verbose_name="what is refunded",
    )
    type = models.CharField(max_length=20, choices=Type)
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    amount_vnd = models.BigIntegerField()
    merchant_reference = models.CharField(
        "requestingOrganisationTransactionReference", max_length=256, blank=True
    )
    description = models.CharField("descriptionText", max_length=160, blank=True)
    sub_type = models.CharField("subType", max_length=256, blank=True)
    metadata = models.JSONField("key and value pairs of the caller", default=list)
    requested_at = models.DateTimeField("requestDate", null=True)
    callback_url = models.URLField("X-Callback-URL", max_length=2000, blank=True)
    fault_number = models.PositiveIntegerField("number in the running plan of faults", null=True)
    polls = models.PositiveIntegerField("times its request state was asked for", default=0)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    error_category = models.CharField(max_length=30, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_description = models.CharField(max_length=256, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "correlation_id"], name="correlation_id_used_once"),
            models.CheckConstraint(condition=Q(amount_vnd__gt=0), name="transaction_moves_something"),
            models.CheckConstraint(
                condition=Q(status="pending", ended_at=None)
                | Q(ended_at__isnull=False) & ~Q(status="pending"),
                name="transaction_pending_until_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(status="failed") ^ Q(error_code=""), name="transaction_fails_with_an_error"
            ),
            models.CheckConstraint(
                condition=Q(original=None) & ~Q(type="reversal")
                | Q(original__isnull=False, type__in=["adjustment", "reversal"]),
                name="only_what_gives_back_names_an_original",
            ),
        ]
        indexes = [
            models.Index(fields=["wallet", "-created_at"], name="transaction_by_wallet"),
            models.Index(
                fields=["ended_at"], condition=Q(status="completed"), name="transaction_for_statement"
            ),
            models.Index(fields=["created_at"], condition=Q(status="pending"), name="transaction_still_open"),
        ]

    def __str__(self) -> str:
        return self.reference  # unique


class Prompt(models.Model):
    """A question on the payer's handset: pay this, yes or no? Answered by PIN, refusal or silence."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        EXPIRED = "expired"
        BLOCKED = "blocked"  # three wrong PINs
        UNPAID = "unpaid"  # accepted, but the wallet did not hold enough

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    transaction = models.OneToOneField(Transaction, on_delete=models.PROTECT, related_name="prompt")
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="prompts")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None) | Q(answered_at__isnull=False) & ~Q(state="open"),
                name="prompt_open_until_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="prompt_still_open"),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_id} {self.state}"  # unique


class Message(models.Model):
    """An SMS the operator sent to a wallet's phone."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="messages")
    text = models.CharField(max_length=400)
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["wallet", "-sent_at"], name="message_by_wallet")]

    def __str__(self) -> str:
        return f"{self.wallet_id} {self.sent_at:%Y-%m-%d %H:%M:%S}"


class Call(models.Model):
    """One request that is not a transaction itself: to open, change or cancel something."""

    server_correlation_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    correlation_id = models.UUIDField("X-CorrelationID of the caller", null=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="calls")
    reference = models.CharField("objectReference", max_length=256)
    link = models.CharField("where what it made is found", max_length=600)
    callback_url = models.URLField("X-Callback-URL", max_length=2000, blank=True)
    fault_number = models.PositiveIntegerField("number in the running plan of faults", null=True)
    polls = models.PositiveIntegerField("times its request state was asked for", default=0)
    created_at = models.DateTimeField()
    error_category = models.CharField("why it was refused, if it was", max_length=30, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_description = models.CharField(max_length=256, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "correlation_id"], name="call_correlation_id_used_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.server_correlation_id} {self.link}"  # unique


class Callback(models.Model):
    """One PUT the operator owes a merchant. Written together with what it tells, sent until answered."""

    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, null=True, related_name="callbacks"
    )
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="callbacks")
    body = models.TextField("exactly what is sent and signed")
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True)  # null: nothing more to do
    tries = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    last_answer = models.CharField("status or error of the last try", max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(next_try_at=None), name="delivered_callback_rests"
            ),
            models.CheckConstraint(
                condition=Q(transaction=None) ^ Q(call=None), name="callback_answers_one_request"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="callback_still_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} for {self.transaction_id or self.call_id}"

    @property
    def request(self) -> Transaction | Call:
        """What it answers. Needs transaction and call at hand."""
        request = self.transaction or self.call
        assert request is not None, self.pk
        return request


class FaultPlan(models.Model):
    """What shall go wrong, by seed. One row per operator, and one with no operator for the others."""

    operator = models.CharField(max_length=20, choices=OPERATOR_CHOICES, blank=True, unique=True)
    seed = models.CharField(max_length=100)
    faults = models.JSONField("probability or number by name", default=dict)
    requests = models.PositiveIntegerField("requests drawn for so far", default=0)

    def __str__(self) -> str:
        return f"{self.operator or 'all'} seed {self.seed}"
