"""What a payment needs to exist in a test. A test passes every value it asserts."""

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

from payments import ledger, services
from payments.models import Claim, Intent, Operation
from payments.providers.base import Outcome, Report

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=7)))
HOLD = timedelta(minutes=15)
PAYER = "+84399000001"


def start(**changes: Any) -> Intent:
    """Start a payment of 250,000 VND for two parts of ORDER-7, on hold for a quarter of an hour."""
    wanted = {
        "reference": "ORDER-7",
        "provider": "fake",
        "payer": PAYER,
        "shares": {"ORDER-7-1": 200_000, "ORDER-7-2": 50_000},
        "description": "ORDER-7 at Mường Then",
        "expires_at": NOW + HOLD,
        "now": NOW,
    }
    return services.start_payment(**wanted | changes)


def operation_of(intent: Intent) -> Operation:
    """Return the operation that asks for the money of ``intent``."""
    return Operation.objects.select_related("intent", "original").get(
        intent=intent, kind=Operation.Kind.AUTHORIZE
    )


def report_on(operation: Operation, outcome: Outcome = Outcome.SUCCEEDED, **changes: Any) -> Report:
    """Make the report an honest provider would give of ``operation``."""
    said: dict[str, Any] = {
        "operation_id": operation.pk,
        "provider_ref": f"W-{operation.pk}",
        "outcome": outcome,
        "amount_vnd": operation.amount_vnd,
        "reference": operation.intent.reference,
        "raw": {"said": str(outcome)},
    }
    return Report(**said | changes)


def tell(report: Report, *, provider: str = "fake", now: datetime = NOW) -> Operation:
    """Let the provider say it by a callback."""
    return services.record_report(provider=provider, report=report, source=Claim.Source.CALLBACK, now=now)


def paid(**changes: Any) -> Intent:
    """Start a payment and have it succeed."""
    intent = start(**changes)
    tell(report_on(operation_of(intent)), provider=intent.provider, now=changes.get("now", NOW))
    intent.refresh_from_db()
    return intent


def ask_back(intent: Intent, **changes: Any) -> Operation:
    """Order a refund of 50,000 VND of the second part."""
    wanted = {
        "intent_id": intent.pk,
        "shares": {"ORDER-7-2": 50_000},
        "reason": "cancelled",
        "operation_id": uuid.uuid4(),
        "now": NOW,
    }
    return services.refund(**wanted | changes)


def wallet_with(amount_vnd: int, code: str = "wallet:a") -> str:
    """Open an account that may not be overdrawn and put ``amount_vnd`` đồng into it."""
    ledger.open_account(code="outside", kind="outside", may_overdraw=True)
    ledger.open_account(code=code, kind="wallet")
    if amount_vnd:
        ledger.post(
            transfer_id=uuid.uuid4(),
            debit="outside",
            credit=code,
            amount_vnd=amount_vnd,
            purpose="cash-in",
        )
    return code
