"""The summaries as they are: a row for each day, unit and product group, of any number of days."""

from collections.abc import Iterator
from datetime import date, timedelta

from marketplace.accounts.selectors import OfficialScope
from marketplace.places import selectors as places
from marketplace.places.models import MERGER_ON, Commune

from . import periods
from .models import DailySales

COLUMNS = (
    "day", "unit_code", "unit_name", "commune_code", "commune_name", "kind", "group",
    "net_vnd", "sold_vnd", "refunded_vnd", "orders", "sellers", "quantity",
)  # fmt: skip
DAYS_AT_ONCE = 7  # so many days of every unit and group take no more memory than a page
Value = str | int | date


def rows(*, first_day: date, last_day: date, scope: OfficialScope) -> Iterator[tuple[Value, ...]]:
    """Yield the rows of COLUMNS, oldest first, of the communes of today that ``scope`` sees in full.

    ``unit`` is the finest known when it was sold, ``commune`` that of today which contains it. Money in đồng,
    refunds positive. Orders and sellers do not add up over groups: one may be in several of them.
    Raises PeriodReversed, PeriodTooEarly and PeriodTooLong at once. Cost: two small queries, and one for each
    week as its rows are taken. (A cursor over all would need a connection of its own for minutes, which is
    not to be had where connections are pooled by transaction.)
    """
    periods.check_period(first_day, last_day, by_day=False)
    return _rows(first_day, last_day, _units(scope))


def _rows(
    first_day: date, last_day: date, units: dict[int, tuple[str, str, str, str]]
) -> Iterator[tuple[Value, ...]]:
    found = DailySales.objects.filter(unit__in=list(units)).exclude(kind="").exclude(group="")
    columns = found.order_by("sold_on", "kind", "group", "unit_id").values_list(
        "unit_id", "sold_on", "kind", "group", "net_vnd", "sold_vnd", "refunded_vnd", "orders", "sellers",
        "quantity",
    )  # fmt: skip
    day = first_day
    while day <= last_day and units:
        until = min(day + timedelta(days=DAYS_AT_ONCE - 1), last_day)
        for unit, sold_on, kind, group, net, sold, refunded, *counts in columns.filter(
            sold_on__range=(day, until)
        ):
            yield (sold_on, *units[unit], kind, group, net, sold, -refunded, *counts)
        day = until + timedelta(days=1)


def _units(scope: OfficialScope) -> dict[int, tuple[str, str, str, str]]:
    """Return code and name of each unit, and of the commune of today that contains it, by its id."""
    of_today = places.units_table(MERGER_ON)
    known = {pk: (code, name) for pk, code, name in Commune.objects.values_list("pk", "code", "full_name")}
    return {
        unit: (*known[unit], *known[today]) for unit, today in of_today.items() if scope.sees(known[today][0])
    }
