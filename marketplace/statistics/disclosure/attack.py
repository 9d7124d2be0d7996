"""The attacker: everything ever published as one linear programme, solved for what it hides.

The auditor's problem of the Handbook on Statistical Disclosure Control, ch. 4.3: the lowest and the highest
value each hidden figure can have without contradicting a published one. The solver is HiGHS.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np

from .frequency import Key, Sum
from .system import SCALE_VND, System, furthest, system_of

TOLERANCE = 1e-4  # thousands of đồng: a tenth of a đồng


@dataclass(frozen=True)
class Exposure(Generic[Key]):
    """A protected figure, and the bounds in đồng that an attacker finds for it."""

    key: Key
    net_vnd: int
    lowest_vnd: int
    highest_vnd: int


def exposures(
    *,
    net_vnd: Mapping[Key, int],
    sums: Sequence[Sum[Key]],
    unknown: Collection[Key],
    protected: Collection[Key],
    p_percent: int,
) -> list[Exposure[Key]]:
    """Return those of ``protected`` that can be bounded within ``p_percent`` from above or from below.

    ``unknown`` are all figures that were not published, ``protected`` among them; what is protected but was
    published is exposed as it stands. The attacker knows what sums to what, that a figure sold nothing where
    it did, and that none is negative. A figure of 0 đồng has nothing within p% of it and is left out.

    Every solution that is found settles all figures it moves far enough; so a thousand figures usually take
    a few dozen programmes and not two thousand.
    """
    unknown = set(unknown)
    shown = [
        Exposure(key, net_vnd[key], net_vnd[key], net_vnd[key]) for key in protected if key not in unknown
    ]
    system = system_of(net_vnd=net_vnd, sums=sums, unknown=unknown)
    positions = system.positions
    hidden = sorted({positions[key] for key in protected if key in unknown and net_vnd[key]})
    search = _Search(system, hidden, p_percent)
    search.run()
    found = [
        Exposure(
            key=system.keys[position],
            net_vnd=net_vnd[system.keys[position]],
            lowest_vnd=round((system.values[position] + low) * SCALE_VND),
            highest_vnd=round((system.values[position] + high) * SCALE_VND),
        )
        for position, (low, high) in sorted(search.bounds().items())
    ]
    return [*(one for one in shown if one.net_vnd), *found]


def bounded(system: System[Key], targets: Collection[Key], p_percent: int) -> list[tuple[Key, int]]:
    """Return the ``targets`` bounded within ``p_percent``: (key, 1) from above, (key, -1) from below."""
    positions = system.positions
    search = _Search(system, sorted(positions[key] for key in targets), p_percent)
    search.run()
    return [(system.keys[position], sign) for position, ends in search.failed.items() for sign in ends]


class _Search(Generic[Key]):
    """Looks for a solution far enough above and one far enough below, for each of ``targets``."""

    def __init__(self, system: System[Key], targets: list[int], p_percent: int) -> None:
        self.system = system
        need = np.abs(system.values) * p_percent / 100
        # Nobody needs to go further than this; without a limit one figure would take all there is to move.
        self.cap = np.minimum(system.highest, np.maximum(4 * need, 4 * need.max(initial=0.0)))
        self.need = need - TOLERANCE
        self.open = {(position, sign) for position in targets for sign in (1, -1)}
        self.failed: dict[int, dict[int, float]] = {}

    def run(self) -> None:
        for sign in (1, -1):
            self._try_together(sign)
        while self.open:
            position, sign = min(self.open)
            direction = np.zeros(len(self.system.keys))
            direction[position] = sign
            change = furthest(self.system, direction, cap=self.system.highest)
            self._settle(change)
            if (position, sign) in self.open:
                self.open.remove((position, sign))
                self.failed.setdefault(position, {})[sign] = float(change[position])

    def bounds(self) -> dict[int, tuple[float, float]]:
        """The lowest and highest change of each target that can be bounded."""
        found = {}
        for position, ends in self.failed.items():
            for sign in (1, -1):
                if sign not in ends:
                    direction = np.zeros(len(self.system.keys))
                    direction[position] = sign
                    ends[sign] = float(furthest(self.system, direction)[position])
            found[position] = (ends[-1], ends[1])
        return found

    def _try_together(self, sign: int) -> None:
        """Move all open targets at once, in opposite directions by turns: sums leave room for that only."""
        targets = sorted({position for position, _ in self.open})
        if not targets:
            return
        direction = np.zeros(len(self.system.keys))
        for turn, position in enumerate(targets):
            direction[position] = sign * (-1) ** turn / max(abs(self.system.values[position]), 1.0)
        self._settle(furthest(self.system, direction, cap=self.cap))

    def _settle(self, change: np.ndarray) -> None:
        self.open = {
            (position, sign) for position, sign in self.open if sign * change[position] < self.need[position]
        }
