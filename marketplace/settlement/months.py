"""Months as people write them in addresses: 2026-11. In Asia/Ho_Chi_Minh."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_WRITTEN = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


class MonthUnreadable(ValueError):
    code = "month_unreadable"

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is not a month. Write the year and the month, as 2026-11.")


@dataclass(frozen=True, order=True)
class Month:
    first_day: date

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m}"

    @property
    def begins_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.first_day, time()))

    @property
    def ends_at(self) -> datetime:
        """The first moment of the next month."""
        return Month((self.first_day + timedelta(days=31)).replace(day=1)).begins_at

    @property
    def last_day(self) -> date:
        return (self.first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def before(self) -> Month:
        return Month((self.first_day - timedelta(days=1)).replace(day=1))


def read_month(text: str) -> Month:
    """Return the month written as ``2026-11``. Raises MonthUnreadable."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise MonthUnreadable(text)
    return Month(date(int(match[1]), int(match[2]), 1))


def month_of(moment: datetime) -> Month:
    """Return the month of ``moment``."""
    return Month(timezone.localdate(moment).replace(day=1))


def last_months(moment: datetime, number: int) -> list[Month]:
    """Return the month of ``moment`` and those before it, ``number`` in all, newest first."""
    months = [month_of(moment)]
    while len(months) < number:
        months.append(months[-1].before)
    return months
