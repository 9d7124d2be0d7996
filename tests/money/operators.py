"""Wallet operators in memory that know what really happened: who was debited and credited, and when.

What they answer, and to what they keep silent, is decided by whoever drives them. They never lie, except in
statements that somebody ``twists``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from django.utils import timezone

from payments.errors import (
    AlreadySubmitted,
    BadSignature,
    ProviderRefused,
    ProviderUnavailable,
    UnknownToProvider,
    UnreadableReport,
)
from payments.providers.base import (
    Capability,
    Charge,
    Notice,
    Outcome,
    PayoutBatch,
    Provider,
    Report,
    StatementLine,
)
from tests.payments.fakes import SIGNATURE

Twist = Callable[[list[StatementLine]], list[StatementLine]]


@dataclass
class Movement:
    """One request an operator accepted, and how it ended there. ``sign`` is -1 when money leaves the shop."""

    id: UUID
    amount_vnd: int
    sign: int
    reference: str = ""
    outcome: Outcome = Outcome.PENDING
    moved_at: datetime | None = None
    original_id: UUID | None = None
    was_refused: bool = False  # and perhaps done all the same, later

    @property
    def ref(self) -> str:
        return f"W-{self.id}"


@dataclass(frozen=True)
class Said:
    """What the shop was told of a request; ``outcome`` None: that it never arrived."""

    id: UUID
    outcome: Outcome | None


class Operator(Provider):
    """``fault`` is what goes wrong with every request until it is changed: nothing, ``before`` and ``after``
    the request was accepted, or ``silent`` to questions as well."""

    capabilities = frozenset(
        {Capability.SALE, Capability.REFUND, Capability.PUSH, Capability.PAYOUT, Capability.STATEMENT}
    )
    said: ClassVar[list[Said]] = []  # by all of them, in order

    def __init__(self, *, code: str, label: str) -> None:
        super().__init__(code=code, label=label)
        self.movements: dict[UUID, Movement] = {}
        self.batches: dict[UUID, list[UUID]] = {}
        self.fault = ""
        self.twist: Twist = list

    # --- What the shop asks ----------------------------------------------------------------------

    def authorize(self, charge: Charge) -> Report:
        return self._accept(charge, Movement(charge.operation_id, charge.amount_vnd, 1, charge.reference))

    def refund(self, charge: Charge) -> Report:
        paid = self.movements.get(charge.original_id) if charge.original_id else None
        if paid is None or paid.outcome is not Outcome.SUCCEEDED:
            raise ProviderRefused("There is no such payment.", reason="identifierError")
        back = [one for one in self.movements.values() if one.original_id == charge.original_id]
        if charge.operation_id not in self.movements:
            asked_vnd = sum(one.amount_vnd for one in back if not one.was_refused)
            assert asked_vnd + charge.amount_vnd <= paid.amount_vnd, "asked to give back more than was paid"
            gone_vnd = sum(one.amount_vnd for one in back if one.outcome is not Outcome.FAILED)
            if gone_vnd + charge.amount_vnd > paid.amount_vnd:
                self.said.append(Said(charge.operation_id, Outcome.FAILED))
                raise ProviderRefused("A refund that was refused has been made.", reason="amountLimits")
        wanted = Movement(charge.operation_id, charge.amount_vnd, -1, charge.reference)
        wanted.original_id = charge.original_id
        return self._accept(charge, wanted)

    def void(self, charge: Charge) -> Report:
        """Take the prompt off the payer's phone, if it is still there."""
        self._may_fail("before", "silent")
        waiting = self.movements.get(charge.original_id) if charge.original_id else None
        if waiting is not None and waiting.outcome is Outcome.PENDING:
            waiting.outcome = Outcome.FAILED
        is_gone = waiting is None or waiting.outcome is Outcome.FAILED
        outcome = Outcome.SUCCEEDED if is_gone else Outcome.FAILED
        return Report(charge.operation_id, "", outcome, amount_vnd=charge.amount_vnd)

    def query(self, charge: Charge) -> Report:
        self._may_fail("silent")
        known = self.movements.get(charge.operation_id)
        if known is None:
            self.said.append(Said(charge.operation_id, None))
            raise UnknownToProvider(f"{self.code} has no request {charge.operation_id}.")
        return self._say(known)

    def payout(self, batch: PayoutBatch) -> list[Report]:
        self._may_fail("before", "silent")
        if batch.batch_id in self.batches:
            raise AlreadySubmitted(f"{self.code} has this batch already.")
        self.batches[batch.batch_id] = [credit.payout_id for credit in batch.credits]
        for credit in batch.credits:
            self.movements[credit.payout_id] = Movement(credit.payout_id, credit.amount_vnd, -1)
        self._may_fail("after")
        return [self._say(self.movements[credit.payout_id]) for credit in batch.credits]

    def query_payout(self, batch: PayoutBatch) -> list[Report]:
        self._may_fail("silent")
        if batch.batch_id not in self.batches:
            raise UnknownToProvider(f"{self.code} has no such batch.")
        return [self._say(self.movements[credit.payout_id]) for credit in batch.credits]

    def statement(self, day: date) -> Iterator[StatementLine]:
        moved = [
            one for one in self.movements.values() if one.moved_at and timezone.localdate(one.moved_at) == day
        ]
        moved.sort(key=lambda one: (one.moved_at, one.ref))
        return iter(self.twist([_line(one) for one in moved]))

    # --- What happens there ----------------------------------------------------------------------

    def decide(self, movement_id: UUID, outcome: Outcome, *, now: datetime) -> None:
        """Let a request end. What was moved stays moved; what was refused may yet be done."""
        one = self.movements[movement_id]
        assert one.outcome is not Outcome.SUCCEEDED, one
        one.outcome = outcome
        one.was_refused |= outcome is Outcome.FAILED
        one.moved_at = now if outcome is Outcome.SUCCEEDED else None

    def callback(self, movement_id: UUID) -> tuple[bytes, dict[str, str]]:
        """Return body and headers of the callback that tells how a request stands."""
        one = self.movements[movement_id]
        return signed({"ref": one.ref, "outcome": one.outcome, "amount_vnd": one.amount_vnd})

    def parse_webhook(self, notice: Notice) -> Report:
        if notice.headers.get("X-Signature") != SIGNATURE + notice.body.decode(errors="replace"):
            raise BadSignature(f"{self.code}: X-Signature does not match the body.")
        said = json.loads(notice.body)
        if notice.operation_id is None:
            raise UnreadableReport(f"{self.code}: of which operation?")
        outcome = Outcome(said["outcome"])
        return Report(notice.operation_id, said["ref"], outcome, said["amount_vnd"], raw=said)

    # --- Inside ----------------------------------------------------------------------------------

    def _may_fail(self, *moments: str) -> None:
        if self.fault in moments:
            raise ProviderUnavailable(f"{self.code} does not answer ({self.fault}).")

    def _accept(self, charge: Charge, movement: Movement) -> Report:
        self._may_fail("before", "silent")
        if charge.operation_id in self.movements:
            raise AlreadySubmitted(f"{self.code} has this request already.")
        self.movements[charge.operation_id] = movement
        self._may_fail("after")
        return self._say(movement)

    def _say(self, one: Movement) -> Report:
        self.said.append(Said(one.id, one.outcome))
        return Report(
            one.id,
            one.ref,
            one.outcome,
            amount_vnd=one.amount_vnd,
            reference=one.reference,
            error_code="accountError" if one.outcome is Outcome.FAILED else "",
        )


class WithdrawingOperator(Operator):
    """One that can also take a prompt back off the payer's phone."""

    capabilities = Operator.capabilities | {Capability.VOID}


def signed(said: dict) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a callback an operator signed."""
    body = json.dumps(said)
    return body.encode(), {"X-Signature": SIGNATURE + body}


def _line(one: Movement) -> StatementLine:
    assert one.moved_at is not None
    return StatementLine(
        provider_ref=one.ref,
        reference=one.reference,
        amount_vnd=one.sign * one.amount_vnd,
        moved_at=one.moved_at,
        operation_id=one.id,
    )
