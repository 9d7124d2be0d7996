"""What a plain Python model knows of an order: its parts and lines, and what was paid and given back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from payments.providers.base import Outcome

# Commission, VAT and income tax in hundredths of a per cent: migrations/0002_rules.py of settlement.
RATES = {"goods": (500, 100, 50), "poor": (0, 100, 50), "nights": (800, 500, 200), "coop": (500, 0, 0)}
NOT_KNOWN = UUID(int=0)
Thing = tuple[int, date | None]  # a product and, for nights, the night


def half_up(amount_vnd: int, rate_bp: int) -> int:
    """Return that rate of an amount, half a đồng rounded up; by hand, to compare with."""
    whole, rest = divmod(amount_vnd * rate_bp, 10_000)
    return whole + (rest >= 5_000)


@dataclass(frozen=True)
class Shares:
    """Who gets what of a line."""

    commission_vnd: int = 0
    vat_vnd: int = 0
    pit_vnd: int = 0
    seller_vnd: int = 0

    @property
    def gross_vnd(self) -> int:
        return self.commission_vnd + self.vat_vnd + self.pit_vnd + self.seller_vnd


def shared(amount_vnd: int, rates: str) -> Shares:
    """Share an amount out: everybody's rate, and the rest to the seller."""
    taken = [half_up(amount_vnd, rate_bp) for rate_bp in RATES[rates]]
    return Shares(*taken, amount_vnd - sum(taken))


@dataclass(eq=False)
class Line:
    """``begins_at`` is when guests may enter, None of goods; ``later_vnd`` the rest after a deposit."""

    id: int
    product: int
    gross_vnd: int
    rates: str
    quantity: int
    begins_at: datetime | None = None
    later_vnd: int = 0
    refunded_vnd: int = 0
    waived_vnd: int = 0
    is_cancelled: bool = False
    booked: Shares = field(default_factory=Shares)
    counted_vnd: int = 0  # in the figures of its commune
    is_counted: bool = False

    @property
    def net_vnd(self) -> int:
        return self.gross_vnd - self.refunded_vnd - self.waived_vnd


@dataclass(eq=False)
class Part:
    """A seller's part. ``delivered_at`` and the like are the moments of its clock."""

    id: int
    number: str
    seller: int
    lines: list[Line]
    due_now_vnd: int
    delivery_vnd: int
    takes: dict[Thing, int]
    stays: list[date]  # the days on which guests leave
    status: str = "unpaid"
    is_balance_paid: bool = False
    delivery_refunded_vnd: int = 0
    carrier_vnd: int = 0
    expected_at: datetime | None = None
    delivered_at: datetime | None = None
    release_at: datetime | None = None
    released_at: datetime | None = None
    dispute: int | None = None

    @property
    def lines_vnd(self) -> int:
        return sum(line.gross_vnd for line in self.lines)

    @property
    def balance_vnd(self) -> int:
        waived_vnd = sum(line.waived_vnd for line in self.lines)
        return 0 if self.is_balance_paid else self.lines_vnd - self.due_now_vnd - waived_vnd

    @property
    def delivery(self) -> str:
        return f"{self.number}-D"

    @property
    def shares(self) -> dict[str, int]:
        wanted = {self.number: self.due_now_vnd, self.delivery: self.delivery_vnd}
        return {reference: vnd for reference, vnd in wanted.items() if vnd}

    def left(self) -> dict[Line, int]:
        """What was paid of each line and not refunded: an unpaid rest is missing from the last ones first."""
        unpaid_vnd, left = self.balance_vnd, {}
        for line in reversed(self.lines):
            left[line] = line.net_vnd - min(unpaid_vnd, line.net_vnd)
            unpaid_vnd -= min(unpaid_vnd, line.net_vnd)
        return {line: left[line] for line in self.lines}

    @property
    def delivery_left_vnd(self) -> int:
        return self.delivery_vnd - self.delivery_refunded_vnd

    @property
    def left_vnd(self) -> int:
        return sum(self.left().values()) + self.delivery_left_vnd


@dataclass(eq=False)
class Payment:
    """One try to pay. ``state``: open, succeeded, failed or expired, as the shop believes."""

    id: UUID
    operation: UUID
    order: Order
    provider: str
    payer: str
    shares: dict[str, int]
    created_at: datetime
    expires_at: datetime
    is_balance: bool = False
    state: str = "open"
    till: str = ""
    is_given_back: bool = False
    refunded: dict[str, int] = field(default_factory=dict)  # or being refunded

    @property
    def amount_vnd(self) -> int:
        return sum(self.shares.values())

    def left_vnd(self, reference: str) -> int:
        return self.shares.get(reference, 0) - self.refunded.get(reference, 0)


@dataclass(frozen=True)
class Item:
    """So much of a line of a part; without a line, of its delivery."""

    part: Part
    line: Line | None
    amount_vnd: int

    @property
    def reference(self) -> str:
        return self.part.number if self.line else self.part.delivery


@dataclass(eq=False)
class Refund:
    """``state`` as the shop believes; ``heard`` what the order has heard of it.

    The shop makes the ``operation``; it is known as soon as the model has been told.
    """

    payment: Payment
    shares: dict[str, int]
    items: list[Item]
    operation: UUID = NOT_KNOWN
    state: str = "open"
    heard: str = "open"
    till: str = ""
    is_by_hand: bool = False
    is_made_good: bool = False  # it was refused, and another way was found

    @property
    def amount_vnd(self) -> int:
        return sum(self.shares.values())


@dataclass(eq=False)
class Payout:
    id: UUID
    seller: int
    provider: str
    amount_vnd: int
    state: str = "on_the_way"
    is_by_hand: bool = False


@dataclass(eq=False)
class Order:
    pk: int
    number: str
    parts: list[Part]
    provider: str
    payer: str
    placed_at: datetime
    hold_expires_at: datetime
    status: str = "unpaid"
    is_on_handover: bool = False
    payment: Payment | None = None
    balance: Payment | None = None  # that counts
    balance_tried: Payment | None = None
    released: str = ""
    is_given_back: bool = False
    payments: list[Payment] = field(default_factory=list)

    @property
    def takes(self) -> dict[Thing, int]:
        taken: dict[Thing, int] = {}
        for part in self.parts:
            for thing, number in part.takes.items():
                taken[thing] = taken.get(thing, 0) + number
        return taken


@dataclass(frozen=True)
class Event:
    kind: str
    about: Payment | Refund
    at: datetime


FINAL: dict[Any, str] = {Outcome.SUCCEEDED: "succeeded", Outcome.FAILED: "failed"}
