"""Closed days: from now for a day, three, a week, until further notice, or from a day to a day."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.errors import Invalid
from marketplace.packing import services
from marketplace.packing.forms import PauseForm
from marketplace.packing.selectors import pauses
from marketplace.sellers.models import Seller

from .base import SellerView

TILES = {"1": 1, "3": 3, "7": 7}  # days; any other tile: until it is opened again


class ClosedView(SellerView):
    """GET: whether the shop is open, and its closed days. POST: close it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(self.seller(request.GET.get("seller", "")))

    def post(self, request: HttpRequest) -> HttpResponse:
        seller = self.seller(request.POST.get("seller", ""))
        now = timezone.now()
        today = timezone.localdate(now)
        data = request.POST.copy()
        if tile := data.get("for"):
            data["first_day"] = today.isoformat()
            days = TILES.get(tile)
            data["last_day"] = (today + timedelta(days=days - 1)).isoformat() if days else ""
        form = PauseForm(data)
        if form.is_valid():
            said = form.cleaned_data
            try:
                services.pause(
                    seller=seller,
                    first_day=said["first_day"],
                    last_day=said["last_day"],
                    reason=said["reason"],
                    pause_id=said["id"],
                    by=self.user,
                    now=now,
                )
            except Invalid as error:
                form.add_error(error.field, str(error))
        if form.errors:
            return self._shown(seller, form, status=422)
        messages.success(request, _("Noted. Nobody can order on these days."))
        return redirect(f"{request.path}?seller={seller.slug}")

    def _shown(self, seller: Seller, form: PauseForm | None = None, *, status: int = 200) -> HttpResponse:
        today = timezone.localdate()
        context = {
            "seller": seller,
            "closed": pauses.closed([seller.pk], today=today).get(seller.pk),
            "pauses": pauses.pauses_of(seller, today=today),
            "form": form or PauseForm(initial={"id": uuid4(), "first_day": today}),
            "tile_id": uuid4(),
            "today": today,
        }
        return self.page("packing/closed.html", context, status=status)


class OpenView(SellerView):
    """POST ``{pause}``: end these closed days; without it open the shop now."""

    def post(self, request: HttpRequest) -> HttpResponse:
        seller = self.seller(request.POST.get("seller", ""))
        try:
            pause_id = UUID(request.POST["pause"]) if request.POST.get("pause") else None
        except ValueError:
            pause_id = uuid4()  # no pause at all
        services.resume(seller=seller, by=self.user, now=timezone.now(), pause_id=pause_id)
        messages.success(request, _("The shop is open on these days."))
        return redirect(f"{request.path.removesuffix('open/')}?seller={seller.slug}")
