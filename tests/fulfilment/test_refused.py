"""Refunds that the operator refuses: asked for again, or paid back in another way."""

from __future__ import annotations

import re
import uuid
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from marketplace.fulfilment import selectors
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.errors import NothingRefused
from marketplace.fulfilment.services import orders
from marketplace.settlement import services as settlement
from marketplace.settlement.errors import RefundConflict
from marketplace.settlement.models import LineSplit, Refund
from marketplace.shop.basket import services as baskets
from marketplace.statistics.models import SaleLine
from payments import services as payments
from payments.ledger import selectors as books
from payments.models import Claim, Operation
from payments.providers.base import Outcome, Report
from tests.factories import ProduceFactory, UserFactory
from tests.payments.threads import race
from tests.shop.conftest import check_out, new_basket, visitor  # noqa: F401  (fixture)
from tests.shop.silent import hear, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post", "stay_options")]

EVIDENCE = "VCB 8812 of 2 March"


def end_refunds(order: Any, outcome: Outcome = Outcome.FAILED) -> None:
    """Let the operator say how the open refunds of ``order`` ended."""
    asked = Operation.objects.filter(intent=order.placement.payment_id, kind=Operation.Kind.REFUND)
    for refund in asked.exclude(state__in=Operation.ENDED_STATES).select_related("intent"):
        said = {"amount_vnd": refund.amount_vnd, "reference": refund.intent.reference}
        if outcome is Outcome.FAILED:
            said |= {"error_code": "accountClosed", "error_message": "The wallet is closed."}
        payments.record_report(
            provider=refund.provider,
            report=Report(refund.pk, f"W-{refund.pk}", outcome, **said),
            source=Claim.Source.CALLBACK,
            now=timezone.now(),
        )
    hear()


@pytest.fixture
def refused() -> Any:
    """Two sacks (350.000 ₫, delivery 155.500 ₫), paid; the operator refused to give them back."""
    rice = ProduceFactory(price_vnd=175_000, stock=2, weight_g=5_000)
    basket = new_basket()
    baskets.add_goods(basket, product_id=rice.product_id, quantity=2)
    order = check_out(basket).order
    tell(order.placement.payment_id, Outcome.SUCCEEDED)
    part = order.suborders.get()
    fulfilment.refund_part(number=part.number, reason="the harvest failed", now=timezone.now())
    end_refunds(order)
    return SimpleNamespace(order=order, part=part, rice=rice)


@pytest.fixture
def staff(visitor: Any) -> Any:  # noqa: F811
    visitor.force_login(UserFactory(is_staff=True))
    return visitor


def by_hand(refused: Any, **changes: Any) -> int:
    facts = {"number": refused.part.number, "refund_id": uuid.uuid4(), "evidence": EVIDENCE, "by": "Pâng"}
    return fulfilment.refund_by_hand(**facts | changes, now=timezone.now())


def statuses(refused: Any) -> tuple[str, str]:
    refused.part.refresh_from_db()
    refused.order.refresh_from_db()
    return refused.part.status, refused.order.status


def balances(refused: Any) -> tuple[int, int, int]:
    codes = [f"escrow:{refused.part.number}", f"escrow:{refused.part.number}-D", "bank:settlement"]
    found = books.balances_vnd(codes)
    return tuple(found.get(code, 0) for code in codes)  # type: ignore[return-value]


def text_of(answer: Any) -> str:
    words = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", words.replace("\xa0", " "))


def test_a_refused_refund_waits_for_the_staff_and_its_part_stays_open(refused):
    (found,) = selectors.refused_refunds()

    assert (found.number, found.amount_vnd, found.reason) == (
        refused.part.number,
        505_500,
        "the harvest failed",
    )
    assert found.operation.error_message == "The wallet is closed."
    assert statuses(refused) == ("refunding", "paid")
    assert balances(refused) == (350_000, 155_500, 0)


def test_asking_again_asks_under_a_new_id_and_once(refused):
    first = fulfilment.refund_again(number=refused.part.number, now=timezone.now())
    again = fulfilment.refund_again(number=refused.part.number, now=timezone.now())

    assert (first, again) == (505_500, 0)
    assert selectors.refused_refunds() == []
    assert Operation.objects.filter(kind="refund").count() == 2
    end_refunds(refused.order, Outcome.SUCCEEDED)
    assert statuses(refused) == ("refunded", "refunded")
    assert balances(refused) == (0, 0, 0)


def test_what_is_refused_twice_waits_again(refused):
    fulfilment.refund_again(number=refused.part.number, now=timezone.now())
    end_refunds(refused.order)

    (found,) = selectors.refused_refunds()
    assert found.amount_vnd == 505_500
    assert fulfilment.refund_again(number=refused.part.number, now=timezone.now()) == 505_500


def test_a_refund_by_hand_closes_the_part_and_counts_as_a_refund(refused):
    assert by_hand(refused) == 505_500
    hear()

    assert statuses(refused) == ("refunded", "refunded")
    assert balances(refused) == (0, 0, 505_500)
    assert set(Refund.objects.values_list("state", flat=True)) == {"again", "done"}
    assert sorted(SaleLine.objects.values_list("amount_vnd", flat=True)) == [-350_000, 350_000]
    assert selectors.refused_refunds() == []
    assert [made.evidence for made in selectors.refunds_by_hand()] == [EVIDENCE]


def test_a_refund_by_hand_is_noted_once_and_its_id_stands_for_its_evidence(refused):
    refund_id = uuid.uuid4()

    assert by_hand(refused, refund_id=refund_id) == by_hand(refused, refund_id=refund_id) == 505_500
    with pytest.raises(RefundConflict):
        by_hand(refused, refund_id=refund_id, evidence="VCB 9 of 3 March")
    with pytest.raises(NothingRefused, match="Look at its story before you pay anybody"):
        by_hand(refused)

    assert balances(refused) == (0, 0, 505_500)


def test_hands_and_second_tries_at_once_give_the_money_back_once(refused):
    again = partial(fulfilment.refund_again, number=refused.part.number, now=timezone.now())

    results = race([*(partial(by_hand, refused) for _ in range(4)), *(again for _ in range(4))])

    assert results.count(505_500) == 1
    assert sum(isinstance(result, NothingRefused) for result in results[:4]) >= 3
    new = Operation.objects.filter(kind="refund").exclude(state="failed")
    assert [operation.amount_vnd for operation in new] == [505_500]


def test_of_a_part_that_goes_on_only_what_was_refused_goes_back(refused):
    other = ProduceFactory(price_vnd=100_000, stock=3)
    basket = new_basket()
    baskets.add_goods(basket, product_id=other.product_id, quantity=3)
    order = check_out(basket).order
    tell(order.placement.payment_id, Outcome.SUCCEEDED)
    part = order.suborders.get()
    dispute = settlement.open_dispute(part=part, reason="one was wet", now=timezone.now())
    settlement.decide_dispute(
        dispute_id=dispute.pk, refund_vnd=100_000, note="seen", by=UserFactory(), now=timezone.now()
    )
    end_refunds(order)

    assert fulfilment.refund_again(number=part.number, now=timezone.now()) == 100_000

    assert LineSplit.objects.get(part=part).refunded_vnd == 100_000
    part.refresh_from_db()
    assert part.status == "paid"


def test_a_payment_that_became_no_order_goes_back_by_its_order_s_number(refused):
    basket = new_basket()
    baskets.add_goods(basket, product_id=ProduceFactory(price_vnd=90_000).product_id, quantity=1)
    order = check_out(basket).order
    fulfilment.cancel(number=order.number, now=timezone.now())
    tell(order.placement.payment_id, Outcome.SUCCEEDED)
    end_refunds(order)
    paid_vnd = sum(share.amount_vnd for share in Operation.objects.latest("created_at").intent.shares.all())
    assert [found.number for found in selectors.refused_refunds()] == [refused.part.number, order.number]
    assert selectors.refused_numbers(orders.Order.objects.get(pk=order.pk)) == {order.number}
    refund_id = uuid.uuid4()

    assert by_hand(refused, number=order.number, refund_id=refund_id) == paid_vnd
    assert by_hand(refused, number=order.number, refund_id=refund_id) == paid_vnd
    hear()

    order.placement.refresh_from_db()
    assert order.placement.refunded_at is not None
    assert [found.number for found in selectors.refused_refunds()] == [refused.part.number]
    assert fulfilment.refund_again(number=order.number, now=timezone.now()) == 0


# --- Pages -------------------------------------------------------------------------------------


def test_the_staff_see_why_it_was_refused_and_try_again(staff, refused):
    page = text_of(staff.get("/staff/refunds/"))
    assert f"{refused.part.number} 505.500 ₫" in page
    assert "The wallet is closed." in page
    assert "the harvest failed" in page

    answer = staff.post(f"/staff/refunds/{refused.part.number}/again/", follow=True)

    assert f"{refused.part.number}: the operator is asked again for 505.500 ₫." in text_of(answer)
    assert "No refund was refused" in text_of(answer)
    answer = staff.post(f"/staff/refunds/{refused.part.number}/again/", follow=True)
    assert "nothing waits to be paid back" in text_of(answer)


def test_the_staff_note_another_way_with_evidence_only(staff, refused):
    address = f"/staff/refunds/{refused.part.number}/by-hand/"
    wanted = {"refund_id": str(uuid.uuid4()), "evidence": ""}

    refusal = staff.post(address, wanted)
    assert refusal.status_code == 422
    assert "This field is required." in text_of(refusal)
    assert balances(refused) == (350_000, 155_500, 0)

    answer = staff.post(address, wanted | {"evidence": EVIDENCE}, follow=True)
    assert "505.500 ₫ are noted as paid back." in text_of(answer)
    assert EVIDENCE in text_of(answer)
    staff.post(address, wanted | {"evidence": EVIDENCE}, follow=True)
    assert balances(refused) == (0, 0, 505_500)


@pytest.mark.parametrize("action", ["", "X-1/again/", "X-1/by-hand/"])
def test_refunds_are_for_the_staff(visitor, refused, action):  # noqa: F811
    address = f"/staff/refunds/{action}"
    call = visitor.post if action else visitor.get
    assert call(address).status_code == 302
    visitor.force_login(UserFactory())
    assert call(address).status_code == 403
    visitor.force_login(UserFactory(is_staff=True))
    valid = {"refund_id": str(uuid.uuid4()), "evidence": EVIDENCE}
    assert call(address, valid).status_code == (404 if action else 200)


def test_the_buyer_is_told_that_another_way_is_being_found(visitor, refused):  # noqa: F811
    key = refused.order.placement.secret
    address = f"/orders/{refused.order.number}/?key={key}"
    assert "we are finding another way" in text_of(visitor.get(address))

    by_hand(refused)
    hear()

    assert "we are finding another way" not in text_of(visitor.get(address))
