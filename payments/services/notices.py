"""What a provider's callback says, whatever it is about: an operation, or a batch of payouts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from payments.models import Claim, Operation, PayoutBatch
from payments.providers.base import Report
from payments.services import payout_reports
from payments.services.reports import record_report


def record_notice(*, provider: str, report: Report, now: datetime) -> None:
    """Believe a callback as far as it fits. Raises as record_report() and payout_reports.hear() do."""
    if not payout_reports.hear(provider=provider, report=report, now=now):
        record_report(provider=provider, report=report, source=Claim.Source.CALLBACK, now=now)


def keep_unsigned(
    *, provider: str, operation_id: UUID | None, raw: dict[str, Any], refusal: str, now: datetime
) -> None:
    """Keep a callback that could not be read or trusted, if it names an operation or a batch we know."""
    operation = Operation.objects.filter(pk=operation_id).first() if operation_id else None
    if operation_id is None or not (operation or PayoutBatch.objects.filter(pk=operation_id).exists()):
        return  # or anybody could fill the table: our ids are unguessable, other UUIDs are not
    Claim.objects.create(
        operation=operation,
        operation_named=operation_id,
        provider=provider,
        source=Claim.Source.CALLBACK,
        refusal=refusal,
        raw=raw,
        received_at=now,
    )
