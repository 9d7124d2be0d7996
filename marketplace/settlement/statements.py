"""What came to a seller and what left, line by line: the ledger's lines and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from django.db.models import Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.sellers.models import Seller, SubOrder
from payments.ledger import selectors as books
from payments.services import payout_reports, payouts, settling

from .selectors import PartSplit, splits_of
from .services.booking import payee_of
from .sheets import Sheet, Value


@dataclass(frozen=True)
class StatementLine:
    """A line of the ledger: ``amount_vnd`` came, or left if negative, and ``balance_vnd`` was there then."""

    posted_at: datetime
    purpose: str
    reference: str
    amount_vnd: int
    balance_vnd: int

    @property
    def order(self) -> str:
        """The part of an order it was for; empty where it was for none."""
        return "" if self.reference.startswith("seller-") else self.reference

    @property
    def words(self) -> str | Promise:
        """What it was for, in plain words; the ledger's own word where there are none."""
        return WORDS.get((self.purpose, self.amount_vnd > 0), self.purpose)


@dataclass(frozen=True)
class Statement:
    """From ``begins_at`` until before ``ends_at``. The balance is what the seller is owed, less its debt."""

    seller: Seller
    begins_at: datetime
    ends_at: datetime
    opening_vnd: int
    lines: Sequence[StatementLine]
    closing_vnd: int

    @property
    def came_vnd(self) -> int:
        return sum(line.amount_vnd for line in self.lines if line.amount_vnd > 0)

    @property
    def left_vnd(self) -> int:
        return -sum(line.amount_vnd for line in self.lines if line.amount_vnd < 0)


# By purpose of the transfer, and whether it came or left.
WORDS: dict[tuple[str, bool], Promise] = {
    (settling.RELEASE, True): _("Your share of an order"),
    (settling.TAKE_BACK, False): _("Taken back for a refund"),
    (settling.REPAYMENT, False): _("Kept to pay off your debt"),
    (settling.REPAYMENT, True): _("Debt paid off"),
    (payouts.PAYOUT, False): _("Paid to your wallet"),
    (payout_reports.LATE, False): _("Paid to your wallet"),
    (payouts.BY_HAND, False): _("Paid to you in another way"),
}


def statement(*, seller: Seller, begins_at: datetime, ends_at: datetime) -> Statement:
    """Return every line of what is payable to ``seller`` and of its debt, oldest first. Six queries.

    Opening and closing balance are the sums of all lines before those moments.
    """
    codes = [f"{kind}:{payee_of(seller.pk)}" for kind in ("payable", "debt")]
    entries = [
        entry
        for code in codes
        for entry in books.entries_of(code).filter(created_at__gte=begins_at, created_at__lt=ends_at)
    ]
    entries.sort(key=lambda entry: (entry.created_at, entry.pk))
    opening_vnd = _balance_vnd(codes, before=begins_at)
    balances = list(accumulate((entry.amount_vnd for entry in entries), initial=opening_vnd))
    lines = [
        StatementLine(
            posted_at=entry.created_at,
            purpose=entry.transfer.purpose,
            reference=entry.transfer.reference,
            amount_vnd=entry.amount_vnd,
            balance_vnd=balance_vnd,
        )
        for entry, balance_vnd in zip(entries, balances[1:], strict=True)
    ]
    return Statement(seller, begins_at, ends_at, opening_vnd, lines, _balance_vnd(codes, before=ends_at))


def splits_in(found: Statement) -> list[PartSplit]:
    """Return who got what of each order that stands in the lines, in their order. Two queries."""
    numbers = list(dict.fromkeys(line.order for line in found.lines if line.order))
    parts = SubOrder.objects.filter(number__in=numbers, seller=found.seller)
    place = {number: at for at, number in enumerate(numbers)}
    return sorted(splits_of(parts), key=lambda split: place[split.part.number])


def as_sheet(found: Statement) -> Sheet:
    """Return the statement as a table: the opening balance, every line, the closing balance."""
    first, last = (timezone.localdate(moment) for moment in (found.begins_at, found.ends_at))
    opening: list[Value] = [first.isoformat(), gettext("Opening balance"), "", None, found.opening_vnd]
    rows: list[list[Value]] = [
        [
            timezone.localtime(line.posted_at).strftime("%Y-%m-%d %H:%M"),
            str(line.words),
            line.order,
            line.amount_vnd,
            line.balance_vnd,
        ]
        for line in found.lines
    ]
    columns = [
        gettext("Date"),
        gettext("What for"),
        gettext("Order"),
        gettext("Amount (VND)"),
        gettext("Balance (VND)"),
    ]
    change_vnd = found.closing_vnd - found.opening_vnd
    return Sheet(
        title=f"{first:%Y-%m}",
        columns=columns,
        rows=[opening, *rows],
        total=[
            last.isoformat(),
            gettext("Closing balance"),
            "",
            change_vnd,
            found.closing_vnd,
        ],
    )


def _balance_vnd(codes: Sequence[str], *, before: datetime) -> int:
    entries = [books.entries_of(code).filter(created_at__lt=before).order_by() for code in codes]
    return sum(each.aggregate(sum_vnd=Sum("amount_vnd", default=0))["sum_vnd"] for each in entries)
