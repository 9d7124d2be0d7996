"""Whatever happens, in whatever order: every đồng is where a plain model says it is."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack
from datetime import timedelta

import pytest
from hypothesis import settings as run_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from payments.providers.base import Outcome
from tests.database import Baseline
from tests.money import books
from tests.money.ending import bring_to_an_end
from tests.money.market import PAYERS
from tests.money.settling import Settling
from tests.money.things import Order, Part
from tests.money.twists import TWISTS
from tests.money.world import TILLS, WALLETS, clock_of, numbered_ids

EXAMPLES = int(os.environ.get("MONEY_EXAMPLES", "0"))

number = st.integers(0, 7)  # picks one of what there is, whatever there is
faults = st.sampled_from(["", "", "before", "after", "silent"])
outcomes = st.sampled_from([Outcome.SUCCEEDED, Outcome.SUCCEEDED, Outcome.FAILED])
wallets = st.sampled_from(WALLETS)
amounts = st.sampled_from([1, 7_777, 33_333, 150_000, 175_001])


class MoneyMachine(RuleBasedStateMachine):
    """Compares all of it with ``tests.money.model``."""

    baseline: Baseline

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.ids = self.stack.enter_context(numbered_ids())
        self.market = Settling()
        self.stack.enter_context(clock_of(self.market))

    def teardown(self) -> None:
        """When everything has ended and was heard of, the books are what happened."""
        try:
            bring_to_an_end(self.market)
        finally:
            self.stack.close()
            self.baseline.restore()

    # --- Buying ------------------------------------------------------------------------------------

    @initialize(ids=st.integers(0, 65_535))
    def begin(self, ids):
        """One order is paid, one is waited for."""
        self.ids.seed(ids)
        rice, tea, _ = self.market.goods
        first = self.market.place([(rice, 2), (tea, 1)], (self.market.rooms[0], 4, 2), "viettel")
        self.pay(first)
        self.market.place([(rice, 1)], None, "cash")

    @rule(
        goods=number, quantity=st.integers(1, 3), provider=st.sampled_from([*WALLETS, "cash"]), fault=faults
    )
    def buy(self, goods, quantity, provider, fault):
        chosen = self.market.goods[goods % 3]
        self.market.place([(chosen, quantity)], None, provider, fault=fault)

    @rule(
        goods=number,
        room=st.integers(0, 1),
        in_days=st.sampled_from([0, 1, 4, 8]),
        nights=st.integers(1, 3),
        provider=wallets,
        fault=faults,
    )
    def book(self, goods, room, in_days, nights, provider, fault):
        """Nights, and perhaps goods besides."""
        chosen = [(self.market.goods[goods % 3], 1)] if goods % 2 else []
        self.market.place(chosen, (self.market.rooms[room], in_days, nights), provider, fault=fault)

    @rule(which=number, provider=wallets, payer=st.sampled_from(PAYERS), fault=faults)
    def pay_again(self, which, provider, payer, fault):
        self.market.pay_again(self.order(which), provider, payer, fault=fault)

    @rule(which=number, provider=wallets, fault=faults)
    def pay_balance(self, which, provider, fault):
        orders = [one for one in self.orders if any(part.balance_vnd for part in one.parts)] or self.orders
        self.market.pay_balance(orders[which % len(orders)], provider, PAYERS[0], fault=fault)

    @rule(which=number)
    def cancel(self, which):
        self.market.cancel(self.order(which))

    @rule(which=number, line=number, percent=st.sampled_from([0, 50, 100]))
    def cancel_line(self, which, line, percent):
        order = self.order(which)
        lines = [line for part in order.parts for line in part.lines]
        self.market.cancel_line(order, lines[line % len(lines)], percent)

    # --- Operators ----------------------------------------------------------------------------------

    def pay(self, order: Order) -> None:
        assert order.payment is not None
        self.market.decide(order.payment.operation, Outcome.SUCCEEDED)
        self.market.call_back(order.payment.operation)
        self.market.deliver()

    @rule(which=number)
    def pay_at_once(self, which):
        """Everything goes as it should."""
        waiting = [one for one in self.orders if one.status == "unpaid" and not one.is_on_handover]
        arrived = [one for one in waiting if one.payment and self.is_there(one.payment.operation)]
        if arrived:
            self.pay(arrived[which % len(arrived)])

    @rule(which=number, outcome=outcomes)
    def decide(self, which, outcome):
        """A payer decides, or the operator about a refund or a payout; nobody is told."""
        undecided = [
            one.id
            for operator in self.market.operators.values()
            for one in operator.movements.values()
            if one.outcome is not Outcome.SUCCEEDED
        ]
        if undecided:
            self.market.decide(undecided[-1 - which % len(undecided)], outcome)

    @rule(which=number)
    def call_back(self, which):
        movements = self.told_of()
        if movements:
            self.market.call_back(movements[-1 - which % len(movements)])

    @rule(which=number)
    def misreport(self, which):
        movements = self.told_of()
        if movements:
            self.market.misreport(movements[which % len(movements)])

    @rule(fault=faults)
    def ask(self, fault):
        self.market.ask(fault=fault)

    @rule()
    def deliver(self):
        self.market.deliver()

    @rule()
    def beat(self):
        self.market.beat()

    @rule(seconds=st.sampled_from([1, 13, 60, 901, 4_000, 40_000, 86_400, 4 * 86_400, 12 * 86_400]))
    def wait(self, seconds):
        self.market.now += timedelta(seconds=seconds)

    # --- Cash -----------------------------------------------------------------------------------------

    @rule(which=number, till=st.sampled_from(TILLS), wrong_vnd=st.sampled_from([0, 0, 0, 1]))
    def count(self, which, till, wrong_vnd):
        model = self.market.model
        waiting = [one for one in model.payments.values() if one.provider == "cash"]
        if waiting:
            self.market.count(waiting[-1 - which % len(waiting)], till, wrong_vnd=wrong_vnd)

    @rule(which=number, till=st.sampled_from(TILLS))
    def count_out(self, which, till):
        refunds = [one for one in self.market.model.refunds.values() if one.payment.provider == "cash"]
        if refunds:
            refund = refunds[which % len(refunds)]
            self.market.send_refund(refund)
            self.market.count(refund, till)

    @rule(till=st.sampled_from(TILLS), amount_vnd=amounts)
    def bank(self, till, amount_vnd):
        self.market.bank(till, amount_vnd)

    # --- Deliveries, complaints, refunds ----------------------------------------------------------------

    @rule(which=number)
    def hand_over(self, which):
        if chosen := self.part(which):
            self.market.hand_over(chosen[1])

    @rule(which=number)
    def hand_over_and_release(self, which):
        """The dispute window passes."""
        if chosen := self.part(which):
            self.market.hand_over(chosen[1])
            self.market.now += timedelta(hours=72)
            self.market.release_due()

    @rule()
    def release_due(self):
        self.market.release_due()

    @rule(which=number, wanted_vnd=st.one_of(st.none(), amounts))
    def complain(self, which, wanted_vnd):
        if chosen := self.part(which):
            self.market.complain(chosen[1], wanted_vnd)

    @rule(which=number, refund_vnd=st.one_of(st.just(0), amounts))
    def decide_dispute(self, which, refund_vnd):
        disputed = [(order, part) for order in self.orders for part in order.parts if part.dispute]
        if disputed:
            self.market.decide_dispute(*disputed[which % len(disputed)], refund_vnd)

    @rule(which=number, amount_vnd=amounts)
    def refund_line(self, which, amount_vnd):
        if chosen := self.part(which):
            order, part = chosen
            self.market.refund_line(order, part, part.lines[which % len(part.lines)], amount_vnd)

    @rule(which=number)
    def refund_part(self, which):
        if chosen := self.part(which):
            self.market.refund_part(*chosen)

    @rule(which=number, by_hand=st.booleans())
    def refund_again(self, which, by_hand):
        """Rather a refund that was refused."""
        parts = [(order, part) for order in self.orders for part in order.parts]
        refused = [chosen for chosen in parts if self.market.model.refused(*chosen)] or parts
        self.market.refund_again(*refused[which % len(refused)], by_hand=by_hand)

    @rule(which=number, fault=faults)
    def send_refund(self, which, fault):
        if refunds := list(self.market.model.refunds.values()):
            self.market.send_refund(refunds[-1 - which % len(refunds)], fault=fault)

    @rule(which=number, outcome=outcomes)
    def end_refund(self, which, outcome):
        """It is sent, decided and told."""
        refunds = [one for one in self.market.model.refunds.values() if one.payment.provider != "cash"]
        if refunds:
            refund = refunds[-1 - which % len(refunds)]
            self.market.send_refund(refund)
            if self.is_there(refund.operation):
                self.market.decide(refund.operation, outcome)
                self.market.call_back(refund.operation)
                self.market.deliver()

    # --- Payouts and statements -------------------------------------------------------------------------

    @rule()
    def pay_out(self):
        self.market.pay_out()

    @rule(fault=faults)
    def send_payouts(self, fault):
        self.market.send_payouts(fault=fault)

    @rule(outcome=outcomes, fault=faults)
    def end_payouts(self, outcome, fault):
        """Of those at the operators every other one ends in one way, the rest in the other."""
        other = Outcome.FAILED if outcome is Outcome.SUCCEEDED else Outcome.SUCCEEDED
        sent = [one for one in self.market.model.payouts.values() if self.is_there(one.id)]
        for place, payout in enumerate(one for one in sent if one.state == "on_the_way"):
            self.market.decide(payout.id, other if place % 2 else outcome)
        self.market.now += timedelta(seconds=61)
        self.market.ask_about_payouts(fault=fault)

    @rule(which=number)
    def settle_by_hand(self, which):
        if payouts := list(self.market.model.payouts.values()):
            self.market.settle_by_hand(payouts[which % len(payouts)])

    @rule(code=wallets, days_ago=st.sampled_from([0, 0, 1, 2]), twist=number)
    def reconcile(self, code, days_ago, twist):
        day = self.market.today - timedelta(days=days_ago)
        self.market.reconcile(code, day, TWISTS[twist % len(TWISTS)])

    # --- What there is ------------------------------------------------------------------------------------

    @property
    def orders(self) -> list[Order]:
        return self.market.model.orders

    def order(self, which: int) -> Order:
        return self.orders[-1 - which % len(self.orders)]

    def part(self, which: int) -> tuple[Order, Part] | None:
        """A part, rather one that was paid."""
        parts = [(order, part) for order in self.orders for part in order.parts]
        paid = [chosen for chosen in parts if chosen[1].status == "paid"] or parts
        return paid[which % len(paid)] if paid else None

    def is_there(self, movement) -> bool:
        return any(movement in operator.movements for operator in self.market.operators.values())

    def told_of(self):
        model = self.market.model
        known = [*model.payments, *model.refunds]
        return [one for one in known if self.is_there(one)]

    # --- What must hold ------------------------------------------------------------------------------------

    @invariant()
    def every_dong_is_where_the_model_says(self):
        books.every_dong_is_where_the_model_says(self.market.model)
        books.the_books_are_whole()

    @invariant()
    def figures_stock_and_nights_are_those_of_the_orders(self):
        books.the_figures_are_those_of(self.market.model)

    @invariant()
    def nobody_got_back_more_than_was_paid(self):
        books.nobody_got_back_more_than_was_paid()

    @invariant()
    def every_payment_is_of_one_order(self):
        books.every_payment_is_of_one_order(self.market.model)


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(900)  # a failure takes a while to be made small
def test_whatever_happens_every_dong_is_with_somebody():
    logging.disable(logging.CRITICAL)
    MoneyMachine.baseline = Baseline()
    try:
        run_state_machine_as_test(
            MoneyMachine,
            settings=run_settings(
                max_examples=EXAMPLES or 12,
                stateful_step_count=30,
                deadline=None,
                derandomize=not EXAMPLES,  # the same for everybody, unless somebody goes looking
            ),
        )
    finally:
        logging.disable(logging.NOTSET)
