"""What tests of pages need: guests in a room, and what is written on a page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from tourism import bookings
from tourism.models import Booking, RoomType

DAY = timedelta(days=1)


def book(room: RoomType, first: date, nights: int, **facts: Any) -> Booking:
    wish = {"first_night": first, "nights": nights, "rooms": 1, "guests": 2, "guest_name": "Lò Thị Mai"}
    call = wish | {"channel": Booking.Channel.HOST, "now": timezone.now()} | facts
    return bookings.book(room_type_id=room.pk, **call)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))
