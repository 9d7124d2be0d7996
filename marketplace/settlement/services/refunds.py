"""Giving money back: of a line, of some pieces of it, or of a whole part, before and after its release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from marketplace.sellers.models import SubOrder
from marketplace.settlement.errors import NotPaid, RefundConflict, RefundTooLarge
from marketplace.settlement.models import LineSplit, PartClock, Refund
from marketplace.settlement.rules import settlement_rule
from payments import services as payments
from payments.models import Event, Intent, Share

from . import booking

BANK = "bank:settlement"


@dataclass(frozen=True)
class ByHand:
    """That money goes back past the operators, out of our bank account: how to prove it, and who says so."""

    evidence: str
    by: str


@dataclass(frozen=True)
class Left:
    """What may still be refunded of a part, in đồng: of its lines by their ids, and of its delivery."""

    lines: dict[int, int]
    delivery_vnd: int

    @property
    def total_vnd(self) -> int:
        return sum(self.lines.values()) + self.delivery_vnd


def left_to_refund(part: SubOrder) -> Left:
    """Return what was paid of ``part`` and not refunded; lines of which nothing is left are absent.

    Two queries.
    """
    splits = list(LineSplit.objects.filter(part=part).order_by("pk"))
    refunded_vnd = PartClock.objects.values_list("delivery_refunded_vnd", flat=True).get(part=part)
    left = booking.left_of(part, splits)
    return Left(
        {split.line_id: left_vnd for split, left_vnd in left.items() if left_vnd},
        part.delivery_vnd - refunded_vnd,
    )


@transaction.atomic
def refund_line(
    *,
    line_id: int,
    reason: str,
    refund_id: UUID,
    now: datetime,
    amount_vnd: int | None = None,
    quantity: int | None = None,
) -> list[Refund]:
    """Give ``amount_vnd`` of a line, or the price of ``quantity`` pieces of it, back to the buyer.

    Of a part that was released already, what everybody got of it is taken back first; what the seller no
    longer has becomes a debt. Calling again with the same ``refund_id`` and line returns the first refund.

    Raises RefundTooLarge if less is left of the line, NotPaid, RefundConflict, payments.DebtLimitReached.
    Nothing has happened then.
    """
    assert (amount_vnd is None) != (quantity is None), (amount_vnd, quantity)
    part_id = LineSplit.objects.values_list("part", flat=True).get(line=line_id)
    clock = booking.lock_clock(part_id)
    split = LineSplit.objects.select_related("line").get(line=line_id)
    if earlier := earlier_refunds(refund_id):
        if {refund.split_id for refund in earlier} != {split.pk}:
            raise RefundConflict(refund_id)
        return earlier
    wanted_vnd = _price_of(split, quantity) if amount_vnd is None else amount_vnd
    return ask(clock, {line_id: wanted_vnd}, 0, reason=reason, refund_id=refund_id, now=now)


@transaction.atomic
def refund_part(
    *, part: SubOrder, reason: str, refund_id: UUID, now: datetime, amount_vnd: int | None = None
) -> list[Refund]:
    """Give all that is left of a part back, delivery included; or ``amount_vnd`` of it, lines first.

    Repeats and errors as in refund_line(). Stock, nights and the part's status are not touched.
    """
    clock = booking.lock_clock(part.pk)
    if earlier := earlier_refunds(refund_id):
        if {refund.part_id for refund in earlier} != {part.pk}:
            raise RefundConflict(refund_id)
        return earlier
    left = left_to_refund(clock.part)
    wanted_vnd = left.total_vnd if amount_vnd is None else amount_vnd
    if not 0 < wanted_vnd <= left.total_vnd:
        raise RefundTooLarge(what=clock.part.number, left_vnd=left.total_vnd, wanted_vnd=wanted_vnd)
    amounts, rest_vnd = {}, wanted_vnd
    for line_id, left_vnd in left.lines.items():
        if take_vnd := min(left_vnd, rest_vnd):
            amounts[line_id] = take_vnd
            rest_vnd -= take_vnd
    return ask(clock, amounts, rest_vnd, reason=reason, refund_id=refund_id, now=now)


@transaction.atomic
def refund_lines(
    *,
    part: SubOrder,
    amounts: Mapping[int, int],
    delivery_vnd: int,
    reason: str,
    refund_id: UUID,
    now: datetime,
) -> list[Refund]:
    """Give so much of some lines of a part (their ids -> đồng), and of its delivery, back to the buyer.

    Repeats and errors as in refund_line(). Stock, nights and the part's status are not touched.
    """
    clock = booking.lock_clock(part.pk)
    if earlier := earlier_refunds(refund_id):
        if {refund.part_id for refund in earlier} != {part.pk}:
            raise RefundConflict(refund_id)
        return earlier
    wanted = {line_id: vnd for line_id, vnd in amounts.items() if vnd}
    return ask(clock, wanted, delivery_vnd, reason=reason, refund_id=refund_id, now=now)


@transaction.atomic
def waive(*, part: SubOrder, amounts: Mapping[int, int]) -> None:
    """Ask no longer for so much of the unpaid rest of some lines of a part (their ids -> đồng).

    What it was for was cancelled. Whoever calls this sees to it that it is done once.
    """
    clock = booking.lock_clock(part.pk)
    waived_vnd = sum(amounts.values())
    assert 0 < waived_vnd <= clock.part.balance_vnd, (part.number, waived_vnd)
    for split in LineSplit.objects.filter(part=part, line__in=amounts).order_by("pk"):
        split.waived_vnd += amounts[split.line_id]
        split.save(update_fields=["waived_vnd"])
    SubOrder.objects.filter(pk=part.pk).update(waived_vnd=F("waived_vnd") + waived_vnd)


@transaction.atomic
def end(*, operation_id: UUID, succeeded: bool, now: datetime) -> None:
    """Write down how the refund of that operation ended.

    Refused, it is not a refund: what it was for may be released again. The money waits in escrow for another
    dispute window, so that somebody can find another way to pay the buyer. A refund that was refused and made
    after all counts again. Repeats change nothing.
    """
    refunds = Refund.objects.filter(operation_id=operation_id)
    for part_id in sorted(set(refunds.values_list("part", flat=True))):
        _end(booking.lock_clock(part_id), operation_id, succeeded=succeeded, now=now)


# --- Inside ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Item:
    """So much of a line; without a split, of the delivery."""

    split: LineSplit | None
    amount_vnd: int


def earlier_refunds(refund_id: UUID) -> list[Refund]:
    """Return what was asked for under that id before."""
    return list(Refund.objects.filter(refund_id=refund_id).order_by("pk"))


def _price_of(split: LineSplit, quantity: int | None) -> int:
    """Return what ``quantity`` pieces of the line cost, half a đồng rounded up, at most what is left."""
    assert quantity is not None
    pieces = split.line.quantity
    if not 0 < quantity <= pieces:
        raise RefundTooLarge(
            what=split.line.title,
            left_vnd=split.net_vnd,
            wanted_vnd=split.gross_vnd * max(quantity, 0) // pieces,
        )
    price_vnd = (2 * split.gross_vnd * quantity + pieces) // (2 * pieces)
    # Three thirds, each rounded up, may be a đồng more than the whole.
    is_last = 0 < split.net_vnd < price_vnd < split.net_vnd + pieces
    return split.net_vnd if is_last else price_vnd


def ask(
    clock: PartClock,
    amounts: Mapping[int, int],
    delivery_vnd: int,
    *,
    reason: str,
    refund_id: UUID,
    now: datetime,
    by_hand: ByHand | None = None,
) -> list[Refund]:
    """Refund so much of some lines (their ids -> đồng) and of the delivery of a locked part.

    Through the providers that were paid, or as ``by_hand`` says.
    """
    part = clock.part
    if part.status not in (SubOrder.Status.PAID, SubOrder.Status.REFUNDING):
        raise NotPaid(part.number)
    splits = {split.line_id: split for split in LineSplit.objects.filter(part=part).select_related("line")}
    items = [_Item(splits[line_id], vnd) for line_id, vnd in amounts.items()]
    items += [_Item(None, delivery_vnd)] * bool(delivery_vnd)
    by_intent = list(_by_intent(part, items))
    sources = {BANK} if by_hand else {f"clearing:{intent.provider}" for intent, _items in by_intent}
    _take(clock, items, without=sources, now=now)
    operations = {}
    for intent, own in by_intent:
        operation_id = uuid5(refund_id, str(intent.pk))
        operations[operation_id] = own
        facts: dict[str, Any] = {
            "intent_id": intent.pk,
            "shares": _shares(part, own),
            "reason": reason[:200],
            "operation_id": operation_id,
            "now": now,
        }
        if by_hand is None:
            payments.refund(**facts)
        else:
            payments.refund_by_hand(**facts, evidence=by_hand.evidence, by=by_hand.by)
    return _write(clock, operations, refund_id=refund_id, reason=reason, now=now)


def _by_intent(part: SubOrder, items: list[_Item]) -> Iterator[tuple[Intent, list[_Item]]]:
    """Share ``items`` out over the payments that paid for the part, the newest first.

    Not over one whose money has just come: whoever hears of it may give all of it back.
    """
    unheard = Event.objects.filter(
        intent=OuterRef("intent"), kind=Event.Kind.PAYMENT_SUCCEEDED, delivered_at=None
    )
    shares = Share.objects.filter(
        ~Exists(unheard),
        reference__in=[part.escrow_account, part.delivery_account],
        intent__state__in=Intent.PAID_STATES,
    ).select_related("intent")
    rest = {item: item.amount_vnd for item in items}
    by_intent: dict[Intent, dict[str, int]] = {}
    for share in shares.order_by("-intent__created_at", "intent", "reference"):
        left_vnd = share.captured_vnd - share.refunded_vnd
        by_intent.setdefault(share.intent, {})[share.reference] = left_vnd
    for intent, left in by_intent.items():
        own = []
        for item in items:
            reference = part.escrow_account if item.split else part.delivery_account
            if take_vnd := min(rest[item], left.get(reference, 0)):
                own.append(_Item(item.split, take_vnd))
                rest[item] -= take_vnd
                left[reference] -= take_vnd
        if own:
            yield intent, own
    if missing_vnd := sum(rest.values()):
        total_vnd = sum(item.amount_vnd for item in items)
        raise RefundTooLarge(what=part.number, left_vnd=total_vnd - missing_vnd, wanted_vnd=total_vnd)


def _shares(part: SubOrder, items: list[_Item]) -> dict[str, int]:
    sums = {
        part.escrow_account: sum(item.amount_vnd for item in items if item.split),
        part.delivery_account: sum(item.amount_vnd for item in items if not item.split),
    }
    return {reference: vnd for reference, vnd in sums.items() if vnd}


def _take(clock: PartClock, items: list[_Item], *, without: set[str], now: datetime) -> None:
    """Count ``items`` as refunded, and have their money in escrow."""
    for item in items:
        _count(clock, item.split, item.amount_vnd)
    if clock.released_at is not None or clock.bookings:
        booking.book(clock, now=now, without=without, only_back=clock.released_at is None)


def _count(clock: PartClock, split: LineSplit | None, amount_vnd: int) -> None:
    """Add ``amount_vnd``, below zero to take it off again, to what is refunded of a line or the delivery."""
    if split is None:
        left_vnd = clock.part.delivery_vnd - clock.delivery_refunded_vnd
        what: Any = clock.part.delivery_account
    else:
        left_vnd, what = split.net_vnd, clock.part.number
    if amount_vnd > left_vnd:
        raise RefundTooLarge(what=what, left_vnd=left_vnd, wanted_vnd=amount_vnd)
    if split is None:
        clock.delivery_refunded_vnd += amount_vnd
        clock.save(update_fields=["delivery_refunded_vnd"])
    else:
        split.refunded_vnd += amount_vnd
        split.save(update_fields=["refunded_vnd"])


def _write(
    clock: PartClock, operations: Mapping[UUID, list[_Item]], *, refund_id: UUID, reason: str, now: datetime
) -> list[Refund]:
    return Refund.objects.bulk_create(
        Refund(
            part=clock.part,
            split=item.split,
            refund_id=refund_id,
            operation_id=operation_id,
            amount_vnd=item.amount_vnd,
            reason=reason[:200],
            asked_at=now,
        )
        for operation_id, items in operations.items()
        for item in items
    )


def _end(clock: PartClock, operation_id: UUID, *, succeeded: bool, now: datetime) -> None:
    state = Refund.State.DONE if succeeded else Refund.State.FAILED
    refunds = Refund.objects.filter(part=clock.part, operation_id=operation_id).select_related("split")
    refused = (Refund.State.FAILED, Refund.State.AGAIN)
    is_known = {True: [Refund.State.DONE], False: [Refund.State.DONE, *refused]}[succeeded]
    changed = [refund for refund in refunds.order_by("pk") if refund.state not in is_known]
    for refund in changed:
        if not succeeded:
            _count(clock, refund.split, -refund.amount_vnd)
        elif refund.state in refused:
            _count(clock, refund.split, refund.amount_vnd)
        refund.state, refund.ended_at = state, now
        refund.save(update_fields=["state", "ended_at"])
    if changed and not succeeded and clock.release_at is not None:
        hours = settlement_rule(timezone.localdate(now)).dispute_window_hours
        clock.released_at = None
        clock.release_at = max(clock.release_at, now + timedelta(hours=hours))
        clock.save(update_fields=["released_at", "release_at"])
