"""What is recorded of payments: money coming in (``intents``) and going out (``payouts``)."""

from payments.models.intents import Claim, Event, Intent, Operation, OperationShare, Share
from payments.models.payouts import Payout, PayoutBatch, PayoutRun

__all__ = [
    "Claim",
    "Event",
    "Intent",
    "Operation",
    "OperationShare",
    "Payout",
    "PayoutBatch",
    "PayoutRun",
    "Share",
]
