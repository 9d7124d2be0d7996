"""How ready each commune is for the market, how far its list and sellers are, and what the next can copy."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q

from marketplace.places.models import Commune, Neighbour

from . import counting, readings
from .counting import Counted, Span
from .models import Card, RollOut, Step, StepMark
from .readings import Reading

SUGGESTED = 5
# A funnel that narrows to less than half from one stage to the next says where to help.
NARROW_PERCENT = 50


@dataclass(frozen=True)
class Line:
    """A step of the list of one commune: as the market counts it, or as an official last marked it."""

    step: Step
    is_done: bool
    figure: Decimal | None = None  # what was counted; None: an official marks it, or nobody knows
    is_unknown: bool = False  # nobody entered what it is counted from
    mark: StepMark | None = None
    mark_id: uuid.UUID = field(default_factory=uuid.uuid4)  # for the next mark

    @property
    def text(self) -> str:
        return "" if self.figure is None else readings.number_text(self.figure)

    @property
    def fact_key(self) -> str:
        return counting.facts_in(self.step.counted)


@dataclass(frozen=True)
class Row:
    """A commune in the plan."""

    commune: Commune
    roll_out: RollOut | None
    lines: list[Line]
    funnel: list[Stage]

    @property
    def done(self) -> int:
        return sum(line.is_done for line in self.lines)

    @property
    def percent(self) -> int:
        return 100 * self.done // len(self.lines) if self.lines else 0

    @property
    def still_open(self) -> list[Line]:
        return [line for line in self.lines if not line.is_done]


@dataclass(frozen=True)
class Stage:
    """One stage of the way from an invitation to a second month of sales, and its part of the one before."""

    reading: Reading
    percent: int | None
    width: int  # of its bar, in per cent of the widest

    @property
    def is_narrow(self) -> bool:
        return self.percent is not None and self.percent < NARROW_PERCENT


@dataclass(frozen=True)
class Practice:
    """How a commune that is ahead did a step."""

    commune: Commune
    mark: StepMark


@dataclass(frozen=True)
class Suggestion:
    """A commune that could come next: how much of its list is there already, and which live one is near."""

    row: Row
    neighbours: list[str]


def rows_of(roll_outs: Sequence[RollOut], *, today: date) -> list[Row]:
    """Return the plan's rows, in the same order. Cost: see ``rows()``."""
    known = {one.commune_id: one for one in roll_outs}
    return rows([one.commune for one in roll_outs], known, today=today)


def rows(communes: Sequence[Commune], known: Mapping[int, RollOut], *, today: date) -> list[Row]:
    """Return the list and the funnel of each of ``communes``; ``known`` are those in the plan.

    Cost: some ten queries, however many communes.
    """
    steps = list(Step.objects.valid_on(today).order_by("place", "code"))
    cards = readings.cards_on(today, pack=Card.Pack.ROLL_OUT)
    month = today.replace(day=1)
    span = Span(month, today)
    names = {step.counted for step in steps if step.counted}
    names |= {name for card in cards for name in card.names_counted}
    counted = counting.count(names, [span], today=today)
    targets = readings.targets_by_commune([card.code for card in cards], today)
    marks = newest_marks(known.values())
    found = []
    for commune in communes:
        roll_out = known.get(commune.pk)
        of_commune = {} if roll_out is None else marks.get(roll_out.pk, {})
        lines = [_line(step, counted, span, commune, of_commune.get(step.code)) for step in steps]
        held = targets.get(commune.code, {})
        funnel = stages(
            [
                Reading(
                    card,
                    span,
                    counted.of(card.numerator, span, [commune.pk]),
                    target=held.get(card.code),
                )
                for card in cards
            ]
        )
        found.append(Row(commune, roll_out, lines, funnel))
    return found


def _line(step: Step, counted: Counted, span: Span, commune: Commune, mark: StepMark | None) -> Line:
    if not step.counted:
        return Line(step, is_done=mark is not None and mark.is_done, mark=mark)
    figure = counted.of(step.counted, span, [commune.pk])
    if figure is None:
        return Line(step, is_done=False, is_unknown=True, mark=mark)
    return Line(step, is_done=figure >= step.at_least, figure=figure, mark=mark)


def stages(found: Iterable[Reading]) -> list[Stage]:
    """Return the readings of the funnel, each with its part of the one before, in per cent."""
    readings_found = list(found)
    widest = max((reading.value or 0 for reading in readings_found), default=0)
    stages: list[Stage] = []
    for reading in readings_found:
        before = stages[-1].reading.value if stages else None
        value = reading.value or Decimal(0)
        percent = int(100 * value / before) if before else None
        stages.append(Stage(reading, percent, int(100 * value / widest) if widest else 0))
    return stages


def newest_marks(roll_outs: Iterable[RollOut]) -> dict[int, dict[str, StepMark]]:
    """Return the last mark of each step of each of ``roll_outs``. One query."""
    marks = (
        StepMark.objects.filter(roll_out__in=[one.pk for one in roll_outs])
        .select_related("by")
        .order_by("roll_out_id", "step_code", "-at", "-pk")
        .distinct("roll_out_id", "step_code")
    )
    found: dict[int, dict[str, StepMark]] = {}
    for mark in marks:
        found.setdefault(mark.roll_out_id, {})[mark.step_code] = mark
    return found


def roll_outs() -> list[RollOut]:
    """Return the whole plan, earliest wave first. One query."""
    return list(
        RollOut.objects.select_related("commune").order_by("wave", "planned_on", "commune__name_ascii", "pk")
    )


def practices(besides: RollOut | None) -> dict[str, list[Practice]]:
    """Return how communes of earlier or the same wave did each step, the pilot's words first, by step.

    Words are shown to every official: they are how it was done, never figures of sellers. One query.
    """
    found: dict[str, list[Practice]] = {}
    marks = StepMark.objects.filter(is_done=True).exclude(words="")
    if besides is not None:
        marks = marks.exclude(roll_out=besides)
    marks = (
        marks.select_related("roll_out__commune")
        .order_by("roll_out_id", "step_code", "-at", "-pk")
        .distinct("roll_out_id", "step_code")
    )
    for mark in sorted(marks, key=lambda mark: (mark.roll_out.wave, mark.at)):
        found.setdefault(mark.step_code, []).append(Practice(mark.roll_out.commune, mark))
    return found


def neighbour_ids(commune: Commune) -> list[int]:
    """Return the ids of the communes that share a border with ``commune``. One query."""
    pairs = Neighbour.objects.filter(Q(a=commune) | Q(b=commune)).values_list("a_id", "b_id")
    return [pk for pair in pairs for pk in pair if pk != commune.pk]


def suggestions(found: Sequence[Row]) -> list[Suggestion]:
    """Return the communes that could be planned next: the readiest first, then neighbours of live ones.

    One query.
    """
    live = {row.commune.pk: row.commune.name for row in found if row.roll_out and row.roll_out.live_at}
    near: dict[int, list[str]] = {}
    for a, b in Neighbour.objects.values_list("a_id", "b_id"):
        for one, other in ((a, b), (b, a)):
            if other in live:
                near.setdefault(one, []).append(live[other])
    waiting = [row for row in found if row.roll_out is None]
    waiting.sort(
        key=lambda row: (-row.done, -len(near.get(row.commune.pk, [])), -(row.commune.population or 0))
    )
    return [Suggestion(row, sorted(near.get(row.commune.pk, []))) for row in waiting[:SUGGESTED]]
