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
from .frequency import Key, Sum
from .system import System, cheapest, system_of

MARGIN = 1.01  # a little more than p%, so that an attacker's rounding never decides
MOVED = 1e-6  # thousands of đồng


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
    net_vnd: Mapping[Key, int],
    sums: Sequence[Sum[Key]],
    sensitive: Collection[Key],
    unknown: Collection[Key],
    fixed: Collection[Key],
    p_percent: int,
) -> frozenset[Key]:
    """Return the figures to hide: ``sensitive`` ones that are not fixed, and those that protect them.

    ``unknown`` figures are never published, so they cost nothing; ``fixed`` ones are published already.
    Figures of 0 đồng stay published, for everybody may know that nothing was sold; where sales and refunds
    cancel out, the caller has them in ``unknown``. The same figures always hide the same.

    Raises CannotProtect, also for a figure that is sensitive and was published already.
    """
    sensitive = {key for key in sensitive if net_vnd[key]}
    hidden = set(unknown) | (sensitive - set(fixed))
    if shown := sorted((key for key in sensitive if key not in hidden), key=repr):
        raise CannotProtect(key=shown[0])
    free = {key for key, value in net_vnd.items() if value and key not in fixed}
    bare = system_of(net_vnd=net_vnd, sums=sums, unknown=hidden)
    exposed = attack.bounded(bare, sensitive, p_percent)
    protection = _Protection(system_of(net_vnd=net_vnd, sums=sums, unknown=free | hidden), hidden, p_percent)
    # The largest first: what hides for it is often enough for the smaller ones.
    for key, sign in sorted(exposed, key=lambda pair: (-abs(net_vnd[pair[0]]), repr(pair))):
        protection.protect(key, sign)
    return frozenset(protection.hidden - set(unknown))


class _Protection(Generic[Key]):
    def __init__(self, system: System[Key], hidden: set[Key], p_percent: int) -> None:
        self.system, self.hidden, self.p_percent = system, hidden, p_percent
        self.positions = system.positions
        # A figure costs what the public loses with it, and one thing more to look at.
        sizes = np.abs(system.values)
        self.costs = 1.0 + sizes * sizes.size / max(1.0, float(sizes.sum()))
        for key in hidden & self.positions.keys():
            self.costs[self.positions[key]] = 0.0
        self.need = sizes * p_percent / 100
        self.reached: list[np.ndarray] = []

    def protect(self, key: Key, sign: int) -> None:
        position = self.positions[key]
        need = self.need[position]
        if any(sign * change[position] >= need for change in self.reached):
            return
        change = cheapest(self.system, self.costs, position=position, change=sign * need * MARGIN)
        if change is None:
            raise CannotProtect(key=key)
        self.reached.append(change)
        for moved in np.flatnonzero(np.abs(change) > MOVED):
            self.hidden.add(self.system.keys[moved])
            self.costs[moved] = 0.0
