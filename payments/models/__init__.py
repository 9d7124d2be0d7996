"""What is recorded of payments: money coming in (``intents``), going out (``payouts``, ``by_hand``), and
compared with what the providers say of it (``reconciliation``)."""

from payments.models.by_hand import PaymentByHand
from payments.models.intents import Claim, Event, Intent, Operation, OperationShare, Share
from payments.models.payouts import Payout, PayoutBatch, PayoutRun
from payments.models.reconciliation import Difference, Reconciliation, StatementRow

__all__ = [
    "Claim",
    "Difference",
    "Event",
    "Intent",
    "Operation",
    "OperationShare",
    "PaymentByHand",
    "Payout",
    "PayoutBatch",
    "PayoutRun",
    "Reconciliation",
    "Share",
    "StatementRow",
]
