"""Statements that took long, as the log tells them: their SQL with places for the values, never the values.

PostgreSQL's own log (docker/compose.yaml) has them all; this one knows which request or task asked.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# Of somebody's statement with its values in it: what stands in quotes, and numbers of four digits or more.
VALUES = re.compile(r"'(?:[^']|'')*'|\b\d{4,}\b")
LONGEST = 2_000

logger = logging.getLogger(__name__)


def watch(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Time every statement of a new connection. A receiver of ``connection_created``."""
    if _time not in connection.execute_wrappers:
        connection.execute_wrappers.append(_time)


def begin() -> None:
    """Time the statements of all connections from now on, unless ``SLOW_QUERY_MS`` is 0."""
    if settings.SLOW_QUERY_MS:
        connection_created.connect(watch, dispatch_uid="slow statements")


def _time(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    begun_s = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took_ms = 1000 * (time.perf_counter() - begun_s)
        if took_ms >= settings.SLOW_QUERY_MS:
            told = VALUES.sub("?", str(sql))[:LONGEST]
            facts = {"ms": round(took_ms), "database": context["connection"].alias}
            logger.warning("A statement took %d ms: %s", took_ms, told, extra=facts)
