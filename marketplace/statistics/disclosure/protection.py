"""Secondary suppression: which figures hide so that the sensitive ones cannot be calculated from the rest.

For each sensitive figure the cheapest way is looked for in which the hidden figures may be p% larger, and p%
smaller, with every published sum still right; the figures that move in it hide too. This is the linear
programming heuristic of Kelly, Golden and Assad (1992) as the Handbook on Statistical Disclosure Control
describes it in ch. 4.4. Figures published before can hide no more: they do not move.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Generic

import numpy as np

from . import attack
from .attack import MOVED, Amounts, Grain, Insiders
from .frequency import Key, Sum
from .system import cheapest, system_of

MARGIN = 1.01  # a little more than p%, so that an attacker's rounding never decides


class CannotProtect(Exception):
    """Figures published earlier leave no way to hide this one."""

    code = "cannot_protect"

    def __init__(self, *, key: object) -> None:
        self.key = key
        super().__init__(
            f"The figure {key} cannot be hidden: what was published before gives it away whatever else "
            f"hides now. Nothing was released. Look for the earlier release that shows a figure with "
            f"{key} in it, and publish nothing of this period before its table is left out."
        )


def hide(
    *,
    values: Mapping[Key, int],
    sums: Sequence[Sum[Key]],
    sensitive: Collection[Key],
    unknown: Collection[Key],
    fixed: Collection[Key],
    p_percent: int,
    settled: Collection[Key] = (),
    amounts: Amounts[Key] | None = None,
    grain: Grain = attack.MONEY,
) -> frozenset[Key]:
    """Return the figures to hide: ``sensitive`` ones that are not fixed, and those that protect them.

    ``unknown`` figures are never published, so they cost nothing; ``fixed`` ones are published already.
    ``settled`` ones were protected before, so nothing more hides for them. ``amounts`` has what each
    contributor has in a figure: who is alone in one may learn no other by that.
    Figures of 0 stay published, for everybody may know that nothing was sold; where sales and refunds
    cancel out, the caller has them in ``unknown``. The same figures always hide the same.

    Raises CannotProtect, also for a figure that is sensitive and was published already.
    """
    sensitive = {key for key in sensitive if values[key]}
    hidden = set(unknown) | (sensitive - set(fixed))
    if shown := sorted((key for key in sensitive if key not in hidden), key=repr):
        raise CannotProtect(key=shown[0])
    free = {key for key, value in values.items() if value and key not in fixed}
    bare = system_of(values=values, sums=sums, unknown=hidden, scale=grain.scale)
    exposed = attack.bounded(Insiders(bare, amounts or {}, p_percent, grain), sensitive - set(settled))
    whole = system_of(values=values, sums=sums, unknown=free | hidden, scale=grain.scale)
    protection = _Protection(Insiders(whole, amounts or {}, p_percent, grain), hidden)
    # The largest first: what hides for it is often enough for the smaller ones.
    for key, sign in sorted(exposed, key=lambda pair: (-abs(values[pair[0]]), repr(pair))):
        protection.protect(key, sign)
    return frozenset(protection.hidden - set(unknown))


class _Protection(Generic[Key]):
    def __init__(self, insiders: Insiders[Key], hidden: set[Key]) -> None:
        self.insiders, self.system, self.hidden = insiders, insiders.system, hidden
        self.positions = self.system.positions
        # A figure costs what the public loses with it, and one thing more to look at.
        sizes = np.abs(self.system.values)
        self.costs = 1.0 + sizes * sizes.size / max(1.0, float(sizes.sum()))
        for key in hidden & self.positions.keys():
            self.costs[self.positions[key]] = 0.0
        self.reached: list[np.ndarray] = []

    def protect(self, key: Key, sign: int) -> None:
        """Hide enough that ``key`` may move, for the public and for everyone who is alone in what moves."""
        position = self.positions[key]
        need = float(self.insiders.need[position])
        suspects: set[int] | None = None
        for change in self.reached:
            if sign * change[position] >= need:
                movers = self.insiders.movers(change, position)
                suspects = movers if suspects is None else suspects & movers
        if suspects is None:
            suspects = self._must_move(position, sign * need, set())
        if suspects:
            found = self._move(position, sign * need, suspects)
            suspects = suspects if found is None else suspects & found
        while suspects:
            holding = min(suspects)
            need = self.insiders.need_before(position, holding)
            suspects = suspects & self._must_move(position, sign * need, {holding})

    def _must_move(self, position: int, change: float, knowing: set[int]) -> set[int]:
        movers = self._move(position, change, knowing)
        if movers is None:
            raise CannotProtect(key=self.system.keys[position])
        return movers

    def _move(self, position: int, change: float, knowing: set[int]) -> set[int] | None:
        """Hide what lets a figure change though ``knowing`` know their own; return who would see it moved.

        None if nothing does.
        """
        moved = cheapest(
            self.system,
            self.costs,
            position=position,
            change=max(change * MARGIN, self.system.lowest[position]),
            known=self.insiders.known_to(knowing),
        )
        if moved is None:
            return None
        self.reached.append(moved)
        for also in np.flatnonzero(np.abs(moved) > MOVED):
            self.hidden.add(self.system.keys[also])
            self.costs[also] = 0.0
        return self.insiders.movers(moved, position)
