"""Telling merchants how a request ended: an outbox, signed PUTs, retries with growing pauses."""

import hashlib
import json
import logging
import threading
from copy import copy
from datetime import datetime, timedelta
from typing import Any

import httpx
import jwt
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from payments.compiled import compiled
from payments.simulator import faults
from payments.simulator.models import Call, Callback, Transaction
from payments.simulator.moments import clock_ahead_by
from payments.simulator.shapes import failure_object, moment, transaction_object

TIMEOUT_S = 5.0
# A claimed callback is not taken by others for this long. After a crash it goes out when this is over.
LEASE = timedelta(seconds=TIMEOUT_S * 2)
TRIES_MAX = 14  # about three quarters of an hour
PAUSE_MAX = timedelta(minutes=5)
REORDER_PAUSE = timedelta(seconds=3)

# One statement, and so one transaction: the courier asks at every wake, mostly for nothing.
CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT id FROM simulator_callback WHERE next_try_at <= %s
        ORDER BY next_try_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE simulator_callback SET tries = tries + 1, next_try_at = %s FROM due
    WHERE simulator_callback.id = due.id RETURNING simulator_callback.id
"""

logger = logging.getLogger(__name__)
_jws = jwt.PyJWS()

# Set when there is something to do for the courier before its next tick.
work_waits = threading.Event()


def wake() -> None:
    """Let the courier look now. Schedule it with on_commit: it must find what was written."""
    work_waits.set()


def queue(*, ended: Transaction, now: datetime) -> None:
    """Write down what the merchant of ``ended`` is to be told, in the transaction that ended it.

    Does nothing if the merchant gave no X-Callback-URL. The plan of faults may drop, double, delay or
    falsify it; what it drops is kept as a row, so that a demonstration can show it.
    """
    if ended.callback_url:
        draw = faults.draw_of(ended)
        with clock_ahead_by(faults.skew_of(ended.merchant.operator)):
            body = json.dumps(_shape(ended, draw), ensure_ascii=False)
        _queue(Callback(transaction=ended, body=body, created_at=now), draw)


def queue_answer(*, call: Call, shape: dict[str, Any], now: datetime) -> None:
    """Write down that the merchant is to be sent ``shape``, in the transaction that carried out ``call``."""
    if call.callback_url:
        body = json.dumps(shape, ensure_ascii=False)
        _queue(Callback(call=call, body=body, created_at=now), faults.draw_of(call))


def _queue(owed: Callback, draw: faults.Draw) -> None:
    """Owe a callback as the plan of faults has it: dropped, doubled, late or in its turn."""
    owed.next_try_at = owed.created_at + timedelta(seconds=draw.seconds("delay_callbacks_s"))
    if draw.happens("reorder"):
        owed.next_try_at += REORDER_PAUSE
    if draw.happens("drop_callbacks") or draw.happens("debit_then_timeout"):
        owed.next_try_at, owed.last_answer = None, "dropped by the plan of faults"
    copies = 2 if draw.happens("duplicate_callbacks") else 1
    Callback.objects.bulk_create([copy(owed) for _ in range(copies)])
    transaction.on_commit(wake)


def claim_due(*, now: datetime, limit: int) -> list[Callback]:
    """Take up to ``limit`` callbacks that are due, so that nobody else sends them during the lease."""
    if limit == 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, limit, now + LEASE])
        ids = [pk for (pk,) in cursor.fetchall()]
    return _claimed(ids) if ids else []


@compiled
def _claimed(ids: list[int]) -> QuerySet[Callback]:
    callbacks = Callback.objects.filter(pk__in=ids).order_by("pk")
    return callbacks.select_related("transaction__merchant", "call__merchant")


def send(callback: Callback, *, http: httpx.Client) -> bool:
    """PUT one claimed callback and write down the answer. Returns whether the merchant took it.

    Anything but a 2xx within TIMEOUT_S is tried again, TRIES_MAX times in all.
    """
    body = callback.body.encode()
    try:
        answer = http.put(callback.request.callback_url, content=body, headers=headers(callback, body))
        callback.last_answer, is_taken = str(answer.status_code), answer.is_success
    except httpx.HTTPError as error:
        callback.last_answer, is_taken = f"{type(error).__name__}: {error}"[:200], False
    now = timezone.now()
    if is_taken:
        callback.delivered_at, callback.next_try_at = now, None
    elif callback.tries >= TRIES_MAX:
        callback.next_try_at = None
        logger.warning(
            "Callback %s given up after %s tries: %s", callback.pk, callback.tries, callback.last_answer
        )
    else:
        callback.next_try_at = now + pause_after(callback.tries)
    callback.save(update_fields=["delivered_at", "next_try_at", "last_answer"])
    return is_taken


def headers(callback: Callback, body: bytes) -> dict[str, str]:
    """Return the headers of a callback, signed over ``body`` by a detached JWS (RFC 7515 F, RFC 7797)."""
    merchant = callback.request.merchant
    secret = settings.MERCHANT_CREDENTIALS[merchant.operator, merchant.identifier].callback_secret
    correlation_id = callback.request.correlation_id
    with clock_ahead_by(faults.skew_of(merchant.operator)):
        date = moment(timezone.now())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "X-Date": date,
        **({"X-CorrelationID": str(correlation_id)} if correlation_id else {}),
        "X-Content-Hash": hashlib.sha256(body).hexdigest(),
        "X-JWS-Signature": _jws.encode(body, secret, algorithm="HS256", is_payload_detached=True),
    }


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after the ``tries``-th try: 1, 2, 4 ... seconds, PAUSE_MAX at most."""
    return min(timedelta(seconds=2 ** (tries - 1)), PAUSE_MAX)


def _shape(ended: Transaction, draw: faults.Draw) -> dict[str, Any]:
    if ended.status == Transaction.Status.FAILED:
        return failure_object(ended)
    amount_vnd = ended.amount_vnd + 1 if draw.happens("wrong_amount") else ended.amount_vnd
    shape = transaction_object(ended, amount_vnd=amount_vnd)
    if draw.happens("foreign_callbacks"):
        other = draw.digest("foreign_callbacks")
        shape["transactionReference"] = f"{ended.reference[: -len(other)]}{other}"
        shape["requestingOrganisationTransactionReference"] = other
    return shape
