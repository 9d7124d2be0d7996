"""Many transactions at once: one person makes the batch, another approves it, the courier carries it out."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from payments.simulator import callbacks, faults
from payments.simulator.errors import CheckerIsMaker, GsmaError, IncorrectState, NotIdentified
from payments.simulator.models import Batch, BatchItem, Call, Merchant, Transaction
from payments.simulator.moments import clock_ahead_by
from payments.simulator.operators import OPERATORS
from payments.simulator.records import new_reference
from payments.simulator.shapes.resources import batch_object

# Carries one transaction of a batch out, or raises GsmaError.
CarryOut = Callable[[BatchItem, uuid.UUID, datetime], Transaction]


@transaction.atomic
def create(
    *,
    merchant: Merchant,
    user: str,
    bodies: list[dict[str, Any]],
    starts_at: datetime | None,
    details: dict[str, Any],
    now: datetime,
) -> Batch:
    """Write a batch down that the credential ``user`` made. Nothing moves before it is approved."""
    batch = Batch.objects.create(
        merchant=merchant,
        reference=new_reference(f"{OPERATORS[merchant.operator].prefix}B", now=now),
        starts_at=starts_at,
        made_by=user,
        details=details,
        created_at=now,
        modified_at=now,
    )
    BatchItem.objects.bulk_create(
        [BatchItem(batch=batch, number=number, body=body) for number, body in enumerate(bodies, start=1)],
        batch_size=1000,
    )
    return batch


@transaction.atomic
def set_status(
    *, merchant: Merchant, user: str, needs_checker: bool, reference: str, status: str, now: datetime
) -> Batch:
    """Approve a batch. Repeats change nothing; only the courier completes one.

    ``user`` is the credential that asks; with ``needs_checker`` it must not be the one that made the batch.
    Raises NotIdentified, CheckerIsMaker, and IncorrectState for any other step.
    """
    batch = Batch.objects.select_for_update().filter(merchant=merchant, reference=reference).first()
    if batch is None:
        raise NotIdentified("You have no batch of this batchId.")
    if status == batch.status:
        return batch
    if (batch.status, status) != (Batch.Status.CREATED, Batch.Status.APPROVED):
        raise IncorrectState(f"Batch {reference} is {batch.status} and cannot become {status}.")
    if needs_checker and user == batch.made_by:
        raise CheckerIsMaker(reference)
    batch.status, batch.approved_at, batch.modified_at = Batch.Status.APPROVED, now, now
    batch.approved_by = user
    batch.save(update_fields=["status", "approved_at", "approved_by", "modified_at"])
    transaction.on_commit(callbacks.wake)
    return batch


def link_of(batch: Batch) -> str:
    return f"/batchtransactions/{batch.reference}"


def find(*, merchant: Merchant, reference: str) -> Batch:
    found = Batch.objects.filter(merchant=merchant, reference=reference).first()
    if found is None:
        raise NotIdentified("You have no batch of this batchId.")
    return found


def run_due(*, carry_out: CarryOut, now: datetime) -> int:
    """Carry out the approved batches whose time has come. Returns how many transactions were tried."""
    due = Batch.objects.filter(Q(starts_at=None) | Q(starts_at__lte=now), status=Batch.Status.APPROVED)
    tried = 0
    for batch in due.order_by("approved_at", "id"):
        while _run_next(batch, carry_out=carry_out, now=now):
            tried += 1
        _complete(batch, now=now)
    return tried


def _run_next(batch: Batch, *, carry_out: CarryOut, now: datetime) -> bool:
    """Carry out one item in a transaction of its own: a crash loses none and repeats none."""
    with transaction.atomic():
        waiting = BatchItem.objects.select_for_update(skip_locked=True, of=("self",))
        item = (
            waiting.select_related("batch__merchant")
            .filter(batch=batch, ended_at=None)
            .order_by("number")
            .first()
        )
        if item is None:
            return False
        try:
            with transaction.atomic():
                item.transaction = carry_out(item, uuid.uuid5(batch.id, str(item.number)), now)
        except GsmaError as error:
            item.rejection = f"{error.code}: {error.description}"[:256]
        item.ended_at = now
        item.save(update_fields=["transaction", "rejection", "ended_at"])
    return True


@transaction.atomic
def _complete(batch: Batch, *, now: datetime) -> None:
    locked = Batch.objects.select_for_update().get(pk=batch.pk)
    if locked.status == Batch.Status.APPROVED and not locked.items.filter(ended_at=None).exists():
        locked.status, locked.completed_at, locked.modified_at = Batch.Status.COMPLETED, now, now
        locked.save(update_fields=["status", "completed_at", "modified_at"])
        # Whoever made it is told what became of it; those who approved it were answered by their change.
        made = Call.objects.filter(merchant=locked.merchant, link=link_of(locked)).order_by("id").first()
        if made is not None:
            with clock_ahead_by(faults.skew_of(locked.merchant.operator)):
                shape = batch_object(locked)
            callbacks.queue_answer(call=made, shape=shape, now=now)
