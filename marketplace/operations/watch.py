"""What stands before everything else that answers: the probes, and how long each answer took.

Whoever watches the processes asks them by an address of the machine and without TLS: hosts, schemes, sessions
and maintenance are not looked at for them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Histogram

from marketplace import health

from . import metrics

PROBES: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/healthz": health.healthz,
    "/readyz": health.readyz,
    "/metrics": metrics.page,
}
# By route, never by address: an address names orders and payments, and there is no end of them.
HTTP = Histogram(
    "market_http_seconds",
    "Seconds until an answer was made, by method, route and class of status",
    ["method", "route", "status"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

requests = logging.getLogger("marketplace.requests")


class WatchMiddleware:
    """Answers the probes; times all other answers, and says each to the log where that is wanted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (probe := PROBES.get(request.path_info)) is not None:
            return probe(request)
        begun_s = time.perf_counter()
        response = self.get_response(request)
        took_s = time.perf_counter() - begun_s
        route, status = route_of(request), response.status_code
        method = request.method if request.method in METHODS else "other"
        HTTP.labels(method, route, f"{status // 100}xx").observe(took_s)
        if requests.isEnabledFor(logging.INFO):
            facts = {"method": method, "route": route, "status": status, "ms": round(1000 * took_s, 1)}
            requests.info("%s %s %s", method, route, status, extra=facts)
        return response


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the view that answered, "(file)" or, where none was asked, "(no view)"."""
    if request.resolver_match is not None:
        return f"/{request.resolver_match.route}"
    if request.path_info.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
        return "(file)"
    return "(no view)"
