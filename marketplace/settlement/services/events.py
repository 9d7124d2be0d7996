"""What payments tell that matters here."""

from payments.models import Event

from . import refunds


def hear(*, event: Event) -> None:
    """React to how a refund ended, inside the transaction that marks the event as heard. Repeats do nothing.

    That an order was paid is told by paid().
    """
    match event.kind:
        case Event.Kind.REFUND_SUCCEEDED | Event.Kind.REFUND_FAILED if event.operation_id:
            succeeded = event.kind == Event.Kind.REFUND_SUCCEEDED
            refunds.end(operation_id=event.operation_id, succeeded=succeeded, now=event.created_at)
