"""Believing what a provider claims: facts, ledger entries and event in one transaction."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from payments import ledger, providers
from payments.compiled import compiled
from payments.errors import (
    AmountMismatch,
    OperationUnknown,
    PaymentError,
    ReferenceMismatch,
    ReferenceReused,
    RefundNotCovered,
    RefundTooLarge,
    WrongProvider,
)
from payments.models import Claim, Event, Operation
from payments.providers.base import Capability, Outcome, Report
from payments.services import captures, refunds
from payments.services.claims import keep
from payments.services.locking import derive_state, lock_operation
from payments.services.outbox import emit
from payments.states import next_ask_at


def record_report(*, provider: str, report: Report, source: Claim.Source, now: datetime) -> Operation:
    """Compare what ``provider`` claims with what was asked and, if it fits, book what follows from it.

    A success is booked once, also when it comes after the operation had failed or expired: its event then
    says ``late``. Any other claim about an ended operation changes nothing, whatever the order of arrival.

    Every claim is kept, the refused ones as well. Raises OperationUnknown, WrongProvider, AmountMismatch,
    ReferenceMismatch or ReferenceReused when it does not fit what was asked, RefundNotCovered when it can
    no longer be booked; then nothing but the claim was written.
    """
    refusal: PaymentError | None = None
    is_news = False
    with transaction.atomic():
        operation = lock_operation(report.operation_id)
        try:
            checked = _fitting(operation, provider, report)
            with transaction.atomic():
                is_news = _apply(checked, report, source=source, now=now)
        except PaymentError as error:
            refusal = error
        # Being told again that nothing has happened yet is not worth a row.
        if is_news or refusal is not None or source != Claim.Source.QUERY:
            keep(provider, report, operation=operation, source=source, refusal=refusal, now=now)
    if refusal is not None:
        raise refusal
    return checked


def _fitting(operation: Operation | None, provider: str, report: Report) -> Operation:
    """Return ``operation`` if the claim is about it and about what was asked; raise what does not fit."""
    if operation is None:
        raise OperationUnknown(provider=provider, operation_id=report.operation_id)
    reference = operation.intent.reference
    if operation.provider != provider:
        raise WrongProvider(reference=reference, expected=operation.provider, received=provider)
    if report.reference and report.reference != reference:
        raise ReferenceMismatch(
            reference=reference, what="reference", expected=reference, received=report.reference
        )
    # A success must say how much, anything else may.
    is_silent = report.amount_vnd is None and report.outcome is not Outcome.SUCCEEDED
    if report.amount_vnd != operation.amount_vnd and not is_silent:
        raise AmountMismatch(
            reference=reference, expected_vnd=operation.amount_vnd, received_vnd=report.amount_vnd
        )
    if report.provider_ref:
        if operation.provider_ref not in ("", report.provider_ref):
            raise ReferenceMismatch(
                reference=reference,
                what="provider's transaction",
                expected=operation.provider_ref,
                received=report.provider_ref,
            )
        if not operation.provider_ref:  # nobody else can have one that it has already
            _check_is_new(operation, report.provider_ref)
    return operation


def _check_is_new(operation: Operation, provider_ref: str) -> None:
    for other in _others(operation.pk, operation.provider, provider_ref):
        raise ReferenceReused(reference=operation.intent.reference, provider_ref=provider_ref, other=other)


@compiled
def _others(operation_id: UUID, provider: str, provider_ref: str) -> QuerySet[Operation, UUID]:
    same = Operation.objects.filter(provider=provider, provider_ref=provider_ref)
    return same.exclude(pk=operation_id).values_list("pk", flat=True)


def _apply(operation: Operation, report: Report, *, source: Claim.Source, now: datetime) -> bool:
    """Let a claim that fits take effect; whether it was news."""
    state = operation.state
    if state == Operation.State.SUCCEEDED:
        return False
    if report.outcome is Outcome.SUCCEEDED:
        _succeed(operation, report, now=now)
    elif report.outcome is Outcome.FAILED and operation.is_open:
        _fail(operation, report, now=now)
    elif report.outcome is Outcome.FAILED:
        operation.next_ask_at = None  # the provider agrees that it is over
        operation.save(update_fields=["next_ask_at"])
    elif state != Operation.State.FAILED:
        _wait(operation, report, source=source, now=now)
    return operation.state != state


def _succeed(operation: Operation, report: Report, *, now: datetime) -> None:
    is_late = not operation.is_open
    if operation.kind == Operation.Kind.REFUND:
        try:
            refunds.settle(operation)
        except (ledger.Overdrawn, RefundTooLarge) as error:
            raise RefundNotCovered(
                reference=operation.intent.reference, amount_vnd=operation.amount_vnd
            ) from error
    _end(operation, Operation.State.SUCCEEDED, report, now=now)
    if operation.is_capturing:
        captures.settle(operation)
        emit(operation, Event.Kind.PAYMENT_SUCCEEDED, {"late": is_late}, now=now)
    elif operation.kind == Operation.Kind.AUTHORIZE:
        emit(operation, Event.Kind.PAYMENT_AUTHORIZED, {"late": is_late}, now=now)
    elif operation.kind == Operation.Kind.REFUND:
        emit(operation, Event.Kind.REFUND_SUCCEEDED, refunds.payload_of(operation), now=now)
    derive_state(operation.intent)


def _fail(operation: Operation, report: Report, *, now: datetime) -> None:
    _end(operation, Operation.State.FAILED, report, now=now)
    if operation.kind == Operation.Kind.REFUND:
        refunds.give_up(operation)
        emit(operation, Event.Kind.REFUND_FAILED, refunds.payload_of(operation), now=now)
    elif operation.kind in (Operation.Kind.AUTHORIZE, Operation.Kind.CAPTURE):
        payload = {"error_code": operation.error_code, "error_message": operation.error_message}
        emit(operation, Event.Kind.PAYMENT_FAILED, payload, now=now)
    derive_state(operation.intent)


def _end(operation: Operation, state: Operation.State, report: Report, *, now: datetime) -> None:
    operation.state = state
    operation.ended_at = now
    operation.next_ask_at = None
    operation.provider_ref = report.provider_ref or operation.provider_ref
    operation.action = {}
    operation.error_code = report.error_code[:60]
    operation.error_message = report.error_message[:300]
    operation.save(
        update_fields=[
            "state",
            "ended_at",
            "next_ask_at",
            "provider_ref",
            "action",
            "error_code",
            "error_message",
        ]
    )


def _wait(operation: Operation, report: Report, *, source: Claim.Source, now: datetime) -> None:
    """Note that the provider has not decided, and when to ask it again."""
    before = (operation.state, operation.action)
    if operation.is_open:
        accepted = (Operation.State.PENDING, Operation.State.REQUIRES_ACTION)
        # What was accepted stays accepted, even if one question about it gets no answer.
        if report.outcome is not Outcome.UNKNOWN or operation.state not in accepted:
            operation.state = Operation.State(report.outcome.value)
        operation.action = dict(report.action) or operation.action
    if providers.can(operation.provider, Capability.IN_HOUSE):
        operation.next_ask_at = None  # there is nobody to ask
    elif source == Claim.Source.CALLBACK:
        operation.next_ask_at = now  # it has something to say and did not say it well: ask
    else:
        operation.next_ask_at = next_ask_at(operation, now=now)
    operation.provider_ref = report.provider_ref or operation.provider_ref
    operation.save(update_fields=["state", "action", "next_ask_at", "provider_ref"])
    if (operation.state, operation.action) != before:
        derive_state(operation.intent)
