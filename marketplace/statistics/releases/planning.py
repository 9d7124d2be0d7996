"""What of a month may be shown, given everything that was shown before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from marketplace.statistics.disclosure import Sum, attack, protection
from marketplace.statistics.disclosure.contributors import Thresholds, is_sensitive

from .counting import TODAY, Figures, Key, Month, is_latent

ATTEMPTS = 3


@dataclass(frozen=True)
class Plan:
    """``hidden`` are all figures of the month and its year that are withheld; ``exposed`` should be empty."""

    hidden: frozenset[Key]
    protected: frozenset[Key]
    exposed: list[attack.Exposure[Key]]
    hidden_vnd: int  # of what the communes sold in the month
    total_vnd: int

    @property
    def hidden_percent(self) -> int:
        """The part of the month's sales that no commune's row shows, %, rounded up."""
        return -(-100 * self.hidden_vnd // self.total_vnd) if self.total_vnd else 0


def plan(
    *,
    figures: Figures,
    sums: Sequence[Sum[Key]],
    months: Sequence[Month],
    fixed: Collection[Key],
    withheld: Collection[Key],
    thresholds: Thresholds,
    waived: Collection[int],
) -> Plan:
    """Decide what of the last of ``months`` is withheld, and let the attacker try the result.

    ``fixed`` has what releases so far showed with today's figure: it is known for ever, so it protects
    nothing any more and needs no protection either. No revision shows what some release ``withheld``.
    """
    new = {months[-1].period, months[-1].to_date}
    net_vnd = {key: figure.net_vnd for key, figure in figures.items()}
    sensitive = {
        key
        for key, figure in figures.items()
        if key not in fixed and is_sensitive(figure.holdings, thresholds, waived)
    }
    unknown = {
        key
        for key in net_vnd
        if key not in fixed
        and (is_latent(key) or key.period not in new or key in withheld or not net_vnd[key])
        and (net_vnd[key] or key in sensitive or key in withheld)
    }
    hidden: set[Key] = set()
    exposed: list[attack.Exposure[Key]] = []
    for attempt in range(1, ATTEMPTS + 1):
        hidden |= protection.hide(
            net_vnd=net_vnd,
            sums=sums,
            sensitive=sensitive,
            unknown=unknown | hidden,
            fixed=fixed,
            p_percent=thresholds.p_percent * attempt,
        )
        exposed = attack.exposures(
            net_vnd=net_vnd,
            sums=sums,
            unknown=unknown | hidden,
            protected=sensitive,
            p_percent=thresholds.p_percent,
        )
        if not exposed:
            break
    withheld_now = frozenset(
        key for key in unknown | hidden | set(withheld) if key.period in new and not is_latent(key)
    )
    communes = [
        key
        for key in figures
        if key.period == months[-1].period and key.area.startswith(TODAY) and not key.what
    ]
    return Plan(
        hidden=withheld_now,
        protected=frozenset(sensitive),
        exposed=exposed,
        hidden_vnd=sum(abs(net_vnd[key]) for key in communes if key in withheld_now),
        total_vnd=sum(abs(net_vnd[key]) for key in communes),
    )
