"""Who does it: what the database is told before a tracked table is written, and keeps with the event.

pghistory's own way puts two statements into one, which PostgreSQL refuses where parameters are bound by the
server, and tells it before every statement. Here it is told before those that matter, in one of its own.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.db import connection, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .models import TABLES

WRITES = re.compile(r'\s*(?:UPDATE|INSERT INTO|DELETE FROM) "(\w+)"', re.IGNORECASE)
TELL = (
    "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)"
)
_telling: dict[str, AbstractContextManager[None]] = {}


@lru_cache(maxsize=2_000)
def _is_tracked(sql: str) -> bool:
    match = WRITES.match(sql)
    return match is not None and match[1] in TABLES


def telling(who: Callable[[], dict[str, Any]]) -> AbstractContextManager[None]:
    """Tell the database ``who()`` with every write to a tracked table while the returned context is open."""
    context_id = str(uuid.uuid4())

    def tell(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not isinstance(sql, str) or not _is_tracked(sql):
            return execute(sql, params, many, context)
        # What is told ends with the transaction: behind a pooler the next may be somebody else's.
        with transaction.atomic(savepoint=False):
            with connection.cursor() as cursor:
                cursor.execute(TELL, [context_id, json.dumps(who())])
            return execute(sql, params, many, context)

    return connection.execute_wrapper(tell)


class HistoryMiddleware:
    """Keeps with every change who was signed in, and the address the request came to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return self._get_response(request)
        with telling(lambda: _of_request(request)):
            return self._get_response(request)


def _of_request(request: HttpRequest) -> dict[str, Any]:
    """The person, and the pattern of the address: an address itself may hold a secret."""
    match = request.resolver_match
    return {"user": request.user.pk, "url": f"{request.method} /{match.route if match else ''}"}


def connect_tasks() -> None:
    """Keep with every change of a task the task's name."""
    task_prerun.connect(_begin, weak=False, dispatch_uid="history.begin")
    task_postrun.connect(_end, weak=False, dispatch_uid="history.end")


def _begin(task_id: str, task: Any, **kwargs: Any) -> None:
    _telling[task_id] = telling(lambda: {"task": task.name})
    _telling[task_id].__enter__()


def _end(task_id: str, **kwargs: Any) -> None:
    if open_ := _telling.pop(task_id, None):
        open_.__exit__(None, None, None)
