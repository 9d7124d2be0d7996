"""What happens to money that came: tills, deliveries, complaints, refunds, payouts and statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from marketplace.fulfilment import services as fulfilment
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.models import Dispute
from payments import ledger
from payments import services as payments
from payments.errors import AmountMismatch, NotCounted
from payments.models import PayoutBatch, Reconciliation
from payments.providers.base import Outcome, StatementLine
from tests.money.market import Market
from tests.money.model import LEASE, Refused
from tests.money.operators import Twist
from tests.money.things import Item, Line, Order, Part, Payment, Payout, Refund
from tests.money.world import HOI


class Settling(Market):
    def __init__(self, *, scale: int = 1) -> None:
        super().__init__(scale=scale)
        self.reconciled: dict[tuple[str, date], set[UUID]] = {}  # with what their statements told of

    # --- Cash ----------------------------------------------------------------------------------------

    def count(self, one: Payment | Refund, till: str, *, wrong_vnd: int = 0) -> None:
        """Count cash in or out at a till."""
        call = {
            "operation_id": one.operation,
            "till": till,
            "counted_vnd": one.amount_vnd + wrong_vnd,
            "by": "Lò Văn Pọm",
            "now": self.now,
        }
        is_repeated = one.state == "succeeded" and one.till == till
        if not is_repeated and (one.state != "open" or wrong_vnd):
            try:
                payments.count_cash(**call)
            except (NotCounted, AmountMismatch):
                return
            raise AssertionError("counted what is not due")
        payments.count_cash(**call)
        one.till = till
        self.model.hear(one.operation, Outcome.SUCCEEDED, now=self.now)

    def bank(self, till: str, amount_vnd: int) -> None:
        """Carry cash to the bank, twice by one slip."""
        held_vnd = self.in_till(till)
        call = {"banking_id": uuid4(), "till": till, "amount_vnd": amount_vnd, "slip": "BK-1", "by": "Pọm"}
        for _ in range(2):
            try:
                payments.bank_cash(**call)
            except ledger.Overdrawn:
                assert amount_vnd > held_vnd
                return
        assert amount_vnd <= held_vnd
        self.model.banked[till] += amount_vnd

    def in_till(self, till: str) -> int:
        payments_vnd = sum(one.amount_vnd for one in self.model.payments.values() if one.till == till)
        refunds_vnd = sum(one.amount_vnd for one in self.model.refunds.values() if one.till == till)
        return payments_vnd - refunds_vnd - self.model.banked[till]

    # --- Deliveries, complaints, refunds of lines -------------------------------------------------------

    def hand_over(self, part: Part) -> None:
        row = SubOrder.objects.get(pk=part.id)
        settlement.delivered(part=row, at=self.now, now=self.now)
        self.model.deliver_part(part, self.now)

    def release_due(self) -> None:
        settlement.release_due(now=self.now)
        self.model.release_due(self.now)

    def complain(self, part: Part, wanted_vnd: int | None = None) -> None:
        call = {"part": SubOrder.objects.get(pk=part.id), "reason": "It is wet.", "now": self.now}
        in_time = part.release_at is None or self.now < part.release_at
        may = part.status == "paid" and part.dispute is None and part.released_at is None and in_time
        wanted = part.left_vnd if wanted_vnd is None else wanted_vnd
        if not may or not 0 < wanted <= part.left_vnd:
            self._is_refused(lambda: settlement.open_dispute(**call, wanted_vnd=wanted_vnd))
            return
        part.dispute = settlement.open_dispute(**call, wanted_vnd=wanted_vnd).pk

    def decide_dispute(self, order: Order, part: Part, refund_vnd: int) -> None:
        assert part.dispute is not None
        dispute = Dispute.objects.get(pk=part.dispute)
        call = {"dispute_id": dispute.pk, "refund_vnd": refund_vnd, "note": "Seen.", "by": None}
        before = part.delivered_at, part.release_at
        part.delivered_at = part.delivered_at or self.now
        part.release_at = max(part.delivered_at, min(part.release_at or self.now, self.now))
        try:
            if refund_vnd:
                items = self.model.everything_of(part, refund_vnd)
                self.model.refund(part, order, items)
        except Refused:
            part.delivered_at, part.release_at = before
            self._is_refused(lambda: settlement.decide_dispute(**call, now=self.now))
            return
        part.dispute = None
        for _ in range(2):
            settlement.decide_dispute(**call, now=self.now)
        self.name_refunds()

    def refund_line(self, order: Order, part: Part, line: Line, amount_vnd: int) -> None:
        call = {"line_id": line.id, "amount_vnd": amount_vnd, "reason": "wet", "refund_id": uuid4()}
        try:
            self.model.refund(part, order, [Item(part, line, amount_vnd)])
        except Refused:
            self._is_refused(lambda: settlement.refund_line(**call, now=self.now))
            return
        for _ in range(2):
            settlement.refund_line(**call, now=self.now)
        self.name_refunds()

    def refund_again(self, order: Order, part: Part, *, by_hand: bool) -> None:
        """Staff ask once more for what was refused of a part, or pay the buyer out of the bank account."""
        refused, items = self.model.refused(order, part), self.model.items_again(order, part)
        call: dict[str, Any] = {"number": part.number, "now": self.now}
        act: Callable[..., int] = fulfilment.refund_again
        if by_hand:
            act = fulfilment.refund_by_hand
            call |= {"refund_id": uuid4(), "evidence": "FT26327", "by": "test"}
        try:
            if items or by_hand:
                self.model.refund(part, order, items)
        except Refused:
            self._is_refused(lambda: act(**call))
            return
        asked = self.model.asked_back[:]
        for one in refused:
            one.is_made_good = True
        assert act(**call) == sum(item.amount_vnd for item in items)
        self.name_refunds()
        for refund in asked if by_hand else []:
            refund.is_by_hand = True
            self.model.hear(refund.operation, Outcome.SUCCEEDED, now=self.now)

    # --- Payouts ---------------------------------------------------------------------------------------

    def pay_out(self) -> None:
        run_id = uuid4()
        self.now += timedelta(seconds=1)
        for _ in range(2):
            settlement.pay_out(run_id=run_id, now=self.now, by="test")
        self.model.pay_out(run_id, self.wallets)

    def send_payouts(self, *, fault: str = "") -> None:
        with self._failing(fault):
            batches = PayoutBatch.objects.filter(state=PayoutBatch.State.CREATED)
            for batch_id in batches.order_by("created_at", "provider").values_list("pk", flat=True):
                payments.submit_batch(batch_id=batch_id, now=self.now)
        self.listen()

    def ask_about_payouts(self, *, fault: str = "") -> None:
        with self._failing(fault):
            payments.ask_due_batches(now=self.now)
        self.listen()

    def settle_by_hand(self, payout: Payout) -> None:
        call = {"payout_id": payout.id, "evidence": "FT26327", "by": "test"}
        try:
            if payout.state != "failed" or payout.is_by_hand:
                raise Refused
            self.model.settle_by_hand(payout)
        except Refused:
            if not payout.is_by_hand:
                self._is_refused(lambda: payments.settle_by_hand(**call, now=self.now))
            return
        for _ in range(2):
            payments.settle_by_hand(**call, now=self.now)

    # --- Statements --------------------------------------------------------------------------------------

    def reconcile(self, code: str, day: date, twist: Twist = list) -> Reconciliation:
        """Compare a day's statement, twisted or as it is, with the shop; what it tells is believed."""
        operator = self.operators[code]
        operator.twist = list
        honest = {line.provider_ref: line for line in operator.statement(day)}
        operator.twist = twist
        told = list(operator.statement(day))
        found = payments.reconcile(provider=code, day=day, now=self.now)
        operator.twist = list
        self._hear_statement(code, day, honest, told)
        return found

    def _hear_statement(
        self, code: str, day: date, honest: dict[str, StatementLine], told: list[StatementLine]
    ) -> None:
        known = self.model.payments.keys() | self.model.refunds.keys() | self.model.payouts.keys()
        shown: set[UUID] = set()
        for line in told:
            operation = line.operation_id
            if operation not in known:
                continue
            shown.add(operation)
            if honest.get(line.provider_ref) == line:
                self.model.hear(operation, Outcome.SUCCEEDED, now=self.now)
        self.reconciled[code, day] = shown
        begin = datetime.combine(day, time(), HOI)
        end = begin + timedelta(days=1)
        if self.now >= end:
            self._fail_what_never_came(code, begin, end)

    def _fail_what_never_came(self, code: str, begin: datetime, end: datetime) -> None:
        day_before = (begin - timedelta(days=1)).date()
        since = begin - timedelta(days=1) if (code, day_before) in self.reconciled else begin
        shown: Iterable[set[UUID]] = (ids for (one, _), ids in self.reconciled.items() if one == code)
        told = set().union(*shown)
        waiting = [
            one
            for one in self.model.payments.values()
            if one.provider == code
            and one.state == "open"
            and one.created_at >= since
            and begin <= one.expires_at < end - LEASE
            and one.operation not in told
        ]
        for payment in sorted(waiting, key=lambda one: one.operation):
            self.model.hear(payment.operation, Outcome.FAILED, now=self.now)

    # --- All of it ---------------------------------------------------------------------------------------

    def beat(self) -> None:
        """What the workers do every few seconds."""
        self.end_holds()
        self.ask()
        self.send_payouts()
        self.ask_about_payouts()
        self.deliver()
        self.release_due()
