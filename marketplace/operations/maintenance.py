"""The market closed for maintenance: pages say so (503), while money that moves is still heard of.

Tasks go on, what providers, carriers and telephones tell us is taken, and whoever asks whether a process is
alive hears it. The staff see everything, so that they can try the market before they open it again.
"""

import math
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from frontend.middleware import API_PREFIXES
from marketplace.replicas import View
from marketplace.switches import published, selectors

# What is answered all the same: what others tell us once, the files of the page itself, and
# the way in for whoever opens the market again.
STILL_OPEN = (
    "/payments/callbacks/",
    "/delivery/carriers/",
    "/sms/inbound/",
    "/ussd/",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/second-factor/",
    "/accounts/again/",
    "/language/",
    settings.STATIC_URL,
    settings.MEDIA_URL,
)
# Where nobody knows when it ends.
RETRY_AFTER_S = 300


class MaintenanceMiddleware:
    """Answers 503 with Retry-After while the switch "market" is off. Stands after the authentication."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = timezone.now()
        if (
            selectors.closed_since(now=now) is None
            or request.path_info.startswith(STILL_OPEN)
            or _is_staff(request)
        ):
            return self.get_response(request)
        return _closed(request, retry_after_s=seconds_left(now=now))


def seconds_left(*, now: datetime) -> int:
    """Return in how many seconds the market opens again as far as is known, else five minutes."""
    now_s = now.timestamp()
    market = [row for row in published.rows() if row.name == selectors.Name.MARKET]
    openings = [row.from_s for row in market if row.is_on and row.from_s > now_s]
    return max(1, math.ceil(min(openings) - now_s)) if openings else RETRY_AFTER_S


def _is_staff(request: HttpRequest) -> bool:
    try:
        return bool(getattr(request.user, "is_staff", False))
    except DatabaseError:  # it may be what is being mended
        return False


def _closed(request: HttpRequest, *, retry_after_s: int) -> HttpResponse:
    response: HttpResponse
    if request.path_info.startswith(API_PREFIXES):
        words = _("The market is closed for maintenance. Ask again in %(s)d seconds.") % {"s": retry_after_s}
        details = {"retry_after_s": retry_after_s}
        response = JsonResponse({"code": "maintenance", "message": words, "details": details}, status=503)
    else:
        response = HttpResponse(render_to_string("503.html"), status=503)
    response["Retry-After"] = str(retry_after_s)
    response["Cache-Control"] = "no-store"
    return response
