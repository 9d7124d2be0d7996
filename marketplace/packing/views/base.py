"""What the seller's pages of packing share: who may look, and that nothing of it is kept anywhere."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from marketplace.accounts.models import User
from marketplace.packing.selectors import work
from marketplace.sellers.models import Mandate, Seller
from marketplace.sellers.selectors import sellers_of


class SellerView(LoginRequiredMixin, View):
    """For members of sellers, and agents who may prepare their orders. Others hear how one begins (403)."""

    request: HttpRequest
    user: User
    sellers: list[Seller]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User):
            self.user = request.user
            self.sellers = list(sellers_of(self.user.pk, scope=Mandate.Scope.ORDERS))
            if not self.sellers:
                return render(request, "sellers/none.html", status=403)
        return super().dispatch(request, *args, **kwargs)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render a page that is kept nowhere: names and numbers of buyers are on it."""
        response = render(self.request, template, {"sellers": self.sellers, **context}, status=status)
        response["Cache-Control"] = "no-store"
        return response

    def work(self, number: str) -> work.Work:
        """A part of an order of one of the person's sellers. To them there are no others."""
        found = work.work_of(self.sellers, number, today=timezone.localdate())
        if found is None:
            raise Http404
        return found

    def seller(self, slug: str) -> Seller:
        """One of the person's sellers, the first without a ``slug``."""
        for seller in self.sellers:
            if slug in ("", seller.slug):
                return seller
        raise Http404
