"""An official's open board hears of a sale by its socket, and draws a long period day by day."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.accounts.services import grant_role
from payments import services as payments
from tests.counter.conftest import DUE_VND, _cash, office, order_at, waiting  # noqa: F401  (fixtures)
from tests.e2e.market import Market
from tests.e2e.test_counter import enter, look
from tests.factories import UserFactory, load_province
from tests.shop.silent import hear

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
FRESH_S = 5


@pytest.fixture
def official(transactional_db: None) -> Any:
    load_province()
    person = UserFactory(name="Phạm Thu Hà")
    grant_role(user=person, role="province-official")
    return person


@pytest.mark.parametrize("page", [1280], indirect=True, ids=["desktop"])
def test_a_sale_is_on_the_open_board_within_five_seconds(
    market: Market,
    page: Any,
    official: Any,
    office: Any,  # noqa: F811
):
    placement = order_at(office)
    sockets: list[Any] = []
    page.on("websocket", lambda socket: sockets.append(socket))
    enter(page, official, to="/board/")
    page.wait_for_timeout(500)  # the socket opens
    assert [socket.is_closed() for socket in sockets] == [False]
    assert "200.000" not in page.locator("[data-board]").inner_text()

    operation = waiting(placement)
    now = timezone.now()
    payments.count_cash(operation_id=operation.pk, till=office.code, counted_vnd=DUE_VND, by="Cà", now=now)
    hear()
    counted_at = time.monotonic()

    page.locator("[data-board] .board__cards", has_text="200.000").wait_for()
    assert time.monotonic() - counted_at <= FRESH_S
    assert sockets[0].is_closed() is False


def test_a_long_period_can_be_moved_about_in(market: Market, page: Any, official: Any):
    today = timezone.localdate()

    enter(page, official, to="/board/")
    page.goto(f"/board/?period=custom&from={today - timedelta(days=500)}&to={today}")
    page.locator(".board__plot canvas").wait_for()

    assert page.locator("[data-days]").is_visible()
    assert page.locator("[data-days-whole]").is_visible()
    look(page)
