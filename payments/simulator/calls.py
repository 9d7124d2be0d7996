"""Requests that open or change something: done once, and told to whoever gave a callback URL."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from payments.simulator import callbacks
from payments.simulator.errors import DuplicateRequest
from payments.simulator.models import Call, Merchant

SUCCESS = {"result": "success"}


@dataclass(frozen=True)
class Asked:
    """Who asks, by which X-CorrelationID, and where the answer is to be sent ("" for at once)."""

    merchant: Merchant
    correlation_id: uuid.UUID | None
    callback_url: str


@dataclass(frozen=True)
class Made:
    """What a request made: its reference, where it is found, and what it looks like in GSMA's words."""

    reference: str
    link: str
    shape: dict[str, Any]


@transaction.atomic
def create(*, asked: Asked, work: Callable[[], Made], now: datetime) -> tuple[Call, Made]:
    """Do ``work`` and write down that it was asked for, and the callback that tells it, in one transaction.

    Raises DuplicateRequest, and then nothing was done, if the merchant used the correlation id before.
    """
    made = work()
    try:
        with transaction.atomic():
            call = _record(asked, made, now=now)
    except IntegrityError as error:
        if "call_correlation_id_used_once" in str(error):
            raise DuplicateRequest(str(asked.correlation_id)) from error
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


def _record(asked: Asked, made: Made, *, now: datetime) -> Call:
    return Call.objects.create(**vars(asked), reference=made.reference, link=made.link, created_at=now)
