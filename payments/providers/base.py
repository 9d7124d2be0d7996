"""What every payment provider is to us: verbs that turn a Charge into a Report."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from payments.errors import (
    BadSignature,
    NotSupported,
    OperationUnknown,
    PaymentError,
    UnknownProvider,
    WrongProvider,
)


class Capability(StrEnum):
    """What a provider can do, and how it reaches the payer."""

    AUTHORIZE = "authorize"  # reserve now, capture later
    SALE = "sale"  # authorise and capture in one step
    CAPTURE = "capture"  # what was authorised, or less
    VOID = "void"  # of what waits for the payer, or was authorised and not captured
    REFUND = "refund"  # all or part of what was paid
    PAYOUT = "payout"  # many at once
    HOLDER = "holder"  # tells whose an account is
    STATEMENT = "statement"
    PUSH = "push"  # the payer's phone asks
    REDIRECT = "redirect"  # the payer goes to the provider's page
    QR = "qr"  # the payer scans
    IN_HOUSE = "in_house"  # answers at once and calls nobody: may be asked inside a transaction


class Outcome(StrEnum):
    """How an operation stands, in a provider's words."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"  # the provider did not say


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One operation as a provider needs to know it. Amounts are whole đồng."""

    operation_id: UUID  # the idempotency key: sent as often as need be, done once
    reference: str  # what the payer knows it by: the order number
    amount_vnd: int
    requested_at: datetime
    expires_at: datetime
    payer: str = ""  # E.164
    description: str = ""
    is_sale: bool = True  # authorise only: take the money at once
    callback_url: str = ""  # of this operation alone
    notice_url: str = ""  # of the provider, for those that know one address only
    return_url: str = ""  # where a redirected payer comes back to; may be visited by anybody, proves nothing
    language: str = "vi"
    provider_ref: str = ""  # the provider's name of this operation, if it ever said it
    original_id: UUID | None = None  # the authorisation that is captured, released or refunded
    original_ref: str = ""
    original_requested_at: datetime | None = None
    original_amount_vnd: int | None = None


@dataclass(frozen=True)
class Report:
    """What a provider says of one operation. A claim: compare before believing.

    ``action`` is the payer's next step, empty if there is none: ``{"type": "approve"}`` on the phone,
    ``{"type": "redirect", "url"}``, ``{"type": "cash", "code"}`` at a counter or
    ``{"type": "qr", "payload", "bank", "account", "holder", "memo", "amount_vnd"}``.
    """

    operation_id: UUID
    provider_ref: str
    outcome: Outcome
    amount_vnd: int | None = None
    reference: str = ""
    action: Mapping[str, Any] = field(default_factory=dict)  # what the payer must do next
    error_code: str = ""
    error_message: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)  # word for word, without secrets


@dataclass(frozen=True, kw_only=True)
class StatementLine:
    """One movement of a provider's statement of one day."""

    provider_ref: str
    reference: str  # ours, as far as the statement has it: the order's number or a payout's
    amount_vnd: int  # negative when it left us
    moved_at: datetime
    operation_id: UUID | None = None  # ours, where the statement has it
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Credit:
    """One payee of a batch of payouts."""

    payout_id: UUID
    payee: str  # E.164
    amount_vnd: int
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class PayoutBatch:
    """Many payouts asked for at once."""

    batch_id: UUID  # the idempotency key: sent as often as need be, done once
    credits: Sequence[Credit]
    requested_at: datetime
    callback_url: str = ""
    provider_ref: str = ""  # the provider's name of the batch, if it ever said it


@dataclass(frozen=True, kw_only=True)
class Notice:
    """An HTTP request that says it is from a provider."""

    operation_id: UUID | None  # from the address, if it was a ``callback_url``
    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # Django finds names in any case
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What a provider wants to hear to a notice. Without ``content`` the body is empty."""

    status: int
    content: Mapping[str, Any] | None = None


class Provider(ABC):
    """A conversation over HTTP with whoever moves the money. Touches no table, template or session.

    Every verb may be repeated with the same Charge and raises

    - ProviderRefused if the provider said no: no money moved and none will;
    - ProviderUnavailable if there was no answer or none to be understood: nobody knows;
    - AlreadySubmitted if the provider has the operation already: query() tells what became of it;
    - NotSupported if it is none of the provider's capabilities.
    """

    capabilities: ClassVar[frozenset[Capability]]
    # The error codes a payment is known to end with. Others may come; these the buyer is told in words.
    refusals: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *, code: str, label: str) -> None:
        self.code = code
        self.label = label

    @abstractmethod
    def authorize(self, charge: Charge) -> Report:
        """Ask the payer for the money; with ``charge.is_sale`` take it at once."""

    def capture(self, charge: Charge) -> Report:
        """Take ``charge.amount_vnd``, or less than was authorised, of ``charge.original_ref``."""
        raise NotSupported(provider=self.code, verb="capture")

    def void(self, charge: Charge) -> Report:
        """Release the authorisation ``charge.original_id``; nothing is taken."""
        raise NotSupported(provider=self.code, verb="void")

    def refund(self, charge: Charge) -> Report:
        """Give ``charge.amount_vnd`` of the payment ``charge.original_ref`` back to the payer."""
        raise NotSupported(provider=self.code, verb="refund")

    def payout(self, batch: PayoutBatch) -> list[Report]:
        """Pay every credit of ``batch``. One report each, its operation_id is the payout_id."""
        raise NotSupported(provider=self.code, verb="pay out")

    def query_payout(self, batch: PayoutBatch) -> list[Report]:
        """Say how the payouts of ``batch`` stand. Raises UnknownToProvider if it never arrived there."""
        raise NotSupported(provider=self.code, verb="pay out")

    def holder(self, number: str) -> str | None:
        """Return in whose name the usable account of ``number`` (E.164) is, None if there is none."""
        raise NotSupported(provider=self.code, verb="say whose an account is")

    @abstractmethod
    def query(self, charge: Charge) -> Report:
        """Say how the operation stands. Also raises UnknownToProvider if it never arrived there."""

    @abstractmethod
    def parse_webhook(self, notice: Notice) -> Report | None:
        """Read what the provider sent; None if it is nothing to us. Reads only its argument.

        Raises BadSignature if the provider did not send exactly this, or not lately; UnreadableReport if it
        makes no sense.
        """

    def reply(self, error: PaymentError | None) -> Reply:
        """Answer a notice. ``error`` says why it was not believed, None that the claim is committed."""
        if error is None:
            return Reply(204)
        match error:
            case BadSignature():
                status = 401
            case OperationUnknown() | WrongProvider() | UnknownProvider():
                status = 404
            case _:
                status = 400
        return Reply(status, {"code": error.code, "message": str(error), "details": {}})

    def statement(self, day: date) -> Iterator[StatementLine]:
        """Return all movements of one day (Asia/Ho_Chi_Minh), oldest first."""
        raise NotSupported(provider=self.code, verb="give a statement")
