"""A thousand random weighings: to every đồng, the statements say what the ledger says."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.books import compare
from marketplace.fulfilment.errors import CannotWeigh
from marketplace.fulfilment.models import CatchWeight, Weighing
from marketplace.sellers.models import Seller
from marketplace.settlement import selectors, statements
from marketplace.settlement import services as settlement
from marketplace.settlement.months import month_of
from payments.ledger import selectors as books
from payments.models import Intent, Operation
from payments.providers.base import Outcome
from tests.factories import CommuneFactory, ProduceFactory, SellerFactory
from tests.settlement.conftest import (  # noqa: F401  (fixtures)
    WINDOW,
    _paying_wallet,
    _silent_wallet,
    pay,
    place,
    post,
)
from tests.shop.conftest import PHONE
from tests.shop.silent import tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post")]

ORDERS, LINES, TIMES = 25, 20, 2  # 25 × 20 × 2 = 1,000 weighings
# What a line weighs the first time and the second, in thousandths of its estimate.
weights = st.lists(
    st.tuples(st.integers(250, 1_400), st.integers(250, 1_400)), min_size=LINES, max_size=LINES
)


def test_a_thousand_random_weighings_and_statement_and_ledger_agree_to_the_dong():
    commune = CommuneFactory()
    sellers = [SellerFactory(kind=kind, commune=commune) for kind in Seller.Kind.values]
    goods = [
        ProduceFactory(
            seller=sellers[number % len(sellers)], weight_g=997 + 331 * number, category="livestock",
            price_vnd=33_337 + 7_919 * number, stock=100_000, is_weighed=True,
        )
        for number in range(LINES)
    ]  # fmt: skip

    @settings(max_examples=ORDERS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(weights)
    def weigh_an_order(drawn):
        order = place(*((produce, 1 + number % 3) for number, produce in enumerate(goods)))
        pay(order)
        for line, times in zip(order.lines.order_by("pk"), drawn, strict=True):
            for thousandths in times:
                _weigh(line, thousandths)
        _settle(order)
        _assert_shared_out(order)

    weigh_an_order()

    for seller in sellers:
        _assert_statement_is_the_ledger(seller)
    assert Weighing.objects.count() > ORDERS * LINES
    assert compare().differences == []


def _weigh(line, thousandths):
    """Weigh a line; once more only downwards, which is refused otherwise and changes nothing."""
    weight = CatchWeight.objects.get(line=line)
    weight_g = max(1, weight.estimate_g * thousandths // 1_000)
    call = {"line_id": line.pk, "weight_g": weight_g, "weighing_id": uuid4(), "by": None}
    try:
        weighing = fulfilment.weigh_line(**call, now=timezone.now())
    except CannotWeigh:
        assert weight.price_vnd is not None
        assert weight.price_of(weight_g) > weight.price_vnd
    else:
        assert weighing.price_vnd == min(
            weight.ceiling_vnd, round_half_up(weight.estimate_vnd * weight_g, weight.estimate_g)
        )


def round_half_up(number, by):
    return (2 * number + by) // (2 * by)


def _settle(order):
    """The buyer pays what is more, the operator pays back what is less, and everything is released."""
    if any(part.balance_vnd for part in order.suborders.all()):
        rest = fulfilment.pay_balance(number=order.number, provider="vnpt", payer=PHONE, now=timezone.now())
        tell(rest.pk, Outcome.SUCCEEDED)
    for intent in Intent.objects.filter(reference__startswith=order.number):
        tell(intent.pk, Outcome.SUCCEEDED, kind=Operation.Kind.REFUND)
    now = timezone.now()
    for part in order.suborders.order_by("pk"):
        settlement.delivered(part=part, at=now, now=now)
    assert settlement.release_due(now=now + WINDOW) == order.suborders.count()


def _assert_shared_out(order):
    weights = CatchWeight.objects.filter(line__order=order).select_related("line")
    for split in selectors.split_of_order(order).parts:
        price_vnd = sum(
            each.price_vnd for each in weights if each.line.partner_id == split.part.seller.partner_id
        )
        shared_vnd = split.seller_vnd + split.commission_vnd + split.tax_vnd
        assert shared_vnd == price_vnd
        assert split.paid_vnd - split.refunded_vnd == price_vnd + split.carrier_vnd
        assert books.balances_vnd([f"escrow:{split.part.number}"])[f"escrow:{split.part.number}"] == 0


def _assert_statement_is_the_ledger(seller):
    month = month_of(timezone.now())
    found = statements.statement(seller=seller, begins_at=month.begins_at, ends_at=month.ends_at)
    account = f"payable:seller-{seller.pk}"
    assert found.closing_vnd == books.balances_vnd([account])[account]
    parts = selectors.splits_of(selectors.parts_of_seller(seller))
    assert found.closing_vnd == sum(part.seller_vnd for part in parts)
