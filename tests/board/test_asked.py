"""Which days a period is compared with, and how a series is drawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.selectors import OfficialScope
from marketplace.board import asked as asking
from marketplace.board import drawing, figures, looking
from marketplace.board.consumers import socket_key
from marketplace.board.figures import Point
from marketplace.board.models import Look, Target
from marketplace.board.urls import websocket_urlpatterns
from marketplace.statistics.periods import CUSTOM, Period
from marketplace.statistics.summaries import CHANGED, WATCHERS
from tests.factories import UserFactory

PROVINCE = OfficialScope(whole_province=True, commune_codes=frozenset())


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-11-01", "2026-11-23", ("2026-10-01", "2026-10-23")),
        ("2025-12-01", "2026-11-23", ("2024-12-01", "2025-11-23")),
        ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28")),
        ("2026-02-01", "2026-02-28", ("2026-01-01", "2026-01-31")),
        ("2026-03-01", "2026-03-30", ("2026-02-01", "2026-02-28")),
        ("2026-11-10", "2026-11-16", ("2026-11-03", "2026-11-09")),
    ],
)
def test_a_period_is_compared_with_the_one_right_before(first, last, before):
    parameters = {"from": first, "to": last}

    asked = asking.read(parameters, scope=PROVINCE, communes=[], today=date(2026, 11, 23))

    assert (asked.before.first_day.isoformat(), asked.before.last_day.isoformat()) == before


def test_a_yearly_target_falls_to_a_period_by_its_days_and_a_share_does_not():
    half = Period(CUSTOM, date(2025, 7, 2), date(2026, 1, 10))  # 183 and 10 days of 365

    yearly, share = Target(measure="orders", value=3_650), Target(measure="mobile", value=60)

    assert figures.part_of_target(yearly, half) == 1_930
    assert figures.part_of_target(share, half) == 60


def test_bars_stand_on_a_round_scale_that_holds_refunds_and_the_period_before():
    points = [
        Point(date(2026, 1, 1), 40_000, None),
        Point(date(2026, 2, 1), -10_000, 70_000),
    ]

    chart = drawing.chart(points)

    assert ([tick.number for tick in chart.ticks], chart.unit) == ([-20, 0, 20, 40, 60, 80], "thousand ₫")
    one, two = chart.bars
    assert (one.label, two.label) == ("1/26", "2")
    assert (one.y, one.height, one.before_y) == ("40.00%", "40.00%", "")
    assert (two.y, two.height, two.before_y) == ("80.00%", "10.00%", "10.00%")
    assert chart.zero == "80.00%"


@pytest.mark.django_db
def test_the_log_of_looks_is_only_added_to():
    now = timezone.now()
    person = UserFactory()
    for minutes, again in ((0, False), (5, True), (40, True)):
        at = now + timedelta(minutes=minutes)
        looking.note(user=person, page="board:home", question="", scope=PROVINCE, now=at, again=again)

    assert [(look.until - look.at) for look in Look.objects.order_by("pk")] == [
        timedelta(minutes=5),
        timedelta(),
    ]
    for change in (lambda: Look.objects.all().delete(), lambda: Look.objects.update(question="nothing")):
        with pytest.raises(IntegrityError, match="the log of looks is only added to"), transaction.atomic():
            change()


class Page(ApplicationCommunicator):
    """The browser's end of a websocket. (channels.testing would want daphne.)"""

    def __init__(self, key: str) -> None:
        scope = {"type": "websocket", "path": f"/ws/board/{key}/", "headers": [], "query_string": b""}
        super().__init__(URLRouter(websocket_urlpatterns), scope | {"subprotocols": []})

    async def connect(self) -> dict[str, Any]:
        await self.send_input({"type": "websocket.connect"})
        return await self.receive_output(timeout=10)


@pytest.mark.django_db(transaction=True)
def test_an_open_board_is_told_when_figures_change_and_a_made_up_key_opens_nothing():
    async def story() -> list[dict[str, Any]]:
        page = Page(socket_key())
        opened = await page.connect()
        await get_channel_layer().group_send(WATCHERS, {"type": CHANGED})
        return [opened, await page.receive_output(timeout=10), await Page("figures~1~x").connect()]

    opened, heard, made_up = async_to_sync(story)()

    assert opened["type"] == "websocket.accept"
    assert heard == {"type": "websocket.send", "text": "{}"}
    assert made_up == {"type": "websocket.close", "code": 4404}
