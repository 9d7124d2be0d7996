"""Who has every đồng, predicted in plain Python from what happened: no tables, no services.

Standing of a seller: what it may still be paid, less what it owes. One of the two is always nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from payments.providers.base import Outcome
from tests.money.things import Event, Item, Order, Part, Payment, Payout, Refund, Thing, shared

HOLD = timedelta(minutes=15)
AGAIN_WITHIN = timedelta(hours=24)
WINDOW = timedelta(hours=72)
LEASE = timedelta(seconds=30)
CARRIER = "carrier-post"


class Refused(Exception):
    """The model says no; then nothing of it has changed."""


class Model:
    def __init__(self, *, debt_limit_vnd: int, minimum_vnd: int) -> None:
        self.debt_limit_vnd = debt_limit_vnd
        self.minimum_vnd = minimum_vnd
        self.capacity: dict[Thing, int] = {}
        self.taken: Counter[Thing] = Counter()
        self.orders: list[Order] = []
        self.recent: list[Order] = []  # those that may still be waiting for their money
        self.unsettled: list[Part] = []
        self.payments: dict[UUID, Payment] = {}  # by operation, as the refunds
        self.refunds: dict[UUID, Refund] = {}
        self.asked_back: list[Refund] = []  # whose operations are not known yet
        self.refunds_of: defaultdict[Order, list[Refund]] = defaultdict(list)
        self.payouts: dict[UUID, Payout] = {}
        self.events: list[Event] = []
        self.standing: Counter[int] = Counter()
        self.banked: Counter[str] = Counter()
        self.uncovered: set[UUID] = set()  # refunds made after all, when nothing was left to make them of

    # --- Payments and refunds: what is believed ---------------------------------------------------

    def hear(self, operation: UUID, outcome: Outcome | None, *, now: datetime) -> bool:
        """Let a claim that got through take effect; False if it cannot be booked."""
        if payment := self.payments.get(operation):
            self._hear_of_payment(payment, outcome, now)
        elif refund := self.refunds.get(operation):
            return self._hear_of_refund(refund, outcome, now)
        elif payout := self.payouts.get(operation):
            self._hear_of_payout(payout, outcome)
        return True

    def _hear_of_payment(self, payment: Payment, outcome: Outcome | None, now: datetime) -> None:
        if outcome is None:  # it never arrived; while there is time it is sent again instead
            outcome = Outcome.FAILED if now >= payment.expires_at + LEASE else Outcome.PENDING
        if outcome is Outcome.SUCCEEDED and payment.state != "succeeded":
            payment.state = "succeeded"
            self.events.append(Event("paid", payment, now))
        elif outcome is Outcome.FAILED and payment.state == "open":
            payment.state = "failed"
            self.events.append(Event("not paid", payment, now))

    def _hear_of_refund(self, refund: Refund, outcome: Outcome | None, now: datetime) -> bool:
        if outcome is Outcome.SUCCEEDED and refund.state == "failed":
            if not self._covers(refund):
                self.uncovered.add(refund.operation)
                return False
            _add(refund.payment.refunded, refund.shares)
            self.uncovered.discard(refund.operation)
        if outcome is Outcome.SUCCEEDED and refund.state != "succeeded":
            refund.state = "succeeded"
            self.events.append(Event("refunded", refund, now))
        elif outcome is Outcome.FAILED and refund.state == "open":
            refund.state = "failed"
            _add(refund.payment.refunded, refund.shares, sign=-1)
            self.events.append(Event("not refunded", refund, now))
        return True

    def _covers(self, refund: Refund) -> bool:
        return all(
            vnd <= min(refund.payment.left_vnd(reference), self.in_escrow(refund.payment.order, reference))
            for reference, vnd in refund.shares.items()
        )

    def in_escrow(self, order: Order, reference: str) -> int:
        """What the escrow of a part still has that is not going back."""
        came_vnd = sum(one.shares.get(reference, 0) for one in order.payments if one.state == "succeeded")
        refunds = [one for one in self.refunds_of[order] if one.state != "failed"]
        back_vnd = sum(one.shares.get(reference, 0) for one in refunds)
        booked_vnd = 0
        for part in order.parts:
            if reference == part.number:
                booked_vnd = sum(line.booked.gross_vnd for line in part.lines)
            elif reference == part.delivery:
                booked_vnd = part.carrier_vnd
        return came_vnd - back_vnd - booked_vnd

    def expire(self, payment: Payment | None, now: datetime) -> None:
        if payment is not None and payment.state == "open":
            payment.state = "expired"
            self.events.append(Event("not paid", payment, now))

    # --- Payouts ---------------------------------------------------------------------------------

    def _hear_of_payout(self, payout: Payout, outcome: Outcome | None) -> None:
        if outcome is Outcome.SUCCEEDED and payout.state != "succeeded":
            if payout.state == "failed":
                self.standing[payout.seller] -= payout.amount_vnd
            payout.state = "succeeded"
        elif outcome is Outcome.FAILED and payout.state == "on_the_way":
            payout.state = "failed"
            self.standing[payout.seller] += payout.amount_vnd

    def is_tired(self, seller: int) -> bool:
        """Whether the last three payouts that ended came back."""
        ended = [one for one in self.payouts.values() if one.seller == seller and one.state != "on_the_way"]
        return len(ended) >= 3 and all(one.state == "failed" and not one.is_by_hand for one in ended[-3:])

    def pay_out(self, run_id: UUID, providers: dict[int, str]) -> None:
        for seller, provider in sorted(providers.items()):
            if self.standing[seller] >= self.minimum_vnd and not self.is_tired(seller):
                payout = Payout(uuid5(run_id, f"seller-{seller}"), seller, provider, self.standing[seller])
                self.payouts[payout.id] = payout
                self.standing[seller] = 0

    def settle_by_hand(self, payout: Payout) -> None:
        if self.standing[payout.seller] < payout.amount_vnd:
            raise Refused
        payout.is_by_hand = True
        self.standing[payout.seller] -= payout.amount_vnd

    # --- Bringing the books of a part to what belongs to whom ---------------------------------------

    def book(self, part: Part, *, is_release: bool = False) -> None:
        """What was released is brought to what is left of it; what waits once more is only taken back."""
        left = part.left()
        if part.released_at is None and not is_release:
            left = {line: min(vnd, line.booked.gross_vnd) for line, vnd in left.items()}
        wanted = {line: shared(vnd, line.rates) for line, vnd in left.items()}
        back_vnd = sum(line.booked.seller_vnd - shares.seller_vnd for line, shares in wanted.items())
        standing_vnd = self.standing[part.seller]
        owes_more = back_vnd > max(0, standing_vnd)
        if owes_more and back_vnd - standing_vnd > self.debt_limit_vnd:
            raise Refused
        self.standing[part.seller] -= back_vnd
        for line, shares in wanted.items():
            line.booked = shares
        waits = part.released_at is None and not is_release
        part.carrier_vnd = min(part.delivery_left_vnd, part.carrier_vnd if waits else part.delivery_left_vnd)

    def release_due(self, now: datetime) -> None:
        for part in self.unsettled:
            if part.delivered_at is None and part.expected_at is not None and part.expected_at <= now:
                if part.status == "paid":
                    self.deliver_part(part, part.expected_at)
                else:
                    part.expected_at = None
        due = [
            part
            for part in self.unsettled
            if part.release_at and part.release_at <= now and not part.released_at and part.dispute is None
        ]
        for part in sorted(due, key=lambda part: (part.release_at, part.id)):
            if part.status == "refunding":
                continue
            if part.status == "paid":
                try:
                    self.book(part, is_release=True)
                except Refused:
                    continue
            part.released_at = now

    def deliver_part(self, part: Part, at: datetime) -> None:
        if part.delivered_at is None:
            part.delivered_at, part.release_at = at, at + WINDOW

    # --- Refunds of parts ---------------------------------------------------------------------------

    def everything_of(self, part: Part, amount_vnd: int | None = None) -> list[Item]:
        """The items of a refund of all, or of so much: lines first."""
        rest_vnd = part.left_vnd if amount_vnd is None else amount_vnd
        if not 0 < rest_vnd <= part.left_vnd:
            raise Refused
        items = []
        for line, left_vnd in [*part.left().items(), (None, part.delivery_left_vnd)]:
            if take_vnd := min(left_vnd, rest_vnd):
                items.append(Item(part, line, take_vnd))
                rest_vnd -= take_vnd
        return items

    def refund(self, part: Part, order: Order, items: list[Item]) -> None:
        """Take ``items`` out of the payments that count for the order, the newest first."""
        if part.status not in ("paid", "refunding") or not items:
            raise Refused
        by_payment = self._by_payment(order, items)
        for item in items:
            left_vnd = item.line.net_vnd if item.line else part.delivery_left_vnd
            if item.amount_vnd > left_vnd:
                raise Refused
        self._count(items)
        try:
            self.book(part)
        except Refused:
            self._count(items, sign=-1)
            raise
        for payment, own in by_payment.items():
            self._start_refund(payment, own)

    def _by_payment(self, order: Order, items: list[Item]) -> dict[Payment, list[Item]]:
        counting = [one for one in (order.payment, order.balance) if one and one.state == "succeeded"]
        rest = {item: item.amount_vnd for item in items}
        found: dict[Payment, list[Item]] = {}
        for payment in sorted(counting, key=lambda one: one.created_at, reverse=True):
            left = {reference: payment.left_vnd(reference) for reference in payment.shares}
            for item in items:
                if take_vnd := min(rest[item], left.get(item.reference, 0)):
                    found.setdefault(payment, []).append(Item(item.part, item.line, take_vnd))
                    rest[item] -= take_vnd
                    left[item.reference] -= take_vnd
        if any(rest.values()):
            raise Refused
        return found

    def _count(self, items: Iterable[Item], sign: int = 1) -> None:
        for item in items:
            if item.line is None:
                item.part.delivery_refunded_vnd += sign * item.amount_vnd
            else:
                item.line.refunded_vnd += sign * item.amount_vnd

    def _start_refund(self, payment: Payment, items: list[Item]) -> None:
        """Give ``items`` back to who paid them; without any, all of a payment."""
        shares: dict[str, int] = {}
        for item in items:
            _add(shares, {item.reference: item.amount_vnd})
        refund = Refund(payment, shares or dict(payment.shares), items)
        assert all(payment.left_vnd(reference) >= vnd for reference, vnd in refund.shares.items()), refund
        self.asked_back.append(refund)
        self.refunds_of[payment.order].append(refund)
        _add(payment.refunded, refund.shares)

    # --- Stock and nights ---------------------------------------------------------------------------

    def is_free(self, takes: dict[Thing, int]) -> bool:
        return all(
            self.taken[thing] + number <= self.capacity.get(thing, 0) for thing, number in takes.items()
        )

    def take(self, takes: dict[Thing, int]) -> None:
        assert self.is_free(takes)
        self.taken.update(takes)

    def free(self, takes: dict[Thing, int]) -> None:
        self.taken.subtract(takes)


def _add(sums: dict[str, int], more: dict[str, int], sign: int = 1) -> None:
    for reference, vnd in more.items():
        sums[reference] = sums.get(reference, 0) + sign * vnd
