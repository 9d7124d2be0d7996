"""Giving money back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from payments import ledger
from payments.errors import OperationConflict, RefundTooLarge
from payments.models import Event, Intent, Operation, OperationShare, Share
from payments.services import booking, moving
from payments.services.locking import derive_state, lock_intent
from payments.services.outbox import emit, run_later
from payments.states import ANSWER_WITHIN


def refund(
    *, intent_id: UUID, shares: Mapping[str, int], reason: str, operation_id: UUID, now: datetime
) -> Operation:
    """Give ``shares`` (reference of a part -> đồng) of a paid intent back to its payer.

    The money is reserved in escrow here, so of two refunds racing for the last đồng one wins; the provider
    is called after the commit, by a task. This may therefore be called inside a transaction. How it ended
    is told by the event refund.succeeded or refund.failed. Calling again with the same ``operation_id`` and
    the same shares returns the first refund.

    Raises RefundTooLarge if more is wanted of a part than is left of it, OperationConflict if
    ``operation_id`` was already used for something else.
    """
    assert shares, "a refund of nothing"
    assert all(isinstance(part_vnd, int) and part_vnd > 0 for part_vnd in shares.values()), shares

    with transaction.atomic():
        intent = lock_intent(intent_id)
        earlier = Operation.objects.filter(pk=operation_id).first()
        if earlier is not None:
            return moving.same(earlier, kind=Operation.Kind.REFUND, intent_id=intent_id, shares=shares)
        operation = Operation(
            pk=operation_id,
            intent=intent,
            original=_original(intent),
            kind=Operation.Kind.REFUND,
            amount_vnd=sum(shares.values()),
            provider=intent.provider,
            reason=reason,
            next_ask_at=now + ANSWER_WITHIN,
            created_at=now,
        )
        parts = _reserve(operation, shares, booking.hold_refund)
        operation.save(force_insert=True)
        OperationShare.objects.bulk_create(parts)
        derive_state(intent)
        run_later("payments.tasks.submit_operation", operation_id=str(operation.pk))
    return operation


def refund_by_hand(
    *,
    intent_id: UUID,
    shares: Mapping[str, int],
    reason: str,
    evidence: str,
    by: str,
    operation_id: UUID,
    now: datetime,
) -> Operation:
    """Record that ``shares`` of a paid intent went back to its payer in another way, out of our bank account.

    ``evidence`` says how to prove it, such as the bank's reference; ``by`` who says so. It is a refund like
    any other, of which the event refund.succeeded tells. Calling again with the same ``operation_id`` and the
    same facts returns the first one.

    Raises RefundTooLarge, OperationConflict as refund() does, the latter for other evidence as well.
    """
    assert shares, "a refund of nothing"
    assert all(isinstance(part_vnd, int) and part_vnd > 0 for part_vnd in shares.values()), shares
    assert evidence, "no evidence"
    assert by, "nobody"

    with transaction.atomic():
        intent = lock_intent(intent_id)
        earlier = Operation.objects.filter(pk=operation_id).first()
        if earlier is not None:
            moving.same(earlier, kind=Operation.Kind.REFUND, intent_id=intent_id, shares=shares)
            return _by_the_same_hand(earlier, evidence)
        operation = Operation(
            pk=operation_id,
            intent=intent,
            original=_original(intent),
            kind=Operation.Kind.REFUND,
            state=Operation.State.SUCCEEDED,
            amount_vnd=sum(shares.values()),
            provider=Operation.BY_HAND,
            reason=reason,
            evidence=evidence,
            settled_by=by,
            created_at=now,
            ended_at=now,
        )
        parts = _reserve(operation, shares, booking.refund_by_hand)
        operation.save(force_insert=True)
        OperationShare.objects.bulk_create(parts)
        emit(operation, Event.Kind.REFUND_SUCCEEDED, payload_of(operation), now=now)
        derive_state(intent)
    return operation


def payload_of(operation: Operation) -> dict[str, Any]:
    """Return what the event of how a refund ended tells of it."""
    shares = {part.share.reference: part.amount_vnd for part in moving.parts_of(operation)}
    return {"shares": shares, "operation": str(operation.pk), "reason": operation.reason}


def settle(operation: Operation) -> None:
    """Book a refund the provider has made. ``operation`` still has the state it had before.

    Raises ledger.Overdrawn or RefundTooLarge if it had been refused before and escrow no longer has it.
    """
    parts = moving.parts_of(operation)
    if operation.state == Operation.State.FAILED:
        for part in parts:
            _take(part.share, part.amount_vnd)
        booking.post_late_refund(operation, parts)
    else:
        booking.settle_refund(operation, parts)


def give_up(operation: Operation) -> None:
    """Free what a refund had reserved: the provider refused it."""
    parts = moving.parts_of(operation)
    booking.void_refund(operation, parts)
    for part in parts:
        part.share.refunded_vnd -= part.amount_vnd
        part.share.save(update_fields=["refunded_vnd"])


def _original(intent: Intent) -> Operation | None:
    captures = Operation.objects.filter(intent=intent, is_capturing=True, state=Operation.State.SUCCEEDED)
    return captures.first()


def _by_the_same_hand(earlier: Operation, evidence: str) -> Operation:
    if earlier.evidence != evidence:
        raise OperationConflict(
            operation_id=earlier.pk,
            recorded=f"refund by {earlier.provider} with the evidence {earlier.evidence!r}",
            asked=f"refund by hand with the evidence {evidence!r}",
        )
    return earlier


def _reserve(
    operation: Operation, shares: Mapping[str, int], book: Callable[[Operation, list[OperationShare]], None]
) -> list[OperationShare]:
    """Take ``shares`` from what may still be refunded of a locked intent, and ``book`` it out of escrow."""
    own = {share.reference: share for share in Share.objects.filter(intent=operation.intent)}
    parts = []
    for reference, part_vnd in sorted(shares.items()):
        share = own.get(reference)
        if share is None or operation.original is None:
            raise RefundTooLarge(reference=reference, left_vnd=0, wanted_vnd=part_vnd)
        _take(share, part_vnd)
        parts.append(OperationShare(operation=operation, share=share, amount_vnd=part_vnd))
    try:
        with transaction.atomic():
            book(operation, parts)
    except ledger.Overdrawn as error:
        # Another intent's money for the same parts may be gone from escrow, or some was paid out.
        reference = booking.share_reference(error.account)
        raise RefundTooLarge(
            reference=reference, left_vnd=error.available_vnd, wanted_vnd=shares[reference]
        ) from error
    return parts


def _take(share: Share, part_vnd: int) -> None:
    left_vnd = share.captured_vnd - share.refunded_vnd
    if part_vnd > left_vnd:
        raise RefundTooLarge(reference=share.reference, left_vnd=left_vnd, wanted_vnd=part_vnd)
    share.refunded_vnd += part_vnd
    share.save(update_fields=["refunded_vnd"])
