"""Who guesses passwords is locked out: by the number that is tried, and by the network that tries."""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .errors import InvalidPhone
from .phones import to_e164

WAIT_S = int(settings.AXES_COOLOFF_TIME.total_seconds())


class Guesses(AxesDatabaseHandler):
    """Counts wrong passwords for an hour: of one number wherever they come from, and of one network."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        most: int = settings.LOGIN_FAILURES_OF_A_NETWORK
        return bool(super().is_locked(request, credentials)) or self._of_network(request) >= most

    def _of_network(self, request: Any) -> int:
        since = request.axes_attempt_time - settings.AXES_COOLOFF_TIME
        rows = AccessAttempt.objects.filter(ip_address=request.axes_ip_address, attempt_time__gte=since)
        return rows.aggregate(failures=Sum("failures_since_start"))["failures"] or 0


def known_as(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the number that was tried, in one spelling, or what was written instead of one."""
    tried = credentials or {}
    written = str(tried.get("username") or tried.get("phone") or request.POST.get("username", ""))
    try:
        return to_e164(written)
    except InvalidPhone:
        return written[:30]


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer a guess too many (429), to a program in the shape of its errors. The same for known numbers and
    unknown ones."""
    answer: HttpResponse
    if request.path.startswith("/api/"):
        words = _("Too many wrong passwords. Try again in an hour.")
        answer = JsonResponse({"code": "throttled", "message": words, "details": {}}, status=429)
    else:
        answer = render(request, "accounts/locked_out.html", status=429)
    answer["Retry-After"] = str(WAIT_S)
    answer["Cache-Control"] = "no-store"
    return answer
