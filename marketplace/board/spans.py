"""Which summaries a period is added up from: those by month for whole months, those by day around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import DateField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast, TruncMonth

from marketplace.statistics.models import SellerDay, SellerMonth
from marketplace.statistics.periods import Period

from .asked import Asked

Rows = QuerySet[Any]
NOW, BEFORE = 0, 1  # the period that was asked for, and the one before


@dataclass(frozen=True)
class Span:
    """Rows of one summary; ``month`` is the expression of the month they are of."""

    rows: Rows
    month: Any


def both(asked: Asked, summed: Callable[[Span], Rows]) -> list[tuple[Any, ...]]:
    """Return the rows of ``summed`` of every span of both periods, each with NOW or BEFORE in front.

    ``summed`` gives rows of values. What two spans have in common stands twice, to be added up. One query.
    """
    parts = [
        summed(span).annotate(of=Value(which, output_field=IntegerField()))
        for which, period in ((NOW, asked.period), (BEFORE, asked.before))
        for span in spans(period, asked.units)
    ]
    first, *others = parts
    found = first.union(*others, all=True) if others else first
    return [tuple(row.values()) for row in found]


def spans(period: Period, units: list[int] | None) -> Iterator[Span]:
    """Yield what ``period`` is made of, for ``units`` (None: all)."""
    after = period.last_day + timedelta(days=1)
    first_month = period.first_day
    if first_month.day > 1:
        first_month = (first_month.replace(day=1) + timedelta(days=31)).replace(day=1)
    last_month = after.replace(day=1)  # the first that is not whole
    days = [(period.first_day, period.last_day)]
    if first_month < last_month:
        months = SellerMonth.objects.filter(month__gte=first_month, month__lt=last_month)
        yield Span(_of(months, units), F("month"))
        one_day = timedelta(days=1)
        days = [(period.first_day, first_month - one_day), (last_month, period.last_day)]
    for first, last in days:
        if first <= last:
            # PostgreSQL cuts a date to a moment; in one query with months it has to be a date again.
            of_month = Cast(TruncMonth("sold_on"), DateField())
            yield Span(_of(SellerDay.objects.filter(sold_on__range=(first, last)), units), of_month)


def _of(rows: Rows, units: list[int] | None) -> Rows:
    return rows if units is None else rows.filter(unit__in=units)
