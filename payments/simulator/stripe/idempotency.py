"""Idempotency keys as Stripe keeps them: docs.stripe.com/api/idempotent_requests.

The first answer given once an endpoint has begun its work is repeated word for word, refusals included. A
second request of the same key waits for the first, as both want the same row. Other parameters are an error.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from django.db import IntegrityError, transaction

from payments.simulator.stripe.failures import StripeFailure
from payments.simulator.stripe.models import Account, IdempotentCall

KEPT_FOR = timedelta(hours=24)
KEY_LENGTH_MAX = 255


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    is_replayed: bool = False


def fingerprint(path: str, encoded: str) -> str:
    """Return what must be the same when a key is used again: the address and the parameters."""
    said = json.dumps([path, sorted(parse_qsl(encoded, keep_blank_values=True))])
    return hashlib.sha256(said.encode()).hexdigest()


@transaction.atomic
def once(
    *, account: Account, key: str, said: str, work: Callable[[], dict[str, Any]], now: datetime
) -> Answer:
    """Do ``work`` and return its answer, or the answer it had when ``key`` was first used.

    ``said`` is the request's fingerprint; without a key there is nothing to remember. Raises StripeFailure
    for a request that could not begin: then nothing was written and the key is still free.
    """
    if not key:
        return _carry_out(work)
    if len(key) > KEY_LENGTH_MAX or "\x00" in key:
        raise StripeFailure(
            f"Idempotency-Key: at most {KEY_LENGTH_MAX} characters.", type="idempotency_error"
        )
    IdempotentCall.objects.filter(account=account, key=key, created_at__lt=now - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            call = IdempotentCall.objects.create(account=account, key=key, fingerprint=said, created_at=now)
    except IntegrityError:
        return _replay(IdempotentCall.objects.get(account=account, key=key), said)
    answer = _carry_out(work)
    call.status, call.body = answer.status, answer.body
    call.save(update_fields=["status", "body"])
    return answer


def _replay(earlier: IdempotentCall, said: str) -> Answer:
    assert earlier.status is not None, earlier.pk  # it is committed with its answer or not at all
    if earlier.fingerprint != said:
        raise StripeFailure(
            "Keys for idempotent requests can only be used with the same parameters they were first used "
            f"with. Try using a key other than '{earlier.key}' if you meant to execute a different request.",
            type="idempotency_error",
        )
    return Answer(earlier.status, earlier.body, is_replayed=True)


def _carry_out(work: Callable[[], dict[str, Any]]) -> Answer:
    try:
        return Answer(200, written(work()))
    except StripeFailure as failure:
        if not failure.is_kept:
            raise
        # A bank's no is remembered together with the answer that tells it.
        return Answer(failure.status, written({"error": failure.shape}))


def written(shape: dict[str, Any]) -> str:
    return json.dumps(shape, ensure_ascii=False, indent=2) + "\n"
