"""Somebody who looks at one page after the other all the time, and notes what was not answered."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

PATHS = ("/", "/produce/", "/stays/", "/communes/", "/statistics/", "/basket/", "/healthz")
EVERY_S = 0.2
# Longer than the shop waits for a connection to its database.
TIMEOUT_S = 30.0
# A page that says so has a heading, and tells in the reader's language what to do now.
SAYS_SO = "<h1"


@dataclass(frozen=True)
class Miss:
    """A page that was not there: 0 stands for no answer at all."""

    at: float
    path: str
    status: int
    says_so: bool

    def __str__(self) -> str:
        return f"{self.path} {self.status or 'no answer'}"


class PasserBy:
    """Looks from ``with`` on until its end. ``misses`` are what went wrong, by the monotonic clock."""

    def __init__(self, shop: str) -> None:
        self.seen = 0
        self.slowest_s = 0.0
        self.misses: list[Miss] = []
        self._http = httpx.Client(base_url=shop, timeout=TIMEOUT_S, trust_env=False)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._thread.join()
        self._http.close()

    def _look(self) -> None:
        while not self._closing.is_set():
            for path in PATHS:
                begun = time.monotonic()
                try:
                    answer = self._http.get(path)
                except httpx.HTTPError:
                    self.misses.append(Miss(begun, path, 0, True))
                else:
                    if answer.status_code >= 500:
                        self.misses.append(Miss(begun, path, answer.status_code, SAYS_SO in answer.text))
                self.seen += 1
                self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
                if self._closing.wait(EVERY_S):
                    return
