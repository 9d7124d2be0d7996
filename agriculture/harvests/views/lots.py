"""What was brought in: a lot and the code its packs bear."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from agriculture.harvests import selectors, services
from agriculture.harvests.models import Harvest
from marketplace.errors import ShopError

from .base import GrowerView, read_day, read_grams

DAYS_BACK = 3  # offered as buttons, today first


class NewLotView(GrowerView):
    """GET ?product=&harvested_on=: the next question of a new lot. POST: write it down."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(request.GET.dict())

    def post(self, request: HttpRequest) -> HttpResponse:
        said = request.POST.dict()
        now = timezone.now()
        produce = self.produce(said.get("product", ""))
        try:
            harvested_on = read_day(said, "harvested_on")
            lot = services.open_lot(
                seller=produce.product.origin.seller,
                product=produce.product,
                harvested_on=harvested_on,
                quantity_g=read_grams(said, "quantity"),
                harvest=Harvest.objects.filter(
                    product=produce.product_id, starts_on__lte=harvested_on, ends_on__gte=harvested_on
                ).first(),
                by=self.user,
                now=now,
            )
        except ShopError as error:
            kept = {name: value for name, value in said.items() if name != getattr(error, "field", "")}
            return self._ask(kept, error=error)
        messages.success(request, _("Written down. Put this code on every pack."))
        return redirect("harvests:lot", code=lot.code)

    def _ask(self, said: dict[str, str], *, error: ShopError | None = None) -> HttpResponse:
        status = 422 if error else 200
        context: dict[str, Any] = {"error": error, "said": said}
        if not said.get("product"):
            goods = selectors.goods_of(self.sellers).prefetch_related("product__images")
            return self.page("harvests/lot_product.html", context | {"goods": goods}, status=status)
        today = timezone.localdate()
        days = [today - timedelta(days=back) for back in range(DAYS_BACK)]
        context |= {"produce": self.produce(said["product"]), "today": today, "days": days}
        if not said.get("harvested_on"):
            return self.page("harvests/lot_day.html", context, status=status)
        try:
            context["harvested_on"] = read_day(said, "harvested_on")
        except ShopError as wrong:
            return self._ask({"product": said["product"]}, error=wrong)
        return self.page("harvests/lot_quantity.html", context, status=status)


class LotView(GrowerView):
    """GET: a lot, its code in big letters and as a QR code, and what of it was packed."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        lot = selectors.lots_of(self.sellers).filter(code=code).first()
        if lot is None:
            raise Http404
        address = request.build_absolute_uri(f"/t/{lot.code}/")
        return self.page("harvests/lot.html", {"lot": lot, "address": address})
