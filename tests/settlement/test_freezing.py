from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.settlement import services as settlement
from marketplace.settlement.errors import NoRule
from marketplace.settlement.models import CommissionRule, LineSplit, PartClock, SellerTerms
from tests.factories import ProduceFactory, SellerFactory
from tests.settlement.conftest import place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

HOI = ZoneInfo("Asia/Ho_Chi_Minh")


def refreeze(order, *, now):
    PartClock.objects.all().delete()
    LineSplit.objects.all().delete()
    settlement.freeze(order=order, now=now)


def test_every_line_is_shared_out_by_the_rules_of_the_day(paid):
    goods, night = LineSplit.objects.order_by("pk")

    assert (goods.gross_vnd, goods.commission_vnd, goods.vat_vnd, goods.pit_vnd, goods.seller_vnd) == (
        350_000, 17_500, 3_500, 1_750, 327_250,
    )  # fmt: skip
    assert (night.gross_vnd, night.commission_vnd, night.vat_vnd, night.pit_vnd, night.seller_vnd) == (
        300_000, 24_000, 15_000, 6_000, 255_000,
    )  # fmt: skip
    assert (goods.tax_category, night.tax_category) == ("goods", "services")
    assert (goods.part, night.part) == (paid.goods, paid.night)
    assert PartClock.objects.filter(delivered_at=None, released_at=None).count() == 2


def test_a_later_rule_changes_no_order_placed_before(paid):
    CommissionRule.objects.update(rate_bp=3_000)

    assert LineSplit.objects.get(part=paid.goods).commission_vnd == 17_500


def test_a_poor_household_keeps_the_commission():
    seller = SellerFactory()
    SellerTerms.objects.create(seller=seller, poor_from=date(2026, 1, 1), evidence="12/2026")

    place((ProduceFactory(seller=seller, price_vnd=175_000), 2))

    split = LineSplit.objects.get()
    assert (split.commission_vnd, split.seller_vnd) == (0, 344_750)
    assert split.commission_rule.seller_kind == "poor-household"


def test_the_day_is_that_of_vietnam(paid):
    refreeze(paid.order, now=datetime(2025, 6, 30, 23, 59, tzinfo=HOI))
    assert set(LineSplit.objects.values_list("vat_bp", flat=True)) == {0}

    refreeze(paid.order, now=datetime(2025, 6, 30, 17, 0, tzinfo=ZoneInfo("UTC")))
    assert set(LineSplit.objects.values_list("vat_bp", flat=True)) == {100, 500}


def test_without_a_rule_nothing_is_written(paid):
    PartClock.objects.all().delete()
    LineSplit.objects.all().delete()

    with pytest.raises(NoRule):
        settlement.freeze(order=paid.order, now=datetime(2019, 6, 1, tzinfo=HOI))

    assert not LineSplit.objects.exists()


@pytest.mark.parametrize("lines", [1, 6])
def test_freezing_costs_six_queries_however_many_lines(lines, django_assert_num_queries):
    order = place(*((ProduceFactory(), 1) for _ in range(lines)))
    PartClock.objects.all().delete()
    LineSplit.objects.all().delete()

    with transaction.atomic(), django_assert_num_queries(6):
        settlement.freeze(order=order, now=timezone.now())


def test_the_database_refuses_a_split_that_does_not_add_up(paid):
    with pytest.raises(IntegrityError, match="split_adds_up_to_the_price"):
        LineSplit.objects.filter(part=paid.goods).update(seller_vnd=327_251)
    with pytest.raises(IntegrityError, match="line_not_refunded_beyond_its_price"):
        LineSplit.objects.filter(part=paid.goods).update(refunded_vnd=350_001)
