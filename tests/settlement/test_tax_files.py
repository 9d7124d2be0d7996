from __future__ import annotations

import csv
import uuid
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from openpyxl import load_workbook

from marketplace.sellers.models import Seller
from marketplace.settlement import services as settlement
from marketplace.settlement import tax_files
from marketplace.settlement.models import LineSplit
from marketplace.settlement.months import MonthUnreadable, last_months, month_of, read_month
from payments.ledger import selectors as books
from tests.factories import ProduceFactory, SellerFactory
from tests.settlement.conftest import pay, place, release

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


@pytest.fixture
def month(paid):
    """A household's rice less 50.000 ₫, a household's night, and a co-operative's rice, all released."""
    cooperative = SellerFactory(kind=Seller.Kind.COOPERATIVE, name="Hợp tác xã Mây Núi")
    order = place((ProduceFactory(seller=cooperative, price_vnd=1_000_000), 1))
    pay(order)
    release(paid.goods, paid.night, order.suborders.get())
    settlement.refund_line(
        line_id=LineSplit.objects.get(part=paid.goods).line_id,
        amount_vnd=50_000,
        reason="",
        refund_id=uuid.uuid4(),
        now=timezone.now(),
    )
    return month_of(timezone.now())


def test_what_was_withheld_is_what_the_ledger_s_tax_accounts_grew_by(paid, month):
    found = tax_files.tax_file(month)

    assert {
        row.seller.name: (row.revenue_vnd["goods"], row.revenue_vnd["services"], row.vat_vnd, row.pit_vnd)
        for row in found.rows
    } == {
        paid.seller.name: (300_000, 0, 3_000, 1_500),
        paid.night.seller.name: (0, 300_000, 15_000, 6_000),
        "Hợp tác xã Mây Núi": (1_000_000, 0, 0, 0),
    }
    balances = books.balances_vnd(["tax:vat", "tax:pit"])
    assert (found.vat_vnd, found.pit_vnd) == (balances["tax:vat"], balances["tax:pit"])


def test_the_month_before_is_empty(month):
    assert tax_files.tax_file(month.before).rows == []


def test_the_file_costs_nine_queries(month, django_assert_num_queries):
    with django_assert_num_queries(9):
        tax_files.tax_file(month)


def test_the_command_writes_the_file(month, tmp_path):
    said = StringIO()

    call_command("tax_file", month=str(month), to=tmp_path / "tax.xlsx", stdout=said)
    call_command("tax_file", month=str(month), to=tmp_path / "tax.csv", stdout=StringIO())

    assert "3 sellers, VAT 18,000 VND, income tax 7,500 VND" in said.getvalue()
    sheet = load_workbook(tmp_path / "tax.xlsx").active
    assert [cell.value for cell in sheet[5]] == ["Total", None, None, 1_300_000, 300_000, 0, 18_000, 7_500]
    rows = list(csv.reader((tmp_path / "tax.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows[-3:] == [
        ["Total", "", "", "1300000", "300000", "0", "18000", "7500"],
        ["Paid to the State", "", "", "", "", "", "0", "0"],
        ["Left to pay", "", "", "", "", "", "18000", "7500"],
    ]


@pytest.mark.parametrize("text", ["2026-13", "11-2026", "2026-1", "", "2026-11-01"])
def test_a_month_is_a_year_and_two_digits(text):
    with pytest.raises(MonthUnreadable, match="as 2026-11"):
        read_month(text)
    with pytest.raises(CommandError, match="as 2026-11"):
        call_command("tax_file", month=text)


def test_another_kind_of_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"neither \.xlsx nor \.csv"):
        call_command("tax_file", month="2026-11", to=tmp_path / "tax.pdf")


def test_months_begin_at_midnight_in_vietnam():
    month = read_month("2026-12")

    assert month.begins_at == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert month.ends_at == datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert str(month_of(datetime(2026, 11, 30, 16, 59, tzinfo=UTC))) == "2026-11"
    assert [str(each) for each in last_months(month.begins_at, 13)][-1] == "2025-12"
