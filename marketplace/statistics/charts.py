"""Figures as shapes: classes of colour for a map, and bars. Templates draw them without arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

from .tables import Row

CLASSES = 5  # of about as many communes each
NOTHING_SOLD, HIDDEN = "map__none", "map__hidden"


@dataclass(frozen=True)
class Step:
    """One colour of the legend, and the smallest and largest figure it stands for."""

    css_class: str
    from_vnd: int
    to_vnd: int


@dataclass(frozen=True)
class Shading:
    """The CSS class of every row's code, and the legend, smallest first."""

    css_classes: dict[str, str]
    legend: list[Step]
    has_hidden: bool


def shading(rows: Sequence[Row]) -> Shading:
    """Sort ``rows`` into quantiles of what they sold; equal figures always have the same colour.

    Hidden rows have a class of their own, and so have those whose net is zero or less.
    """
    sums = sorted(row.net_vnd for row in rows if row.net_vnd is not None and row.net_vnd > 0)
    classes: dict[int, str] = {}
    for position, net_vnd in enumerate(sums):
        # The first of equals decides. The largest class is always the darkest, however few there are.
        classes.setdefault(net_vnd, f"map__c{CLASSES - (len(sums) - 1 - position) * CLASSES // len(sums)}")
    css_classes = {}
    for row in rows:
        if row.net_vnd is None:
            css_classes[row.code] = HIDDEN
        else:
            css_classes[row.code] = classes.get(row.net_vnd, NOTHING_SOLD)
    steps: dict[str, Step] = {}
    for net_vnd, css_class in classes.items():
        lowest = steps[css_class].from_vnd if css_class in steps else net_vnd
        steps[css_class] = Step(css_class, lowest, net_vnd)
    return Shading(css_classes, list(steps.values()), HIDDEN in css_classes.values())


class Labelled(Protocol):
    """Something with a name to be written on a map, around a point."""

    @property
    def name(self) -> str: ...
    @property
    def label_x(self) -> int: ...
    @property
    def label_y(self) -> int: ...


# The size of a letter of a label, in units of the map. Wide enough for most names.
LETTER_WIDTH, LINE_HEIGHT = 12, 28


def labels_that_fit(areas: Sequence[Labelled]) -> set[str]:
    """Return the names that can be written without touching another; what comes first wins."""
    written: list[Labelled] = []
    for area in areas:
        if not any(_touch(area, other) for other in written):
            written.append(area)
    return {area.name for area in written}


def _touch(one: Labelled, other: Labelled) -> bool:
    letters = (len(one.name) + len(other.name)) / 2
    across, down = abs(one.label_x - other.label_x), abs(one.label_y - other.label_y)
    return across < letters * LETTER_WIDTH and down < LINE_HEIGHT


@dataclass(frozen=True)
class Tick:
    number: int  # in the unit of the scale
    y: str


@dataclass(frozen=True)
class Bar:
    """One bar of a chart. Places are percentages of the drawing, so its words keep their size."""

    row: Row
    x: str
    width: str
    y: str
    height: str
    middle: str
    label: str
    year: str


@dataclass(frozen=True)
class BarChart:
    bars: list[Bar]
    ticks: list[Tick]
    unit: str  # of the scale
    zero: str

    @property
    def has_hidden(self) -> bool:
        return any(bar.row.suppressed for bar in self.bars)


GAP = 0.28  # of the width of a bar's place
MOST_LABELS = 15


def month_bars(rows: Sequence[Row]) -> BarChart:
    """Return the bars of rows by month, oldest first, over a scale with round numbers.

    A hidden month is a bar over the whole height; the style sheet shows its foot. The first month and every
    January name the year, where there is room for both; in a long period, months have no other label.
    """
    shown = [row.net_vnd for row in rows if row.net_vnd is not None]
    step = _round_step(max([0, *shown]) - min([0, *shown]))
    top, bottom = -(-max([0, *shown]) // step) * step, min([0, *shown]) // step * step
    top = max(top, bottom + step)

    def height(amount_vnd: int) -> float:
        return 100 * (top - amount_vnd) / (top - bottom)

    bars = []
    for position, row in enumerate(rows):
        year, month = row.code.split("-")
        starts_year = month == "01" or (position == 0 and month != "12")
        left, place = 100 * position / len(rows), 100 / len(rows)
        high, low = (top, bottom) if row.net_vnd is None else (max(row.net_vnd, 0), min(row.net_vnd, 0))
        bars.append(
            Bar(
                row=row,
                x=_percent(left + place * GAP / 2),
                width=_percent(place * (1 - GAP)),
                y=_percent(height(high)),
                height=_percent(height(low) - height(high)),
                middle=_percent(left + place / 2),
                label=str(int(month)) if len(rows) <= MOST_LABELS else "",
                year=year if starts_year else "",
            )
        )
    size, unit = next((size, unit) for size, unit in _units() if size <= step)
    ticks = [Tick(amount // size, _percent(height(amount))) for amount in range(bottom, top + 1, step)]
    return BarChart(bars, ticks, unit, zero=_percent(height(0)))


def _units() -> list[tuple[int, str]]:
    return [(10**9, _("billion ₫")), (10**6, _("million ₫")), (10**3, _("thousand ₫")), (1, "₫")]


@dataclass(frozen=True)
class Share:
    """A row and how long its bar is, as a percentage of the largest."""

    row: Row
    width: str


def shares(rows: Sequence[Row]) -> list[Share]:
    """Return ``rows`` with bars beside them. A hidden row, and a net below zero, has none."""
    largest = max((row.net_vnd for row in rows if row.net_vnd is not None), default=0)
    return [
        Share(row, _percent(100 * row.net_vnd / largest if row.net_vnd and row.net_vnd > 0 else 0))
        for row in rows
    ]


def _round_step(span_vnd: int) -> int:
    """Return the distance of ticks: 1, 2 or 5 and zeros, three or four of them over ``span_vnd``."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step * 4 >= span_vnd:
                return factor * step
        step *= 10


def _percent(number: float) -> str:
    """A percentage as SVG reads it in every language."""
    return f"{number:.2f}%"
