"""A write that is sent twice happens once.

Each key is reserved before the work and its answer is stored with the work, in one transaction: either
both are there or neither. If the process dies in between, the reservation is taken over by whoever
sends the key again after LEASE. Where the work cannot be one transaction (checkout asks a wallet operator)
it has to be harmless to repeat by itself, and its view says ``@idempotent(atomic=False)``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from .errors import IdempotencyConflict, IdempotencyInProgress
from .models import KeyedRequest
from .schema import IDEMPOTENCY_KEY

KEPT_FOR = timedelta(hours=48)
# Longer than any request lives: who has not answered by then is dead.
LEASE = timedelta(seconds=60)
NIL = UUID(int=0)


def idempotent(*, atomic: bool = True) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Make a view's method honour ``Idempotency-Key``; without the header nothing changes."""

    def decorate(method: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(method)
        def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = _key_of(request)
            if key is None:
                return method(view, request, *args, **kwargs)
            taken = take(
                key=key, scope=_scope(request), fingerprint=_fingerprint(request), now=timezone.now()
            )
            if taken.status is not None:
                return _replayed(taken)
            try:
                if not atomic:
                    response = method(view, request, *args, **kwargs)
                    _keep(taken, response)
                    return response
                with transaction.atomic():
                    response = method(view, request, *args, **kwargs)
                    _keep(taken, response)
                return response
            except Exception as error:
                # Nothing was done, or what was done may be repeated. Tells the expected from the unexpected.
                response = view.handle_exception(error)
                if not isinstance(error, IdempotencyInProgress):
                    _keep_refusal(taken, response)
                return response

        documented: Any = extend_schema(parameters=[IDEMPOTENCY_KEY])(answer)
        documented.is_idempotent = True
        return documented

    return decorate


def take(*, key: UUID, scope: str, fingerprint: str, now: datetime) -> KeyedRequest:
    """Reserve ``key`` for one request, or return the request that already has it with its answer.

    Raises IdempotencyConflict if that one was something else, IdempotencyInProgress while it is being worked
    on. One whose LEASE is over is taken over.
    """
    try:
        with transaction.atomic():
            return KeyedRequest.objects.create(
                scope=scope, key=key, fingerprint=fingerprint, created_at=now, taken_at=now
            )
    except IntegrityError:
        found = KeyedRequest.objects.get(scope=scope, key=key)
    if found.fingerprint != fingerprint:
        raise IdempotencyConflict(key)
    if found.status is not None:
        return found
    if found.taken_at + LEASE > now or not _still_taken_at(found).update(taken_at=now):
        raise IdempotencyInProgress(key)
    found.taken_at = now
    return found


def forget_old(*, now: datetime) -> int:
    """Delete what was received longer than KEPT_FOR ago; return how many requests that were."""
    return KeyedRequest.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]


def _keep(taken: KeyedRequest, response: Response) -> None:
    """Store the answer. Raises IdempotencyInProgress if somebody else has taken the work over meanwhile."""
    body = JSONRenderer().render(response.data).decode()  # empty for nothing
    if not _still_taken_at(taken).update(status=response.status_code, body=body):
        raise IdempotencyInProgress(taken.key)


def _replayed(taken: KeyedRequest) -> Response:
    body = json.loads(taken.body) if taken.body else None
    return Response(body, status=taken.status, headers={"Idempotency-Replayed": "true"})


def _keep_refusal(taken: KeyedRequest, response: Response) -> None:
    """A refusal is an answer as well. What was only too early, or failed at ours, may be tried again."""
    if response.status_code >= 500 or response.status_code == 429:
        _still_taken_at(taken).delete()
    else:
        _keep(taken, response)


def _still_taken_at(taken: KeyedRequest) -> Any:
    return KeyedRequest.objects.filter(pk=taken.pk, taken_at=taken.taken_at, status=None)


def _key_of(request: Request) -> UUID | None:
    text = request.headers.get(IDEMPOTENCY_KEY.name)
    if text is None:
        return None
    try:
        key = UUID(text)
    except ValueError:
        key = NIL
    if key == NIL:  # what everybody's unset variable looks like must not give one caller another's answer
        raise ValidationError({IDEMPOTENCY_KEY.name: [_("This is not a UUID. Make a new one at random.")]})
    return key


def _scope(request: Request) -> str:
    """Who calls what. Strangers with another phone number or secret to show are other callers."""
    caller = (
        f"user {request.user.pk}"
        if request.user.is_authenticated
        else f"{request.headers.get('X-Order-Phone', '')} {request.query_params.get('key', '')}"
    )
    return hashlib.sha256(f"{caller}\n{request.path}".encode()).hexdigest()


def _fingerprint(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True)
    return hashlib.sha256(f"{request.method}\n{body}".encode()).hexdigest()
