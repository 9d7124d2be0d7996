"""What was withheld for the State in a month, seller by seller (Decree 117/2025/NĐ-CP)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Sum
from django.utils.translation import gettext as _

from marketplace.sellers.models import Seller, SubOrder

from .models import LineBooking, TaxRule
from .months import Month
from .sheets import Sheet, Value
from .withholding import PIT, TAXES, VAT, MonthTax, remitted_vnd, withheld_by_part


@dataclass
class SellerTax:
    """One seller's month: revenue by tax category when released, refunds taken off; taxes by the ledger."""

    seller: Seller
    revenue_vnd: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TaxRule.Category.values, 0))
    vat_vnd: int = 0
    pit_vnd: int = 0


@dataclass(frozen=True)
class TaxFile:
    month: Month
    rows: Sequence[SellerTax]
    remitted_vnd: Mapping[str, int]  # by tax

    @property
    def vat_vnd(self) -> int:
        return sum(row.vat_vnd for row in self.rows)

    @property
    def pit_vnd(self) -> int:
        return sum(row.pit_vnd for row in self.rows)

    @property
    def taxes(self) -> list[MonthTax]:
        return [
            MonthTax("vat", self.vat_vnd, self.remitted_vnd["vat"]),
            MonthTax("pit", self.pit_vnd, self.remitted_vnd["pit"]),
        ]

    def revenue_vnd(self, category: str) -> int:
        return sum(row.revenue_vnd[category] for row in self.rows)


def tax_file(month: Month) -> TaxFile:
    """Return what every seller took in during ``month`` and what was withheld of it, by name.

    VAT and income tax are the lines of the ledger's accounts tax:vat and tax:pit of that month, and of what
    the State owes us of them, so their sums are what the accounts grew by. Nine queries.
    """
    revenue = (
        LineBooking.objects.filter(booked_at__gte=month.begins_at, booked_at__lt=month.ends_at)
        .values("split__part__seller", "split__tax_category")
        .annotate(sum_vnd=Sum("gross_vnd"))
        .order_by("split__part__seller", "split__tax_category")
    )
    revenue_rows = list(revenue)
    withheld = {account: withheld_by_part(account, month) for account in (VAT, PIT)}
    numbers = {number for by_number in withheld.values() for number in by_number}
    sellers_of = dict(SubOrder.objects.filter(number__in=numbers).values_list("number", "seller"))
    wanted = {row["split__part__seller"] for row in revenue_rows} | set(sellers_of.values())
    rows = {
        seller.pk: SellerTax(seller)
        for seller in Seller.objects.filter(pk__in=wanted).select_related("unit").order_by("name", "pk")
    }
    for row in revenue_rows:
        rows[row["split__part__seller"]].revenue_vnd[row["split__tax_category"]] += row["sum_vnd"]
    for number, vnd in withheld[VAT].items():
        rows[sellers_of[number]].vat_vnd += vnd
    for number, vnd in withheld[PIT].items():
        rows[sellers_of[number]].pit_vnd += vnd
    return TaxFile(month, list(rows.values()), {tax: remitted_vnd(tax, month) for tax in TAXES})


def as_sheet(found: TaxFile) -> Sheet:
    """Return the file as a table with its total."""
    categories = TaxRule.Category
    columns = [
        _("Seller"),
        _("Kind of seller"),
        _("Commune"),
        *(_("Revenue: %(category)s (VND)") % {"category": category.label} for category in categories),
        _("VAT withheld (VND)"),
        _("Income tax withheld (VND)"),
    ]
    rows: list[list[Value]] = [
        [
            row.seller.name,
            row.seller.get_kind_display(),
            row.seller.unit.full_name,
            *(row.revenue_vnd[category] for category in categories),
            row.vat_vnd,
            row.pit_vnd,
        ]
        for row in found.rows
    ]
    blank: list[Value] = [""] * (2 + len(categories))
    sums = [found.revenue_vnd(category) for category in categories]
    return Sheet(
        title=str(found.month),
        columns=columns,
        rows=rows,
        total=[_("Total"), "", "", *sums, found.vat_vnd, found.pit_vnd],
        below=[
            [_("Paid to the State"), *blank, *(each.remitted_vnd for each in found.taxes)],
            [_("Left to pay"), *blank, *(each.left_vnd for each in found.taxes)],
        ],
    )
