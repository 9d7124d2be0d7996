"""Refunds, releases, payouts and decisions at once, in real threads: every đồng stays somewhere, once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from marketplace.settlement import services as settlement
from marketplace.settlement.errors import RefundTooLarge
from marketplace.settlement.models import LineBooking, LineSplit, PartClock
from payments.ledger import selectors as books
from payments.ledger.selectors import accounts_out_of_balance
from payments.models import Operation, Payout
from tests.factories import ProduceFactory, UserFactory
from tests.payments.threads import race
from tests.settlement.conftest import balances, deliver, pay, place, refund_went, release

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def refund(part, amount_vnd, refund_id=None):
    return partial(
        settlement.refund_line,
        line_id=LineSplit.objects.get(part=part).line_id,
        amount_vnd=amount_vnd,
        reason="",
        refund_id=refund_id or uuid.uuid4(),
        now=timezone.now(),
    )


def own(paid):
    return f"payable:seller-{paid.seller.pk}"


@pytest.mark.parametrize("is_released", [False, True])
def test_eight_refunds_of_a_line_at_once_give_back_what_was_paid_and_no_more(paid, is_released):
    if is_released:
        release(paid.goods)

    results = race([refund(paid.goods, 60_000) for _ in range(8)])

    assert sum(isinstance(result, list) for result in results) == 5
    assert sum(isinstance(result, RefundTooLarge) for result in results) == 3
    assert LineSplit.objects.get(part=paid.goods).refunded_vnd == 300_000
    refund_went(paid.order)
    if not is_released:
        release(paid.goods)
    assert balances(own(paid))[own(paid)] == 46_750
    assert not accounts_out_of_balance().exists()


def test_one_refund_asked_for_by_eight_at_once_is_made_once(paid):
    release(paid.goods)
    refund_id = uuid.uuid4()

    results = race([refund(paid.goods, 60_000, refund_id) for _ in range(8)])

    assert len({result[0].pk for result in results}) == 1
    assert Operation.objects.filter(kind="refund").count() == 1


def test_four_sweeps_at_once_release_once(paid):
    deliver(paid.night)
    due_at = deliver(paid.goods)

    released = race([partial(settlement.release_due, now=due_at) for _ in range(4)])

    assert sum(released) == 2
    assert LineBooking.objects.count() == 2
    assert balances(own(paid))[own(paid)] == 327_250


def test_releases_refunds_and_payouts_at_once_end_as_one_after_the_other(paid):
    parts = [paid.goods]
    for _ in range(5):
        order = place((ProduceFactory(seller=paid.seller, price_vnd=350_000), 1))
        pay(order)
        parts.append(order.suborders.get())
    release(*parts[:3])
    for part in parts[3:]:
        due_at = deliver(part)
    pay_out = partial(settlement.pay_out, now=timezone.now(), by="test")

    results = race(
        [
            *(refund(part, 50_000) for part in parts),
            *(partial(settlement.release_due, now=due_at) for _ in range(2)),
            *(partial(pay_out, run_id=uuid.uuid4()) for _ in range(2)),
        ]
    )

    assert [result for result in results if isinstance(result, Exception)] == []
    settlement.release_due(now=due_at)
    on_the_way = sum(Payout.objects.values_list("amount_vnd", flat=True))
    debt = f"debt:seller-{paid.seller.pk}"
    found = balances(own(paid), debt)
    # Six times 300.000 ₫ are shared out; what went to the wallet too early is owed.
    assert found.get(own(paid), 0) + found.get(debt, 0) == 6 * 280_500
    assert on_the_way <= 6 * 327_250
    assert (found["revenue:commission"], found["tax:vat"], found["tax:pit"]) == (90_000, 18_000, 9_000)
    assert not accounts_out_of_balance().exists()
    escrow = books.balances_vnd([f"escrow:{part.number}" for part in parts])
    assert set(escrow.values()) == {50_000}


def test_a_dispute_and_a_release_at_once_leave_one_of_them(paid):
    due_at = deliver(paid.goods)
    complain = partial(
        settlement.open_dispute, part=paid.goods, reason="wet", now=due_at - timedelta(seconds=1)
    )

    results = race([complain, partial(settlement.release_due, now=due_at)])

    clock = PartClock.objects.get(part=paid.goods)
    assert (clock.released_at is None) == (clock.frozen_by_id is not None)
    assert isinstance(results[0], Exception) == (clock.released_at is not None)


def test_two_of_the_staff_deciding_at_once_decide_once(paid):
    dispute = settlement.open_dispute(part=paid.goods, reason="wet", now=timezone.now())
    staff = UserFactory(is_staff=True)

    def decide(refund_vnd):
        return settlement.decide_dispute(
            dispute_id=dispute.pk, refund_vnd=refund_vnd, note="seen", by=staff, now=timezone.now()
        )

    results = race([partial(decide, 10_000), partial(decide, 20_000), partial(decide, 0)])

    assert len({(result.decision, result.refund_vnd) for result in results}) == 1
    assert Operation.objects.filter(kind="refund").count() == bool(results[0].refund_vnd)
