"""The page that says how the house stands, under /staff/status/."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from . import standing
from .switch_views import StaffOnly


class StatusPage(StaffOnly):
    """GET: every part of the house, what waits, and what was done last. Staff only (403)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        response = render(request, "operations/status.html", {"state": standing.state(now=timezone.now())})
        response["Cache-Control"] = "no-store"
        return response
