from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from marketplace.sellers.models import SubOrder
from marketplace.settlement import selectors
from marketplace.settlement import services as settlement
from marketplace.settlement.models import LineBooking, LineSplit, PartClock
from payments.ledger import selectors as books
from tests.factories import ProduceFactory
from tests.settlement.conftest import WINDOW, balances, deliver, pay, place, release
from tests.shop.conftest import in_days

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

SECOND = timedelta(seconds=1)


def payable(part):
    return f"payable:seller-{part.seller_id}"


def test_a_delivered_part_is_released_when_its_window_ends_and_not_a_second_before(paid):
    due_at = deliver(paid.goods)

    assert settlement.release_due(now=due_at - SECOND) == 0
    assert balances() == {}

    assert settlement.release_due(now=due_at) == 1
    assert balances(payable(paid.goods), f"escrow:{paid.goods.number}") == {
        "revenue:commission": 17_500,
        "tax:vat": 3_500,
        "tax:pit": 1_750,
        "payable:carrier-post": 155_500,
        payable(paid.goods): 327_250,
    }
    assert PartClock.objects.get(part=paid.goods).released_at == due_at


def test_releasing_again_moves_nothing(paid):
    release(paid.goods)
    before = balances(payable(paid.goods))

    assert settlement.release_due(now=timezone.now() + timedelta(days=90)) == 1  # the night
    PartClock.objects.filter(part=paid.goods).update(released_at=None)
    assert settlement.release_due(now=timezone.now() + timedelta(days=90)) == 1

    after = balances(payable(paid.goods))
    assert after[payable(paid.goods)] == before[payable(paid.goods)]
    assert LineBooking.objects.filter(split__part=paid.goods).count() == 1


def test_the_split_on_the_order_page_is_what_the_ledger_says(paid):
    shown = selectors.split_of_order(paid.order)
    assert (shown.paid_vnd, shown.seller_vnd, shown.commission_vnd, shown.tax_vnd, shown.carrier_vnd) == (
        805_500, 582_250, 41_500, 26_250, 155_500,
    )  # fmt: skip

    release(paid.goods, paid.night)

    found = balances(payable(paid.goods), payable(paid.night))
    assert found == {
        "revenue:commission": shown.commission_vnd,
        "tax:vat": sum(part.vat_vnd for part in shown.parts),
        "tax:pit": sum(part.pit_vnd for part in shown.parts),
        "payable:carrier-post": shown.carrier_vnd,
        payable(paid.goods): shown.parts[0].seller_vnd,
        payable(paid.night): shown.parts[1].seller_vnd,
    }
    escrow = [f"escrow:{paid.goods.number}", f"escrow:{paid.goods.number}-D", f"escrow:{paid.night.number}"]
    assert set(books.balances_vnd(escrow).values()) == {0}


def test_several_lines_are_rounded_one_by_one():
    one, other = ProduceFactory(price_vnd=50), ProduceFactory(price_vnd=50)
    other.product.origin.seller = one.product.origin.seller
    other.product.origin.save()
    other.product.stockrecords.update(partner=one.product.origin.seller.partner)
    order = place((one, 1), (other, 1))
    pay(order)

    release(order.suborders.get())

    # Three đồng of commission and one of VAT of each; of both together it would be five and one.
    assert balances()["revenue:commission"] == 6
    assert balances()["tax:vat"] == 2


def test_goods_nobody_reports_on_count_as_delivered_after_fourteen_days(paid):
    paid_at = SubOrder.objects.get(pk=paid.goods.pk).paid_at
    clock = PartClock.objects.get(part=paid.goods)
    assert clock.expected_at == paid_at + timedelta(days=14)

    settlement.release_due(now=clock.expected_at)
    clock.refresh_from_db()
    assert (clock.delivered_at, clock.release_at) == (clock.expected_at, clock.expected_at + WINDOW)
    assert clock.released_at is None

    settlement.release_due(now=clock.release_at)
    clock.refresh_from_db()
    assert clock.released_at == clock.release_at


def test_a_stay_is_over_at_noon_of_the_day_the_guests_leave(paid):
    clock = PartClock.objects.get(part=paid.night)

    assert clock.expected_at == timezone.make_aware(datetime.combine(in_days(4), time(12)))


def test_a_report_of_delivery_counts_once(paid):
    due_at = deliver(paid.goods)

    deliver(paid.goods, at=timezone.now())

    assert PartClock.objects.get(part=paid.goods).release_at == due_at


def test_what_is_not_paid_is_never_released():
    order = place((ProduceFactory(), 1))
    part = order.suborders.get()
    PartClock.objects.filter(part=part).update(expected_at=timezone.now() - timedelta(days=1))

    assert settlement.release_due(now=timezone.now() + timedelta(days=90)) == 0

    clock = PartClock.objects.get(part=part)
    assert (clock.delivered_at, clock.expected_at) == (None, None)


def test_one_part_that_cannot_be_settled_keeps_nobody_else_from_their_money(paid, caplog):
    deliver(paid.goods)
    due_at = deliver(paid.night)
    LineSplit.objects.filter(part=paid.goods).update(
        gross_vnd=9_000_000, seller_vnd=9_000_000, commission_vnd=0, vat_vnd=0, pit_vnd=0
    )

    assert settlement.release_due(now=due_at) == 1

    assert PartClock.objects.get(part=paid.night).released_at == due_at
    assert PartClock.objects.get(part=paid.goods).released_at is None
    assert "could not be settled" in caplog.text
    assert balances(payable(paid.goods)).get(payable(paid.goods), 0) == 0


def test_a_part_from_before_splits_were_frozen_is_shared_out_by_the_rules_of_its_day(paid):
    PartClock.objects.all().delete()
    LineSplit.objects.all().delete()

    release(paid.goods)

    assert balances()["revenue:commission"] == 17_500
