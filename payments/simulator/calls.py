"""Requests that open or change something: done once, and told to whoever gave a callback URL."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from payments.simulator import callbacks
from payments.simulator.errors import DuplicateRequest, GsmaError
from payments.simulator.models import Call, Merchant
from payments.simulator.shapes import error_object

SUCCESS = {"result": "success"}


@dataclass(frozen=True)
class Asked:
    """Who asks, by which X-CorrelationID, and where the answer is to be sent ("" for at once)."""

    merchant: Merchant
    correlation_id: uuid.UUID | None
    callback_url: str
    fault_number: int | None = None


@dataclass(frozen=True)
class Made:
    """What a request made: its reference, where it is found, and what it looks like in GSMA's words."""

    reference: str
    link: str
    shape: dict[str, Any]


@transaction.atomic
def create(*, asked: Asked, work: Callable[[], Made], now: datetime) -> tuple[Call, Made]:
    """Do ``work`` and write down that it was asked for, and the callback that tells it, in one transaction.

    If the work is refused and the caller asked for a callback, that is what the callback tells. Raises
    DuplicateRequest, and then nothing was done, if the merchant used the correlation id before.
    """
    try:
        with transaction.atomic():
            made, error = work(), None
    except GsmaError as refused:
        if not (asked.callback_url and refused.is_outcome):
            raise
        made, error = Made("", "", error_object(refused, at=now)), refused
    try:
        with transaction.atomic():
            call = _record(asked, made, now=now, error=error)
    except IntegrityError as conflict:
        if "call_correlation_id_used_once" in str(conflict):
            raise DuplicateRequest(str(asked.correlation_id)) from conflict
        raise
    callbacks.queue_answer(call=call, shape=made.shape, now=now)
    return call, made


@transaction.atomic
def change(*, asked: Asked, work: Callable[[], Made], now: datetime) -> Call:
    """Do ``work``, a change that may be repeated, and write it down. The callback only says it succeeded.

    Raises DuplicateRequest if the correlation id was used for something else.
    """
    made = work()
    earlier = Call.objects.filter(merchant=asked.merchant, correlation_id=asked.correlation_id).first()
    if asked.correlation_id is None or earlier is None:
        call = _record(asked, made, now=now)
    elif earlier.link != made.link:
        raise DuplicateRequest(str(asked.correlation_id))
    else:
        call = earlier
    callbacks.queue_answer(call=call, shape=SUCCESS, now=now)
    return call


def _record(asked: Asked, made: Made, *, now: datetime, error: GsmaError | None = None) -> Call:
    call = Call(**vars(asked), reference=made.reference, link=made.link, created_at=now)
    if error is not None:
        call.error_category, call.error_code = error.category, error.code
        call.error_description = error.description
        call.link = f"/requeststates/{call.server_correlation_id}"
    call.save(force_insert=True)
    return call
