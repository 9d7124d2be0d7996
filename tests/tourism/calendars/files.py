"""Calendars as other sites write them."""

from __future__ import annotations

from datetime import date


def event(*lines: str, uid: str = "one") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT"])


def sold(first_night: date, leaves_on: date, *more: str, uid: str = "one") -> str:
    """An entry of whole days, as the large sites write it."""
    days = (f"DTSTART;VALUE=DATE:{first_night:%Y%m%d}", f"DTEND;VALUE=DATE:{leaves_on:%Y%m%d}")
    return event(*days, "SUMMARY:Reserved", *more, uid=uid)


def calendar(*parts: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Other site//EN", *parts, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()
