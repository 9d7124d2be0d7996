"""How what one sells is weighed and kept."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from agriculture.harvests import selectors, services
from agriculture.models import Produce
from marketplace.errors import ShopError

from .base import GrowerView, read_number

# Days that things keep, as buttons; any other number can be written.
USUAL_DAYS = (2, 5, 14, 30, 180, 365)


class GoodsView(GrowerView):
    """GET: what one sells, whether it is weighed and how long it keeps."""

    def get(self, request: HttpRequest) -> HttpResponse:
        goods = selectors.goods_of(self.sellers).prefetch_related("product__images")
        return self.page("harvests/goods.html", {"goods": goods})


class HandlingView(GrowerView):
    """GET: how one product is weighed and kept. POST ``{is_weighed, shelf_life_days}``: change it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(self.produce(str(pk)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        produce = self.produce(str(pk))
        said = request.POST.dict()
        try:
            days = read_number(said, "shelf_life_days") if said.get("shelf_life_days", "").strip() else None
            services.set_handling(
                produce=produce,
                is_weighed=said.get("is_weighed") == "yes",
                shelf_life_days=days,
                by=self.user,
                now=timezone.now(),
            )
        except ShopError as error:
            return self._show(produce, error=error)
        messages.success(request, _("Saved. What was ordered before stays as it was agreed."))
        return redirect("harvests:goods")

    def _show(self, produce: Produce, *, error: ShopError | None = None) -> HttpResponse:
        context = {"produce": produce, "days": USUAL_DAYS, "error": error}
        return self.page("harvests/handling.html", context, status=422 if error else 200)
