"""Answering a request through the plan of faults: not at all, too late, or with something beside it."""

import time
from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.http import HttpResponse

from payments.simulator import faults, strangers
from payments.simulator.errors import InternalError, ServiceUnavailable
from payments.simulator.models import Merchant


def answer_through(
    merchant: Merchant, work: Callable[[faults.Draw], HttpResponse], *, now: datetime
) -> HttpResponse:
    """Number the request, do ``work`` and answer, unless the plan has another end for it."""
    draw = faults.draw_next(merchant.operator)
    if draw.happens("error_before_commit"):
        raise InternalError("The plan of faults: nothing was written. Send the same request again.")
    answered = work(draw)
    if draw.happens("foreign_payments"):
        strangers.pay(merchant=merchant, draw=draw, now=now)
    if draw.happens("error_after_commit"):
        raise InternalError("The plan of faults: the request was carried out all the same.")
    if draw.happens("debit_then_timeout"):
        connection.close()  # the pool must not run dry while callers wait
        time.sleep(draw.seconds("answer_delay_s"))
        raise ServiceUnavailable("The plan of faults: this answer came too late.")
    return answered
