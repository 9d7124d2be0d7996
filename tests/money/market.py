"""What people and operators do in the market: through the real services, and in the model beside them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.test import RequestFactory

from marketplace.delivery.models import Destination
from marketplace.delivery.services import Wish
from marketplace.errors import ShopError
from marketplace.fulfilment import services as fulfilment
from marketplace.sellers.models import SubOrder
from marketplace.settlement.models import LineSplit
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket
from marketplace.shop.checkout import services as checkout
from marketplace.shop.partner.strategy import Strategy
from payments import services as payments
from payments.errors import PaymentError
from payments.models import Intent, Operation
from payments.providers.base import Outcome
from payments.views import NoticeView
from tests.money.model import HOLD, Refused
from tests.money.operators import Operator, signed
from tests.money.things import Line, Order, Part, Payment, Refund, Thing
from tests.money.world import HOI, TILLS, Goods, Room, World

PAYERS = ("+84399000001", "+84399000002")
HANDED_OVER_WITHIN = timedelta(days=21)
ROUNDED_TO_VND = 1_000

Nights = tuple[Room, int, int]  # room, in how many days, how many nights


class Market(World):
    """Orders and payments. Every step returns after the model has heard what the operators said meanwhile."""

    # --- Orders ------------------------------------------------------------------------------------

    def place(
        self, goods: list[tuple[Goods, int]], nights: Nights | None, provider: str, *, fault: str = ""
    ) -> Order | None:
        """Check out; None, as the model foresaw, if something is sold out."""
        self.now += timedelta(seconds=1)
        takes = self._takes(goods, nights)
        if nights and not self.model.is_free(takes):
            self.end_holds()  # as whoever is told that nights are not free
        is_cash = provider == "cash"
        if is_cash:
            wish = Wish(method=Destination.Method.POST_OFFICE, post_office_code=TILLS[0])
        else:
            wish = Wish(method=Destination.Method.HOME, province_code="01", detail="Số 5 phố Hàng Mã")
        is_possible = self.model.is_free(takes) and not (is_cash and nights)
        try:
            basket = self._basket(goods, nights)
            with self._failing(fault):
                placed = checkout.check_out(
                    basket=basket,
                    buyer=checkout.Buyer(PAYERS[0], "Lò Thị Mai"),
                    wish=wish if goods else None,
                    provider=provider,
                    payer="" if is_cash else PAYERS[0],
                    agreed_total_vnd=None,
                    now=self.now,
                )
        except ShopError:
            if is_possible:
                raise
            return None
        assert is_possible, takes
        order = self._order(placed.order, provider, takes)
        order.payment = self._payment(placed.intent, order)
        self.listen()
        return order

    def _basket(self, goods: list[tuple[Goods, int]], nights: Nights | None) -> Basket:
        basket = Basket.objects.create()
        basket.strategy = Strategy()
        for one, quantity in goods:
            baskets.add_goods(basket, product_id=one.product, quantity=quantity)
        if nights:
            room, in_days, number = nights
            baskets.add_nights(
                basket,
                room_type_id=room.type_id,
                first_night=self.today + timedelta(days=in_days),
                nights=number,
                rooms=1,
                guests=1,
                now=self.now,
            )
        return basket

    @property
    def today(self) -> date:
        return self.now.date()

    def _takes(self, goods: list[tuple[Goods, int]], nights: Nights | None) -> dict[Thing, int]:
        takes: dict[Thing, int] = {(one.product, None): quantity for one, quantity in goods}
        if nights:
            room, in_days, number = nights
            first = self.today + timedelta(days=in_days)
            takes |= {(room.product, first + timedelta(days=n)): 1 for n in range(number)}
        return takes

    def _order(self, placed: Any, provider: str, takes: dict[Thing, int]) -> Order:
        is_cash = provider == "cash"
        order = Order(
            pk=placed.pk,
            number=placed.number,
            parts=[
                self._part(row, takes) for row in SubOrder.objects.filter(order=placed.pk).order_by("number")
            ],
            provider=provider,
            payer="" if is_cash else PAYERS[0],
            placed_at=self.now,
            hold_expires_at=self.now + (HANDED_OVER_WITHIN if is_cash else HOLD),
            is_on_handover=is_cash,
        )
        self.model.place(order)
        return order

    def _part(self, row: SubOrder, takes: dict[Thing, int]) -> Part:
        """What is bought of one seller; prices, deposits and what is taken are reckoned here once more."""
        prices = {one.product: one.price_vnd for one in (*self.goods, *self.rooms)}
        sellers = {one.product: one.seller for one in (*self.goods, *self.rooms)}
        own = {thing: number for thing, number in takes.items() if sellers[thing[0]] == row.seller_id}
        splits = LineSplit.objects.filter(part=row).select_related("line").order_by("line")
        lines, due_now_vnd, stays = [], 0, []
        for split in splits:
            product = split.line.product_id
            days = [day for (one, day) in own if one == product]
            quantity = sum(number for (one, _), number in own.items() if one == product)
            gross_vnd = prices[product] * quantity
            line = Line(split.line_id, product, gross_vnd, self.rates[row.seller_id], quantity)
            nights_on = sorted(day for day in days if day is not None)
            if nights_on:
                line.begins_at = datetime.combine(nights_on[0], time(14), HOI)
                line.later_vnd = gross_vnd - self._due_now(gross_vnd, nights_on)
            lines.append(line)
            due_now_vnd += gross_vnd - line.later_vnd
            stays += [nights_on[-1] + timedelta(days=1)] if nights_on else []
        part = Part(row.pk, row.number, row.seller_id, lines, due_now_vnd, row.delivery_vnd, own, stays)
        assert (row.lines_vnd, row.due_now_vnd) == (part.lines_vnd, part.due_now_vnd)
        return part

    def _due_now(self, gross_vnd: int, nights_on: list[date]) -> int:
        if not nights_on or nights_on[0] < self.today + timedelta(days=3):
            return gross_vnd
        thousands = -(-(gross_vnd * 30 // 100) // ROUNDED_TO_VND)
        return min(gross_vnd, thousands * ROUNDED_TO_VND)

    # --- Payments ------------------------------------------------------------------------------------

    def _payment(self, intent: Intent, order: Order, *, is_balance: bool = False) -> Payment:
        """Remember a payment that was started, unless it is one that was there."""
        known = next((one for one in order.payments if one.id == intent.pk), None)
        if known is not None:
            return known
        shares = {part.number: part.balance_vnd for part in order.parts if part.balance_vnd}
        if not is_balance:
            shares = {ref: vnd for part in order.parts for ref, vnd in part.shares.items()}
        else:
            paid = [part.number for part in order.parts if part.status == "paid"]
            shares = {ref: vnd for ref, vnd in shares.items() if ref in paid}
        assert intent.amount_vnd == sum(shares.values())
        payment = Payment(
            id=intent.pk,
            operation=intent.operations.get(kind=Operation.Kind.AUTHORIZE).pk,
            order=order,
            provider=intent.provider,
            payer=intent.payer,
            shares=shares,
            created_at=self.now,
            expires_at=intent.expires_at,
            is_balance=is_balance,
        )
        self.model.pays(payment)
        return payment

    def pay_again(self, order: Order, provider: str, payer: str, *, fault: str = "") -> None:
        """Ask for the money in another way, or once more in the same."""
        self.end_holds()
        self.now += timedelta(seconds=1)
        call: dict[str, Any] = {"number": order.number, "provider": provider, "payer": payer, "now": self.now}
        is_asked_for = order.status in ("unpaid", "cancelled") and not order.is_on_handover
        paid = self._here(order, is_balance=False) if is_asked_for else set()
        if not paid and not self.model.may_pay_again(order, self.now):
            self._is_refused(lambda: fulfilment.pay_again(**call))
            return
        with self._failing(fault):
            intent = fulfilment.pay_again(**call)
        if paid:  # the shop is about to hear of it, or to give it back: nobody is asked twice
            assert intent.pk in paid
            return
        self.model.take_up_again(order, self.now)
        if order.payment is None or order.payment.id != intent.pk:
            self.model.expire(order.payment, self.now)
        order.payment = self._payment(intent, order)
        self.listen()

    def pay_balance(self, order: Order, provider: str, payer: str, *, fault: str = "") -> None:
        self.now += timedelta(seconds=1)
        call: dict[str, Any] = {"number": order.number, "provider": provider, "payer": payer, "now": self.now}
        owing = [part for part in order.parts if part.status == "paid" and part.balance_vnd]
        if not owing:
            self._is_refused(lambda: fulfilment.pay_balance(**call))
            return
        with self._failing(fault):
            intent = fulfilment.pay_balance(**call)
        if paid := self._here(order, is_balance=True):
            assert intent.pk in paid
            return
        if order.balance_tried is not None and order.balance_tried.id != intent.pk:
            self.model.expire(order.balance_tried, self.now)
        order.balance_tried = self._payment(intent, order, is_balance=True)
        self.listen()

    def _here(self, order: Order, *, is_balance: bool) -> set[UUID]:
        """The payments whose money is here and did not all go back."""
        return {
            one.id
            for one in order.payments
            if one.state == "succeeded"
            and one.is_balance == is_balance
            and one.amount_vnd
            > sum(
                refund.amount_vnd
                for refund in self.model.refunds_of[order]
                if refund.payment is one and refund.state == "succeeded"
            )
        }

    def cancel_line(self, order: Order, line: Line, refund_percent: int) -> None:
        """The road is closed: of one line so much goes back; an order nobody has paid is freed."""
        call = {"number": order.number, "line_ids": [line.id], "refund_percent": refund_percent}
        try:
            back_vnd = self.model.cancel_line(order, line, refund_percent, self.now)
        except Refused:
            self._is_refused(lambda: fulfilment.cancel_lines(**call, reason="mud", now=self.now))
            return
        assert fulfilment.cancel_lines(**call, reason="mud", now=self.now) == back_vnd
        assert fulfilment.cancel_lines(**call, reason="mud", now=self.now) == 0
        self.name_refunds()

    def cancel(self, order: Order) -> None:
        try:
            self.model.cancel(order, self.now)
        except Refused:
            self._is_refused(lambda: fulfilment.cancel(number=order.number, now=self.now))
        else:
            fulfilment.cancel(number=order.number, now=self.now)
            self.name_refunds()

    def refund_part(self, order: Order, part: Part) -> None:
        """The seller cannot deliver."""
        call = {"number": part.number, "reason": "the harvest failed", "now": self.now}
        try:
            self.model.refund_part(order, part)
        except Refused:
            self._is_refused(lambda: fulfilment.refund_part(**call))
        else:
            fulfilment.refund_part(**call)
            self.name_refunds()

    def end_holds(self) -> None:
        fulfilment.release_ended_holds(now=self.now)
        self.model.end_holds(self.now)

    # --- What operators do ---------------------------------------------------------------------------

    def decide(self, movement: UUID, outcome: Outcome) -> None:
        """A payer, or an operator, decides. What was refused may yet be done, if it can be."""
        operator = self.operator_of(movement)
        one = operator.movements[movement]
        if one.outcome is Outcome.SUCCEEDED:
            return
        if one.original_id and outcome is Outcome.SUCCEEDED:
            back = [other for other in operator.movements.values() if other.original_id == one.original_id]
            gone_vnd = sum(other.amount_vnd for other in back if other.outcome is not Outcome.FAILED)
            gone_vnd += one.amount_vnd if one.outcome is Outcome.FAILED else 0
            if gone_vnd > operator.movements[one.original_id].amount_vnd:
                return
        operator.decide(movement, outcome, now=self.now)

    def operator_of(self, movement: UUID) -> Operator:
        return next(one for one in self.operators.values() if movement in one.movements)

    def call_back(self, movement: UUID) -> None:
        """Any report gets through now: late, or once more."""
        operator = self.operator_of(movement)
        status = self.post(operator.code, movement, *operator.callback(movement))
        is_believed = self.model.hear(movement, operator.movements[movement].outcome, now=self.now)
        assert status == (204 if is_believed else 400), status

    def misreport(self, movement: UUID) -> None:
        """Forged, of another amount, of another operator, of no operation: refused, and nothing changes."""
        operator = self.operator_of(movement)
        one = operator.movements[movement]
        success = {"ref": one.ref, "outcome": "succeeded", "amount_vnd": one.amount_vnd}
        other = next(code for code in self.operators if code != operator.code)
        statuses = [
            self.post(operator.code, movement, signed(success)[0], {"X-Signature": "forged"}),
            self.post(operator.code, movement, *signed(success | {"amount_vnd": one.amount_vnd + 1})),
            self.post(other, movement, *signed(success)),
            self.post(operator.code, uuid4(), *signed(success)),
        ]
        assert statuses == [401, 400, 404, 404]

    def post(self, provider: str, operation: UUID, body: bytes, headers: dict[str, str]) -> int:
        request = RequestFactory().put(
            f"/payments/callbacks/{provider}/{operation}/", body, "application/json", headers=headers
        )
        return NoticeView.as_view()(request, provider=provider, operation_id=operation).status_code

    def ask(self, *, fault: str = "") -> None:
        """Ask about everything that is due, until nothing is."""
        with self._failing(fault):
            while payments.ask_due(now=self.now) == 100:
                pass
        self.listen()

    def send_refund(self, refund: Refund, *, fault: str = "") -> None:
        with self._failing(fault):
            payments.submit(operation_id=refund.operation, now=self.now)
        self.listen()

    def deliver(self) -> None:
        payments.deliver_due(now=self.now)
        self.model.deliver(self.now)
        self.name_refunds()

    # --- Inside --------------------------------------------------------------------------------------

    def listen(self) -> None:
        """Let the model hear what the operators have said to the shop."""
        for said in Operator.said:
            self.model.hear(said.id, said.outcome, now=self.now)
        Operator.said.clear()

    def name_refunds(self) -> None:
        """Find the operation of each refund the model foresaw: of the same payment and money."""
        for refund in self.model.asked_back:
            operations = Operation.objects.filter(
                kind=Operation.Kind.REFUND, intent=refund.payment.id, amount_vnd=refund.amount_vnd
            ).exclude(pk__in=[one.operation for one in self.model.refunds_of[refund.payment.order]])
            refund.operation = operations.get().pk
            self.model.refunds[refund.operation] = refund
        self.model.asked_back.clear()

    def _failing(self, fault: str) -> Any:
        return _Failing(self, fault)

    def _is_refused(self, act: Callable[[], Any]) -> None:
        try:
            act()
        except (ShopError, PaymentError) as error:
            logging.getLogger(__name__).debug("Refused, as foreseen: %s", error)
        else:
            raise AssertionError("the model refuses what the shop allows")


class _Failing:
    """While it lasts, all operators fail in one way."""

    def __init__(self, market: Market, fault: str) -> None:
        self.market, self.fault = market, fault

    def __enter__(self) -> None:
        for operator in self.market.operators.values():
            operator.fault = self.fault

    def __exit__(self, *error: object) -> None:
        for operator in self.market.operators.values():
            operator.fault = ""
