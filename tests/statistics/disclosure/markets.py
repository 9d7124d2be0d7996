"""Made-up markets: who sold how much in which commune, of which kind, in which month."""

import random
from dataclasses import dataclass, field

from marketplace.statistics.disclosure import Sum

Key = tuple[str, str, str]  # month or year to date, commune or unit, kind or group


@dataclass
class Market:
    """Every published figure, by holding, and what adds up to what."""

    amounts: dict[Key, dict[int, int]] = field(default_factory=dict)

    def sell(
        self, month: int, unit: str, kind: str, group: str, seller: int, amount_vnd: int, last: int
    ) -> None:
        commune = unit.partition(".")[0]
        for period in (f"{month}", *(f"to {later}" for later in range(month, last + 1))):
            for area, what in (
                ("", ""), ("", kind), ("", f"{kind}/{group}"), (commune, ""), (commune, kind), (unit, ""),
            ):  # fmt: skip
                found = self.amounts.setdefault((period, area, what), {})
                found[seller] = found.get(seller, 0) + amount_vnd

    @property
    def net_vnd(self) -> dict[Key, int]:
        return {key: sum(amounts.values()) for key, amounts in self.amounts.items()}

    @property
    def sums(self) -> list[Sum[Key]]:
        parts: dict[tuple[Key, str], list[Key]] = {}
        for period, area, what in self.amounts:
            key = (period, area, what)
            if "." in area:
                parts.setdefault(((period, area.partition(".")[0], ""), "units"), []).append(key)
            elif area:
                parts.setdefault(((period, "", what), "communes"), []).append(key)
            if "/" in what:
                parts.setdefault(((period, area, what.partition("/")[0]), "groups"), []).append(key)
            elif what:
                parts.setdefault(((period, area, ""), "kinds"), []).append(key)
            if period.startswith("to "):
                last = int(period.removeprefix("to "))
                before = [(f"to {last - 1}", area, what), (f"{last}", area, what)]
                parts[key, "months"] = [one for one in before if one in self.amounts]
        return [Sum(whole, tuple(found)) for (whole, _), found in parts.items()]


def market_of(seed: int, *, months: int = 1, sellers: int = 300, communes: int = 15) -> Market:
    """Return a market like the province's: a few busy communes, many with a household or two."""
    chance = random.Random(seed)
    market = Market()
    for seller in range(1, sellers + 1):
        commune = int(chance.random() ** 2 * communes)
        unit = f"c{commune}.{chance.randrange(3)}"
        kind = chance.choices(["goods", "nights", "seats"], [8, 1, 1])[0]
        group = str(chance.randrange(12)) if kind == "goods" else kind
        for month in range(1, months + 1):
            if chance.random() < 0.6:
                amount_vnd = int(chance.lognormvariate(14, 1))
                market.sell(month, unit, kind, group, seller, amount_vnd, last=months)
    return market
