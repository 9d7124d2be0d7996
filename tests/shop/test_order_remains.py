"""After money went back, an order's page says what was paid, what went back and what remains."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.utils import timezone

from marketplace.settlement import services as settlement
from tests.settlement.conftest import (  # noqa: F401  (fixtures)
    _paying_wallet,
    _silent_wallet,
    household,
    paid,
    post,
    refund_went,
    stay_options,
    visitor,
)

pytestmark = pytest.mark.django_db(transaction=True)


def rows(visitor, order) -> dict[str, str]:  # noqa: F811
    page = visitor.get(f"/orders/{order.number}/?key={order.placement.secret}").content.decode()
    summary = re.search(r'<section class="panel summary".*?</section>', page, re.DOTALL)
    assert summary is not None, page
    found = re.findall(r"<span>(?:<svg.*?</svg>)?\s*([^<]+)</span>\s*<span>([^<]+)</span>", summary[0])
    return {label.strip(): amount.replace("\xa0", " ") for label, amount in found}


def test_an_order_says_what_was_paid_given_back_and_remains(paid, visitor):  # noqa: F811
    before = rows(visitor, paid.order)
    line = paid.order.lines.get(product=paid.rice.product_id)
    settlement.refund_line(
        line_id=line.pk, amount_vnd=50_000, reason="wet", refund_id=uuid4(), now=timezone.now()
    )
    refund_went(paid.order)

    after = rows(visitor, paid.order)

    assert "You have paid" not in before
    assert after["You have paid"] == "805.500 ₫"
    assert after["Given back to you"] == "−50.000 ₫"
    assert after["What remains paid"] == "755.500 ₫"
