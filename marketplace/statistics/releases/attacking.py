"""The attacker against everything ever released, as a task runs it: years apart, months together."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.statistics.disclosure import attack
from marketplace.statistics.disclosure.contributors import Thresholds, is_sensitive

from . import counting, services
from .counting import Key, Month
from .models import Release


@dataclass(frozen=True)
class Attack:
    """How one year stood: how many figures are protected, and those the attacker bounded."""

    year: int
    protected: int
    unknown: int
    exposed: list[attack.Exposure[Key]]


def attack_releases(*, showing: frozenset[Key] = frozenset()) -> list[Attack]:
    """Attack every year's releases together. ``showing`` are keys to attack with as if they were published.

    What is protected is what today's rules protect and no release shows; contributors and consents are
    today's. Takes seconds to a minute a year.
    """
    years = sorted(set(Release.objects.values_list("month__year", flat=True)))
    return [_attack_year(year, showing) for year in years]


def protected_keys(release: Release) -> frozenset[Key]:
    """Return what today's rules protect of the year of ``release``, as far as it was released."""
    return frozenset(_Year(release.month.year).protected)


def _attack_year(year: int, showing: frozenset[Key]) -> Attack:
    known = _Year(year)
    shown = known.shown | showing
    unknown = {key for key in known.figures if key not in shown}
    exposed = attack.exposures(
        net_vnd={key: figure.net_vnd for key, figure in known.figures.items()},
        sums=counting.sums_of(known.figures, known.months),
        unknown=unknown,
        protected=known.protected,
        p_percent=known.thresholds.p_percent,
    )
    return Attack(year, len(known.protected), len(unknown), exposed)


class _Year:
    """Everything released of a year, and the truth behind it."""

    def __init__(self, year: int) -> None:
        newest = Release.objects.filter(month__year=year).order_by("-number")[0]
        before = services.history_of(newest.month, now=newest.as_of, before=newest.number)
        rules = services.rules_on(services.last_day_of(newest.month))
        holdings = services.holdings_now()
        waived = services.waived_holdings(holdings)
        self.months = [*before.months, Month(newest.month, newest.as_of)]
        self.thresholds = Thresholds(rules.min_holdings, rules.p_percent)
        self.figures = counting.figures_of(self.months, holdings)
        self.shown = set(services.history_of(newest.month, now=newest.as_of).shown)
        self.protected = {
            key
            for key, figure in self.figures.items()
            if key not in self.shown and is_sensitive(figure.holdings, self.thresholds, waived)
        }
