"""Reads that may be a moment old go to a replica of the database, except for whoever has just written.

`may_be_old` marks a view whose answer may be some seconds old: lists, maps, figures, exports. Everything
else, and every transaction, asks the primary. Without DATABASE_REPLICA_URL nothing changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase

REPLICA = "replica"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Who wrote reads from the primary for so long; a replica is not further behind where nothing is wrong.
WROTE_FOR_S = 15
WROTE_COOKIE = "wrote"

_old_will_do: ContextVar[bool] = ContextVar("old_will_do", default=False)

View = Callable[..., HttpResponseBase]


class ReplicaRouter:
    """Where Django's models are read: at the replica inside a view that `may_be_old`, else at the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        if _old_will_do.get() and not transaction.get_connection().in_atomic_block:
            return REPLICA
        return None

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True  # a row is the same wherever it was read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if db == REPLICA else None


def reading(model: type[Model]) -> BaseDatabaseWrapper:
    """Return the connection that statements of our own read ``model``'s table by."""
    return connections[router.db_for_read(model)]


def may_be_old(view: View) -> View:
    """Let ``view`` read from the replica, if there is one and its reader has written nothing just now."""
    if REPLICA not in settings.DATABASES:
        return view

    @wraps(view)
    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in SAFE_METHODS or _has_just_written(request):
            return view(request, *args, **kwargs)
        token = _old_will_do.set(True)
        try:
            response = view(request, *args, **kwargs)
            # What is asked for while the page is written belongs to the view.
            if not getattr(response, "is_rendered", True):
                response = response.render()  # type: ignore[attr-defined]
            return response
        finally:
            _old_will_do.reset(token)

    return read


class WroteMiddleware:
    """Remembers in the browser, and for callers of REST by their token, that somebody has just written."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if REPLICA in settings.DATABASES and request.method not in SAFE_METHODS:
            if key := _caller(request):
                cache.set(key, 1, WROTE_FOR_S)
            else:
                response.set_cookie(
                    WROTE_COOKIE,
                    "1",
                    max_age=WROTE_FOR_S,
                    httponly=True,
                    samesite="Lax",
                    secure=not settings.DEBUG,
                )
        return response


def _has_just_written(request: HttpRequest) -> bool:
    key = _caller(request)
    return WROTE_COOKIE in request.COOKIES or bool(key and cache.get(key))


def _caller(request: HttpRequest) -> str:
    token = request.headers.get("Authorization", "")
    return f"wrote:{hashlib.sha256(token.encode()).hexdigest()[:32]}" if token else ""
