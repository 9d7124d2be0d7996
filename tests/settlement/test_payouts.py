from __future__ import annotations

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from marketplace.sellers.identity import LevelLimit
from marketplace.sellers.models import Seller
from marketplace.settlement import selectors, tasks
from marketplace.settlement import services as settlement
from marketplace.settlement.models import SettlementRule
from payments.models import Payout, PayoutRun
from payments.providers.base import Outcome
from tests.settlement.conftest import release
from tests.settlement.paying import end_payouts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

HOI = ZoneInfo("Asia/Ho_Chi_Minh")


def pay_out(run_id=None):
    return settlement.pay_out(run_id=run_id or uuid.uuid4(), now=timezone.now(), by="+84399000009")


def test_a_run_pays_every_seller_with_a_wallet_and_enough(paid):
    release(paid.goods, paid.night)
    Seller.objects.filter(pk=paid.night.seller_id).update(wallet_msisdn="", wallet_provider="")
    assert selectors.due_for_payout(now=timezone.now()) == selectors.Due(1, 327_250)

    run = pay_out()

    payout = Payout.objects.get(batch__run=run)
    assert (payout.payee, payout.amount_vnd) == (f"seller-{paid.seller.pk}", 327_250)
    assert (payout.provider, payout.wallet) == ("viettel", str(paid.seller.wallet_msisdn))
    assert (run.started_by, run.minimum_vnd) == ("+84399000009", 50_000)
    assert selectors.due_for_payout(now=timezone.now()) == selectors.Due(0, 0)
    end_payouts()
    money = selectors.money_of(paid.seller, now=timezone.now())
    assert (money.payable_vnd, money.on_the_way_vnd, money.paid_vnd) == (0, 0, 327_250)


def test_the_same_run_pays_once(paid):
    release(paid.goods)
    run_id = uuid.uuid4()

    pay_out(run_id)
    pay_out(run_id)

    assert Payout.objects.count() == 1


def test_what_an_identity_level_lets_nobody_have_at_once_is_paid_by_the_next_run(paid):
    LevelLimit.objects.filter(level=Seller.Level.PHONE).update(payout_vnd=200_000)
    Seller.objects.filter(pk=paid.seller.pk).update(level=Seller.Level.PHONE)
    release(paid.goods)

    pay_out()
    assert [payout.amount_vnd for payout in Payout.objects.all()] == [200_000]
    pay_out()

    assert [payout.amount_vnd for payout in Payout.objects.order_by("-amount_vnd")] == [200_000, 127_250]


def test_less_than_the_smallest_payout_waits(paid):
    SettlementRule.objects.update(minimum_payout_vnd=327_251)
    release(paid.goods)

    pay_out()

    assert not Payout.objects.exists()
    assert not selectors.money_of(paid.seller, now=timezone.now()).is_enough


def test_the_day_s_run_starts_once_however_often_the_clock_strikes(paid):
    release(paid.goods)

    assert tasks.pay_out() == tasks.pay_out()

    assert PayoutRun.objects.get().started_by == "schedule"
    assert settlement.run_id_of(date(2026, 11, 23)) != settlement.run_id_of(date(2026, 11, 24))


def test_a_payout_that_came_back_is_shown_until_it_is_paid(paid):
    release(paid.goods)
    pay_out()
    end_payouts(Outcome.FAILED, error_code="accountClosed", error_message="The wallet is closed.")
    assert [payout.error_message for payout in selectors.bounced_payouts()] == ["The wallet is closed."]
    assert selectors.money_of(paid.seller, now=timezone.now()).payable_vnd == 327_250

    pay_out()

    assert selectors.bounced_payouts() == []


@pytest.mark.parametrize(("now", "day"), [("15:59", 23), ("16:00", 24), ("23:59", 24)])
def test_sellers_are_paid_at_four_in_the_afternoon(now, day):
    moment = datetime.fromisoformat(f"2026-11-23 {now}").replace(tzinfo=HOI)

    assert selectors.next_payout_at(moment) == datetime(2026, 11, day, 16, tzinfo=HOI)


def test_how_a_seller_stands_costs_six_queries(paid, django_assert_num_queries):
    with django_assert_num_queries(6):
        selectors.money_of(paid.seller, now=timezone.now())


def test_what_is_held_is_the_seller_s_share_of_what_is_not_released(paid):
    before = selectors.money_of(paid.seller, now=timezone.now())
    release(paid.goods)
    after = selectors.money_of(paid.seller, now=timezone.now())

    assert (before.held_vnd, before.payable_vnd) == (327_250, 0)
    assert (after.held_vnd, after.payable_vnd) == (0, 327_250)
