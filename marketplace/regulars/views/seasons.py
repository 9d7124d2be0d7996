from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from agriculture.categories import CATEGORIES
from marketplace.regulars.selectors.seasons import season

MONTHS = {str(number) for number in range(1, 13)}


class SeasonView(View):
    """GET ?month=&category=&page=: what is in season, this month unless another is asked for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        month, page = request.GET.get("month", ""), request.GET.get("page", "")
        category = request.GET.get("category", "")
        found = season(
            month=int(month) if month in MONTHS else today.month,
            today=today,
            category=category if category in CATEGORIES else "",
            page_number=int(page) if page.isdecimal() and len(page) <= 9 else 1,
        )
        context = {"season": found, "page_obj": found.page, "category": category}
        return render(request, "regulars/season.html", context)
