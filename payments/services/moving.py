"""What a capture and a refund have in common: parts of an intent's shares, and that a repeat is the same."""

from collections.abc import Mapping
from uuid import UUID

from payments.errors import OperationConflict
from payments.models import Operation, OperationShare


def parts_of(operation: Operation) -> list[OperationShare]:
    """Return what ``operation`` moves of each share, in the order in which shares are locked."""
    parts = OperationShare.objects.filter(operation=operation).select_related("share")
    return list(parts.order_by("share__reference"))


def same(
    earlier: Operation, *, kind: Operation.Kind, intent_id: UUID, shares: Mapping[str, int]
) -> Operation:
    """Return ``earlier`` if it is what is asked for once more. Raises OperationConflict if it is not."""
    recorded = {part.share.reference: part.amount_vnd for part in parts_of(earlier)}
    if (earlier.kind, earlier.intent_id, recorded) != (kind, intent_id, dict(shares)):
        raise OperationConflict(
            operation_id=earlier.pk,
            recorded=f"{earlier.kind} of {recorded or earlier.amount_vnd} for payment {earlier.intent_id}",
            asked=f"{kind} of {dict(shares)} for payment {intent_id}",
        )
    return earlier
