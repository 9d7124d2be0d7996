"""A market that lives by chance, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from uuid import UUID

from marketplace.fulfilment import books as figures
from payments.models import Difference
from payments.providers.base import Outcome
from tests.money import books
from tests.money.ending import bring_to_an_end, everything_is_as_foreseen
from tests.money.market import PAYERS
from tests.money.settling import Settling
from tests.money.things import Order, Part
from tests.money.twists import TWISTS
from tests.money.world import TILLS, WALLETS

KEPT = 60  # orders things still happen to; older ones are left to the clock
FAULTS = ("before", "after", "silent")


class Life:
    def __init__(self, *, seed: int, scale: int) -> None:
        self.chance = Random(seed)
        self.market = Settling(scale=scale)
        self.counts: Counter[str] = Counter()
        self.orders: list[Order] = []

    def live(self, checkouts: int) -> None:
        """So many checkouts with all that happens meanwhile; then half a day passes, and all is compared."""
        for number in range(checkouts):
            self._buy()
            for _ in range(2):
                self._happen()
            self.market.now += timedelta(seconds=self.chance.randint(1, 90))
            if number % 5 == 4:
                self.market.beat()
        self._end_the_day()
        everything_is_as_foreseen(self.market)
        assert books.paid_without_goods(self.market.model.orders, now=self.market.now) == []

    def end(self) -> dict[str, int]:
        """Let everything end, check all of it and return what came of it, in đồng where it is money."""
        market = self.market
        market.now += timedelta(days=20)
        market.beat()
        for _ in range(2):
            bring_to_an_end(market)
            self._find_another_way()
        market.beat()
        return dict(self.counts + self._figures()) | self._owners()

    # --- Buying and paying -------------------------------------------------------------------------

    def _buy(self) -> None:
        market, chance = self.market, self.chance
        goods = [(one, chance.randint(1, 3)) for one in chance.sample(market.goods, chance.randint(0, 2))]
        nights = None
        if not goods or chance.random() < 0.15:
            nights = (chance.choice(market.rooms), chance.randint(0, 6), chance.randint(1, 2))
        provider = chance.choice(WALLETS)
        if goods and not nights and chance.random() < 0.15:
            provider = "cash"
        order = market.place(goods, nights, provider, fault=self._fault())
        self.counts["checkouts"] += 1
        if order is None:
            self.counts["sold out"] += 1
            return
        self.orders = [*self.orders, order][-KEPT:]
        self._answer(order)

    def _answer(self, order: Order) -> None:
        """Most buyers pay at once and the shop hears of it; others refuse, wait, or nobody is told."""
        payment = order.payment
        assert payment is not None
        if payment.provider == "cash":
            if self.chance.random() < 0.6:
                self.market.count(payment, self.chance.choice(TILLS))
        elif self._is_there(payment.operation):
            fate = self.chance.random()
            if fate < 0.85:
                outcome = Outcome.FAILED if fate < 0.08 else Outcome.SUCCEEDED
                self.market.decide(payment.operation, outcome)
            if fate < 0.7:
                for _ in range(1 + (fate < 0.2)):
                    self.market.call_back(payment.operation)

    def _happen(self) -> None:
        if not self.orders:
            return
        order = self.chance.choice(self.orders)
        part = self.chance.choice(order.parts)
        acts = (
            (4, lambda: self._pay_late(order)),
            (3, lambda: self._pay_again(order)),
            (2, lambda: self.market.pay_balance(order, self.chance.choice(WALLETS), PAYERS[0])),
            (1, lambda: self.market.cancel(order)),
            (6, lambda: self._hand_over(order, part)),
            (2, lambda: self._complain(order, part)),
            (2, lambda: self._refund_line(order, part)),
            (1, lambda: self.market.refund_part(order, part)),
            (1, lambda: self._cancel_line(order, part)),
            (4, self._end_refunds),
            (1, lambda: self._misreport(order)),
            (1, lambda: self.market.bank(self.chance.choice(TILLS), self.chance.randint(1, 2_000_000))),
        )
        weights = [weight for weight, _ in acts]
        self.chance.choices([act for _, act in acts], weights)[0]()

    def _pay_late(self, order: Order) -> None:
        for payment in order.payments:
            if payment.provider != "cash" and self._is_there(payment.operation):
                self.market.decide(payment.operation, Outcome.SUCCEEDED)
                if self.chance.random() < 0.5:
                    self.market.call_back(payment.operation)

    def _pay_again(self, order: Order) -> None:
        payer = self.chance.choice(PAYERS)
        self.market.pay_again(order, self.chance.choice(WALLETS), payer, fault=self._fault())

    def _misreport(self, order: Order) -> None:
        for payment in order.payments:
            if self._is_there(payment.operation):
                self.market.misreport(payment.operation)

    # --- After the sale ------------------------------------------------------------------------------

    def _hand_over(self, order: Order, part: Part) -> None:
        if order.status == "paid":
            self.market.hand_over(part)

    def _complain(self, order: Order, part: Part) -> None:
        if part.dispute is None:
            self.market.complain(part)
            self.counts["disputes"] += part.dispute is not None
        else:
            wanted_vnd = self.chance.choice([0, 10_000, part.left_vnd])
            self.market.decide_dispute(order, part, wanted_vnd)

    def _refund_line(self, order: Order, part: Part) -> None:
        line = self.chance.choice(part.lines)
        self.market.refund_line(order, part, line, self.chance.randint(1, max(1, line.net_vnd)))

    def _cancel_line(self, order: Order, part: Part) -> None:
        self.market.cancel_line(order, self.chance.choice(part.lines), self.chance.choice([0, 50, 100]))

    def _end_refunds(self) -> None:
        """Refunds are sent and decided; those of payments that became no order are not refused."""
        for refund in [one for one in self.market.model.refunds.values() if one.state == "open"][:5]:
            self.market.send_refund(refund, fault=self._fault())
            if refund.payment.provider == "cash":
                self.market.count(refund, self.chance.choice(TILLS))
            elif self._is_there(refund.operation):
                refused = refund.items and self.chance.random() < 0.2
                self.market.decide(refund.operation, Outcome.FAILED if refused else Outcome.SUCCEEDED)
                if self.chance.random() < 0.7:
                    self.market.call_back(refund.operation)

    def _find_another_way(self) -> None:
        """Staff see to what was refused."""
        for order in self.market.model.orders:
            for part in order.parts:
                if self.market.model.refused(order, part):
                    self.market.refund_again(order, part, by_hand=self.chance.random() < 0.5)
                    self.counts["refused refunds made good"] += 1

    def _end_the_day(self) -> None:
        """Half a day passes: sellers are paid, half of some batches comes back, statements are compared."""
        market, chance = self.market, self.chance
        market.now += timedelta(seconds=61)
        market.beat()
        market.pay_out()
        market.send_payouts(fault=self._fault())
        for payout in market.model.payouts.values():
            if payout.state == "on_the_way" and self._is_there(payout.id):
                market.decide(payout.id, chance.choice([Outcome.SUCCEEDED, Outcome.FAILED]))
            elif payout.state == "failed" and chance.random() < 0.1:
                market.settle_by_hand(payout)
        market.now += timedelta(hours=12)
        yesterday = market.today - timedelta(days=1)
        for code in WALLETS:
            market.reconcile(code, yesterday, chance.choice(TWISTS))
            self.counts["statements compared"] += 1
        market.open_nights(days=20)
        market.now += timedelta(seconds=61)
        market.beat()
        self._find_another_way()
        market.model.recent = [one for one in market.model.orders if one.status in ("unpaid", "cancelled")]
        market.model.unsettled = [one for one in market.model.unsettled if not one.released_at]

    # --- What came of it -------------------------------------------------------------------------------

    def _figures(self) -> Counter[str]:
        model = self.market.model
        found = Counter({f"orders {order.status}": 0 for order in model.orders})
        found.update(f"orders {order.status}" for order in model.orders)
        found["payments asked for"] = len(model.payments)
        found["payments that came late or twice"] = sum(one.is_given_back for one in model.payments.values())
        found["refunds"] = len(model.refunds)
        found["payouts"] = len(model.payouts)
        found["payouts that came back"] = sum(one.state == "failed" for one in model.payouts.values())
        found["paid without goods"] = len(books.paid_without_goods(model.orders, now=self.market.now))
        found["accounts that differ"] = len(books.differences(model))
        found["open differences"] = Difference.objects.filter(state=Difference.State.OPEN).count()
        found["parts counted otherwise"] = len(figures.compare().differences)
        return found

    def _owners(self) -> dict[str, int]:
        """Who has what came from the buyers, as the ledger says."""
        model, ledger = self.market.model, books.recorded()
        by_kind: Counter[str] = Counter()
        for code, (balance_vnd, _) in ledger.items():
            by_kind["payable:carrier" if code == "payable:carrier-post" else code.partition(":")[0]] += (
                balance_vnd
            )
        succeeded = [one for one in model.payouts.values() if one.state == "succeeded"]
        refunds = [one for one in model.refunds.values() if one.state == "succeeded"]
        return {
            "came": sum(one.amount_vnd for one in model.payments.values() if one.state == "succeeded"),
            "back with the buyers": sum(one.amount_vnd for one in refunds),
            "in escrow": by_kind["escrow"],
            "in the sellers' wallets": sum(one.amount_vnd for one in succeeded),
            "paid to sellers by hand": sum(
                one.amount_vnd for one in model.payouts.values() if one.is_by_hand
            ),
            "to be paid to sellers": by_kind["payable"],
            "owed by sellers": by_kind["debt"],
            "the carrier's": by_kind["payable:carrier"],
            "tax withheld": by_kind["tax"],
            "commission": by_kind["revenue"],
        }

    def _is_there(self, movement: UUID) -> bool:
        return any(movement in operator.movements for operator in self.market.operators.values())

    def _fault(self) -> str:
        fault = self.chance.choice(FAULTS) if self.chance.random() < 0.15 else ""
        self.counts["requests that failed by seed"] += bool(fault)
        return fault
