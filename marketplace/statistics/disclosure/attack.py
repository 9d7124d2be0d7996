"""The attacker: everything ever published as one linear programme, solved for what it hides.

The auditor's problem of the Handbook on Statistical Disclosure Control, ch. 4.3: the lowest and the highest
value each hidden figure can have without contradicting a published one. The solver is HiGHS.

Some attackers know more than the public: who is the only contributor to a hidden figure knows that figure
(the handbook's singletons, ch. 4.3.2). Each of them is tried as well, alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np

from .frequency import Key, Sum
from .system import System, furthest, system_of

TOLERANCE = 1e-4  # of the solver's unit: a tenth of a đồng
MOVED = 1e-6  # of the solver's unit
WORTH_ANOTHER = 3  # targets settled together cost less than each alone
PUBLIC = 0  # stands for those who contribute nothing


# What each contributor has in a figure.
Amounts = Mapping[Key, Mapping[int, int]]


@dataclass(frozen=True)
class Exposure(Generic[Key]):
    """A protected figure, and the bounds an attacker finds for it: ``to`` a contributor, or PUBLIC."""

    key: Key
    value: int
    lowest: int
    highest: int
    to: int = PUBLIC


@dataclass(frozen=True)
class Grain:
    """How a measure is counted: ``scale`` of it are one to the solver, and who knows it but for ``least``
    does not know it.
    """

    scale: int
    least: int


MONEY = Grain(1_000, 0)  # thousands of đồng: the solver's tolerance of 1e-7 is then nothing
NUMBER = Grain(1, 1)  # to be one order off is to be wrong


def exposures(
    *,
    values: Mapping[Key, int],
    sums: Sequence[Sum[Key]],
    unknown: Collection[Key],
    protected: Collection[Key],
    p_percent: int,
    amounts: Amounts[Key] | None = None,
    grain: Grain = MONEY,
) -> list[Exposure[Key]]:
    """Return those of ``protected`` that can be bounded within ``p_percent`` from above or from below.

    ``unknown`` are all figures that were not published, ``protected`` among them; what is protected but was
    published is exposed as it stands. ``amounts`` has what each contributor has in a figure: who is alone in
    one knows it, and may learn no other by that. The attacker knows what sums to what, that a figure sold
    nothing where it did, and that none is negative. A figure of 0 has nothing within p% of it and is left
    out.

    Every solution that is found settles all figures it moves far enough; so a thousand figures usually take
    a few dozen programmes and not two thousand.
    """
    unknown = set(unknown)
    shown = [Exposure(key, values[key], values[key], values[key]) for key in protected if key not in unknown]
    system = system_of(values=values, sums=sums, unknown=unknown, scale=grain.scale)
    hidden = [key for key in protected if key in unknown and values[key]]
    search = _Search(Insiders(system, amounts or {}, p_percent, grain), hidden)
    search.run()
    found = [
        Exposure(
            key=system.keys[position],
            value=values[system.keys[position]],
            lowest=round((system.values[position] + low) * grain.scale),
            highest=round((system.values[position] + high) * grain.scale),
            to=holding,
        )
        for position, holding, low, high in search.bounds()
    ]
    return [*(one for one in shown if one.value), *found]


def bounded(insiders: Insiders[Key], targets: Collection[Key]) -> list[tuple[Key, int]]:
    """Return the ``targets`` bounded closer than they need: (key, 1) from above, (key, -1) from below."""
    search = _Search(insiders, targets)
    search.run()
    return [(insiders.system.keys[position], sign) for position, sign in sorted(search.failed)]


class Insiders(Generic[Key]):
    """Who is alone in which unknown figure, and by how much each figure must be able to change."""

    def __init__(self, system: System[Key], amounts: Amounts[Key], p_percent: int, grain: Grain) -> None:
        self.system, self.amounts, self.p_percent, self.grain = system, amounts, p_percent, grain
        alone = (amounts.get(key, {}) for key in system.keys)
        self.of = np.array([next(iter(found)) if len(found) == 1 else PUBLIC for found in alone], dtype=int)
        sizes = np.abs(system.values)
        self.need = np.where(sizes > 0, np.maximum(sizes * p_percent / 100, grain.least / grain.scale), 0.0)

    def need_before(self, position: int, holding: int) -> float:
        """The change that keeps from ``holding`` what the largest other contributor has in a figure."""
        parts = self.amounts.get(self.system.keys[position], {})
        if holding not in parts:
            return float(self.need[position])
        largest = max((abs(amount) for other, amount in parts.items() if other != holding), default=0)
        return max(largest * self.p_percent / 100, self.grain.least if largest else 0) / self.grain.scale

    def movers(self, change: np.ndarray, position: int | None = None) -> set[int]:
        """Return who would see that ``change`` is not so: those whose own figures it moves.

        The only contributor to the figure at ``position`` is not kept from it.
        """
        own = PUBLIC if position is None else int(self.of[position])
        return set(self.of[np.abs(change) > MOVED].tolist()) - {PUBLIC, own}

    def known_to(self, holdings: Iterable[int]) -> np.ndarray:
        return np.isin(self.of, list(holdings))


class _Search(Generic[Key]):
    """Looks for a solution far enough above and one far enough below, for each of ``targets``, and for
    enough of them that nobody's own figures contradict all.

    ``open`` has whom the solutions that were found so far do not keep from the figure; None before the first.
    """

    def __init__(self, insiders: Insiders[Key], targets: Collection[Key]) -> None:
        self.insiders, self.system = insiders, insiders.system
        positions, need = self.system.positions, insiders.need
        # Nobody needs to go further than this; without a limit one figure would take all there is to move.
        self.cap = np.minimum(self.system.highest, np.maximum(4 * need, 4 * need.max(initial=0.0)))
        self.open: dict[tuple[int, int], set[int] | None] = {
            (positions[key], sign): None for key in targets for sign in (1, -1)
        }
        self.failed: dict[tuple[int, int], int] = {}  # to whom
        self.chance = np.random.default_rng(0)  # the same figures are always searched in the same way

    def run(self) -> None:
        self._try_together(())
        self._try_halves()
        while self.open:
            self._try_alone(min(self.open))

    def bounds(self) -> list[tuple[int, int, float, float]]:
        """Return position, to whom, and the lowest and highest change of each target that can be bounded."""
        found = []
        for position in sorted({position for position, _ in self.failed}):
            to = next(self.failed[position, sign] for sign in (1, -1) if (position, sign) in self.failed)
            low, high = (self._furthest(position, sign, {to} - {PUBLIC})[position] for sign in (-1, 1))
            found.append((position, to, float(low), float(high)))
        return found

    def _try_together(self, knowing: Collection[int]) -> None:
        """Move all open targets at once, as long as that settles some: sums leave room for some of them to
        move up while others move down, so each turn tosses again which.

        What the contributors ``knowing`` are alone in stays where it is.
        """
        known = self.insiders.known_to(knowing)
        while targets := sorted({position for position, _ in self.open if not known[position]}):
            direction = np.zeros(len(self.system.keys))
            sizes = np.maximum(np.abs(self.system.values[targets]), 1.0)
            direction[targets] = self.chance.choice([1.0, -1.0], len(targets)) / sizes
            before = self._unsettled()
            self._settle(furthest(self.system, direction, cap=self.cap, known=known))
            if before - self._unsettled() < WORTH_ANOTHER:
                return

    def _unsettled(self) -> int:
        """Count what is not known yet: each direction of each target, twice if nothing was found at all."""
        return sum(2 if suspects is None else 1 for suspects in self.open.values())

    def _try_halves(self) -> None:
        """Halve the contributors again and again: any two of them are apart in one of the halvings."""
        everybody = sorted(set(self.insiders.of.tolist()) - {PUBLIC})
        for bit in range(len(everybody).bit_length()):
            for side in (0, 1):
                half = {holding for turn, holding in enumerate(everybody) if turn >> bit & 1 == side}
                if any(found & half for found in self.open.values() if found):
                    self._try_together(half)

    def _try_alone(self, target: tuple[int, int]) -> None:
        position, sign = target
        if self.open[target] is None:
            self._settle(self._furthest(position, sign, set()))
        if target in self.open and self.open[target] is None:
            self._fail(target, PUBLIC)
        if suspects := self.open.get(target):
            self._settle(self._furthest(position, sign, suspects))
        while suspects := self.open.get(target):
            holding = min(suspects)
            self._settle(self._furthest(position, sign, {holding}))
            if holding in (self.open.get(target) or ()):
                self._fail(target, holding)

    def _fail(self, target: tuple[int, int], holding: int) -> None:
        del self.open[target]
        self.failed[target] = holding

    def _furthest(self, position: int, sign: int, knowing: Collection[int]) -> np.ndarray:
        direction = np.zeros(len(self.system.keys))
        direction[position] = sign
        return furthest(self.system, direction, known=self.insiders.known_to(knowing))

    def _settle(self, change: np.ndarray) -> None:
        everybody = self.insiders.movers(change)
        for target, suspects in list(self.open.items()):
            position, sign = target
            moved = sign * change[position] + TOLERANCE
            movers = everybody - {int(self.insiders.of[position])}
            if moved >= self.insiders.need[position]:
                left = movers if suspects is None else suspects & movers
            elif suspects:
                need = self.insiders.need_before
                left = {one for one in suspects if one in movers or moved < need(position, one)}
            else:
                continue
            if left:
                self.open[target] = left
            else:
                del self.open[target]
