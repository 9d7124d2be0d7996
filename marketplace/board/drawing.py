"""The series of the board as bars with a mark for the period before; templates draw it without arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _

from .figures import Group, Point, share

GAP = 0.28  # of the width of a bar's place
MOST_LABELS = 16
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Bar:
    """One day or month. Places are percentages of the drawing, so its words keep their size."""

    point: Point
    name: str
    x: str
    x2: str  # where it ends
    width: str
    y: str
    height: str
    before_y: str  # of the mark of the period before; "" where there is none
    middle: str
    label: str  # "" where there is no room for one
    growth: int | None


@dataclass(frozen=True)
class Tick:
    number: int  # in the unit of the scale
    y: str


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    ticks: list[Tick]
    unit: str  # of the scale
    zero: str
    by_month: bool

    @property
    def has_sales(self) -> bool:
        return any(bar.point.now_vnd or bar.point.before_vnd for bar in self.bars)


def chart(points: Sequence[Point]) -> Chart:
    """Return the bars of ``points``, oldest first, over a round scale that holds both periods."""
    assert points
    amounts = [0, *(point.now_vnd for point in points), *(point.before_vnd or 0 for point in points)]
    step = _round_step(max(amounts) - min(amounts))
    bottom = min(amounts) // step * step
    top = max(-(-max(amounts) // step) * step, bottom + step)
    by_month = all(point.on.day == 1 for point in points) and len(points) > 1

    def y(amount_vnd: int) -> float:
        return 100 * (top - amount_vnd) / (top - bottom)

    place = 100 / len(points)
    every = -(-len(points) // MOST_LABELS)
    bars = []
    for position, point in enumerate(points):
        left = place * (position + GAP / 2)
        high, low = y(max(point.now_vnd, 0)), y(min(point.now_vnd, 0))
        bars.append(
            Bar(
                point=point,
                name=formats.date_format(point.on, "m/Y" if by_month else "d/m/Y"),
                x=_percent(left),
                x2=_percent(left + place * (1 - GAP)),
                width=_percent(place * (1 - GAP)),
                y=_percent(high),
                height=_percent(low - high),
                before_y="" if point.before_vnd is None else _percent(y(point.before_vnd)),
                middle=_percent(place * (position + 0.5)),
                label=_label(point, position, by_month=by_month) if position % every == 0 else "",
                growth=_growth(point),
            )
        )
    size, unit = next((size, unit) for size, unit in _units() if size <= step)
    ticks = [Tick(amount // size, _percent(y(amount))) for amount in range(bottom, top + 1, step)]
    return Chart(bars, ticks, unit, _percent(y(0)), by_month)


def _label(point: Point, position: int, *, by_month: bool) -> str:
    if by_month:
        month = point.on.month
        return f"{month}/{point.on:%y}" if position == 0 or month == 1 else str(month)
    return f"{point.on.day}/{point.on.month}" if position == 0 or point.on.day == 1 else str(point.on.day)


def _growth(point: Point) -> int | None:
    if not point.before_vnd or point.before_vnd < 0:
        return None
    return round(100 * (point.now_vnd - point.before_vnd) / point.before_vnd)


def _units() -> list[tuple[int, str]]:
    return [(10**9, _("billion ₫")), (10**6, _("million ₫")), (10**3, _("thousand ₫")), (1, "₫")]


def _round_step(span_vnd: int) -> int:
    """Return the distance of ticks: 1, 2 or 5 and zeros, three or four of them over ``span_vnd``."""
    size = 1
    while True:
        for factor in STEPS:
            if factor * size * 4 >= span_vnd:
                return factor * size
        size *= 10


@dataclass(frozen=True)
class GroupBar:
    group: Group
    name: str
    width: str
    percent: int  # of all groups together


def group_bars(groups: Sequence[Group], names: dict[str, str]) -> list[GroupBar]:
    """Return ``groups`` that sold or sold before, with bars beside them; ``names`` by code."""
    largest = max((group.net.now for group in groups), default=0)
    whole = sum(group.net.now for group in groups)
    return [
        GroupBar(
            group,
            names.get(group.code, group.code),
            _percent(max(100 * group.net.now / largest, 0) if largest > 0 else 0),
            share(group.net.now, whole),
        )
        for group in groups
        if group.net.now or group.net.before
    ]


def _percent(number: float) -> str:
    """A percentage as SVG reads it in every language."""
    return f"{number:.2f}%"
