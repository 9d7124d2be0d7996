"""Which published figures would tell what one household earned, and which others must hide with them.

The minimum frequency rule and secondary suppression of Eurostat's Handbook on Statistical Disclosure
Control, ch. 4. Knows nothing of communes or queries.
"""

import heapq
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Sum(Generic[Key]):
    """A published equation: the figure at ``whole`` is what those at ``parts`` add up to."""

    whole: Key
    parts: tuple[Key, ...]

    @property
    def members(self) -> tuple[Key, ...]:
        return (self.whole, *self.parts)


def hidden_cells(
    *,
    sellers: Mapping[Key, int],
    net_vnd: Mapping[Key, int],
    sums: Sequence[Sum[Key]],
    min_sellers: int,
) -> frozenset[Key]:
    """Return the cells not to be published: those of too few sellers, and those hidden to protect them.

    Too few is fewer than ``min_sellers`` but at least one: that nobody sold is published as 0. Then, as
    long as some sum has exactly one hidden member, which could be calculated from the others, its
    smallest part that somebody sold hides too, if possible one that leaves coarser figures alone; where
    there is no other part, the whole does. ``sums`` come coarsest first and are protected in that
    order; of equal parts the first hides. So the same figures always hide the same cells.
    """
    protection = _Protection(sellers, net_vnd, sums)
    for key, count in sellers.items():
        if 0 < count < min_sellers:
            protection.hide(key)
    protection.close()
    return frozenset(protection.hidden)


class _Protection(Generic[Key]):
    def __init__(
        self, sellers: Mapping[Key, int], net_vnd: Mapping[Key, int], sums: Sequence[Sum[Key]]
    ) -> None:
        self.sellers, self.net_vnd, self.sums = sellers, net_vnd, sums
        self.hidden: set[Key] = set()
        self.waiting: list[int] = []  # a heap of the positions of sums with a newly hidden member
        self.sums_of: dict[Key, list[int]] = {}
        for position, equation in enumerate(sums):
            for key in equation.members:
                self.sums_of.setdefault(key, []).append(position)

    def hide(self, key: Key) -> None:
        self.hidden.add(key)
        for position in self.sums_of.get(key, []):
            heapq.heappush(self.waiting, position)

    def close(self) -> None:
        """Hide more until no sum has exactly one hidden member."""
        while self.waiting:
            equation = self.sums[heapq.heappop(self.waiting)]
            if sum(key in self.hidden for key in equation.members) != 1:
                continue
            parts = [key for key in equation.parts if key not in self.hidden and self.sellers[key]]
            if parts:
                self.hide(min(parts, key=lambda key: (self._wholes_lost(key), abs(self.net_vnd[key]))))
            elif equation.whole not in self.hidden:
                self.hide(equation.whole)

    def _wholes_lost(self, key: Key) -> int:
        """How many figures that can still be seen are nothing but ``key`` and would have to hide with it."""
        return sum(
            equation.whole not in self.hidden
            and all(part == key or not self.sellers[part] for part in equation.parts)
            for equation in (self.sums[position] for position in self.sums_of[key])
            if equation.whole != key
        )
