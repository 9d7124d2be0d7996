"""The weeks to come in the houses: guests who telephoned, nights that are closed, and a request to answer."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime, timedelta

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.errors import NightsTaken
from tourism.calendars import hosting, requests

from .stays import House

SAMPLE = "dữ liệu mẫu"
# Who telephoned: name, guests, days from today, nights.
TELEPHONED = (
    ("Phạm Thu Trang Mẫu", 2, 4, 2),
    ("Đoàn xe đạp Mẫu", 6, 9, 1),
    ("Đỗ Quốc Huy Mẫu", 3, 16, 3),
)
CLOSED_FROM, CLOSED_NIGHTS = 22, 3  # a wedding in the family
NAMESPACE = uuid.UUID("6b0f8b9e-54f3-4f0e-8a6e-2d0a4c0f7d11")


def live(host_house: House, village_house: House, *, host: User, buyer: User, now: datetime) -> None:
    """Fill the calendar of the demo's host, and let the village's house be asked before it is booked."""
    today = timezone.localdate(now)
    room = host_house.rooms[0].room_type
    for number, (name, guests, days, nights) in enumerate(TELEPHONED):
        with suppress(NightsTaken):  # who ordered in the shop before was faster
            hosting.write_down(
                entry_id=uuid.uuid5(NAMESPACE, f"entry {number}"),
                user_id=host.pk,
                room_type_id=room.pk,
                first_night=today + timedelta(days=days),
                nights=nights,
                rooms=-(-guests // room.sleeps),
                guests=guests,
                guest_name=name,
                guest_phone="",
                note=SAMPLE,
                amount_vnd=None,
                now=now,
            )
    days_off = [today + timedelta(days=CLOSED_FROM + number) for number in range(CLOSED_NIGHTS)]
    hosting.set_closed(room_type_id=room.pk, days=days_off, is_closed=True, today=today)
    _ask(village_house, buyer, now)


def _ask(house: House, buyer: User, now: datetime) -> None:
    room = house.rooms[0].room_type
    hosting.ask_first(stay_id=house.stay.pk, asks_first=True)
    with suppress(NightsTaken):
        requests.ask(
            request_id=uuid.uuid5(NAMESPACE, "request"),
            room_type_id=room.pk,
            first_night=timezone.localdate(now) + timedelta(days=12),
            nights=2,
            rooms=-(-4 // room.sleeps),
            guests=4,
            guest_name=buyer.name,
            guest_phone=str(buyer.phone),
            message=f"Nhà em có hai cháu nhỏ, xin ngủ gần bếp lửa. ({SAMPLE})",
            now=now,
        )
