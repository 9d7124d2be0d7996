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
from marketplace.sellers.models import Mandate
from marketplace.sellers.pages import NOT_SELLING


class SellerHomeView(LoginRequiredMixin, ListView):
    """GET: the seller's home: what there is to do, what was ordered of them and paid. Own parts only.

    A helper sees of it what the farmer's leave allows: orders, money, or neither.
    """

    template_name = "sellers/home.html"
    paginate_by = 20

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.sellers = list(selectors.sellers_of(request.user.pk))
        if not self.sellers:
            return NOT_SELLING.answer(request)
        self.of_orders = list(selectors.sellers_of(request.user.pk, scope=Mandate.Scope.ORDERS))
        self.of_money = list(selectors.sellers_of(request.user.pk, scope=Mandate.Scope.MONEY))
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return selectors.suborders_of(self.of_orders)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        closed = pauses.closed([seller.pk for seller in self.sellers], today=timezone.localdate())
        return super().get_context_data(
            **kwargs,
            sellers=self.sellers,
            kinds=selectors.kinds_of(self.sellers),
            sees_orders=bool(self.of_orders),
            earned=selectors.earned(self.of_money) if self.of_money else None,
            bounced=selectors.bounced(self.of_money),
            to_prepare=work.count_to_prepare(self.of_orders),
            complaints=complaints.waiting_for(self.of_orders),
            closed=[(seller, closed[seller.pk]) for seller in self.sellers if seller.pk in closed],
        )


class HelpView(LoginRequiredMixin, View):
    """GET: whom a seller can ask: who may act for it, and the post in its commune, with numbers."""

    def get(self, request: HttpRequest) -> HttpResponse:
        sellers = list(selectors.sellers_of(request.user.pk))
        if not sellers:
            return NOT_SELLING.answer(request)
        context = {
            "sellers": sellers,
            "helpers": help_at.helpers_of(sellers, without=int(request.user.pk or 0)),
            "offices": help_at.offices_near(sellers),
        }
        return render(request, "packing/help.html", context)
