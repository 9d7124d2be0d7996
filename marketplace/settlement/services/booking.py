"""Bringing the ledger to what belongs to whom of a part of an order.

One way for all of it: what each line is worth now, shared out, less what was booked for it before. What is
missing leaves escrow, what is too much comes back. So a release, a refund after it, and a refund that failed
after all are the same thing, and doing it twice does nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from functools import reduce
from operator import add
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Sum
from django.utils import timezone

from marketplace.sellers.models import Seller, SubOrder
from marketplace.settlement.models import LineBooking, LineSplit, PartClock
from marketplace.settlement.rules import settlement_rule
from marketplace.settlement.splitting import Rates, Split, split_of
from marketplace.settlement.withholding import PIT, VAT
from payments import ledger
from payments import services as payments
from payments.ledger import selectors as books
from payments.services import Portion, settling

from .freezing import freeze

COMMISSION = "revenue:commission"
CARRIER = "carrier-post"
NAMESPACE = uuid5(NAMESPACE_URL, "settlement")
SHARES = [field.name for field in fields(Split)]


def payee_of(seller_id: int) -> str:
    """Return the name under which a seller is paid; the ledger has it behind ``payable:`` and ``debt:``."""
    return Seller(pk=seller_id).payee


def lock_clock(part_id: int) -> PartClock:
    """Return the clock of a part, locked until the transaction ends. Whoever moves its money does this first.

    A part that was ordered before prices were shared out is frozen now, by the rules of its day.
    """
    clocks = PartClock.objects.select_for_update(of=["self"], no_key=True).select_related("part__seller")
    clock = clocks.filter(part=part_id).first()
    if clock is None:
        order = SubOrder.objects.select_related("order").get(pk=part_id).order
        freeze(order=order, now=order.date_placed)
        clock = clocks.get(part=part_id)
    return clock


def shared_out(split: LineSplit, net_vnd: int) -> Split:
    """Return how ``net_vnd`` of a line is shared out by its frozen rates."""
    return split_of(net_vnd, Rates(split.commission_bp, split.vat_bp, split.pit_bp, split.fund_bp))


def left_of(part: SubOrder, splits: Sequence[LineSplit]) -> dict[LineSplit, int]:
    """Return what was paid of each line of ``part`` and not refunded, in đồng.

    ``splits`` are all of its lines, in their order. While the rest after a deposit is unpaid, it is missing
    from the last lines first: nothing is released or refunded that nobody paid.
    """
    left, unpaid_vnd = {}, part.balance_vnd
    for split in reversed(splits):
        missing_vnd = min(unpaid_vnd, split.net_vnd)
        left[split] = split.net_vnd - missing_vnd
        unpaid_vnd -= missing_vnd
    return {split: left[split] for split in splits}


def book(clock: PartClock, *, now: datetime, without: Iterable[str] = (), only_back: bool = False) -> bool:
    """Bring the ledger to what belongs to whom of a locked part. False if there was nothing to move.

    With ``only_back`` nothing leaves escrow: what waits there once more is not due yet.
    ``without`` names further ledger accounts that the same transaction will lock. Raises
    payments.DebtLimitReached if the seller would owe more than the day's rule allows.
    """
    part = clock.part
    splits = list(LineSplit.objects.filter(part=part).select_related("fund_rule__village").order_by("pk"))
    fund = _fund_of(splits)
    booked = _booked(splits)
    changes = {}
    for split, left_vnd in left_of(part, splits).items():
        before = booked.get(split.pk, Split())
        due_vnd = min(left_vnd, before.gross_vnd) if only_back else left_vnd
        changes[split] = shared_out(split, due_vnd) - before
    carrier_vnd = part.delivery_vnd - clock.delivery_refunded_vnd - clock.carrier_vnd
    if only_back:
        carrier_vnd = min(carrier_vnd, 0)
    if not carrier_vnd and not any(_moves(change) for change in changes.values()):
        return False

    booking_id = uuid5(NAMESPACE, f"{part.number} {clock.bookings}")
    _lock_accounts(part, fund, without)
    _move(part.escrow_account, _by_account(part, fund, changes.values()), booking_id, now)
    _move(part.delivery_account, {f"payable:{CARRIER}": carrier_vnd}, uuid5(booking_id, "delivery"), now)
    LineBooking.objects.bulk_create(
        LineBooking(
            split=split,
            booking_id=booking_id,
            gross_vnd=change.gross_vnd,
            **asdict(change),
        )
        for split, change in changes.items()
        if _moves(change)
    )
    clock.bookings += 1
    clock.carrier_vnd += carrier_vnd
    clock.save(update_fields=["bookings", "carrier_vnd"])
    return True


def _booked(splits: list[LineSplit]) -> dict[int, Split]:
    rows = LineBooking.objects.filter(split__in=splits).order_by("split")
    sums = rows.values_list("split").annotate(*(Sum(share) for share in SHARES))
    return {split_id: Split(*shares) for split_id, *shares in sums}


def _moves(change: Split) -> bool:
    return change != Split()


def _fund_of(splits: Sequence[LineSplit]) -> str:
    """Return the payee of the fund that has a share; a part is of one seller, so there is one at most."""
    return next((split.fund_rule.village.payee for split in splits if split.fund_rule is not None), "")


def _by_account(part: SubOrder, fund: str, changes: Iterable[Split]) -> dict[str, int]:
    total = reduce(add, changes, Split())
    return {
        COMMISSION: total.commission_vnd,
        VAT: total.vat_vnd,
        PIT: total.pit_vnd,
        f"payable:{payee_of(part.seller_id)}": total.seller_vnd,
    } | ({f"payable:{fund}": total.fund_vnd} if fund else {})


def _move(escrow: str, change_vnd: dict[str, int], booking_id: UUID, now: datetime) -> None:
    """Take back first what is too much, then release what is missing: rounding can ask for both."""
    back = [Portion(account, -vnd) for account, vnd in change_vnd.items() if vnd < 0]
    out = [Portion(account, vnd) for account, vnd in change_vnd.items() if vnd > 0]
    if back:
        payments.take_back(
            part=escrow,
            portions=back,
            take_back_id=uuid5(booking_id, "take back"),
            debt_limit_vnd=settlement_rule(timezone.localdate(now)).debt_limit_vnd,
            now=now,
        )
    if out:
        payments.release(part=escrow, portions=out, release_id=booking_id, now=now)


def _lock_accounts(part: SubOrder, fund: str, further: Iterable[str]) -> None:
    """Lock every account this transaction will touch at once: locks taken in code order cannot deadlock.

    Those that do not exist yet are opened, and locked, by whoever posts to them first.
    """
    payees = [payee_of(part.seller_id), CARRIER, *([fund] if fund else [])]
    codes = {
        *further,
        COMMISSION,
        VAT,
        PIT,
        *(f"escrow:{reference}" for reference in (part.escrow_account, part.delivery_account)),
        *(f"{kind}:{name}" for kind in ("payable", "debt") for name in payees),
        *map(settling.debt_beside, (VAT, PIT)),
    }
    ledger.lock(books.balances_vnd(codes))
