"""The operator's background thread: ends prompts nobody answered, books refunds, sends callbacks."""

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime

import httpx
from django.db import connection
from django.utils import timezone

from payments.ledger import months
from payments.simulator import batches, callbacks, codes, services
from payments.simulator.api.batches import carry_out
from payments.simulator.models import Callback

TICK_S = 0.5
SENDERS = 8

logger = logging.getLogger(__name__)


class Courier:
    """Runs as long as the process. Several processes may each run one: rows are claimed, never shared."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="callback")
        self._under_way: set[Future[None]] = set()
        self._is_full = False
        self._next_sweep_s = 0.0
        self._months_made_on: date | None = None
        self._http = httpx.Client(timeout=callbacks.TIMEOUT_S, trust_env=False)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the callbacks that are under way, and end."""
        self._stopping.set()
        callbacks.wake()
        self._thread.join()
        self._pool.shutdown()
        self._http.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            callbacks.work_waits.clear()
            try:
                self._round()
            except Exception:
                # Whatever it was, the thread must live: the next round finds the same work again.
                logger.exception("The courier stumbled; it looks again in %s s", TICK_S)
            finally:
                connection.close()
            callbacks.work_waits.wait(TICK_S)

    def _round(self) -> None:
        now = timezone.now()
        if (today := timezone.localdate(now)) != self._months_made_on:
            months.make_ahead("ledger_entry", today=today)
            self._months_made_on = today
        services.book_refunds(now=now)
        if time.monotonic() >= self._next_sweep_s:
            self._next_sweep_s = time.monotonic() + TICK_S
            self._sweep(now)
        # Claim only what can be sent at once: a slow merchant must not make the others' leases run out.
        self._under_way = {sending for sending in self._under_way if not sending.done()}
        for callback in callbacks.claim_due(now=now, limit=SENDERS - len(self._under_way)):
            sending = self._pool.submit(self._send, callback)
            self._under_way.add(sending)
            sending.add_done_callback(self._free)
        # There may be more: look again as soon as a sender is free.
        self._is_full = len(self._under_way) == SENDERS
        if self._is_full and any(sending.done() for sending in self._under_way):
            callbacks.wake()

    @staticmethod
    def _sweep(now: datetime) -> None:
        """Do what waits for a moment, not for a wake: every tick is often enough."""
        services.expire_prompts(now=now)
        codes.expire(now=now)
        batches.run_due(carry_out=carry_out, now=now)

    def _send(self, callback: Callback) -> None:
        try:
            callbacks.send(callback, http=self._http)
        except Exception:
            logger.exception("Cannot record how callback %s went; it is sent again", callback.pk)
        finally:
            connection.close()

    def _free(self, sending: Future[None]) -> None:
        if self._is_full:
            callbacks.wake()
