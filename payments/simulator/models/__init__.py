"""What the operator remembers besides the books, by topic."""

from payments.simulator.models.agents import Agent
from payments.simulator.models.bills import Bill, BillCompany, BillPayment
from payments.simulator.models.limits import LimitRule
from payments.simulator.models.resources import (
    AuthorisationCode,
    Batch,
    BatchItem,
    Identifier,
    Link,
    Mandate,
    Quotation,
)
from payments.simulator.models.transactions import (
    MSISDN,
    ORGANISATION,
    AccountStatus,
    Call,
    Callback,
    FaultPlan,
    IdentityDocument,
    KycLevel,
    KycStatus,
    Merchant,
    Message,
    Prompt,
    Transaction,
    Wallet,
)

__all__ = [
    "MSISDN",
    "ORGANISATION",
    "AccountStatus",
    "Agent",
    "AuthorisationCode",
    "Batch",
    "BatchItem",
    "Bill",
    "BillCompany",
    "BillPayment",
    "Call",
    "Callback",
    "FaultPlan",
    "Identifier",
    "IdentityDocument",
    "KycLevel",
    "KycStatus",
    "LimitRule",
    "Link",
    "Mandate",
    "Merchant",
    "Message",
    "Prompt",
    "Quotation",
    "Transaction",
    "Wallet",
]
