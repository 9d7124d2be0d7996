"""Measuring two ways of doing the same, in turns, so that a busy machine slows both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """``ours`` and ``reference`` are medians in ``unit``; ``holds`` if their ratio is at most ``goal``."""

    name: str
    unit: str
    ours: float
    reference: float
    ratio: float
    goal: float
    holds: bool


def compare(
    name: str, ours: Callable[[], object], reference: Callable[[], object], *, goal: float, rounds: int = 15
) -> Result:
    """Call both ``rounds`` times in turns, after one unmeasured call of each, and compare the medians."""
    ours(), reference()
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for act, times in zip((ours, reference), spent, strict=True):
            begun = time.perf_counter()
            act()
            times.append((time.perf_counter() - begun) * 1_000)
    mine, other = (statistics.median(times) for times in spent)
    ratio = mine / other
    return Result(name, "ms", round(mine, 2), round(other, 2), round(ratio, 2), goal, ratio <= goal)
