"""What is killed, and when: drawn beforehand from a seed, so that a run can be had again and be told of."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

POSTGRESQL = "postgresql"
ONE_OF_POSTGRESQL = "one process of postgresql"
VICTIMS = ("shop", "worker", "wallet", POSTGRESQL, "beat")
# What every payment goes through; a kill waits for one of them to begin.
STEPS = ("basket", "order", "answer", "after")
LATEST_S, LONGEST_DOWN_S = 0.3, 2.5


@dataclass(frozen=True)
class Kill:
    """SIGKILL to ``victim``, ``after_s`` seconds into a step of a payment; back ``down_s`` later."""

    payment: int
    step: str
    victim: str
    after_s: float
    down_s: float

    def __str__(self) -> str:
        return (
            f"payment {self.payment:>3}, {self.after_s * 1_000:.0f} ms into {self.step!r}: "
            f"kill -9 {self.victim}, down for {self.down_s:.1f} s"
        )


def draw(seed: int, *, payments: int, each: int) -> list[Kill]:
    """Return ``each`` kills of every process, in the order of the payments.

    Every other time it is one process of PostgreSQL that is killed instead of all of them.
    """
    chance = random.Random(f"plan {seed}")
    kills = []
    for victim in VICTIMS:
        for number in range(each):
            is_one = victim == POSTGRESQL and number % 2
            kills.append(
                Kill(
                    payment=chance.randint(1, payments),
                    step=chance.choice(STEPS),
                    victim=ONE_OF_POSTGRESQL if is_one else victim,
                    after_s=round(chance.uniform(0, LATEST_S), 3),
                    down_s=round(chance.uniform(0.1, LONGEST_DOWN_S), 1),
                )
            )
    return sorted(kills, key=lambda kill: (kill.payment, STEPS.index(kill.step), kill.after_s))


class Points:
    """Has each kill carried out, in a thread of its own, when its payment comes to its step."""

    def __init__(self, kills: Sequence[Kill], carry_out: Callable[[Kill], None]) -> None:
        self._carry_out = carry_out
        self._waiting: dict[tuple[int, str], list[Kill]] = defaultdict(list)
        self._threads: list[threading.Thread] = []
        for kill in kills:
            self._waiting[kill.payment, kill.step].append(kill)

    def reached(self, payment: int, step: str) -> None:
        for kill in self._waiting.pop((payment, step), []):
            thread = threading.Thread(target=self._carry_out, args=[kill], daemon=True)
            self._threads.append(thread)
            thread.start()

    def ended(self, payment: int) -> None:
        """Have done what was planned for steps this payment did not come to."""
        for step in STEPS:
            self.reached(payment, step)

    def wait(self) -> None:
        """Wait until everything that was killed is back."""
        for thread in list(self._threads):
            thread.join()
