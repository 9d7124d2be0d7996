"""What was withheld for the State in a month, and what of it was paid on."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from payments.ledger import selectors as books
from payments.models import PaymentByHand
from payments.services import settling

from .months import Month

VAT, PIT = "tax:vat", "tax:pit"
# What goes on to the State leaves the accounts too, and was withheld before.
WITHHOLDING = (settling.RELEASE, settling.TAKE_BACK)
TAXES = {"vat": VAT, "pit": PIT}


@dataclass(frozen=True)
class MonthTax:
    """One tax of one month: what was withheld, and paid to the State, in đồng."""

    tax: str  # vat or pit
    withheld_vnd: int
    remitted_vnd: int

    @property
    def left_vnd(self) -> int:
        """What is still to be paid; below zero where refunds outweigh: it comes off another month."""
        return self.withheld_vnd - self.remitted_vnd


def month_of_tax(tax: str, month: Month) -> MonthTax:
    """Return how one tax (vat, pit) of ``month`` stands. Three queries."""
    return MonthTax(tax, sum(withheld_by_part(TAXES[tax], month).values()), remitted_vnd(tax, month))


def remittances(month: Month) -> list[PaymentByHand]:
    """Return what was paid to the State for ``month``, oldest first. One query."""
    made = PaymentByHand.objects.filter(account__in=TAXES.values(), reference=str(month))
    return list(made.order_by("noted_at", "pk"))


def remitted_vnd(tax: str, month: Month) -> int:
    """Return what of one tax was paid to the State for ``month``, in đồng. One query."""
    made = PaymentByHand.objects.filter(account=TAXES[tax], reference=str(month))
    return made.aggregate(vnd=Sum("amount_vnd", default=0))["vnd"]


def withheld_by_part(account: str, month: Month) -> dict[str, int]:
    """Return what an account of taxes grew by in ``month``, by number of the part it was for. Two queries."""
    sums: defaultdict[str, int] = defaultdict(int)
    for code in (account, settling.debt_beside(account)):
        entries = books.entries_of(code).filter(
            created_at__gte=month.begins_at, created_at__lt=month.ends_at, transfer__purpose__in=WITHHOLDING
        )
        rows = entries.order_by().values("transfer__reference").annotate(sum_vnd=Sum("amount_vnd"))
        for row in rows.order_by("transfer__reference"):
            sums[row["transfer__reference"]] += row["sum_vnd"]
    return sums
