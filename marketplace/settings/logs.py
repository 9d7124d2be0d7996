"""What is logged, and how: lines for a person, or one JSON object a line for a program that collects them.

Every record has the name of the request or the task that it belongs to (payments.tracing).
"""

from typing import Any

import environ

env = environ.Env()


def logging_for(*, formatter: str, requests: bool) -> dict[str, Any]:
    """Return LOGGING with every line in the form of ``formatter``; ``requests``: one for each request too."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": "payments.tracing.RequestIdFilter"}},
        "formatters": {
            "line": {"format": "%(levelname)s %(name)s [%(request_id)s] %(message)s"},
            "json": {"()": "marketplace.operations.logs.JsonFormatter"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": formatter, "filters": ["request"]}
        },
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "axes": {"level": "ERROR"},
            # Each task's beginning and end, which the metrics count.
            "celery": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "stripe": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "marketplace.requests": {"level": "INFO" if requests else "WARNING"},
        },
    }


LOGGING = logging_for(formatter="line", requests=False)
