"""Months as people write them."""

from datetime import date

from marketplace.statistics.errors import StatisticsError


class MonthUnreadable(StatisticsError):
    code = "month_unreadable"

    def __init__(self, *, value: str) -> None:
        super().__init__(f"“{value}” is not a month. Write it like 2026-10.")


def read_month(value: str) -> date:
    """Return the first day of a month like 2026-10. Raises MonthUnreadable."""
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError:
        raise MonthUnreadable(value=value) from None
