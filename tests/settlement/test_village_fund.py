"""The fund of a village: its share of every night by the rule of the day, released, paid and taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.fulfilment import services as fulfilment
from marketplace.sellers.models import Seller
from marketplace.settlement import selectors
from marketplace.settlement import services as settlement
from marketplace.settlement.models import LineSplit
from marketplace.settlement.names import names_of
from payments.ledger.selectors import accounts_out_of_balance
from payments.models import Payout
from tests.factories import ProduceFactory, RoomTypeFactory, SellerFactory, StayFactory
from tests.settlement.conftest import balances, in_days, pay, place, refund_went, release
from tests.settlement.paying import end_payouts
from tourism.desk.models import FundRule, Village

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

RULED_FROM = date(2025, 1, 1)


@pytest.fixture
def village() -> Village:
    """A village whose co-operative has no wallet and gives 5 % to the fund."""
    seller = SellerFactory(kind=Seller.Kind.COOPERATIVE, wallet_provider="", wallet_msisdn="")
    found = Village.objects.create(seller=seller, name="Bản Mển")
    FundRule.objects.create(village=found, share_bp=500, valid_from=RULED_FROM, source="họp bản")
    return found


def night_of(village: Village) -> Any:
    """A paid night of 300.000 ₫ in the village: its part of the order."""
    room = RoomTypeFactory(stay=StayFactory(seller=village.seller), price_vnd=300_000, open_from=in_days(0))
    order = place(room=room)
    pay(order)
    return order.suborders.get()


def test_the_fund_gets_its_share_of_a_night_and_the_houses_the_rest(village):
    night_of(village)

    split = LineSplit.objects.get()
    assert (split.gross_vnd, split.commission_vnd, split.vat_vnd, split.pit_vnd) == (300_000, 24_000, 0, 0)
    assert (split.fund_vnd, split.seller_vnd, split.fund_bp) == (15_000, 261_000, 500)
    assert split.fund_rule == FundRule.objects.get()


def test_of_goods_and_of_other_sellers_there_is_no_share(village):
    rice = ProduceFactory(price_vnd=175_000, stock=10, seller=village.seller)
    other = RoomTypeFactory(price_vnd=300_000, open_from=in_days(0))

    place((rice, 1), room=other)

    assert set(LineSplit.objects.values_list("fund_vnd", "fund_rule")) == {(0, None)}


def test_a_later_rule_changes_no_night_ordered_before(village):
    night_of(village)
    FundRule.objects.update(valid_to=timezone.localdate())
    FundRule.objects.create(
        village=village, share_bp=2_000, valid_from=timezone.localdate(), source="họp bản"
    )

    night_of(village)

    assert list(LineSplit.objects.order_by("pk").values_list("fund_vnd", flat=True)) == [15_000, 60_000]


def test_the_database_refuses_two_rules_of_a_village_on_a_day_and_more_than_a_fifth(village):
    with pytest.raises(IntegrityError, match="one_fund_rule_a_day"), transaction.atomic():
        FundRule.objects.create(village=village, share_bp=1, valid_from=RULED_FROM, source="x")
    with pytest.raises(IntegrityError, match="fund_share_is_at_most_a_fifth"), transaction.atomic():
        FundRule.objects.update(share_bp=2_001)
    other = Village.objects.create(seller=SellerFactory(), name="Bản Ten")
    FundRule.objects.create(village=other, share_bp=1, valid_from=RULED_FROM, source="x")


def test_a_stayed_night_brings_the_share_to_the_fund_and_a_refund_takes_it_back(village):
    part = night_of(village)
    fund, seller = f"payable:{village.payee}", f"payable:{village.seller.payee}"

    release(part)

    assert balances(fund, seller) == {fund: 15_000, seller: 261_000, "revenue:commission": 24_000}
    assert names_of([fund]) == {fund: "Fund of Bản Mển"}

    fulfilment.refund_part(number=part.number, reason="nhà bị dột", now=timezone.now())
    refund_went(part.order)

    assert balances(fund, seller) == {}
    assert not accounts_out_of_balance().exists()


def test_the_pages_say_what_goes_to_the_fund(village):
    part = night_of(village)

    (split,) = selectors.split_of_order(part.order).parts

    assert (split.fund_vnd, split.seller_vnd, split.commission_vnd) == (15_000, 261_000, 24_000)


def test_the_fund_is_paid_to_its_own_wallet_or_the_co_operatives_or_waits(village):
    for _ in range(4):
        release(night_of(village))
    assert [(one.village, one.payable_vnd) for one in selectors.without_wallet()] == [
        (None, 1_044_000),
        (village, 60_000),
    ]
    Village.objects.update(fund_provider="vnpt", fund_msisdn="+84889000777")

    assert selectors.due_for_payout(now=timezone.now()) == selectors.Due(sellers=1, total_vnd=60_000)
    settlement.pay_out(run_id=uuid4(), now=timezone.now() + timedelta(minutes=1), by="thử")

    assert selectors.fund_of(village.seller) == selectors.Fund("Fund of Bản Mển", 60_000, 0)
    end_payouts()
    assert selectors.fund_of(village.seller) == selectors.Fund("Fund of Bản Mển", 0, 60_000)
    payout = Payout.objects.get()
    assert (payout.payee, payout.name, payout.provider, payout.wallet, payout.amount_vnd) == (
        village.payee, "Fund of Bản Mển", "vnpt", "+84889000777", 60_000,
    )  # fmt: skip
    assert [one.village for one in selectors.without_wallet()] == [None]
