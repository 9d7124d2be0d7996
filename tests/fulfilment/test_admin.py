"""The trail of weighings in the administration."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import CatchWeight
from tests.factories import ProduceFactory
from tests.settlement.conftest import (  # noqa: F401  (fixtures)
    _paying_wallet,
    _silent_wallet,
    pay,
    place,
    post,
)
from tests.shop.conftest import administrator, visitor  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("post")]


def test_every_weighing_of_a_line_can_be_looked_at_and_none_be_changed(administrator):  # noqa: F811
    duck = ProduceFactory(weight_g=2_500, price_vnd=250_000, stock=10, is_weighed=True)
    order = place((duck, 1))
    pay(order)
    call = {"line_id": order.lines.get().pk, "by": None, "now": timezone.now()}
    for weight_g in (2_612, 2_498):
        fulfilment.weigh_line(**call, weight_g=weight_g, weighing_id=uuid4())

    page = administrator.get(f"/admin/fulfilment/catchweight/{CatchWeight.objects.get().pk}/change/")

    text = page.content.decode()
    assert "2612" in text
    assert "2498" in text
    assert 'name="_save"' not in text
    assert administrator.get(f"/admin/fulfilment/catchweight/?q={order.number}").status_code == 200
