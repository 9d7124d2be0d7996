"""Published figures as a system of linear equations, as someone who wants to solve it would write it down."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic

import numpy as np
from scipy.sparse import csr_array, hstack

from .frequency import Key, Sum
from .solver import Solver


@dataclass(frozen=True)
class System(Generic[Key]):
    """The figures that are not known and the sums they must satisfy.

    ``matrix`` @ change = 0 for every change of the unknown figures that nothing published contradicts:
    what is published has been taken out, being no longer able to change.
    """

    keys: tuple[Key, ...]
    values: np.ndarray  # in the solver's unit
    matrix: csr_array

    @cached_property
    def solver(self) -> Solver:
        return Solver(self.matrix)

    @cached_property
    def solver_of_both(self) -> Solver:
        """With two columns for each figure: how much it rises, and how much it falls."""
        return Solver(hstack([self.matrix, -self.matrix]).tocsr())

    @cached_property
    def positions(self) -> dict[Key, int]:
        return {key: position for position, key in enumerate(self.keys)}

    @cached_property
    def lowest(self) -> np.ndarray:
        """The lowest possible change: a figure is known not to be negative, or else not by how much it is."""
        return -np.abs(self.values)

    @cached_property
    def highest(self) -> np.ndarray:
        """The highest possible change: everybody knows roughly how large the market is."""
        return np.full(len(self.keys), 1 + float(np.abs(self.values).sum()))


def system_of(
    *, values: Mapping[Key, int], sums: Sequence[Sum[Key]], unknown: Collection[Key], scale: int
) -> System[Key]:
    """Return the equations of ``sums`` with only the ``unknown`` figures left in.

    ``values`` has the true figure of every key; figures that are known need not be in ``unknown``. The
    solver counts in units of ``scale``.
    """
    keys = tuple(sorted(unknown, key=repr))
    positions = {key: position for position, key in enumerate(keys)}
    rows: list[int] = []
    columns: list[int] = []
    factors: list[float] = []
    count = 0
    for equation in sums:
        members = [(equation.whole, -1.0), *((part, 1.0) for part in equation.parts)]
        found = [(positions[key], factor) for key, factor in members if key in positions]
        if found:
            rows += [count] * len(found)
            columns += [position for position, _ in found]
            factors += [factor for _, factor in found]
            count += 1
    matrix = csr_array((factors, (rows, columns)), shape=(count, len(keys)))
    return System(keys, np.array([values[key] / scale for key in keys], dtype=float), matrix)


def furthest(
    system: System[Key], direction: np.ndarray, *, known: np.ndarray, cap: np.ndarray | None = None
) -> np.ndarray:
    """Return the possible change of the unknown figures that goes furthest in ``direction``.

    Where ``known`` is true nothing changes.
    """
    highest = np.where(known, 0.0, system.highest if cap is None else cap)
    lowest = np.where(known, 0.0, system.lowest)
    found = system.solver.least(-direction, lowest=lowest, highest=highest)
    assert found is not None  # no change at all is always possible
    return found


def cheapest(
    system: System[Key], costs: np.ndarray, *, position: int, change: float, known: np.ndarray
) -> np.ndarray | None:
    """Return the change that moves the figure at ``position`` by ``change`` and others at the least cost.

    ``costs`` are per unit of change up or down; where ``known`` is true nothing else changes. None if nothing
    moves it so far.
    """
    size = len(system.keys)
    up, down = np.where(known, 0.0, system.highest), np.where(known, 0.0, -system.lowest)
    fixed_up, fixed_down = max(change, 0.0), max(-change, 0.0)
    lower_up, lower_down = np.zeros(size), np.zeros(size)
    up[position] = lower_up[position] = fixed_up
    down[position] = lower_down[position] = fixed_down
    found = system.solver_of_both.least(
        np.concatenate([costs, costs]),
        lowest=np.concatenate([lower_up, lower_down]),
        highest=np.concatenate([up, down]),
    )
    return None if found is None else found[:size] - found[size:]
