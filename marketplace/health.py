"""Is the process alive (`/healthz`), may it get traffic (`/readyz`)? Shown by operations.watch."""

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from marketplace.switches import selectors as switches


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def _database() -> str:
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return f"PostgreSQL does not answer: {error}"
    return f"{len(missing)} migrations are missing: run manage.py migrate" if missing else ""


def _valkey() -> str:
    try:
        cache.get("readyz")
        with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (RedisError, OperationalError, OSError) as error:
        return f"Valkey does not answer: {error}"
    return ""


def problems() -> dict[str, str]:
    """Return by part what is wrong with it, "" where nothing is."""
    return {"database": _database(), "broker": _valkey()}


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database with all its migrations and the broker are there, else 503 naming what is not.

    A market closed for maintenance is ready, since callbacks and the staff come all the same; since when it
    is closed is told beside that.
    """
    wrong = {name: problem for name, problem in problems().items() if problem}
    closed_since = switches.closed_since(now=timezone.now())
    said = {"ready": not wrong, "problems": wrong, "closed_since": closed_since}
    return JsonResponse(said, status=503 if wrong else 200)
