"""One name for everything that one request sets going: pages, tasks, calls of others, and the logs of all.

The proxy names a request by ``X-Request-ID``; without a proxy, or where the name is malformed, one is made.
`RequestIdMiddleware` keeps it while the request is answered and says it in the answer, marketplace.celery
hands it to tasks, `name_request` to whoever is called over HTTP, and `RequestIdFilter` to log records.
"""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

import httpx
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "X-Request-ID"
# What nginx, Envoy, Heroku and others make; nothing that could break a line of a log or of a header.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Return the name of what is being done, "" outside of requests and tasks."""
    return _current.get()


def begin(name: str = "") -> str:
    """Call what is done from now on in this thread by ``name``, or by a new one if it is none; return it."""
    given = name if NAME.fullmatch(name) else uuid.uuid4().hex
    _current.set(given)
    return given


def end() -> None:
    """Forget the name: what this thread does next is something else."""
    _current.set("")


def name_request(request: httpx.Request) -> None:
    """Tell whoever is called the name of what calls them. A hook of httpx.Client for requests."""
    if name := _current.get():
        request.headers[HEADER] = name


class RequestIdMiddleware:
    """Names each request and says the name in its answer. Stands first, so that all others log with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        name = begin(request.headers.get(HEADER, ""))
        try:
            response = self.get_response(request)
        finally:
            end()
        response.headers[HEADER] = name
        return response


class RequestIdFilter(logging.Filter):
    """Puts the name on every record as ``request_id``, "-" where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _current.get() or "-"
        return True
