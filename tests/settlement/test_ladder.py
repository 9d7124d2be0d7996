"""The ladder of a complaint: the seller has 48 hours, the commune 72, the province 120."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.errors import Invalid
from marketplace.messaging.models import Message
from marketplace.settlement import services as settlement
from marketplace.settlement.errors import DisputeOver, NotYourTurn, RefundTooLarge
from marketplace.settlement.models import Dispute, DisputePhoto, DisputeStep, PartClock
from tests.factories import UserFactory
from tests.settlement.conftest import balances, deliver, refund_went

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

HOUR = timedelta(hours=1)


@pytest.fixture
def dispute(paid):
    """The buyer wants 100.000 ₫ of the rice back, three hours after it came."""
    paid.seller.phone = "+84399000002"
    paid.seller.save(update_fields=["phone"])
    deliver(paid.goods)
    return settlement.open_dispute(
        part=paid.goods,
        reason="The rice is wet.",
        wanted_vnd=100_000,
        phone="+84399000001",
        photos=[b"a picture"],
        now=timezone.now(),
    )


def answer(dispute, offer_vnd, **changes):
    facts = {"words": "It was dry when it left.", "by": UserFactory(), "now": timezone.now()}
    return settlement.answer(dispute_id=dispute.pk, offer_vnd=offer_vnd, **(facts | changes))


def story(dispute):
    return list(dispute.steps.order_by("at", "pk").values_list("kind", "level"))


def seller_gets(paid):
    refund_went(paid.order)
    settlement.release_due(now=timezone.now() + HOUR)
    return balances(paid.seller and f"payable:seller-{paid.seller.pk}")[f"payable:seller-{paid.seller.pk}"]


def test_a_complaint_with_a_picture_gives_the_seller_48_hours_and_an_sms(dispute):
    assert (dispute.level, dispute.answer_by - dispute.opened_at) == ("seller", 48 * HOUR)
    assert bytes(DisputePhoto.objects.get().webp) == b"a picture"
    assert story(dispute) == [("opened", "seller")]
    assert list(Message.objects.values_list("to", "purpose")) == [("+84399000002", "dispute")]


def test_a_seller_who_gives_all_back_ends_it(paid, dispute):
    answer(dispute, 100_000, words="")

    dispute.refresh_from_db()
    assert (dispute.state, dispute.decision, dispute.refund_vnd) == ("decided", "refund", 100_000)
    assert PartClock.objects.get(part=paid.goods).frozen_by is None
    assert seller_gets(paid) == 233_750  # of 250.000 ₫ less 5 % and 1,5 %


def test_a_buyer_who_agrees_to_an_offer_gets_it_and_the_seller_the_rest(paid, dispute):
    answer(dispute, 40_000)
    settlement.agree(dispute_id=dispute.pk, agrees=True, by=None, now=timezone.now())

    dispute.refresh_from_db()
    assert (dispute.state, dispute.refund_vnd, dispute.offer_vnd) == ("decided", 40_000, None)
    assert story(dispute) == [("opened", "seller"), ("offered", "seller"), ("agreed", "seller")]
    assert seller_gets(paid) == 289_850


def test_a_buyer_who_does_not_agree_is_heard_by_the_commune(dispute):
    answer(dispute, 40_000)
    settlement.agree(dispute_id=dispute.pk, agrees=False, by=None, now=timezone.now())

    dispute.refresh_from_db()
    assert (dispute.state, dispute.level, dispute.offer_vnd) == ("open", "commune", None)
    assert story(dispute)[-2:] == [("disagreed", "seller"), ("climbed", "commune")]


def test_a_no_is_handed_on_with_its_words(dispute):
    now = timezone.now()
    answer(dispute, 0, now=now)

    dispute.refresh_from_db()
    assert (dispute.level, dispute.answer_by) == ("commune", now + 72 * HOUR)
    assert DisputeStep.objects.get(kind="refused").words == "It was dry when it left."


def test_whoever_is_silent_loses_the_turn_to_the_next(dispute):
    opened = dispute.opened_at

    assert settlement.escalate_due(now=opened + 47 * HOUR) == 0
    assert settlement.escalate_due(now=opened + 48 * HOUR) == 1
    assert settlement.escalate_due(now=opened + 48 * HOUR) == 0
    assert settlement.escalate_due(now=opened + 120 * HOUR) == 1
    assert settlement.escalate_due(now=opened + 240 * HOUR) == 1

    assert story(dispute) == [
        ("opened", "seller"), ("climbed", "commune"), ("climbed", "province"), ("silent", "province"),
    ]  # fmt: skip
    dispute.refresh_from_db()
    assert dispute.answer_by == opened + 360 * HOUR


def test_an_offer_nobody_answers_is_handed_on_too(dispute):
    now = timezone.now()
    answer(dispute, 40_000, now=now)

    assert settlement.escalate_due(now=now + 48 * HOUR) == 1

    dispute.refresh_from_db()
    assert (dispute.level, dispute.offer_vnd) == ("commune", None)


def test_the_money_stays_frozen_on_every_step(paid, dispute):
    for hours in (48, 120, 240):
        settlement.escalate_due(now=dispute.opened_at + hours * HOUR)
        settlement.release_due(now=dispute.opened_at + hours * HOUR)

    assert PartClock.objects.get(part=paid.goods).frozen_by == dispute
    assert PartClock.objects.get(part=paid.goods).released_at is None


def test_a_buyer_may_take_it_back_on_every_step(paid, dispute):
    answer(dispute, 0)
    settlement.withdraw(dispute_id=dispute.pk, by=None, now=timezone.now())

    dispute.refresh_from_db()
    assert (dispute.state, dispute.decision) == ("decided", "release")
    assert story(dispute)[-1] == ("withdrawn", "commune")
    assert seller_gets(paid) == 327_250


@pytest.mark.parametrize(("offer_vnd", "error"), [(100_001, RefundTooLarge), (-1, RefundTooLarge)])
def test_nobody_offers_more_than_is_wanted_or_less_than_nothing(dispute, offer_vnd, error):
    with pytest.raises(error):
        answer(dispute, offer_vnd)

    dispute.refresh_from_db()
    assert (dispute.state, dispute.offer_vnd, story(dispute)) == ("open", None, [("opened", "seller")])


def test_less_than_all_needs_a_reason(dispute):
    with pytest.raises(Invalid, match="the buyer reads it"):
        answer(dispute, 40_000, words=" ")

    assert story(dispute) == [("opened", "seller")]


def test_whose_turn_it_is_not_is_told_so(dispute):
    with pytest.raises(NotYourTurn, match="Somebody else has to answer"):
        settlement.agree(dispute_id=dispute.pk, agrees=True, by=None, now=timezone.now())
    answer(dispute, 0)
    with pytest.raises(NotYourTurn, match="Somebody else has to answer"):
        answer(dispute, 100_000)
    settlement.withdraw(dispute_id=dispute.pk, by=None, now=timezone.now())
    with pytest.raises(DisputeOver, match="is settled"):
        settlement.withdraw(dispute_id=dispute.pk, by=None, now=timezone.now())

    assert Dispute.objects.get().refund_vnd == 0
