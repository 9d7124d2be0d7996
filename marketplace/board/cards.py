"""The six cards of the board: each figure with its change and its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import figures
from .asked import Asked
from .explanations import CARDS, EXPLANATIONS
from .figures import Counted, Group, Paid, Pair
from .models import Target

MONEY, NUMBER, PERCENT = "money", "number", "percent"
UNITS = {"sales": MONEY, "mobile": PERCENT, "outside": PERCENT}  # the others are numbers


@dataclass(frozen=True)
class Card:
    """One figure. ``change`` is growth in %, of a share the difference in points; None without a before."""

    code: str
    title: Any
    unit: str
    pair: Pair
    change: int | None
    target: int | None
    target_row: Target | None

    @property
    def reached_percent(self) -> int | None:
        """What part of the target was reached, %."""
        return round(100 * self.pair.now / self.target) if self.target else None

    @property
    def bar(self) -> str:
        """The length of the bar of the target."""
        return f"{max(0, min(100, self.reached_percent or 0))}%"


def cards(
    asked: Asked,
    *,
    counted: Counted,
    groups: list[Group],
    paid: tuple[Paid, Paid],
    targets: dict[str, Target],
) -> list[Card]:
    """Return the cards in the order of CARDS. No query."""
    now, before = paid
    pairs = {
        "sales": counted.pair(asked, "net_vnd"),
        "orders": counted.pair(asked, "orders"),
        "sellers": counted.pair(asked, "sellers"),
        "nights": figures.nights(groups),
        "mobile": Pair(now.mobile_percent, before.mobile_percent),
        "outside": Pair(now.outside_percent, before.outside_percent),
    }
    had_sales = before.sold_vnd > 0
    found = []
    for code in CARDS:
        pair, unit = pairs[code], UNITS.get(code, NUMBER)
        change = pair.change_percent
        if unit == PERCENT:
            change = pair.now - pair.before if had_sales else None
        target = targets.get(code)
        part = figures.part_of_target(target, asked.period) if target else None
        found.append(Card(code, EXPLANATIONS[code].title, unit, pair, change, part, target))
    return found
