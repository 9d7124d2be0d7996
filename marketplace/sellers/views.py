from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import ListView

from . import selectors


class SellerHomeView(LoginRequiredMixin, ListView):
    """GET: the seller's home: what was ordered of them and paid, and what it comes to. Own parts only."""

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
        return super().get_context_data(
            **kwargs,
            sellers=self.sellers,
            kinds=selectors.kinds_of(self.sellers),
            earned=selectors.earned(self.sellers),
            bounced=selectors.bounced(self.sellers),
        )
