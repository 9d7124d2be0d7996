"""Is the process alive (`/healthz`), and may it get traffic (`/readyz`)?"""

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from kombu import Connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError


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


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database with all its migrations and the broker are there, else 503 naming what is not."""
    found = {"database": _database(), "broker": _valkey()}
    problems = {name: problem for name, problem in found.items() if problem}
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


urlpatterns = [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]
