"""What becomes of orders when payments end, in plain Python: the model's other half."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from tests.money.model import AGAIN_WITHIN, HOLD, Model, Refused
from tests.money.things import Event, Item, Line, Order, Part, Payment, Refund

ARRIVES_WITHIN = timedelta(days=14)


class ShopModel(Model):
    """Hears of events as the shop does: of each payment in order, in rounds over all payments."""

    def deliver(self, now: datetime) -> None:
        self.heard_at = now
        while self.events:
            firsts: dict[UUID, Event] = {}
            for event in self.events:
                firsts.setdefault(_payment(event).id, event)
            for event in list(firsts.values())[:100]:
                self.events.remove(event)
                self._react(event)

    def _react(self, event: Event) -> None:
        about = event.about
        if isinstance(about, Refund):
            self._refund_ended(about, event)
        elif event.kind == "not paid":
            if about is about.order.payment:
                self.release(about.order, "not paid")
        elif about.is_balance:
            self._balance_came(about, event)
        else:
            self._money_came(about, event)

    # --- Money came ----------------------------------------------------------------------------------

    def _money_came(self, payment: Payment, event: Event) -> None:
        order = payment.order
        over = _is_over(order, self.heard_at)
        if order.status == "unpaid" and not over:
            self._pay(payment, event.at)
        elif order.status == "unpaid":
            self.release(order, "expired")
            self._give_back(payment)
        elif order.status != "cancelled" or order.released in ("cancelled", "withdrawn"):
            self._give_back(payment)
        elif self.is_free(order.takes) and not over:
            self.take(order.takes)
            self._pay(payment, event.at)
        else:
            self._give_back(payment)

    def _pay(self, payment: Payment, at: datetime) -> None:
        order = payment.order
        if order.payment is not payment:
            self.expire(order.payment, at)
        order.status, order.released, order.payment = "paid", "", payment
        for part in order.parts:
            part.status = "paid"
            if not part.balance_vnd:
                self._count_sale(part)
            if part.delivered_at is None:
                part.expected_at = _expected_at(part, at)  # a balance that comes later changes nothing of it
            if order.is_on_handover and not any(one.stays for one in order.parts):
                self.deliver_part(part, at)
        order.is_on_handover = False
        self.unsettled += [part for part in order.parts if part not in self.unsettled]

    def _balance_came(self, payment: Payment, event: Event) -> None:
        shares = dict(payment.shares)
        owing = [
            part
            for part in payment.order.parts
            if part.status == "paid"
            and part.balance_vnd
            and shares.pop(part.number, None) == part.balance_vnd
        ]
        if shares:
            self._give_back(payment)
            return
        for part in owing:
            part.is_balance_paid = True
            part.released_at = None  # what came after the release is released by the next sweep
            self.unsettled += [part] * (part not in self.unsettled)
            self._count_sale(part)
            self._count_back(part, payment.order)
        payment.order.balance = payment

    def _count_sale(self, part: Part) -> None:
        for line in part.lines:
            if not line.is_counted:
                line.is_counted, line.counted_vnd = True, line.gross_vnd - line.waived_vnd

    def _count_back(self, part: Part, order: Order) -> None:
        """What went back of the deposit was no sale then, and is none now."""
        for refund in self.refunds_of[order]:
            for item in refund.items:
                if item.line and item.part is part and refund.heard == "succeeded":
                    item.line.counted_vnd -= item.amount_vnd

    def _give_back(self, payment: Payment) -> None:
        if payment.order.payment is payment:
            payment.order.is_given_back = True
        payment.is_given_back = True
        self._start_refund(payment, [])

    # --- Money went back ------------------------------------------------------------------------------

    def _refund_ended(self, refund: Refund, event: Event) -> None:
        has_succeeded = event.kind == "refunded"
        if refund.items and refund.heard != "succeeded":
            if not has_succeeded:
                self._count(refund.items, sign=-1)
            elif refund.heard == "failed":
                self._count(refund.items)
        refund.heard = "succeeded" if has_succeeded else "failed"
        for part in {item.part: None for item in refund.items}:
            if not has_succeeded and part.release_at is not None:
                part.released_at = None
                part.release_at = max(part.release_at, event.at + timedelta(hours=72))
                self.unsettled += [part] * (part not in self.unsettled)
        if not has_succeeded:
            return
        for item in refund.items:
            if item.line and item.line.is_counted:
                item.line.counted_vnd -= item.amount_vnd
        for part in refund.payment.order.parts:
            waits = any(
                one.heard == "open" and any(item.part is part for item in one.items)
                for one in self.refunds_of[refund.payment.order]
            )
            if part.status == "refunding" and not waits and not part.left_vnd:
                self.close(refund.payment.order, part)

    def close(self, order: Order, part: Part) -> None:
        part.status = "refunded"
        if all(one.status == "refunded" for one in order.parts):
            order.status = "refunded"

    # --- What people do ------------------------------------------------------------------------------

    def place(self, order: Order) -> None:
        self.take(order.takes)
        self.orders.append(order)
        self.recent.append(order)

    def pays(self, payment: Payment) -> None:
        self.payments[payment.operation] = payment
        payment.order.payments.append(payment)

    def release(self, order: Order, why: str) -> None:
        """Free what an unpaid order holds."""
        if order.status == "unpaid":
            self.free(order.takes)
            order.status, order.released, order.is_on_handover = "cancelled", why, False
            for part in order.parts:
                part.status = "cancelled"

    def end_holds(self, now: datetime) -> None:
        held = [order for order in self.recent if order.status == "unpaid" and order.hold_expires_at <= now]
        for order in sorted(held, key=lambda order: order.hold_expires_at):
            self.release(order, "expired")
            self.expire(order.payment, now)

    def cancel(self, order: Order, now: datetime) -> None:
        if order.status == "unpaid":
            self.release(order, "cancelled")
            self.expire(order.payment, now)
        elif order.status == "paid":
            ends = {part: _standing(part) for part in order.parts if part.status == "paid"}
            ends = {part: lines for part, lines in ends.items() if lines}
            begun = any(line.begins_at and line.begins_at <= now for lines in ends.values() for line in lines)
            if begun or any(part.delivered_at for part in ends):
                raise Refused
            for part, lines in ends.items():
                self._cancel_lines(order, part, {line: _by_policy(line, now) for line in lines}, now)

    def cancel_line(self, order: Order, line: Line, percent: int, now: datetime) -> int:
        """Cancel a line, not by its buyer; return what goes back."""
        if order.status == "unpaid":
            self.release(order, "withdrawn")
            self.expire(order.payment, now)
            return 0
        part = next(part for part in order.parts if line in part.lines)
        if part.status != "paid" or line.is_cancelled:
            return 0
        return self._cancel_lines(order, part, {line: percent}, now)

    def _cancel_lines(self, order: Order, part: Part, percents: dict[Line, int], now: datetime) -> int:
        """Free the lines; waive what was not paid of them, and give so many per cent of the rest back."""
        waived = {line: min(line.later_vnd, part.balance_vnd, line.net_vnd) for line in percents}
        paid = {line: line.net_vnd - waived[line] for line in percents}
        back = {line: -(-paid[line] * percent // 100) for line, percent in percents.items()}
        others = [line for line in part.lines if line not in percents]
        others = [line for line in others if not line.is_cancelled or line.net_vnd]
        if not others and back == paid:
            back_vnd = part.left_vnd
            self._refund_all(order, part)
            for line in percents:
                line.is_cancelled = True
            return back_vnd
        for line, vnd in waived.items():
            line.waived_vnd += vnd
        items = [Item(part, line, vnd) for line, vnd in back.items() if vnd]
        staying = [line for line in others if not line.is_cancelled]
        goods_go = any(line.begins_at is None for line in percents)
        if goods_go and all(line.begins_at for line in staying) and part.delivery_left_vnd:
            items.append(Item(part, None, part.delivery_left_vnd))
        try:
            if items:
                self.refund(part, order, items)
        except Refused:
            for line, vnd in waived.items():
                line.waived_vnd -= vnd
            raise
        for line in percents:
            line.is_cancelled = True
            own = {thing: number for thing, number in part.takes.items() if thing[0] == line.product}
            self.free(own)
            for thing in own:
                del part.takes[thing]
        if not staying:
            self.deliver_part(part, now)
        if any(waived.values()) and not part.balance_vnd:
            self._count_sale(part)
            self._count_back(part, order)
        return sum(item.amount_vnd for item in items)

    def refund_part(self, order: Order, part: Part) -> None:
        if part.status == "paid":
            self._refund_all(order, part)

    def _refund_all(self, order: Order, part: Part) -> None:
        assert order.payment is not None
        if not part.left_vnd:
            self.free(part.takes)
            self.close(order, part)
            return
        self.refund(part, order, self.everything_of(part))
        self.free(part.takes)
        part.status = "refunding"

    def refused(self, order: Order, part: Part | None) -> list[Refund]:
        """The refused refunds of a part, or of payments that became no order, that were not made good."""
        return [
            one
            for one in self.refunds_of[order]
            if one.heard == "failed"
            and not one.is_made_good
            and (any(item.part is part for item in one.items) if part else not one.items)
        ]

    def items_again(self, order: Order, part: Part) -> list[Item]:
        """What is asked for once more: all that is left of a refunded part, of another what was refused."""
        refused = [item for one in self.refused(order, part) for item in one.items if item.part is part]
        if not refused:
            return []
        items = []
        for line, left_vnd in [*part.left().items(), (None, part.delivery_left_vnd)]:
            refused_vnd = sum(item.amount_vnd for item in refused if item.line is line)
            vnd = left_vnd if part.status == "refunding" else min(left_vnd, refused_vnd)
            items += [Item(part, line, vnd)] * bool(vnd)
        return items

    def may_pay_again(self, order: Order, now: datetime) -> bool:
        if order.status == "cancelled":
            return (
                order.released not in ("cancelled", "withdrawn")
                and not order.is_given_back
                and now <= order.placed_at + AGAIN_WITHIN
                and self.is_free(order.takes)
                and not _is_over(order, now)
            )
        return order.status == "unpaid" and not order.is_on_handover

    def take_up_again(self, order: Order, now: datetime) -> None:
        if order.status == "cancelled":
            self.take(order.takes)
            order.status, order.released = "unpaid", ""
            order.hold_expires_at = now + HOLD
            for part in order.parts:
                part.status = "unpaid"


def _payment(event: Event) -> Payment:
    return event.about.payment if isinstance(event.about, Refund) else event.about


def _standing(part: Part) -> list[Line]:
    return [line for line in part.lines if not line.is_cancelled]


def _by_policy(line: Line, now: datetime) -> int:
    """The moderate policy; goods go back whole."""
    if line.begins_at is None or now < line.begins_at - timedelta(days=5):
        return 100
    return 50 if now < line.begins_at - timedelta(days=1) else 0


def _is_over(order: Order, now: datetime) -> bool:
    """Whether its first night is over, at six in the morning after."""
    return any(line.begins_at and line.begins_at + timedelta(hours=16) <= now for line in _lines(order))


def _lines(order: Order) -> list[Line]:
    return [line for part in order.parts for line in part.lines]


def _expected_at(part: Part, at: datetime) -> datetime:
    moments = [timezone.make_aware(datetime.combine(day, time(12))) for day in part.stays]
    if len(part.stays) < len(part.lines):
        moments.append(at + ARRIVES_WITHIN)
    return max([at, *moments])
