"""The figures of tourism: released ones for everybody, and those of today for officials."""

from __future__ import annotations

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from marketplace.accounts.selectors import NOTHING, official_scope

from . import tourism
from .releases import visits
from .tourism import StayFigures
from .views import choose

COLUMNS = ("code", "name", "suppressed", "hosts", "open_nights", "nights", "guests", "guest_nights")


class TourismView(View):
    """GET ?period=&from=&to=&format=csv: nights, guests, occupancy and homes of guests, by commune."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        scope = official_scope(request.user)
        choice = choose(request, scope, today=today)
        if scope == NOTHING:
            figures = visits.stays(period=choice.period, today=today)
        else:
            figures = tourism.stays(period=choice.period, today=today, scope=scope)
        if request.GET.get("format") == "csv":
            return _csv(figures)
        context = {"choice": choice, "scope": scope, "figures": figures, "min_sellers": figures.min_sellers}
        return render(request, "statistics/tourism.html", context)


def _csv(figures: StayFigures) -> HttpResponse:
    """The rows, without the total, as CSV (RFC 4180); suppressed figures are empty."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([*COLUMNS, "occupancy_percent"])
    for row in figures.rows:
        writer.writerow([*(getattr(row, name) for name in COLUMNS), row.occupancy_percent])
    response = HttpResponse(target.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="tourism.csv"'
    return response
