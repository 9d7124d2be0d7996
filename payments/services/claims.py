"""What providers claim, kept word for word."""

from datetime import datetime

from payments.errors import PaymentError
from payments.models import Claim, Operation
from payments.providers.base import Report


def keep(
    provider: str,
    report: Report,
    *,
    source: Claim.Source,
    now: datetime,
    operation: Operation | None = None,
    refusal: PaymentError | None = None,
) -> None:
    """Keep a claim about an operation, or about a payout or a batch, and why it was refused if it was."""
    Claim.objects.create(
        operation=operation,
        operation_named=report.operation_id,
        provider=provider,
        source=source,
        outcome=report.outcome,
        amount_vnd=report.amount_vnd,
        provider_ref=report.provider_ref[:100],
        refusal="" if refusal is None else refusal.code,
        raw=dict(report.raw),
        received_at=now,
    )
