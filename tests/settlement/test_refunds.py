from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.settlement import selectors
from marketplace.settlement import services as settlement
from marketplace.settlement.errors import NotPaid, RefundConflict, RefundTooLarge
from marketplace.settlement.models import LineSplit, PartClock, Refund, SettlementRule
from payments.errors import DebtLimitReached
from payments.ledger import selectors as books
from payments.models import Operation
from payments.providers.base import Outcome
from tests.factories import ProduceFactory
from tests.settlement.conftest import balances, deliver, pay, place, refund_went, release

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def refund(paid, amount_vnd=None, *, refund_id=None, quantity=None):
    return settlement.refund_line(
        line_id=LineSplit.objects.get(part=paid.goods).line_id,
        amount_vnd=amount_vnd,
        quantity=quantity,
        reason="two kilos were wet",
        refund_id=refund_id or uuid.uuid4(),
        now=timezone.now(),
    )


def own(paid):
    return f"payable:seller-{paid.seller.pk}"


def debt(paid):
    return f"debt:seller-{paid.seller.pk}"


def escrow(part):
    return books.balances_vnd([f"escrow:{part.number}"])[f"escrow:{part.number}"]


def price(paid, gross_vnd, seller_vnd, commission_vnd, vat_vnd):
    """Pretend that the line had cost ``gross_vnd``."""
    LineSplit.objects.filter(part=paid.goods).update(
        gross_vnd=gross_vnd,
        seller_vnd=seller_vnd,
        commission_vnd=commission_vnd,
        vat_vnd=vat_vnd,
        pit_vnd=0,
    )


def spend(paid):
    """Pay the seller out: the money is on its way to the wallet."""
    return settlement.pay_out(run_id=uuid.uuid4(), now=timezone.now(), by="test")


def test_before_the_release_a_refund_lowers_what_is_released(paid):
    refund(paid, 50_000)
    refund_went(paid.order)
    assert escrow(paid.goods) == 300_000

    release(paid.goods)

    assert balances(own(paid)) == {
        "revenue:commission": 15_000,
        "tax:vat": 3_000,
        "tax:pit": 1_500,
        "payable:carrier-post": 155_500,
        own(paid): 280_500,
    }
    assert escrow(paid.goods) == 0


def test_after_the_release_everybody_gives_their_share_back(paid):
    release(paid.goods)

    refund(paid, 50_000)

    # What is left is shared out as if it had been the price; the carrier has carried all the same.
    assert balances(own(paid)) == {
        "revenue:commission": 15_000,
        "tax:vat": 3_000,
        "tax:pit": 1_500,
        "payable:carrier-post": 155_500,
        own(paid): 280_500,
    }
    assert escrow(paid.goods) == 50_000
    refund_went(paid.order)
    assert escrow(paid.goods) == 0
    assert set(Refund.objects.values_list("state", "amount_vnd")) == {("done", 50_000)}


def test_a_repeat_refunds_nothing_more(paid):
    release(paid.goods)
    refund_id = uuid.uuid4()

    first = refund(paid, 50_000, refund_id=refund_id)
    again = refund(paid, 50_000, refund_id=refund_id)

    assert first[0].pk == again[0].pk
    assert LineSplit.objects.get(part=paid.goods).refunded_vnd == 50_000
    assert Operation.objects.filter(kind="refund").count() == 1


def test_an_id_is_for_one_line(paid):
    refund_id = uuid.uuid4()
    refund(paid, 50_000, refund_id=refund_id)

    with pytest.raises(RefundConflict, match="Another refund needs another id"):
        settlement.refund_part(part=paid.night, reason="", refund_id=refund_id, now=timezone.now())


@pytest.mark.parametrize("is_released", [False, True])
def test_no_more_than_was_paid_can_be_refunded(paid, is_released):
    if is_released:
        release(paid.goods)
    refund(paid, 300_000)
    before = balances(own(paid))

    with pytest.raises(RefundTooLarge, match=r"50\.001 ₫ were to be refunded, 50\.000 ₫ are left"):
        refund(paid, 50_001)

    assert balances(own(paid)) == before
    assert LineSplit.objects.get(part=paid.goods).refunded_vnd == 300_000
    refund(paid, 50_000)
    assert LineSplit.objects.get(part=paid.goods).refunded_vnd == 350_000


def test_pieces_are_refunded_at_their_price(paid):
    refund(paid, quantity=1)

    assert LineSplit.objects.get(part=paid.goods).refunded_vnd == 175_000
    with pytest.raises(RefundTooLarge):
        refund(paid, quantity=3)


def test_three_thirds_are_the_whole(paid):
    price(paid, 200, 200, 0, 0)
    line = LineSplit.objects.get(part=paid.goods).line
    line.quantity = 3
    line.save()

    for _ in range(3):
        refund(paid, quantity=1)

    assert list(Refund.objects.order_by("pk").values_list("amount_vnd", flat=True)) == [67, 67, 66]
    with pytest.raises(RefundTooLarge):
        refund(paid, quantity=1)


def test_a_whole_part_goes_back_with_its_delivery(paid):
    release(paid.goods)

    settlement.refund_part(part=paid.goods, reason="never came", refund_id=uuid.uuid4(), now=timezone.now())

    assert balances(own(paid)) == {}
    refund_went(paid.order)
    clearing = books.balances_vnd(["clearing:viettel"])["clearing:viettel"]
    assert clearing == -300_000  # the night is all that is left


def test_what_a_seller_no_longer_has_becomes_a_debt_that_the_next_release_repays(paid):
    release(paid.goods)
    run = spend(paid)
    assert run.batches.get().payouts.get().amount_vnd == 327_250

    refund(paid, 350_000)

    assert balances(own(paid), debt(paid))[debt(paid)] == -327_250
    money = selectors.money_of(paid.seller, now=timezone.now())
    assert (money.debt_vnd, money.payable_vnd, money.on_the_way_vnd) == (327_250, 0, 327_250)

    order = place((paid.rice, 3))
    pay(order)
    release(order.suborders.get())

    money = selectors.money_of(paid.seller, now=timezone.now())
    assert (money.debt_vnd, money.payable_vnd) == (0, 490_875 - 327_250)


def test_a_debt_beyond_the_limit_is_refused_and_nothing_happened(paid):
    SettlementRule.objects.update(debt_limit_vnd=100_000)
    release(paid.goods)
    spend(paid)
    before = balances(own(paid), debt(paid))

    with pytest.raises(DebtLimitReached, match="may owe at most 100,000 VND"):
        refund(paid, 350_000)

    assert balances(own(paid), debt(paid)) == before
    assert LineSplit.objects.get(part=paid.goods).refunded_vnd == 0
    assert not Operation.objects.filter(kind="refund").exists()
    refund(paid, 100_000)


def test_a_refused_refund_is_none_and_the_money_is_released_again_later(paid):
    release(paid.goods)
    refund(paid, 50_000)

    refund_went(paid.order, Outcome.FAILED)

    split, clock = LineSplit.objects.get(part=paid.goods), PartClock.objects.get(part=paid.goods)
    assert (split.refunded_vnd, clock.released_at) == (0, None)
    assert escrow(paid.goods) == 50_000
    assert Refund.objects.get().state == "failed"

    assert settlement.release_due(now=clock.release_at) == 1
    assert balances(own(paid))[own(paid)] == 327_250
    assert escrow(paid.goods) == 0


def test_a_refund_that_was_refused_and_made_after_all_counts_again(paid):
    refund(paid, 50_000)
    refund_went(paid.order, Outcome.FAILED)

    refund_went(paid.order)

    assert LineSplit.objects.get(part=paid.goods).refunded_vnd == 50_000
    release(paid.goods)
    assert balances(own(paid))[own(paid)] == 280_500


def test_only_what_is_paid_can_be_refunded():
    order = place((ProduceFactory(), 1))

    with pytest.raises(NotPaid):
        settlement.refund_part(
            part=order.suborders.get(), reason="", refund_id=uuid.uuid4(), now=timezone.now()
        )


def test_rounding_may_ask_some_for_money_and_give_to_others(paid):
    """49 đồng of 50 leave one đồng more to the seller: commission and VAT fall by one each."""
    price(paid, 50, 46, 3, 1)
    release(paid.goods)
    assert balances(own(paid))[own(paid)] == 46

    refund(paid, 1)

    assert balances(own(paid))[own(paid)] == 47
    assert balances()["revenue:commission"] == 2
    assert "tax:vat" not in balances()


def test_a_refund_of_a_part_takes_back_what_was_released(paid):
    release(paid.goods)
    refund_id = uuid.uuid4()
    for _ in range(2):
        settlement.refund_part(part=paid.goods, reason="", refund_id=refund_id, now=timezone.now())

    assert balances(own(paid)) == {}
    assert Refund.objects.count() == 2
    refund_went(paid.order, Outcome.FAILED)
    clock = PartClock.objects.get(part=paid.goods)
    settlement.release_due(now=clock.release_at)
    assert balances(own(paid))[own(paid)] == 327_250
    assert balances()["payable:carrier-post"] == 155_500


def test_a_refund_while_the_money_waits_puts_the_release_off_only_if_it_fails(paid):
    due_at = deliver(paid.goods)
    refund(paid, 50_000)
    refund_went(paid.order, Outcome.FAILED)

    assert PartClock.objects.get(part=paid.goods).release_at > due_at
    assert settlement.release_due(now=due_at + timedelta(seconds=1)) == 0
