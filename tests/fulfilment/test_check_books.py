import uuid
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from marketplace.sellers.models import SubOrder
from marketplace.statistics import services
from marketplace.statistics.models import DailySales
from payments import ledger
from tests.factories import SellerFactory, commune_named, load_province
from tests.statistics.orders import at, order_of, rice_of, sell

DAY = date(2026, 11, 3)


@pytest.fixture
def part(db):
    """A paid part of an order over 350,000 VND: counted as a sale, and booked with 30,000 VND of delivery."""
    load_province()
    seller = SellerFactory(commune=commune_named("Mường Phăng"))
    order = order_of((rice_of(seller.unit, seller=seller), 2, 350_000))
    sell(on=DAY, order=order)
    part = SubOrder.objects.create(
        order=order,
        seller=seller,
        number="T-1",
        status="paid",
        lines_vnd=350_000,
        due_now_vnd=350_000,
        placed_at=at(DAY),
    )
    ledger.open_account(code="clearing:fake", kind="clearing", may_overdraw=True)
    for code, amount_vnd in (("escrow:T-1", 350_000), ("escrow:T-1-D", 30_000)):
        ledger.open_account(code=code, kind="escrow")
        book("capture", amount_vnd, debit="clearing:fake", credit=code)
    return part


def book(purpose: str, amount_vnd: int, *, debit: str, credit: str) -> None:
    ledger.post(transfer_id=uuid.uuid4(), debit=debit, credit=credit, amount_vnd=amount_vnd, purpose=purpose)


def check_books() -> str:
    out = StringIO()
    call_command("check_books", stdout=out)
    return " ".join(out.getvalue().split())


def test_books_and_figures_that_agree_are_said_to_agree(part):
    assert check_books() == (
        "Sales of the communes 350,000 VND Revenue in the ledger 350,000 VND They agree, part by part."
    )


def test_a_refund_on_both_sides_keeps_them_in_agreement(part):
    services.write_refund(
        order_id=part.order_id, amounts_vnd=None, refund_id=uuid.uuid4(), refunded_at=at(DAY)
    )
    book("refund", 350_000, debit="escrow:T-1", credit="clearing:fake")

    assert "Sales of the communes 0 VND Revenue in the ledger 0 VND" in check_books()


def test_a_refund_that_was_not_counted_is_named_with_its_part_and_the_command_ends_with_1(part):
    book("refund", 100_000, debit="escrow:T-1", credit="clearing:fake")
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("check_books", stdout=out)

    assert ended.value.code == 1
    assert "T-1: counted 350,000 VND, booked 250,000 VND, difference 100,000 VND" in out.getvalue()


def test_sales_that_belong_to_no_part_are_named_too(part):
    (sale,) = sell((rice_of(commune_named("Sín Chải")), 1, 5_000), on=DAY)
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("check_books", stdout=out)

    assert (
        f"order {sale.order_id} without a part for seller {sale.seller_id}: counted 5,000 VND"
        in out.getvalue()
    )


def test_the_comparison_costs_seven_queries(part, django_assert_num_queries):
    with django_assert_num_queries(7):
        check_books()


def test_a_summary_that_differs_from_its_lines_is_named_with_what_to_do(part):
    DailySales.objects.filter(kind="").update(sold_vnd=1_000)
    out = StringIO()

    with pytest.raises(SystemExit, match="1"):
        call_command("check_books", stdout=out)

    assert out.getvalue().splitlines()[-2:] == [
        "2026-11-03, Xã Mường Phăng (03325): summarised 1,000 VND, lines 350,000 VND",
        "1 summaries differ from their lines. `manage.py rebuild_statistics` makes all of them again.",
    ]
