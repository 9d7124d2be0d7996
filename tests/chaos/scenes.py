"""Trade goes on while one trouble after the other comes and goes; after each the books are compared."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence

from tests.chaos.buyers import Shopping
from tests.chaos.invariants import Found
from tests.chaos.passer_by import Miss, PasserBy
from tests.chaos.troubles import Ended, Scenery, Trouble, in_background

BEFORE_S = 1.5
# What was asked while something was down may fail a moment after it is back.
GRACE_S = 2.0
# Longer than a payment takes that waits for what is gone.
LONGEST_S = 150.0


def live_through(
    trouble: Trouble,
    scenery: Scenery,
    shopping: Shopping,
    wanted: argparse.Namespace,
    *,
    settled: Callable[[], list[str]],
) -> Found:
    """Let people buy while ``trouble`` comes and goes; return what did not hold afterwards, and a summary.

    ``settled`` lets what is unknown come to its end and returns what is wrong in the books then.
    """
    scenery.said.clear()
    already, wrong_before = len(shopping.trips), len(shopping.errors)
    with (
        PasserBy(scenery.shop) as passer_by,
        in_background(trouble, scenery, after_s=BEFORE_S) as ended,
    ):
        shopping.make(
            wanted.each,
            at_once=wanted.buyers,
            until=time.monotonic() + LONGEST_S,
            more=lambda: not ended.is_over,
        )
    if ended.not_here:
        return [], f"not tried: {ended.not_here}"
    trips = shopping.trips[already:]
    wrong = [ended.error] if ended.error else []
    wrong += shopping.errors[wrong_before:]
    wrong += _misses_out_of_place(passer_by.misses, ended, stops=trouble.stops)
    wrong += settled()
    kinds = Counter("paid" if trip.was_paid else "ordered" if trip.order_number else "not" for trip in trips)
    return wrong, "; ".join(
        [
            f"over after {ended.ended_at - ended.begun_at:.0f} s",
            f"{len(trips)} buyers: {kinds['paid'] + kinds['ordered']} ordered, {kinds['paid']} saw it paid",
            f"{passer_by.seen} pages, {_told(passer_by.misses)}, slowest {passer_by.slowest_s:.1f} s",
            *scenery.said,
        ]
    )


def _misses_out_of_place(misses: Sequence[Miss], ended: Ended, *, stops: bool) -> list[str]:
    """Return pages that were not answered though nothing they need was gone, or that did not say so."""
    wrong = []
    for miss in misses:
        was_down = stops and ended.begun_at - GRACE_S <= miss.at <= ended.ended_at + GRACE_S
        if not was_down:
            wrong.append(f"{miss}, {miss.at - ended.begun_at:.1f} s after it began")
        elif not miss.says_so:
            wrong.append(f"{miss} with a page that does not say so")
    return wrong


def _told(misses: Sequence[Miss]) -> str:
    if not misses:
        return "all of them answered"
    statuses = Counter(str(miss.status or "no answer") for miss in misses)
    return "while it was down: " + ", ".join(f"{n} x {status}" for status, n in sorted(statuses.items()))
