"""Everything that reads what payees are owed, owe, and were paid."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from payments.ledger import selectors as books
from payments.models import Claim, Payout, PayoutBatch, PayoutRun
from payments.services import settling


class PayeeMoney(NamedTuple):
    """How one payee stands with us, in đồng; none of it is negative."""

    payee: str
    payable_vnd: int  # the next run pays it
    on_the_way_vnd: int
    debt_vnd: int  # what they owe us


def payable_vnd(payee: str) -> int:
    """Return what the next run would pay ``payee``, in đồng."""
    return _one(payee).payable_vnd


def on_the_way_vnd(payee: str) -> int:
    """Return what has been sent to ``payee`` and has neither arrived nor come back, in đồng."""
    return _one(payee).on_the_way_vnd


def debt_vnd(payee: str) -> int:
    """Return what ``payee`` owes us, in đồng; next earnings repay it."""
    return _one(payee).debt_vnd


def money_of_all() -> list[PayeeMoney]:
    """Return how every payee stands whose accounts are not all empty, in their order. Cost: one query."""
    return _money(books.standing(kinds=[settling.PAYABLE, settling.DEBT]))


def money_of(payee: str) -> PayeeMoney:
    """Return how ``payee`` stands. Cost: one query."""
    return _one(payee)


def runs() -> QuerySet[PayoutRun]:
    """Return the runs, newest first, each with ``payouts``, ``total_vnd``, ``arrived``, ``came_back``."""
    of_state = {
        "arrived": Payout.State.SUCCEEDED,
        "came_back": Payout.State.FAILED,
        "on_the_way": Payout.State.ON_THE_WAY,
        "by_hand": Payout.State.BY_HAND,
    }
    counts = {
        name: Count("batches__payouts", filter=Q(batches__payouts__state=state))
        for name, state in of_state.items()
    }
    counted = PayoutRun.objects.annotate(
        payouts=Count("batches__payouts"), total_vnd=Sum("batches__payouts__amount_vnd", default=0), **counts
    )
    return counted.order_by("-created_at", "pk")


def batches_of(run_id: UUID) -> QuerySet[PayoutBatch]:
    """Return the batches of a run with their payouts at hand, in order of provider and payee."""
    payouts = Payout.objects.order_by("payee")
    batches = PayoutBatch.objects.filter(run=run_id).prefetch_related(Prefetch("payouts", payouts))
    return batches.order_by("provider", "created_at", "pk")


def payouts_of(payee: str) -> QuerySet[Payout]:
    """Return what was sent to ``payee``, newest first, each with its batch."""
    return Payout.objects.filter(payee=payee).select_related("batch").order_by("-created_at", "pk")


def payouts_that_came_back() -> QuerySet[Payout]:
    """Return the payouts that came back and were not settled by hand, newest first."""
    return Payout.objects.filter(state=Payout.State.FAILED).order_by("-ended_at", "pk")


def claims_about(payout: Payout) -> QuerySet[Claim]:
    """Return what was said of one payout, in the order in which it arrived."""
    return Claim.objects.filter(operation_named=payout.pk).order_by("pk")


def _one(payee: str) -> PayeeMoney:
    codes = [settling.payable_code(payee), settling.debt_code(payee)]
    found = _money(books.standing(codes=codes))
    return found[0] if found else PayeeMoney(payee, 0, 0, 0)


def _money(rows: list[tuple[str, int, int]]) -> list[PayeeMoney]:
    found: dict[str, PayeeMoney] = {}
    for code, balance_vnd, held_vnd in rows:
        kind, _, payee = code.partition(":")
        money = found.get(payee, PayeeMoney(payee, 0, 0, 0))
        if kind == settling.PAYABLE:
            money = money._replace(payable_vnd=balance_vnd - held_vnd, on_the_way_vnd=held_vnd)
        else:
            money = money._replace(debt_vnd=max(0, -balance_vnd))
        found[payee] = money
    return [found[payee] for payee in sorted(found)]
