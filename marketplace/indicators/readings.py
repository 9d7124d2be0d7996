"""What the cards say of a month: figures, the change against the period before, and how far the target is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from frontend.templatetags.money import vnd, whole_number
from marketplace.accounts.selectors import OfficialScope
from marketplace.places.models import Commune
from marketplace.statistics import periods

from . import counting
from .counting import PROVINCE, Counted, Span
from .errors import MonthOutside, MonthUnreadable
from .models import Card, Fact, Target

TREND_MONTHS = 12
GAP = Decimal("0.14")  # on each side of a bar, of the width of its place


def read_month(value: str, *, today: date) -> date:
    """Return the first day of the month written as ``2026-10``; of this month if ``value`` is empty.

    Raises MonthUnreadable and MonthOutside.
    """
    this_month = today.replace(day=1)
    if not value:
        return this_month
    try:
        month = date.fromisoformat(f"{value}-01")
    except ValueError:
        raise MonthUnreadable(found=value) from None
    # A year before the first month is needed to tell what changed.
    first = periods.EARLIEST.replace(year=periods.EARLIEST.year + 1)
    if not first <= month <= this_month:
        raise MonthOutside(month=month, first=first, last=this_month)
    return month


def span_of(card: Card, month: date, *, today: date) -> Span:
    """Return the days ``card`` is about, in the month that begins on ``month``: none after today."""
    last_day = last_day_of(month, today=today)
    return Span(month.replace(month=1) if card.span == Card.Span.YEAR else month, last_day)


def span_before(card: Card, month: date, *, today: date) -> Span:
    """Return the days that ``card`` is compared with: the month before, or the same part of the year before.

    A month that is not over is compared with a whole one.
    """
    if card.span == Card.Span.YEAR:
        return span_of(card, month.replace(year=month.year - 1), today=today)
    return span_of(card, periods.months_before(month, 1), today=today)


def last_day_of(month: date, *, today: date) -> date:
    """Return the last day of the month that begins on ``month``, or ``today`` while it is not over."""
    return min(_month_end(month), today)


def _month_end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class Reading:
    """What a card says of some communes; or, where ``value`` is None, ``why`` it says nothing."""

    card: Card
    span: Span
    value: Decimal | None
    why: str = ""
    is_sourceless: bool = False  # nobody gave what it is counted from
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    before: Decimal | None = None
    target: Target | None = None

    @property
    def text(self) -> str:
        return "" if self.value is None else in_unit(self.card, self.value)

    @property
    def counted(self) -> str:
        """What was counted, where there is nothing to divide it by; "" if that is not known either."""
        return "" if self.numerator is None else number_text(self.numerator)

    @property
    def parts(self) -> str:
        """The numbers it is made of, such as "31 / 45"; "" for a plain count."""
        if self.numerator is None or self.denominator is None:
            return ""
        return f"{whole_number(self.numerator)} / {whole_number(self.denominator)}"

    @property
    def change(self) -> str:
        """The change against the period before: in points for percentages, else in per cent of it."""
        if self.value is None or self.before is None:
            return ""
        if self.card.unit == Card.Unit.PERCENT:
            return _("%(change)s points") % {"change": _signed(self.value - self.before)}
        if not self.before:
            return ""
        return f"{_signed(100 * (self.value - self.before) / self.before)} %"

    @property
    def is_rising(self) -> bool:
        return self.value is not None and self.before is not None and self.value > self.before

    @property
    def target_text(self) -> str:
        return "" if self.target is None else in_unit(self.card, self.target.value)

    @property
    def reached_percent(self) -> int | None:
        """How much of the target is reached, at most 100; None without a figure or a target above zero."""
        if self.value is None or self.target is None or not self.target.value:
            return None
        return max(0, min(100, int(100 * self.value / self.target.value)))

    @property
    def is_reached(self) -> bool:
        return self.value is not None and self.target is not None and self.value >= self.target.value


def in_unit(card: Card, value: Decimal) -> str:
    """Return ``value`` as the card's figures are written: "31,4 %", "1.250 ₫"."""
    if card.unit == Card.Unit.VND:
        return vnd(_rounded(value, "1"))
    if card.unit == Card.Unit.PERCENT:
        return f"{number_text(value)} %"
    return number_text(value)


def number_text(value: Decimal) -> str:
    """Return a number with one digit after the comma, where it is not a whole number."""
    rounded = _rounded(value, "0.1")
    whole, tenth = divmod(abs(int(rounded * 10)), 10)
    sign = "−" if rounded < 0 else ""
    return f"{sign}{whole_number(whole)}" + (f",{tenth}" if tenth else "")


def _signed(value: Decimal) -> str:
    return ("+" if value > 0 else "") + number_text(value)


def _rounded(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def cards_on(day: date, *, pack: str = "") -> list[Card]:
    """Return the cards in force on ``day``, in the order of packs and their places. One query."""
    cards = Card.objects.valid_on(day)
    if pack:
        cards = cards.filter(pack=pack)
    order = {value: place for place, value in enumerate(Card.Pack.values)}
    return sorted(cards, key=lambda card: (order[card.pack], card.place, card.code))


def read(
    cards: Sequence[Card], month: date, communes: Collection[int], *, today: date, target_of: str = ""
) -> list[Reading]:
    """Return what ``cards`` say of ``communes`` (ids, with PROVINCE for all) in a month, in the same order.

    ``target_of`` is the code of the commune whose targets they are held against, "" for the province's.
    Cost: that of counting.count(), and one query for the targets.
    """
    spans = [
        span for card in cards for span in (span_of(card, month, today=today), _before(card, month, today))
    ]
    counted = counting.count(_names(cards), spans, today=today)
    targets = targets_on(last_day_of(month, today=today), commune_code=target_of)
    return [_reading(card, counted, communes, month, targets, today=today) for card in cards]


def _before(card: Card, month: date, today: date) -> Span:
    return span_before(card, month, today=today)


def _names(cards: Iterable[Card]) -> set[str]:
    return {name for card in cards for name in card.names_counted}


def targets_on(day: date, *, commune_code: str = "") -> dict[str, Target]:
    """Return the targets of the province or of one commune on ``day``, by indicator. One query."""
    return {target.code: target for target in Target.objects.valid_on(day).filter(commune_code=commune_code)}


def targets_by_commune(codes: Collection[str], day: date) -> dict[str, dict[str, Target]]:
    """Return the targets of some indicators on ``day``, by commune ("": the province) and code. One query."""
    found: dict[str, dict[str, Target]] = {}
    for target in Target.objects.valid_on(day).filter(code__in=codes):
        found.setdefault(target.commune_code, {})[target.code] = target
    return found


def _reading(
    card: Card,
    counted: Counted,
    communes: Collection[int],
    month: date,
    targets: Mapping[str, Target],
    *,
    today: date,
) -> Reading:
    span = span_of(card, month, today=today)
    target = targets.get(card.code)
    if not card.numerator:
        return Reading(card, span, None, why=card.missing, is_sourceless=True, target=target)
    unknown = [name for name in card.names_counted if counted.of(name, span, communes) is None]
    if unknown:
        return Reading(
            card,
            span,
            None,
            why=_not_known(unknown),
            is_sourceless=True,
            numerator=counted.of(card.numerator, span, communes),
            target=target,
        )
    numerator = counted.of(card.numerator, span, communes)
    denominator = counted.of(card.denominator, span, communes) if card.denominator else None
    if denominator is not None and denominator <= 0:
        return Reading(
            card,
            span,
            None,
            why=_("Nothing to count from in this period."),
            target=target,
            denominator=denominator,
        )
    value = _value(card, counted, span, communes)
    before = _value(card, counted, span_before(card, month, today=today), communes)
    return Reading(
        card,
        span,
        value,
        numerator=numerator,
        denominator=denominator,
        before=before,
        target=target,
    )


def _value(card: Card, counted: Counted, span: Span, communes: Collection[int]) -> Decimal | None:
    numerator = counted.of(card.numerator, span, communes)
    if numerator is None:
        return None
    if not card.denominator:
        return numerator * card.per
    denominator = counted.of(card.denominator, span, communes)
    if denominator is None or denominator <= 0:
        return None
    return numerator * card.per / denominator


def _not_known(names: Iterable[str]) -> str:
    labels = dict(Fact.Key.choices)
    what = ", ".join(str(labels[counting.facts_in(name)]) for name in names)
    return _("No source yet: %(what)s. The province enters it with its source.") % {"what": what}


def ids_of(communes: Iterable[Commune], scope: OfficialScope) -> list[int]:
    """Return the ids an official's figures are made of: the province's also of what no commune is told of."""
    ids = [commune.pk for commune in communes]
    return [*ids, PROVINCE] if scope.whole_province else ids


@dataclass(frozen=True)
class Point:
    """One month of a trend. Places are percentages of the drawing; None: there is no figure."""

    month: date
    text: str
    x: str
    middle: str
    width: str
    y: str
    height: str | None


@dataclass(frozen=True)
class CommuneRow:
    commune: Commune
    reading: Reading


@dataclass(frozen=True)
class CardPage:
    """A card with its figure, those of the communes (largest first, none last), and a year of it."""

    reading: Reading
    rows: list[CommuneRow]
    trend: list[Point]

    @property
    def is_only_counted(self) -> bool:
        """Whether no commune has a figure because what it is divided by is known of the province alone."""
        return all(row.reading.is_sourceless and row.reading.counted for row in self.rows)


def card_page(
    card: Card,
    month: date,
    communes: Sequence[Commune],
    scope: OfficialScope,
    *,
    today: date,
    target_of: str = "",
) -> CardPage:
    """Return what one card says of ``communes`` in a month, and in each of the twelve months up to it.

    Cost: that of counting.count(), and one query for targets, whatever the communes and months.
    """
    months = [periods.months_before(month, count) for count in range(TREND_MONTHS - 1, -1, -1)]
    months = [each for each in months if each.year > periods.EARLIEST.year]
    spans = [span_of(card, each, today=today) for each in months]
    counted = counting.count(_names([card]), [*spans, span_before(card, month, today=today)], today=today)
    held = targets_by_commune([card.code], last_day_of(month, today=today))
    ids = ids_of(communes, scope)
    of_all = _reading(card, counted, ids, month, held.get(target_of, {}), today=today)
    rows = [
        CommuneRow(
            commune,
            _reading(card, counted, [commune.pk], month, held.get(commune.code, {}), today=today),
        )
        for commune in communes
    ]
    rows.sort(key=_largest_first)
    values = [_value(card, counted, span, ids) if card.numerator else None for span in spans]
    return CardPage(of_all, rows, _trend(card, months, values))


def _largest_first(row: CommuneRow) -> tuple[bool, Decimal, str]:
    figure = row.reading.numerator if row.reading.value is None else row.reading.value
    return row.reading.value is None, -(figure or Decimal(0)), row.commune.name_ascii


def _trend(card: Card, months: Sequence[date], values: Sequence[Decimal | None]) -> list[Point]:
    highest = max((value for value in values if value is not None), default=Decimal(0))
    step = Decimal(100) / max(1, len(months))
    points = []
    for place, (month, value) in enumerate(zip(months, values, strict=True)):
        height = None if value is None or highest <= 0 else max(Decimal(0), 100 * value / highest)
        points.append(
            Point(
                month,
                "" if value is None else in_unit(card, value),
                x=f"{place * step + step * GAP:.2f}%",
                middle=f"{place * step + step / 2:.2f}%",
                width=f"{step * (1 - 2 * GAP):.2f}%",
                y="100%" if height is None else f"{100 - height:.2f}%",
                height=None if height is None else f"{height:.2f}%",
            )
        )
    return points
