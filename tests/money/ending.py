"""Bringing a market to its end: everybody decides, is asked and says so, and every statement is compared."""

from __future__ import annotations

from datetime import date, timedelta

from payments.models import Difference, Event
from payments.providers.base import Outcome
from tests.money import books
from tests.money.settling import Settling
from tests.money.world import TILLS, WALLETS


def bring_to_an_end(market: Settling) -> None:
    """Let everything that is under way end, and compare the books with what really happened."""
    for _ in range(5):
        _end_what_is_open(market)
        market.now += timedelta(days=1)
        for code in WALLETS:
            for day in _days(market):
                market.reconcile(code, day)
        market.beat()
        if not any(one.state == "open" for one in market.model.refunds.values()):
            break  # else the statements told of money that had to go back
    everything_is_as_foreseen(market)
    assert not Event.objects.filter(delivered_at=None).exists()
    books.pages_show_what_the_ledger_says(market.model.orders)
    _operators_agree(market)


def _end_what_is_open(market: Settling) -> None:
    for _ in range(3):
        market.now += timedelta(minutes=20)
        for operator in market.operators.values():
            for one in list(operator.movements.values()):
                if one.outcome is Outcome.PENDING:
                    market.decide(one.id, Outcome.SUCCEEDED)
        for refund in list(market.model.refunds.values()):
            if refund.payment.provider == "cash" and refund.state == "open":
                market.send_refund(refund)
                market.count(refund, TILLS[0])
        market.beat()


def everything_is_as_foreseen(market: Settling) -> None:
    books.every_dong_is_where_the_model_says(market.model)
    books.the_books_are_whole()
    books.the_figures_are_those_of(market.model)
    books.nobody_got_back_more_than_was_paid()
    books.every_payment_is_of_one_order(market.model)


def _days(market: Settling) -> list[date]:
    moved = {
        one.moved_at.date()
        for operator in market.operators.values()
        for one in operator.movements.values()
        if one.moved_at
    }
    return sorted(moved | {day for _, day in market.reconciled} | {market.today - timedelta(days=1)})


def _operators_agree(market: Settling) -> None:
    """What we believe is what the operators did; but for refunds of what was no longer there to refund."""
    model = market.model
    believed = {
        one_id
        for known in (model.payments, model.refunds, model.payouts)
        for one_id, one in known.items()
        if one.state == "succeeded"
    }
    for operator in market.operators.values():
        for one in operator.movements.values():
            is_known = one.id in believed or one.id in model.uncovered
            assert is_known == (one.outcome is Outcome.SUCCEEDED), one
    wrong = Difference.objects.filter(state=Difference.State.OPEN)
    assert {one.operation_id for one in wrong} <= model.uncovered, list(wrong.values())
