"""Cash: a person counts it at a till, the till's keeper banks it. A till is one post point."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from payments import providers
from payments.errors import NotCounted
from payments.models import Claim, Operation
from payments.providers.base import Capability, Outcome, Report
from payments.services import booking
from payments.services.locking import lock_operation
from payments.services.reports import record_report


def count_cash(*, operation_id: UUID, till: str, counted_vnd: int, by: str, now: datetime) -> Operation:
    """Record that ``counted_vnd`` đồng changed hands at ``till`` for a cash payment, or its refund.

    ``till`` is the post point's code, ``by`` who counted. Calling again changes nothing: a payment is taken
    once, wherever else it is tried.

    Raises NotCounted if there is no such cash operation, it ended otherwise, or was counted at another till;
    AmountMismatch if another amount was counted than is due. Nothing is booked then.
    """
    with transaction.atomic():
        operation = lock_operation(operation_id)
        if operation is None or not providers.can(operation.provider, Capability.IN_HOUSE):
            raise NotCounted(operation_id=operation_id, reason="there is none. Look it up again by its code.")
        if operation.state == Operation.State.SUCCEEDED and operation.till == till:
            return operation
        if not operation.is_open:
            raise NotCounted(
                operation_id=operation_id,
                reason=f"it is {operation.get_state_display()}. Take or give no money for it.",
            )
        report = Report(
            operation.pk,
            f"{till}-{operation.pk}",
            Outcome.SUCCEEDED,
            amount_vnd=counted_vnd,
            reference=operation.intent.reference,
            raw={"till": till, "counted_vnd": counted_vnd, "by": by},
        )
        Operation.objects.filter(pk=operation.pk).update(till=till)
        operation = record_report(
            provider=operation.provider, report=report, source=Claim.Source.COUNTER, now=now
        )
        booking.count_at_till(operation, till=till, by=by)
    return operation


@transaction.atomic
def bank_cash(*, banking_id: UUID, till: str, amount_vnd: int, slip: str, by: str) -> None:
    """Record that the keeper of ``till`` paid ``amount_vnd`` đồng into our bank account.

    ``slip`` is the bank's receipt. Repeats with the same ``banking_id`` and facts change nothing. Raises
    ledger.Overdrawn if the till holds less, ledger.TransferConflict if the id stands for something else.
    """
    booking.bank(banking_id, till=till, amount_vnd=amount_vnd, slip=slip, by=by)
