"""An agent takes parcels in and hands them out on a phone, with a signal and without."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.delivery import services as delivery
from marketplace.delivery.models import HandOver, Shipment
from marketplace.sellers.models import SubOrder
from tests.counter.conftest import agent, count, office, order_at  # noqa: F401  (fixtures)
from tests.e2e.market import Market
from tests.e2e.test_counter import enter, look
from tests.shop.silent import hear

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_parcel_taken_in_without_a_signal_is_noted_once_and_handed_to_its_buyer(
    market: Market,
    page: Any,
    office: Any,  # noqa: F811
    agent: Any,  # noqa: F811
):
    placement = order_at(office)
    part = SubOrder.objects.get(order=placement.order)
    enter(page, agent, to="/post/parcels/")
    look(page)

    page.context.set_offline(True)
    page.fill("input[name=number]", part.number)
    page.fill("input[name=code]", delivery.code_for(part))
    page.locator(".parcels__take button").click()
    page.locator("[data-kept] li").first.wait_for()
    assert not HandOver.objects.exists()
    page.context.set_offline(False)
    page.locator(".counter__order", has_text=part.number).wait_for()
    assert HandOver.objects.get().kind == "to-post"
    count(placement, office, agent)
    hear()

    page.locator(".counter__order", has_text=part.number).click()
    look(page)
    page.fill("input[name=code]", delivery.buyer_code_for(part))
    page.locator("form[data-act] .btn--primary").click()
    page.locator("main .notice--info").wait_for()

    look(page)
    assert Shipment.objects.get().state == "delivered"
    assert SubOrder.objects.get().clock.delivered_at is not None
