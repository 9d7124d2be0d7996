from __future__ import annotations

import re
import uuid

import pytest
from django.utils import timezone

from marketplace.sellers.models import Mandate, Member
from marketplace.settlement import selectors, statements
from marketplace.settlement import services as settlement
from marketplace.settlement.models import Dispute, LineSplit
from marketplace.settlement.months import month_of
from payments.ledger import selectors as books
from payments.models import Payout, PayoutRun
from payments.providers.base import Outcome
from tests.factories import SellerFactory, UserFactory
from tests.settlement.conftest import deliver, release
from tests.settlement.paying import end_payouts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def text_of(answer):
    """The words of a page, without marks and with single spaces."""
    words = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", words.replace("\xa0", " "))


@pytest.fixture
def member(visitor, paid):
    user = UserFactory()
    Member.objects.create(seller=paid.seller, user=user)
    visitor.force_login(user)
    return visitor


@pytest.fixture
def staff(visitor):
    visitor.force_login(UserFactory(name="Quàng Văn Pâng", is_staff=True))
    return visitor


def pay_out():
    settlement.pay_out(run_id=uuid.uuid4(), now=timezone.now(), by="test")


# --- The seller's ------------------------------------------------------------------------------


def test_a_seller_sees_how_its_money_stands_and_what_is_its_of_each_order(member, paid):
    page = text_of(member.get("/sell/money/"))

    assert "Kept safe for you 327.250 ₫" in page
    assert "The buyer paid 505.500 ₫" in page
    assert "For the post, which carries it −155.500 ₫" in page
    assert "For the market −17.500 ₫" in page
    assert "VAT 3.500 ₫, income tax 1.750 ₫" in page
    assert "For you 327.250 ₫" in page
    assert "Yours after delivery" in page


def test_the_stages_of_a_part_are_named(member, paid):
    deliver(paid.goods)
    assert "Yours at" in text_of(member.get("/sell/money/"))

    dispute = settlement.open_dispute(part=paid.goods, reason="wet", now=timezone.now())
    assert "The buyer complains" in text_of(member.get("/sell/money/"))

    settlement.decide_dispute(
        dispute_id=dispute.pk, refund_vnd=0, note="dry", by=UserFactory(), now=timezone.now()
    )
    settlement.release_due(now=timezone.now())
    page = text_of(member.get("/sell/money/"))
    assert "Paid to you next 327.250 ₫" in page
    assert "Kept safe for you 0 ₫" in page


def test_a_payout_that_came_back_and_a_debt_are_told_in_plain_words(member, paid):
    release(paid.goods)
    pay_out()
    end_payouts(Outcome.FAILED, error_code="accountClosed", error_message="Closed.")
    page = text_of(member.get("/sell/money/"))
    assert "327.250 ₫ could not be paid to you." in page
    assert "It is not lost" in page

    pay_out()
    end_payouts()
    settlement.refund_part(part=paid.goods, reason="", refund_id=uuid.uuid4(), now=timezone.now())
    page = text_of(member.get("/sell/money/"))
    assert "You owe 327.250 ₫." in page
    assert "could not be paid" not in page
    assert "Already paid to you 327.250 ₫" in page


def test_a_month_can_be_read_and_kept(member, paid):
    release(paid.goods)
    month = month_of(timezone.now())

    page = text_of(member.get(f"/sell/money/{month}/"))
    files = {form: member.get(f"/sell/money/{month}/statement.{form}") for form in ("csv", "xlsx", "pdf")}

    assert "Your share of an order" in page
    assert "+327.250 ₫" in page
    assert b"327250" in files["csv"].content
    assert files["xlsx"]["Content-Type"].endswith("spreadsheetml.sheet")
    assert f"{month}.xlsx" in files["xlsx"]["Content-Disposition"]
    assert files["pdf"]["Content-Type"] == "application/pdf"
    assert files["pdf"].content.startswith(b"%PDF-")
    assert "Nothing came and nothing left" in text_of(member.get(f"/sell/money/{month.before}/"))


@pytest.mark.parametrize(
    "address",
    [
        "/sell/money/?seller={other}",
        "/sell/money/{month}/?seller={other}",
        "/sell/money/{month}/statement.csv?seller={other}",
    ],
)
def test_the_money_of_others_does_not_exist(member, address):
    other = SellerFactory()

    answer = member.get(address.format(other=other.slug, month=month_of(timezone.now())))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "address", ["/sell/money/2026-13/", "/sell/money/x/", "/sell/money/2026-11/statement.ods"]
)
def test_what_is_no_month_and_no_file_does_not_exist(member, address):
    assert member.get(address).status_code == 404


def test_strangers_sign_in_first_and_others_see_nothing(visitor, paid):
    assert visitor.get("/sell/money/").status_code == 302
    visitor.force_login(UserFactory())
    assert visitor.get("/sell/money/").status_code == 404


def test_a_seller_without_sales_is_told_so(visitor):
    user, seller = UserFactory(), SellerFactory()
    Member.objects.create(seller=seller, user=user)
    visitor.force_login(user)

    assert "As soon as a buyer has paid" in text_of(visitor.get("/sell/money/"))


def test_the_page_costs_as_much_for_many_orders_as_for_one(member, paid, django_assert_max_num_queries):
    member.get("/sell/money/")

    with django_assert_max_num_queries(17):
        member.get("/sell/money/")


def test_what_was_earned_agrees_with_the_ledger_at_every_stage(member, paid):
    def stands():
        return selectors.money_of(paid.seller, now=timezone.now())

    assert (stands().earned_vnd, stands().held_vnd) == (327_250, 327_250)

    release(paid.goods)
    ledger = books.balances_vnd([f"payable:{paid.seller.payee}"])
    assert stands().payable_vnd == ledger[f"payable:{paid.seller.payee}"] == 327_250
    assert stands().earned_vnd == 327_250

    pay_out()
    assert (stands().earned_vnd, stands().on_the_way_vnd) == (327_250, 327_250)
    end_payouts()
    assert (stands().earned_vnd, stands().paid_vnd) == (327_250, 327_250)

    settlement.refund_part(part=paid.goods, reason="", refund_id=uuid.uuid4(), now=timezone.now())
    assert (stands().earned_vnd, stands().debt_vnd) == (0, 327_250)


def test_money_is_said_in_full_words_for_the_phone_to_read(member, paid):
    member.cookies["django_language"] = "vi"
    page = member.get("/sell/money/").content.decode()

    assert "ba trăm hai mươi bảy nghìn hai trăm năm mươi đồng" in page
    assert page.count("data-speak=") == 2  # how the money stands, and the split of the order


def test_the_orders_of_a_statement_add_up_to_what_came(member, paid):
    release(paid.goods)
    month = month_of(timezone.now())
    found = statements.statement(seller=paid.seller, begins_at=month.begins_at, ends_at=month.ends_at)

    splits = statements.splits_in(found)

    assert [split.part for split in splits] == [paid.goods]
    assert sum(split.seller_vnd for split in splits) == found.came_vnd == 327_250
    paid_vnd, given = splits[0].paid_vnd, splits[0]
    shares = (given.carrier_vnd, given.commission_vnd, given.tax_vnd, given.fund_vnd, given.seller_vnd)
    assert paid_vnd - given.refunded_vnd == sum(shares)


def test_a_helper_sees_the_money_with_the_leave_for_money_alone(visitor, paid):
    helper, now = UserFactory(), timezone.now()
    mandate = Mandate.objects.create(
        seller=paid.seller, agent=helper, scopes=["listing", "orders"], asked_at=now, consented_at=now
    )
    visitor.force_login(helper)
    assert visitor.get("/sell/money/").status_code == 404

    Mandate.objects.filter(pk=mandate.pk).update(scopes=["money"])
    assert visitor.get("/sell/money/").status_code == 200


# --- The staff's -------------------------------------------------------------------------------


STAFF_PAGES = ["/staff/payouts/", "/staff/disputes/", "/staff/taxes/2026-11.csv"]


@pytest.mark.parametrize("address", STAFF_PAGES)
def test_the_pages_for_staff_are_for_staff(visitor, member, address):
    assert member.get(address).status_code == 403
    member.logout()
    assert member.get(address).status_code == 302


@pytest.mark.parametrize("address", ["payouts/start/", f"payouts/{uuid.UUID(int=9)}/by-hand/", "disputes/1/"])
def test_nothing_for_staff_can_be_done_by_others(member, address):
    assert member.post(f"/staff/{address}").status_code == 403
    assert not PayoutRun.objects.exists()


def test_the_button_pays_the_sellers_once_however_often_it_is_pressed(staff, paid):
    release(paid.goods)
    page = staff.get("/staff/payouts/")
    assert "Together 327.250 ₫" in text_of(page)
    run_id = re.search(r'name="run_id" value="([0-9a-f-]{36})"', page.content.decode())[1]

    for _ in range(2):
        answer = staff.post("/staff/payouts/start/", {"run_id": run_id}, follow=True)

    assert "1 payout has started." in text_of(answer)
    assert str(PayoutRun.objects.get().pk) == run_id
    assert Payout.objects.count() == 1
    assert "on the way" in text_of(answer)


def test_a_run_needs_the_id_of_its_form(staff):
    answer = staff.post("/staff/payouts/start/", {"run_id": "1"}, follow=True)

    assert "Press the button once more" in text_of(answer)
    assert not PayoutRun.objects.exists()


def test_what_came_back_is_settled_by_hand_with_evidence(staff, paid):
    release(paid.goods)
    pay_out()
    end_payouts(Outcome.FAILED, error_code="accountClosed", error_message="The wallet is closed.")
    assert "The wallet is closed." in text_of(staff.get("/staff/payouts/"))
    address = f"/staff/payouts/{Payout.objects.get().pk}/by-hand/"

    refused = staff.post(address, {"evidence": ""})
    assert refused.status_code == 422
    assert Payout.objects.get().state == "failed"

    answer = staff.post(address, {"evidence": "Vietcombank FT2633012345, 23/11/2026"}, follow=True)
    assert "Noted as paid in another way." in text_of(answer)
    payout = Payout.objects.get()
    assert (payout.state, payout.evidence) == ("by_hand", "Vietcombank FT2633012345, 23/11/2026")
    assert (
        staff.post(f"/staff/payouts/{uuid.UUID(int=9)}/by-hand/", {"evidence": "no such"}).status_code == 404
    )


def test_sellers_in_debt_are_listed(staff, paid):
    release(paid.goods)
    pay_out()
    settlement.refund_part(part=paid.goods, reason="", refund_id=uuid.uuid4(), now=timezone.now())

    assert f"{paid.seller.name} 327.250 ₫" in text_of(staff.get("/staff/payouts/"))


def test_a_dispute_is_decided_on_its_page(staff, paid):
    deliver(paid.goods)
    dispute = settlement.open_dispute(part=paid.goods, reason="The rice is <b>wet</b>.", now=timezone.now())
    page = staff.get("/staff/disputes/")
    assert "The rice is &lt;b&gt;wet&lt;/b&gt;." in page.content.decode()
    address, name = f"/staff/disputes/{dispute.pk}/", str(dispute.pk)

    too_much = {f"{name}-refund_vnd": "505501", f"{name}-note": "seen"}
    refused = staff.post(address, too_much)
    assert refused.status_code == 422
    assert "505.500 ₫ are left" in text_of(refused)

    decision = {f"{name}-refund_vnd": "50000", f"{name}-note": "The pictures show it."}
    for _ in range(2):
        answer = staff.post(address, decision, follow=True)
    assert "50.000 ₫ go back to the buyer" in text_of(answer)
    assert "The pictures show it." in text_of(answer)
    assert "Nobody complains" in text_of(answer)
    assert Dispute.objects.get().decided_by.name == "Quàng Văn Pâng"
    assert LineSplit.objects.get(part=paid.goods).refunded_vnd == 50_000


def test_the_month_s_taxes_are_a_file(staff, paid):
    release(paid.goods)
    month = month_of(timezone.now())

    answer = staff.get(f"/staff/taxes/{month}.csv")

    assert paid.seller.name in answer.content.decode("utf-8-sig")
    assert staff.get(f"/staff/taxes/{month}.xlsx").status_code == 200
    assert staff.get(f"/staff/taxes/{month}.pdf").status_code == 404
    assert staff.get("/staff/taxes/2026-13.csv").status_code == 404


def test_staff_pages_cost_a_fixed_number_of_queries(staff, paid, django_assert_max_num_queries):
    release(paid.goods)
    pay_out()

    with django_assert_max_num_queries(16):
        staff.get("/staff/payouts/")
    with django_assert_max_num_queries(10):
        staff.get("/staff/disputes/")
