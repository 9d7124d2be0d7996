"""Which single figures are too much of one household: the frequency rule and the p%-rule.

Eurostat's Handbook on Statistical Disclosure Control, ch. 4.2: minimum frequency, the p%-rule (preferred
there to dominance), holdings counted as one contributor, and waivers of those who consent.

Both rules are against one contributor who knows its own part. They do not stop two strangers who tell each
other theirs: of three holdings they then know the third exactly. Those who can be expected to share what they
know, a household or a co-operative, are one holding (``holdings``). Against two strangers a dated disclosure
rule asks for four sellers: they then learn the sum of at least two others and no single one exactly, though
within p% where one of the others is small.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """What a published figure must satisfy: at least ``min_holdings`` contributors, of whom none can estimate
    the part of another within ``p_percent`` from knowing their own.
    """

    min_holdings: int
    p_percent: int


def is_sensitive(
    amounts_vnd: Mapping[int, int], thresholds: Thresholds, waived: Collection[int] = frozenset()
) -> bool:
    """Return whether the sum of ``amounts_vnd``, by holding, tells too much about one of them.

    The holdings in ``waived`` consented to that. They still count, and still know their own part: of what
    others sold beside them nothing may be told either. That nobody sold anything tells nothing.
    """
    exposed = [holding for holding in amounts_vnd if holding not in waived]
    if not exposed:
        return False
    if len(amounts_vnd) < thresholds.min_holdings:
        return True
    sizes = {holding: abs(amount) for holding, amount in amounts_vnd.items()}
    total = sum(sizes.values())
    most_exposed = max(exposed, key=lambda holding: sizes[holding])
    best_informed = max(size for holding, size in sizes.items() if holding != most_exposed)
    rest = total - sizes[most_exposed] - best_informed
    return rest * 100 < thresholds.p_percent * sizes[most_exposed]


def holdings(sellers: Iterable[int], bonds: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return the holding of each seller: the smallest id among the sellers that ``bonds`` tie together.

    A bond is a pair of sellers of one household or one co-operative; bonds of bonds count.
    """
    parent = {seller: seller for seller in sellers}

    def root(seller: int) -> int:
        while parent.setdefault(seller, seller) != seller:
            parent[seller] = seller = parent[parent[seller]]
        return seller

    for one, other in bonds:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {seller: root(seller) for seller in list(parent)}
