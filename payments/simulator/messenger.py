"""The background thread of the sandboxes: sends what they owe to shops, ends what nobody paid in time."""

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

import httpx
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from payments.compiled import compiled
from payments.simulator.bank.models import Notice
from payments.simulator.callbacks import TIMEOUT_S
from payments.simulator.carrier.models import Event
from payments.simulator.deliveries import Delivery
from payments.simulator.stripe import services as stripe
from payments.simulator.stripe.models import EventDelivery
from payments.simulator.telecom.models import Forwarded
from payments.simulator.vnpay import services as vnpay
from payments.simulator.vnpay.models import Ipn

TICK_S, SOON_S, SWEEP_S = 0.5, 0.02, 2.0
SENDERS = 4
OUTBOXES: tuple[type[Delivery], ...] = (Notice, Ipn, EventDelivery, Forwarded, Event)

logger = logging.getLogger(__name__)


class Messenger:
    """Runs as long as the process. Several processes may each run one: rows are claimed, never shared."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="messenger", daemon=True)
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="message")
        self._under_way: set[Future[None]] = set()
        self._next_sweep_s = 0.0
        self._http = httpx.Client(timeout=TIMEOUT_S, trust_env=False)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the messages that are under way, and end."""
        self._stopping.set()
        self._thread.join()
        self._pool.shutdown()
        self._http.close()

    def _run(self) -> None:
        pause_s = TICK_S
        while not self._stopping.wait(pause_s):
            pause_s = TICK_S
            try:
                if self._round():
                    pause_s = SOON_S
            except Exception:
                # Whatever it was, the thread must live: the next round finds the same work again.
                logger.exception("The messenger stumbled; it looks again in %s s", TICK_S)
            finally:
                connection.close()

    def _round(self) -> bool:
        """Begin to send what is due; whether there may be more than could be taken at once."""
        if time.monotonic() >= self._next_sweep_s:
            self._next_sweep_s = time.monotonic() + SWEEP_S
            vnpay.expire_due(now=timezone.now())
            stripe.expire_due(now=timezone.now())
        if not _some_due(timezone.now()):  # as mostly: one question instead of one for each outbox
            return False
        for outbox in OUTBOXES:
            self._under_way = {sending for sending in self._under_way if not sending.done()}
            free = SENDERS - len(self._under_way)
            if free == 0:
                return True
            for message in outbox.claim_due(now=timezone.now(), limit=free):
                self._under_way.add(self._pool.submit(self._send, message))
        return len(self._under_way) >= SENDERS

    def _send(self, message: Delivery) -> None:
        try:
            message.send(self._http)
        except Exception:
            logger.exception("Cannot record how message %s went; it is sent again", message.pk)
        finally:
            connection.close()


@compiled
def _some_due(now: datetime) -> "QuerySet[Delivery, int]":
    first, *others = (
        outbox._default_manager.filter(next_try_at__lte=now).values_list("tries", flat=True)
        for outbox in OUTBOXES
    )
    return first.union(*others, all=True)[:1]
