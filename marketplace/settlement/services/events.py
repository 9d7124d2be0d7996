"""What payments tell that matters here."""

from payments.models import Event

from . import clock, refunds


def hear(*, event: Event) -> None:
    """React to what became of a payment or a refund, inside the transaction that marks it as heard."""
    match event.kind:
        case Event.Kind.PAYMENT_SUCCEEDED if event.intent:
            clock.paid(order_number=event.intent.reference, at=event.created_at)
        case Event.Kind.REFUND_SUCCEEDED | Event.Kind.REFUND_FAILED if event.operation_id:
            succeeded = event.kind == Event.Kind.REFUND_SUCCEEDED
            refunds.end(operation_id=event.operation_id, succeeded=succeeded, now=event.created_at)
