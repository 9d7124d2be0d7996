"""The attackers against everything ever released, as a task runs them: years apart, months together."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.statistics.disclosure import attack

from . import counting, planning, services
from .counting import Key, Month
from .models import Release


@dataclass(frozen=True)
class Attack:
    """How one measure of a year stood: how many figures are protected, and those an attacker bounded."""

    year: int
    subject: str  # of planning.SUBJECTS
    measure: str
    protected: int
    unknown: int
    exposed: list[attack.Exposure[Key]]


def attack_releases(*, showing: frozenset[Key] = frozenset()) -> list[Attack]:
    """Attack every year's releases together, each measure. ``showing`` are keys of sales to attack with as if
    they were published.

    What is protected is what today's rules protect and no release shows; contributors and consents are
    today's. The public attacks, and everyone who is alone in a figure. Takes seconds to a minute a year.
    """
    years = sorted(set(Release.objects.values_list("month__year", flat=True)))
    return [found for year in years for found in _Year(year).attacks(showing)]


def protected_keys(release: Release) -> frozenset[Key]:
    """Return what sales today's rules protect of the year of ``release``, as far as it was released."""
    year = _Year(release.month.year)
    measures = planning.SUBJECTS["sales"]
    return frozenset().union(*(year.protected("sales", measure) for measure in measures))


class _Year:
    """Everything released of a year, and the truth behind it."""

    def __init__(self, year: int) -> None:
        newest = Release.objects.filter(month__year=year).order_by("-number")[0]
        before = services.history_of(newest.month, now=newest.as_of, before=newest.number)
        rules = services.rules_on(services.last_day_of(newest.month))
        months = [*before.months, Month(newest.month, newest.as_of)]
        self.year = year
        self.truth = services.Truth(months, newest.previous, rules, number=newest.number)
        self.published = services.history_of(newest.month, now=newest.as_of).published

    def attacks(self, showing: frozenset[Key]) -> list[Attack]:
        return [
            self._attack(subject, measure, showing if subject == "sales" else frozenset())
            for subject, measures in planning.SUBJECTS.items()
            for measure in measures
        ]

    def protected(self, subject: str, measure: planning.Measure) -> set[Key]:
        shown = self.published[subject].shown.get(measure.name, {})
        figures = self._figures(subject)
        return measure.sensitive(figures, self.truth.thresholds, self.truth.waived) - shown.keys()

    def _attack(self, subject: str, measure: planning.Measure, showing: frozenset[Key]) -> Attack:
        figures = self._figures(subject)
        shown = self.published[subject].shown.get(measure.name, {}).keys() | showing
        unknown = {key for key in figures if key not in shown}
        protected = self.protected(subject, measure)
        exposed = attack.exposures(
            values=measure.values(figures),
            sums=measure.sums(counting.sums_of(figures, self.truth.months)),
            unknown=unknown,
            protected=protected,
            p_percent=self.truth.thresholds.p_percent,
            amounts={key: figure.of(measure.name) for key, figure in figures.items()},
            grain=measure.grain,
        )
        return Attack(self.year, subject, measure.name, len(protected), len(unknown), exposed)

    def _figures(self, subject: str) -> counting.Figures:
        return self.truth.figures["sales" if subject == "refunds" else subject]
