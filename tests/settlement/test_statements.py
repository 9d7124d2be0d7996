from __future__ import annotations

import csv
import io
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from marketplace.settlement import errors as settlement_errors
from marketplace.settlement import services as settlement
from marketplace.settlement import sheets, statements
from marketplace.settlement.models import LineSplit
from marketplace.settlement.months import month_of
from payments.errors import PaymentError
from payments.ledger import selectors as books
from payments.providers.base import Outcome
from tests.factories import ProduceFactory, SellerFactory
from tests.settlement.conftest import pay, place, refund_went, release
from tests.settlement.paying import end_payouts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def of_month(seller):
    month = month_of(timezone.now())
    return statements.statement(seller=seller, begins_at=month.begins_at, ends_at=month.ends_at)


def standing_vnd(seller):
    codes = [f"payable:seller-{seller.pk}", f"debt:seller-{seller.pk}"]
    return sum(books.balances_vnd(codes).values())


def refund(part, amount_vnd):
    settlement.refund_line(
        line_id=LineSplit.objects.get(part=part).line_id,
        amount_vnd=amount_vnd,
        reason="",
        refund_id=uuid.uuid4(),
        now=timezone.now(),
    )


def pay_out():
    settlement.pay_out(run_id=uuid.uuid4(), now=timezone.now(), by="test")


@pytest.fixture
def lived(paid):
    """A seller's month: paid for rice, paid out, 50.000 ₫ refunded, which is a debt, and rice again."""
    release(paid.goods)
    pay_out()
    end_payouts()
    refund(paid.goods, 50_000)
    again = place((paid.rice, 1))
    pay(again)
    release(again.suborders.get())
    return paid


def test_every_line_of_the_ledger_stands_in_the_statement_in_plain_words(lived):
    found = of_month(lived.seller)

    assert [(str(line.words), line.amount_vnd, line.balance_vnd) for line in found.lines] == [
        ("Your share of an order", 327_250, 327_250),
        ("Paid to your wallet", -327_250, 0),
        ("Taken back for a refund", -46_750, -46_750),
        ("Your share of an order", 163_625, 116_875),
        ("Kept to pay off your debt", -46_750, 70_125),
        ("Debt paid off", 46_750, 116_875),
    ]
    assert (found.opening_vnd, found.closing_vnd) == (0, 116_875)
    assert standing_vnd(lived.seller) == 116_875


def test_a_statement_begins_where_the_one_before_ended(lived):
    now = timezone.now()
    middle = of_month(lived.seller).lines[2].posted_at

    first = statements.statement(seller=lived.seller, begins_at=now - timedelta(days=1), ends_at=middle)
    second = statements.statement(seller=lived.seller, begins_at=middle, ends_at=now)

    assert (len(first.lines), len(second.lines)) == (2, 4)
    assert first.closing_vnd == second.opening_vnd == 0
    assert second.closing_vnd == 116_875


def test_a_statement_costs_six_queries(lived, django_assert_num_queries):
    with django_assert_num_queries(6):
        of_month(lived.seller)


steps = st.one_of(
    st.just("sell"),
    st.just("pay out"),
    st.just("payouts arrive"),
    st.just("payouts come back"),
    st.integers(1, 100_000),  # of the last order, refunded
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lived=st.lists(steps, min_size=1, max_size=8))
def test_whatever_happens_opening_and_lines_are_the_closing_and_the_ledger_s_balance(lived):
    seller = SellerFactory()
    rice = ProduceFactory(price_vnd=100_001, stock=100, seller=seller)
    began_at, parts = timezone.now(), []
    for step in ["sell", *lived]:
        match step:
            case "sell":
                order = place((rice, 1))
                pay(order)
                parts.append(order.suborders.get())
                release(parts[-1])
            case "pay out":
                pay_out()
            case "payouts arrive":
                end_payouts()
            case "payouts come back":
                end_payouts(Outcome.FAILED, error_code="accountClosed")
            case amount_vnd:
                try:
                    refund(parts[-1], amount_vnd)
                except (PaymentError, settlement_errors.RefundTooLarge):
                    continue
                refund_went(parts[-1].order)

    found = statements.statement(seller=seller, begins_at=began_at, ends_at=timezone.now())

    assert found.opening_vnd + sum(line.amount_vnd for line in found.lines) == found.closing_vnd
    assert found.closing_vnd == standing_vnd(seller)
    assert [line.balance_vnd for line in found.lines][-1] == found.closing_vnd


def test_the_files_say_the_same(lived):
    sheet = statements.as_sheet(of_month(lived.seller))

    rows = list(csv.reader(io.StringIO(sheets.to_csv(sheet).decode("utf-8-sig"))))
    cells = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(sheets.to_xlsx(sheet))).active]

    assert rows[0] == ["Date", "What for", "Order", "Amount (VND)", "Balance (VND)"]
    assert [row[3:] for row in rows[1:]] == [
        ["", "0"],
        ["327250", "327250"],
        ["-327250", "0"],
        ["-46750", "-46750"],
        ["163625", "116875"],
        ["-46750", "70125"],
        ["46750", "116875"],
        ["116875", "116875"],
    ]
    assert [row[3:] for row in cells[2:4]] == [[327_250, 327_250], [-327_250, 0]]
    assert len(cells) == len(rows)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(text):
    sheet = sheets.Sheet("Test", ["Name"], [[text], ["Lò Thị Pản"]])

    (cell,) = next(csv.reader(io.StringIO(sheets.to_csv(sheet).decode("utf-8-sig").split("\r\n", 1)[1])))
    written = load_workbook(io.BytesIO(sheets.to_xlsx(sheet))).active["A2"]

    assert cell == f"'{text}"
    assert written.data_type == "s"
    assert str(written.value).startswith("'")


def test_a_title_a_workbook_cannot_have_is_no_reason_to_fail():
    sheet = sheets.Sheet("2026-11", ["Amount"], [[-5]], total=[-5])

    assert load_workbook(io.BytesIO(sheets.to_xlsx(sheet))).active["A2"].value == -5
