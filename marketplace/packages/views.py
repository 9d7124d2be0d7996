"""The pages of packages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.generic import TemplateView, View

from marketplace.errors import LinesUnavailable, ShopError
from marketplace.shop.basket.middleware import ShopRequest
from marketplace.shop.catalogue.cards import name_of
from marketplace.shop.catalogue.tour_forms import PartyForm
from tourism.tours.selectors import Row, departures_between

from . import selectors, services
from .models import Package
from .services import Party

AHEAD = timedelta(days=90)
SHOWN = 20


class PackagesView(TemplateView):
    """GET: all packages."""

    template_name = "packages/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, cards=selectors.packages())


class PackageView(View):
    """GET ?departure=&adults=&children=: what it costs. POST the same: put all of it into the basket."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        package, now = _package(slug), timezone.now()
        form = PartyForm(request.GET if "adults" in request.GET else None, initial={"adults": 2})
        party = _party(form)
        rows = _departures(package, now)
        asked = form.cleaned_data.get("departure") if form.is_bound and form.is_valid() else None
        chosen = next((row for row in rows if row.departure.pk == asked), None) or next(
            (row for row in rows if row.left >= party.persons), rows[0] if rows else None
        )
        parts = services.parts_of(package, departure=chosen.departure, party=party, now=now) if chosen else []
        context = {
            "package": package,
            "name": name_of(package.title, package.title_en),
            "text": name_of(package.text, package.text_en),
            "image": selectors.image_of(package),
            "form": form,
            "rows": rows,
            "chosen": chosen,
            "parts": parts,
            "party": party,
            "total_vnd": sum(part.total_vnd for part in parts),
            "can_be_had": bool(parts) and not any(part.problem for part in parts),
        }
        return render(request, "packages/detail.html", context)

    def post(self, request: ShopRequest, slug: str) -> HttpResponse:
        package, form = _package(slug), PartyForm(request.POST)
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
            return redirect("package", slug=slug)
        wish = form.cleaned_data
        try:
            services.put_into_basket(
                request.basket,
                package,
                departure_id=wish["departure"] or 0,
                party=Party(wish["adults"], wish["children"]),
                now=timezone.now(),
            )
        except LinesUnavailable as error:
            for each in error.errors:
                messages.error(request, str(each))
            return redirect("package", slug=slug)
        except ShopError as error:
            messages.error(request, str(error))
            return redirect("package", slug=slug)
        return redirect("basket:summary")


def _package(slug: str) -> Package:
    found = selectors.package(slug)
    if found is None:
        raise Http404
    return found


def _departures(package: Package, now: datetime) -> list[Row]:
    rows = departures_between(package.tour_id, first=now, last=now + AHEAD, now=now)
    return [row for row in rows if row.is_open][:SHOWN]


def _party(form: PartyForm) -> Party:
    """Return the party asked for; two adults if it makes no sense."""
    if form.is_bound and form.is_valid():
        adults, children = form.cleaned_data["adults"], form.cleaned_data["children"]
        if 1 <= adults <= 50 and 0 <= children <= 50 - adults:
            return Party(adults, children)
    return Party(2, 0)
