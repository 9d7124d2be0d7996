"""What of a month may be shown, given everything that was shown before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.statistics.disclosure import Sum, attack, protection
from marketplace.statistics.disclosure.attack import MONEY, NUMBER
from marketplace.statistics.disclosure.contributors import Thresholds, is_sensitive

from .counting import TODAY, Figure, Figures, Key, Month, is_latent

ATTEMPTS = 3
Exposures = list[attack.Exposure[Key]]


@dataclass(frozen=True)
class Measure:
    """Something published that adds up; ``money`` is also judged by the p%-rule, numbers by frequency."""

    name: str
    is_money: bool = False
    over_kinds: bool = True  # adds up over kinds and groups
    with_it: str = ""  # a measure whose sum with this one is shown or withheld with it

    @property
    def grain(self) -> attack.Grain:
        return MONEY if self.is_money else NUMBER

    def values(self, figures: Figures) -> dict[Key, int]:
        return {key: figure.sum(self.name) for key, figure in figures.items()}

    def sums(self, sums: Sequence[Sum[Key]]) -> Sequence[Sum[Key]]:
        if self.over_kinds:
            return sums
        return [one for one in sums if all(part.what == one.whole.what for part in one.parts)]

    def sensitive(self, figures: Figures, thresholds: Thresholds, waived: Collection[int]) -> set[Key]:
        """Return what of this measure tells too much about one contributor."""
        if not self.is_money:
            thresholds = Thresholds(thresholds.min_holdings, p_percent=0)
        waived = frozenset(waived)
        return {
            key
            for key, figure in figures.items()
            if any(is_sensitive(each, thresholds, waived) for each in self._judged(figure))
        }

    def _judged(self, figure: Figure) -> Iterator[Mapping[int, int]]:
        amounts = figure.of(self.name)
        yield amounts
        if self.with_it and any(amounts.values()):
            beside = figure.of(self.with_it)
            yield {one: amounts.get(one, 0) + beside.get(one, 0) for one in amounts.keys() | beside.keys()}


# What is shown or withheld together. Who sells is known to everybody from the shop; how much is not.
SALES = (
    Measure("net_vnd", is_money=True),
    Measure("orders", over_kinds=False),
    Measure("quantity"),
)
REFUNDS = (Measure("refunded_vnd", is_money=True, with_it="net_vnd"),)  # the sum: sold before refunds
STAYS = (Measure("nights"), Measure("guests"), Measure("guest_nights"))
HOMES = (Measure("guests"),)
SUBJECTS = {"sales": SALES, "refunds": REFUNDS, "stays": STAYS, "homes": HOMES}


@dataclass(frozen=True)
class Published:
    """What releases so far said of a year: by measure, the figures shown, and the keys some withheld."""

    shown: dict[str, dict[Key, int]] = field(default_factory=dict)
    withheld: dict[str, set[Key]] = field(default_factory=dict)

    def fixed(self, measure: str, rounded: Mapping[Key, int]) -> set[Key]:
        """Return what was shown with its present figure: it is known for ever, protects nothing any more and
        needs no protection either.
        """
        shown = self.shown.get(measure, {})
        return {key for key, value in shown.items() if key in rounded and rounded[key] == value}


@dataclass(frozen=True)
class Plan:
    """``hidden`` are all figures of the month and its year that are withheld; ``exposed`` should be empty."""

    hidden: frozenset[Key]
    protected: int
    exposed: Exposures


def plan(
    *,
    measures: Sequence[Measure],
    figures: Figures,
    sums: Sequence[Sum[Key]],
    months: Sequence[Month],
    published: Published,
    round_to: int,
    thresholds: Thresholds,
    waived: Collection[int],
    hidden: Collection[Key] = (),
) -> Plan:
    """Decide what of the last of ``months`` is withheld, and let the attackers try the result.

    All ``measures`` of a figure are shown or withheld together; ``hidden`` ones are withheld anyway. No
    revision shows what some release withheld.
    """
    new = {months[-1].period, months[-1].to_date}
    judged = [
        _Judged(measure, figures, sums, new, published, round_to, thresholds, waived) for measure in measures
    ]
    found = set(hidden)
    left = judged
    exposed: Exposures = []
    for attempt in range(1, ATTEMPTS + 1):
        for one in left:
            again = {each.key for each in exposed}
            found |= one.hide(found, thresholds.p_percent * attempt, again=again)
        # What hides later only leaves the attackers less: who failed once fails again.
        attacks = [(one, one.attack(found, thresholds.p_percent)) for one in left]
        left = [one for one, each in attacks if each]
        exposed = [each for _one, found_out in attacks for each in found_out]
        if not exposed:
            break
    withheld = found.union(*(one.unknown | one.withheld for one in judged))
    return Plan(
        hidden=frozenset(key for key in withheld if key.period in new and not is_latent(key)),
        protected=sum(len(one.protected) for one in judged),
        exposed=exposed,
    )


class _Judged:
    """One measure: its figures, what of them tells too much, and what nobody knows."""

    def __init__(
        self,
        measure: Measure,
        figures: Figures,
        sums: Sequence[Sum[Key]],
        new: Collection[str],
        published: Published,
        round_to: int,
        thresholds: Thresholds,
        waived: Collection[int],
    ) -> None:
        self.measure, self.sums, self.new = measure, measure.sums(sums), new
        self.values = values = measure.values(figures)
        self.amounts = {key: figure.of(measure.name) for key, figure in figures.items()}
        step = round_to if measure.is_money else 1
        self.fixed = fixed = published.fixed(
            measure.name, {key: rounded(value, step) for key, value in values.items()}
        )
        self.withheld = withheld = published.withheld.get(measure.name, set())
        self.protected = measure.sensitive(figures, thresholds, waived) - fixed
        self.unknown = {
            key
            for key, value in values.items()
            if key not in fixed
            and (is_latent(key) or key.period not in new or key in withheld or not value)
            and (value or key in self.protected or key in withheld)
        }

    def hide(self, hidden: Collection[Key], p_percent: int, *, again: Collection[Key]) -> frozenset[Key]:
        """Return what hides for the new figures, and for older ones that the last attack found ``again``."""
        return protection.hide(
            values=self.values,
            sums=self.sums,
            sensitive=self.protected,
            unknown=self._unknown(hidden),
            fixed=self.fixed,
            settled={key for key in self.protected if key.period not in self.new and key not in again},
            p_percent=p_percent,
            amounts=self.amounts,
            grain=self.measure.grain,
        )

    def attack(self, hidden: Collection[Key], p_percent: int) -> Exposures:
        return attack.exposures(
            values=self.values,
            sums=self.sums,
            unknown=self._unknown(hidden),
            protected=self.protected,
            p_percent=p_percent,
            amounts=self.amounts,
            grain=self.measure.grain,
        )

    def _unknown(self, hidden: Collection[Key]) -> set[Key]:
        return self.unknown | {key for key in hidden if key in self.values and key not in self.fixed}


def rounded(value: int, step: int) -> int:
    """Return ``value`` as it is published, a half rounded up."""
    return (2 * value + step) // (2 * step) * step


def withheld_percent(figures: Figures, hidden: Collection[Key], month: Month) -> int:
    """Return the part of the month's sales that no commune's row shows, %, rounded up."""
    communes = {
        key: abs(figure.sum("net_vnd"))
        for key, figure in figures.items()
        if key.period == month.period and key.area.startswith(TODAY) and not key.what
    }
    total = sum(communes.values())
    return -(-100 * sum(vnd for key, vnd in communes.items() if key in hidden) // total) if total else 0
