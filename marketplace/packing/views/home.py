"""A seller's home: four big pictures, then all orders; and whom to ask for help."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import ListView, View

from marketplace.packing.selectors import complaints, help_at, pauses, work
from marketplace.sellers import selectors


class SellerHomeView(LoginRequiredMixin, ListView):
    """GET: the seller's home: what there is to do, what was ordered of them and paid. Own parts only."""

    template_name = "sellers/home.html"
    paginate_by = 20

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.sellers = list(selectors.sellers_of(request.user.pk))
        if not self.sellers:
            return render(request, "sellers/none.html", status=403)
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return selectors.suborders_of(self.sellers)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        closed = pauses.closed([seller.pk for seller in self.sellers], today=timezone.localdate())
        return super().get_context_data(
            **kwargs,
            sellers=self.sellers,
            kinds=selectors.kinds_of(self.sellers),
            earned=selectors.earned(self.sellers),
            bounced=selectors.bounced(self.sellers),
            to_prepare=work.count_to_prepare(self.sellers),
            complaints=complaints.waiting_for(self.sellers),
            closed=[(seller, closed[seller.pk]) for seller in self.sellers if seller.pk in closed],
        )


class HelpView(LoginRequiredMixin, View):
    """GET: whom a seller can ask: who may act for it, and the post in its commune, with numbers."""

    def get(self, request: HttpRequest) -> HttpResponse:
        sellers = list(selectors.sellers_of(request.user.pk))
        if not sellers:
            return render(request, "sellers/none.html", status=403)
        context = {
            "sellers": sellers,
            "helpers": help_at.helpers_of(sellers, without=int(request.user.pk or 0)),
            "offices": help_at.offices_near(sellers),
        }
        return render(request, "packing/help.html", context)
