"""What follows from facts alone: the state of an intent, and when to ask a provider again. No queries."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from payments.models import Intent, Operation

# How long an answer may take before a request without one is asked about. Longer than any provider's
# time-out, so that nobody asks while the request is still under way.
ANSWER_WITHIN = timedelta(seconds=12)
# Whoever asks has this long to write the answer down before somebody else asks.
LEASE = timedelta(seconds=30)

PAUSES = tuple(timedelta(seconds=seconds) for seconds in (4, 8, 15, 30, 60))
# Past the quarter of an hour nobody is looking at a waiting page any more.
EAGER_FOR = timedelta(minutes=15)
PATIENT_PAUSE = timedelta(minutes=15)
# After this the day's statement is the better witness.
GIVE_UP_AFTER = timedelta(days=1)


class OperationFacts(NamedTuple):
    """As much of an operation as decides about its intent."""

    kind: str
    is_capturing: bool
    state: str
    amount_vnd: int


def intent_state(operations: Sequence[OperationFacts]) -> Intent.State:
    """Return the state of the intent whose operations, oldest first, are ``operations``."""
    succeeded = [one for one in operations if one.state == Operation.State.SUCCEEDED]
    captured_vnd = sum(one.amount_vnd for one in succeeded if one.is_capturing)
    refunded_vnd = sum(one.amount_vnd for one in succeeded if one.kind == Operation.Kind.REFUND)
    if captured_vnd:
        if not refunded_vnd:
            return Intent.State.SUCCEEDED
        return Intent.State.REFUNDED if refunded_vnd >= captured_vnd else Intent.State.PARTIALLY_REFUNDED

    authorised = [one for one in succeeded if one.kind == Operation.Kind.AUTHORIZE]
    captures = [one.state for one in operations if one.kind == Operation.Kind.CAPTURE]
    if authorised and (not captures or captures[-1] not in Operation.ENDED_STATES):
        is_voided = any(one.kind == Operation.Kind.VOID for one in succeeded)
        return Intent.State.VOIDED if is_voided else Intent.State.AUTHORIZED

    asking = [one.state for one in operations if one.kind == Operation.Kind.AUTHORIZE]
    bringing = captures or asking
    if not bringing or set(bringing) == {Operation.State.CREATED}:
        return Intent.State.CREATED
    if bringing[-1] == Operation.State.EXPIRED:
        return Intent.State.EXPIRED
    if bringing[-1] == Operation.State.FAILED:
        return Intent.State.FAILED
    return Intent.State.PENDING


def is_owed(operation: Operation) -> bool:
    """Whether ``operation`` pays somebody, so that it must be seen to its end however long that takes."""
    return operation.kind == Operation.Kind.REFUND


def next_ask_at(operation: Operation, *, now: datetime) -> datetime | None:
    """Return when to ask about ``operation`` if ``now`` brought no final answer; None for never.

    A payment is asked about until a day after it expired, a refund until it ends: it is owed.
    Needs ``operation.intent``.
    """
    is_forever = is_owed(operation)
    nobody_waits_from = operation.created_at + EAGER_FOR if is_forever else operation.intent.expires_at
    overdue = now - nobody_waits_from
    if overdue <= timedelta(0):
        return now + PAUSES[min(operation.tries, len(PAUSES) - 1)]
    if not is_forever and overdue >= GIVE_UP_AFTER:
        return None
    return now + (PAUSES[-1] if overdue <= EAGER_FOR else PATIENT_PAUSE)
