"""``/metrics``: what Prometheus asks every few seconds. See docker/prometheus/ for what it makes of it."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import REGISTRY

from . import figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def page(request: HttpRequest) -> HttpResponse:
    """The figures of this process and of the house. 404 for whoever is not this machine and lacks the token.

    What a process counts itself (answers, memory) is its own; what is read from database and Valkey is the
    same in every process. What cannot be read is left out, and ``market_part_up`` says so.
    """
    if not may_read(request):
        return HttpResponse("Not found.", status=404, content_type="text/plain")
    house = CollectorRegistry(auto_describe=False)
    house.register(figures.House(now=timezone.now()))
    return HttpResponse(generate_latest(REGISTRY) + generate_latest(house), content_type=CONTENT_TYPE)


def may_read(request: HttpRequest) -> bool:
    """Whether the token was named, or the call came from this machine without a proxy between."""
    token = settings.METRICS_TOKEN
    if token and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return True
    if "X-Forwarded-For" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
