"""Everything that reads the cash of post points: what waits to be counted, what was, and what a till holds.

A till's account is below zero by what the post point holds for us; here that is a positive sum.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from payments.ledger import selectors as books
from payments.models import Claim, Operation
from payments.services import booking


class Direction(StrEnum):
    IN = "in"  # counted from a buyer
    OUT = "out"  # counted out to a buyer
    BANKED = "banked"  # carried to the bank


@dataclass(frozen=True)
class Movement:
    """Cash that came or went. ``reference`` is the order's number, or the bank's slip."""

    at: datetime
    direction: Direction
    amount_vnd: int
    reference: str
    by: str
    held_after_vnd: int


@dataclass(frozen=True)
class Counted:
    """What was counted of an operation, and who says so."""

    operation: Operation
    by: str


@dataclass(frozen=True)
class Till:
    """The cash of one post point. ``oldest_at`` is when the oldest of it came, if it holds any."""

    code: str
    held_vnd: int
    oldest_at: datetime | None
    banked_at: datetime | None


def to_count(intents: Collection[UUID] | QuerySet) -> QuerySet[Operation]:
    """Return the cash operations of ``intents`` (ids) that wait to be counted, in or out, oldest first.

    ``action["code"]`` is what the buyer names.
    """
    waiting = Operation.objects.filter(
        intent__in=intents, state=Operation.State.REQUIRES_ACTION, action__type="cash"
    )
    return waiting.order_by("created_at", "pk")


def counted(intent_id: UUID, *, till: str) -> list[Counted]:
    """Return what was counted of one intent at ``till``, newest first. One query."""
    claims = (
        Claim.objects.filter(
            source=Claim.Source.COUNTER,
            refusal="",
            operation__intent=intent_id,
            operation__till=till,
            operation__state=Operation.State.SUCCEEDED,
        )
        .select_related("operation")
        .order_by("-operation__ended_at", "-pk")
    )
    return [Counted(claim.operation, claim.raw["by"]) for claim in claims if claim.operation]


def held_vnd(till: str) -> int:
    """Return what ``till`` holds for us, in đồng; below zero is what it has laid out for us."""
    code = booking.till_code(till)
    return -books.balances_vnd([code]).get(code, 0)


def movements(till: str, *, since: datetime, until: datetime) -> list[Movement]:
    """Return what came and went from ``since`` to before ``until``, newest first. One query."""
    return [_movement(entry) for entry in _entries(till).filter(created_at__gte=since, created_at__lt=until)]


def bankings(till: str, *, most: int) -> list[Movement]:
    """Return the last ``most`` times cash of ``till`` was carried to the bank, newest first. One query."""
    return [_movement(entry) for entry in _entries(till).filter(transfer__purpose=booking.BANKING)[:most]]


def banked_with(slip: str, *, till: str, without: UUID) -> Movement | None:
    """Return what was banked with ``slip`` by another transfer than ``without``, if anything was."""
    entries = _entries(till).filter(transfer__purpose=booking.BANKING, transfer__reference=slip)
    entry = entries.exclude(transfer=without).first()
    return _movement(entry) if entry else None


def tills() -> list[Till]:
    """Return every till that ever held cash, by its code. Three queries, however many there are."""
    oldest = books.overdrawn_since(kind=booking.TILL)
    banked = books.newest_by_account(kind=booking.TILL, purpose=booking.BANKING)
    return [
        Till(
            code=code.removeprefix(f"{booking.TILL}:"),
            held_vnd=-balance_vnd,
            oldest_at=oldest.get(code),
            banked_at=banked.get(code),
        )
        for code, balance_vnd in books.balances_of_kind(booking.TILL).items()
    ]


def _entries(till: str) -> QuerySet:
    return books.entries_of(booking.till_code(till))


def _movement(entry: Any) -> Movement:
    transfer = entry.transfer
    if transfer.purpose == booking.BANKING:
        direction = Direction.BANKED
    else:
        direction = Direction.IN if entry.amount_vnd < 0 else Direction.OUT
    return Movement(
        at=entry.created_at,
        direction=direction,
        amount_vnd=transfer.amount_vnd,
        reference=transfer.reference,
        by=transfer.memo,
        held_after_vnd=-entry.balance_after_vnd,
    )
