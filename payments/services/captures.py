"""Taking what was authorised, or less, and letting go of it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from payments import providers
from payments.compiled import compiled
from payments.errors import CaptureTooLarge, NotAuthorized, NotSupported, OperationConflict
from payments.models import Intent, Operation, OperationShare, Share
from payments.providers.base import Capability
from payments.services import booking, moving
from payments.services.locking import lock_intent
from payments.services.outbox import run_later
from payments.states import ANSWER_WITHIN


def capture(*, intent_id: UUID, shares: Mapping[str, int], operation_id: UUID, now: datetime) -> Operation:
    """Take ``shares`` (reference of a part -> đồng) of an authorised intent; the payer keeps the rest.

    An authorisation is captured once. The provider is called after the commit, by a task; how it ended is
    told by the event payment.succeeded or payment.failed. Calling again with the same ``operation_id`` and
    the same shares returns the first capture.

    Raises NotAuthorized unless the money is reserved and neither taken nor let go, CaptureTooLarge if a
    part was not authorised or not for that much, NotSupported, OperationConflict.
    """
    assert shares, "a capture of nothing"
    assert all(isinstance(part_vnd, int) and part_vnd > 0 for part_vnd in shares.values()), shares

    with transaction.atomic():
        intent = lock_intent(intent_id)
        earlier = Operation.objects.filter(pk=operation_id).first()
        if earlier is not None:
            return moving.same(earlier, kind=Operation.Kind.CAPTURE, intent_id=intent_id, shares=shares)
        operation = _follow(intent, Operation.Kind.CAPTURE, operation_id=operation_id, now=now)
        own = {share.reference: share for share in Share.objects.filter(intent=intent)}
        for reference, part_vnd in shares.items():
            authorised_vnd = own[reference].amount_vnd if reference in own else 0
            if part_vnd > authorised_vnd:
                raise CaptureTooLarge(reference=reference, authorised_vnd=authorised_vnd, wanted_vnd=part_vnd)
        operation.amount_vnd = sum(shares.values())
        operation.is_capturing = True
        operation.save(force_insert=True)
        OperationShare.objects.bulk_create(
            OperationShare(operation=operation, share=own[reference], amount_vnd=part_vnd)
            for reference, part_vnd in sorted(shares.items())
        )
        run_later("payments.tasks.submit_operation", operation_id=str(operation.pk))
    return operation


def void(*, intent_id: UUID, operation_id: UUID, now: datetime) -> Operation:
    """Let go of an authorisation: nothing is taken, now or later.

    The provider is called after the commit, by a task. Calling again with the same ``operation_id`` returns
    the first release. Raises NotAuthorized if the money is not reserved, or was taken: refund it then;
    NotSupported, OperationConflict.
    """
    with transaction.atomic():
        intent = lock_intent(intent_id)
        earlier = Operation.objects.filter(pk=operation_id).first()
        if earlier is not None:
            if (earlier.kind, earlier.intent_id) != (Operation.Kind.VOID, intent_id):
                raise OperationConflict(
                    operation_id=operation_id,
                    recorded=f"{earlier.kind} for payment {earlier.intent_id}",
                    asked=f"void of payment {intent_id}",
                )
            return earlier
        operation = _follow(intent, Operation.Kind.VOID, operation_id=operation_id, now=now)
        operation.save(force_insert=True)
        run_later("payments.tasks.submit_operation", operation_id=str(operation.pk))
    return operation


def settle(operation: Operation) -> None:
    """Book the money a sale or a capture brought: all of the intent's shares, or those it is for."""
    if operation.kind == Operation.Kind.CAPTURE:
        taken = {part.share: part.amount_vnd for part in moving.parts_of(operation)}
    else:
        taken = {share: share.amount_vnd for share in _shares(operation.intent_id)}
    for share, amount_vnd in taken.items():
        share.captured_vnd = amount_vnd
    Share.objects.bulk_update(taken, ["captured_vnd"])
    booking.capture(operation, {share.reference: amount_vnd for share, amount_vnd in taken.items()})


@compiled
def _shares(intent_id: UUID) -> QuerySet[Share]:
    return Share.objects.filter(intent=intent_id).order_by("reference")


def _follow(intent: Intent, kind: Operation.Kind, *, operation_id: UUID, now: datetime) -> Operation:
    """Make, unsaved, what follows on the authorisation of a locked intent."""
    capability = Capability.CAPTURE if kind == Operation.Kind.CAPTURE else Capability.VOID
    if not providers.can(intent.provider, capability):
        raise NotSupported(provider=intent.provider, verb=capability.value)
    followers = Operation.objects.filter(
        intent=intent, kind__in=[Operation.Kind.CAPTURE, Operation.Kind.VOID]
    ).exclude(state=Operation.State.FAILED)
    if intent.state != Intent.State.AUTHORIZED or followers.exists():
        raise NotAuthorized(intent_id=intent.pk, state=intent.get_state_display())
    return Operation(
        pk=operation_id,
        intent=intent,
        original=Operation.objects.get(
            intent=intent, kind=Operation.Kind.AUTHORIZE, state=Operation.State.SUCCEEDED
        ),
        kind=kind,
        amount_vnd=intent.amount_vnd,
        provider=intent.provider,
        next_ask_at=now + ANSWER_WITHIN,
        created_at=now,
    )
