"""Of an order before a harvest only what the harvest gave is packed."""

from __future__ import annotations

import pytest
from django.utils import timezone

from marketplace.fulfilment import services as fulfilment
from marketplace.packing.selectors import work
from tests.agriculture.harvests.growing import announce, pumpkins, record
from tests.settlement.conftest import _silent_wallet, pay, place, post  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post")]


def test_what_the_harvest_did_not_give_is_not_packed():
    produce = pumpkins()
    harvest = announce(produce)
    order = place((produce, 5))
    pay(order)
    record(harvest, 3)
    fulfilment.refund_missing(now=timezone.now())

    found = work.work_of([harvest.seller], order.suborders.get().number, today=timezone.localdate())

    (line,) = found.lines
    assert (line.quantity, line.estimated_g) == (3, 9_000)
