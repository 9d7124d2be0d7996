"""Telling other sites which nights of a room type are taken, as a calendar (RFC 5545) behind a secret link.

It says nothing of guests, and not how many rooms are left: a night is taken when none is.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby

import icalendar

from tourism.models import Booking, RoomNight, RoomType

from .models import ExportLink, Feed, new_secret

DAY = timedelta(days=1)
PRODUCT = "-//Muong Then//Calendar of a room//EN"
DOMAIN = "muong-then"


def link_of(room_type: RoomType) -> ExportLink:
    """Return the link for everybody; it is made when it is first asked for."""
    return ExportLink.objects.get_or_create(room_type=room_type)[0]


def renew(room_type: RoomType) -> ExportLink:
    """Give the room another secret: whoever has the old link reads nothing any more."""
    return ExportLink.objects.update_or_create(room_type=room_type, defaults={"secret": new_secret()})[0]


def calendar(secret: str, *, now: datetime, today: date) -> bytes | None:
    """Return the calendar of the link with this secret; None if there is none. Four queries at most.

    A site that sends us its own calendar has a link of its own, which leaves out what came from there.
    """
    feed = None
    room_type_id = ExportLink.objects.filter(secret=secret).values_list("room_type_id", flat=True).first()
    if room_type_id is None:
        feed = Feed.objects.filter(secret=secret).first()
        if feed is None:
            return None
        room_type_id = feed.room_type_id
    return _written(room_type_id, _taken_runs(room_type_id, feed, today), now)


def _taken_runs(room_type_id: int, feed: Feed | None, today: date) -> list[tuple[date, date]]:
    """Return the runs of nights on which no room is left, each as first night and day of leaving."""
    nights = RoomNight.objects.filter(room_type_id=room_type_id, night_on__gte=today).order_by("night_on")
    theirs = _taken_from(feed, today) if feed else {}
    taken = [
        night.night_on
        for night in nights
        if night.is_closed or night.taken - theirs.get(night.night_on, 0) >= night.capacity
    ]
    groups = groupby(enumerate(taken), lambda each: each[1] - each[0] * DAY)
    runs = [[day for _number, day in group] for _start, group in groups]
    return [(run[0], run[-1] + DAY) for run in runs]


def _taken_from(feed: Feed, today: date) -> dict[date, int]:
    """Return how many rooms a feed itself has taken, by night."""
    rooms: dict[date, int] = {}
    live = Booking.objects.filter(feed_entry__feed=feed, state=Booking.State.CONFIRMED)
    for booking in live.filter(first_night__gt=today - 400 * DAY):
        for number in range(booking.nights):
            day = booking.first_night + number * DAY
            rooms[day] = rooms.get(day, 0) + booking.rooms
    return rooms


def _written(room_type_id: int, runs: list[tuple[date, date]], now: datetime) -> bytes:
    written = icalendar.Calendar()
    written.add("prodid", PRODUCT)
    written.add("version", "2.0")
    written.add("calscale", "GREGORIAN")
    for first_night, leaves_on in runs:
        event = icalendar.Event()
        event.add("uid", f"{room_type_id}-{first_night:%Y%m%d}-{leaves_on:%Y%m%d}@{DOMAIN}")
        event.add("dtstamp", now)
        event.add("dtstart", first_night)
        event.add("dtend", leaves_on)
        event.add("summary", "Not available")
        event.add("transp", "OPAQUE")
        written.add_component(event)
    return bytes(written.to_ical())
