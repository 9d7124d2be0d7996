from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from marketplace.errors import Invalid
from marketplace.settlement import services as settlement
from marketplace.settlement.errors import AlreadyDisputed, NotPaid, RefundTooLarge, TooLateToComplain
from marketplace.settlement.models import Dispute, LineSplit, PartClock
from payments.models import Operation
from tests.factories import ProduceFactory, UserFactory
from tests.settlement.conftest import balances, deliver, place, refund_went, release

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]


def complain(part, **changes):
    facts = {"reason": "The rice is wet.", "phone": "+84399000001", "now": timezone.now()}
    return settlement.open_dispute(part=part, **(facts | changes))


def decide(dispute, refund_vnd, *, by=None, **changes):
    facts = {"note": "The pictures show it.", "by": by or UserFactory(is_staff=True), "now": timezone.now()}
    return settlement.decide_dispute(dispute_id=dispute.pk, refund_vnd=refund_vnd, **(facts | changes))


def own(paid):
    return f"payable:seller-{paid.seller.pk}"


def test_a_complaint_stops_the_release(paid):
    due_at = deliver(paid.goods)
    dispute = complain(paid.goods)

    assert settlement.release_due(now=due_at + timedelta(days=30)) == 1  # the night alone

    assert balances(own(paid)).get(own(paid)) is None
    assert (dispute.state, dispute.wanted_vnd) == ("open", 505_500)
    assert PartClock.objects.get(part=paid.goods).frozen_by == dispute


def test_a_decision_for_the_seller_releases_everything(paid):
    deliver(paid.goods)
    staff = UserFactory(is_staff=True)

    decided = decide(complain(paid.goods), 0, by=staff)

    assert (decided.state, decided.decision, decided.refund_vnd, decided.decided_by) == (
        "decided", "release", 0, staff,
    )  # fmt: skip
    assert settlement.release_due(now=timezone.now()) == 1
    assert balances(own(paid))[own(paid)] == 327_250


def test_a_decision_for_the_buyer_refunds_and_the_rest_is_released(paid):
    deliver(paid.goods)

    decide(complain(paid.goods), 50_000)

    refund_went(paid.order)
    assert settlement.release_due(now=timezone.now()) == 1
    assert balances(own(paid))[own(paid)] == 280_500
    assert balances()["payable:carrier-post"] == 155_500


def test_of_one_line_no_more_than_the_line_is_refunded(paid):
    line_id = LineSplit.objects.get(part=paid.goods).line_id
    dispute = complain(paid.goods, line_id=line_id)
    assert dispute.wanted_vnd == 350_000

    with pytest.raises(RefundTooLarge, match=r"350\.000 ₫ are left"):
        decide(dispute, 350_001)

    dispute.refresh_from_db()
    assert dispute.state == "open"
    assert PartClock.objects.get(part=paid.goods).frozen_by == dispute
    decide(dispute, 350_000)
    assert LineSplit.objects.get(part=paid.goods).refunded_vnd == 350_000


def test_deciding_again_changes_nothing(paid):
    dispute = complain(paid.goods)
    first = decide(dispute, 50_000)

    again = decide(dispute, 0, note="I changed my mind.")

    assert (again.decision, again.refund_vnd, again.note) == ("refund", 50_000, "The pictures show it.")
    assert again.decided_by == first.decided_by
    assert Operation.objects.filter(kind="refund").count() == 1


def test_a_part_that_never_came_can_be_complained_about_and_decided(paid):
    dispute = complain(paid.goods)

    decide(dispute, dispute.wanted_vnd)

    refund_went(paid.order)
    settlement.release_due(now=timezone.now())
    assert balances(own(paid)) == {}


def test_the_window_is_open_to_its_last_second(paid):
    due_at = deliver(paid.goods)

    with pytest.raises(TooLateToComplain, match="time to complain"):
        complain(paid.goods, now=due_at)

    complain(paid.goods, now=due_at - timedelta(seconds=1))


def test_what_was_released_cannot_be_complained_about_here(paid):
    release(paid.goods)

    with pytest.raises(TooLateToComplain):
        complain(paid.goods)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"reason": "  "}, Invalid),
        ({"wanted_vnd": 0}, RefundTooLarge),
        ({"wanted_vnd": 505_501}, RefundTooLarge),
    ],
)
def test_a_complaint_that_makes_no_sense_is_refused(paid, wrong, error):
    with pytest.raises(error):
        complain(paid.goods, **wrong)

    assert not Dispute.objects.exists()
    assert PartClock.objects.get(part=paid.goods).frozen_by is None


def test_a_decision_says_why(paid):
    dispute = complain(paid.goods)

    with pytest.raises(Invalid):
        decide(dispute, 0, note=" ")


def test_one_complaint_at_a_time(paid):
    dispute = complain(paid.goods)
    with pytest.raises(AlreadyDisputed):
        complain(paid.goods)

    decide(dispute, 10_000)
    with pytest.raises(TooLateToComplain):
        complain(paid.goods)


def test_only_a_paid_part_can_be_complained_about():
    order = place((ProduceFactory(), 1))

    with pytest.raises(NotPaid):
        complain(order.suborders.get())


def test_the_database_wants_a_whole_decision(paid):
    dispute = complain(paid.goods)

    with pytest.raises(IntegrityError, match="dispute_decided_with_all_it_needs"):
        Dispute.objects.filter(pk=dispute.pk).update(state="decided", decision="refund", refund_vnd=1)


def test_a_refund_during_a_dispute_lowers_what_can_be_decided(paid):
    line_id = LineSplit.objects.get(part=paid.goods).line_id
    dispute = complain(paid.goods, line_id=line_id)
    settlement.refund_line(
        line_id=line_id, amount_vnd=300_000, reason="", refund_id=uuid.uuid4(), now=timezone.now()
    )

    assert settlement.left_of_dispute(dispute) == 50_000
