"""Paying by bank transfer: the post, sellers without a wallet, and the State."""

from __future__ import annotations

import csv
import uuid
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.utils import timezone

from marketplace.sellers.models import Seller
from marketplace.settlement import selectors, sheets, tax_files, withholding
from marketplace.settlement import services as settlement
from marketplace.settlement.errors import TooMuchForTheState
from marketplace.settlement.models import LineSplit, PartClock
from marketplace.settlement.months import month_of
from payments.ledger import selectors as books
from payments.models import PaymentByHand
from tests.factories import UserFactory
from tests.payments.threads import race
from tests.settlement.conftest import balances, deliver, release
from tests.settlement.test_pages import text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

EVIDENCE = "VCB 8812 of 2 March"


@pytest.fixture
def staff(visitor: Any) -> Any:
    visitor.force_login(UserFactory(is_staff=True))
    return visitor


@pytest.fixture
def month(paid: Any) -> Any:
    """3.500 ₫ VAT and 1.750 ₫ income tax of rice, 15.000 ₫ and 6.000 ₫ of a night, withheld."""
    release(paid.goods, paid.night)
    return month_of(timezone.now())


def remit(month: Any, amount_vnd: int, **changes: Any) -> PaymentByHand:
    facts = {"payment_id": uuid.uuid4(), "month": month, "tax": "vat", "evidence": EVIDENCE, "by": "Pâng"}
    return settlement.remit(**facts | changes, amount_vnd=amount_vnd, now=timezone.now())


def pay_form(amount_vnd: int | str, **changes: Any) -> dict[str, Any]:
    return {"payment_id": uuid.uuid4(), "amount_vnd": amount_vnd, "evidence": EVIDENCE} | changes


# --- The post, and sellers without a wallet ------------------------------------------------------


def test_the_post_and_sellers_without_a_wallet_are_listed_with_what_is_theirs(paid, month):
    Seller.objects.filter(pk=paid.seller.pk).update(wallet_msisdn="")

    assert [(one.payee, one.payable_vnd) for one in selectors.without_wallet()] == [
        ("carrier-post", 155_500),
        (f"seller-{paid.seller.pk}", 327_250),
    ]


def test_a_bank_transfer_to_the_post_is_noted_once(staff, month):
    page = text_of(staff.get("/staff/payouts/"))
    assert "The post 155.500 ₫" in page
    form = pay_form(150_000)

    for _ in range(2):
        answer = staff.post("/staff/payouts/carrier-post/pay/", form, follow=True)
        assert "150.000 ₫ are noted as paid." in text_of(answer)

    assert "The post 5.500 ₫" in text_of(answer)
    assert EVIDENCE in text_of(answer)
    assert balances()["payable:carrier-post"] == 5_500
    assert books.balances_vnd(["bank:settlement"]) == {"bank:settlement": 150_000}


@pytest.mark.parametrize(
    ("amount", "status", "said"),
    [
        (155_501, 200, "has 155,500 VND to be paid, not 155,501 VND"),
        (0, 422, "greater than or equal to 1"),
        (-1, 422, "greater than or equal to 1"),
        ("1e9", 422, "Enter a whole number."),
        ("0.1", 422, "Enter a whole number."),
        ("9" * 19, 422, "less than or equal to"),
    ],
)
def test_a_bank_transfer_of_another_amount_is_refused(staff, month, amount, status, said):
    answer = staff.post("/staff/payouts/carrier-post/pay/", pay_form(amount), follow=True)

    assert answer.status_code == status
    assert said in text_of(answer)
    assert not PaymentByHand.objects.exists()


def test_a_seller_paid_by_bank_transfer_sees_it(paid, month, staff):
    Seller.objects.filter(pk=paid.seller.pk).update(wallet_msisdn="")
    staff.post(f"/staff/payouts/seller-{paid.seller.pk}/pay/", pay_form(327_250))

    money = selectors.money_of(paid.seller, now=timezone.now())

    assert (money.payable_vnd, money.paid_vnd) == (0, 327_250)
    assert [payment.amount_vnd for payment in selectors.by_hand_of(paid.seller)] == [327_250]


# --- The State ---------------------------------------------------------------------------------


def test_a_month_shows_what_was_withheld_paid_and_left(month):
    remit(month, 10_000)
    remit(month, 7_750, tax="pit")

    vat, pit = tax_files.tax_file(month).taxes

    assert (vat.withheld_vnd, vat.remitted_vnd, vat.left_vnd) == (18_500, 10_000, 8_500)
    assert (pit.withheld_vnd, pit.remitted_vnd, pit.left_vnd) == (7_750, 7_750, 0)
    assert balances()["tax:vat"] == 8_500
    rows = list(csv.reader(StringIO(sheets.to_csv(tax_files.as_sheet(tax_files.tax_file(month))).decode())))
    assert [row[-2:] for row in rows[-3:]] == [["18500", "7750"], ["10000", "7750"], ["8500", "0"]]


def test_no_more_of_a_month_is_paid_than_is_left_of_it(month):
    remit(month, 18_500)

    with pytest.raises(TooMuchForTheState, match="1 ₫ were to be paid to the State, 0 ₫ are left"):
        remit(month, 1)
    with pytest.raises(TooMuchForTheState):
        remit(month.before, 1)

    assert books.balances_vnd(["bank:settlement"]) == {"bank:settlement": 18_500}


def test_eight_who_pay_a_month_at_once_pay_it_once(month):
    results = race([partial(remit, month, 18_500) for _ in range(8)])

    assert sum(isinstance(result, PaymentByHand) for result in results) == 1
    assert withholding.month_of_tax("vat", month).left_vnd == 0


def test_a_refund_after_the_tax_was_paid_comes_off_the_next(paid, month):
    remit(month, 18_500)
    split = LineSplit.objects.get(part=paid.night)

    settlement.refund_line(
        line_id=split.line_id, amount_vnd=300_000, reason="", refund_id=uuid.uuid4(), now=timezone.now()
    )

    vat = withholding.month_of_tax("vat", month)
    assert (vat.withheld_vnd, vat.left_vnd) == (3_500, -15_000)
    assert books.balances_vnd(["tax:vat", "debt:tax-vat"]) == {"debt:tax-vat": -15_000, "tax:vat": 0}
    with pytest.raises(TooMuchForTheState):
        remit(month, 1)


def test_the_page_of_a_month_takes_evidence_and_shows_it(staff, month):
    assert staff.get("/staff/taxes/").url == f"/staff/taxes/{month.before}/"
    address = f"/staff/taxes/{month}/"
    assert "Withheld 18.500 ₫ Paid to the State 0 ₫ Left to pay 18.500 ₫" in text_of(staff.get(address))

    refusal = staff.post(f"{address}vat/", pay_form(18_501))
    assert refusal.status_code == 422
    assert "18.501 ₫ were to be paid to the State, 18.500 ₫ are left to pay." in text_of(refusal)
    assert staff.post(f"{address}vat/", pay_form(1, evidence="")).status_code == 422
    assert staff.post(f"{address}gst/", pay_form(1)).status_code == 404

    answer = staff.post(f"{address}vat/", pay_form(18_000), follow=True)
    assert "Withheld 18.500 ₫ Paid to the State 18.000 ₫ Left to pay 500 ₫" in text_of(answer)
    assert EVIDENCE in text_of(answer)


@pytest.mark.parametrize("address", ["/staff/taxes/2026-13/", "/staff/taxes/x/"])
def test_what_is_no_month_has_no_taxes(staff, address):
    assert staff.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/staff/taxes/2026-11/vat/", "/staff/payouts/carrier-post/pay/"])
def test_money_leaves_the_bank_by_the_staff_s_hands_only(visitor, paid, address):
    assert visitor.post(address, pay_form(1)).status_code == 302
    visitor.force_login(UserFactory())
    assert visitor.post(address, pay_form(1)).status_code == 403
    assert not PaymentByHand.objects.exists()


# --- Parts that were never shared out -------------------------------------------------------------


def test_a_paid_part_without_a_clock_is_found_by_the_sweep_and_released_in_time(paid):
    own = f"payable:seller-{paid.seller.pk}"
    LineSplit.objects.filter(part=paid.goods).delete()
    LineSplit.objects.filter(part=paid.night).delete()
    PartClock.objects.filter(part__in=[paid.goods, paid.night]).delete()

    settlement.release_due(now=timezone.now())

    clock = PartClock.objects.get(part=paid.goods)
    assert clock.expected_at is not None
    assert LineSplit.objects.get(part=paid.goods).seller_vnd == 327_250
    settlement.release_due(now=deliver(paid.goods))
    assert balances(own)[own] == 327_250
