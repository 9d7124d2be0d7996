"""Pooled orders: those that are open, one of them, and a seller's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View
from oscar.core.loading import get_model

from marketplace.errors import Invalid
from marketplace.regulars.errors import CannotPool
from marketplace.regulars.forms import PoolForm
from marketplace.regulars.selectors import pools
from marketplace.regulars.services import pooling

from .selling import SellingView

Product = get_model("catalogue", "Product")


class PoolsView(View):
    """GET: the pooled orders that can be joined now."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "regulars/pools.html", {"pools": pools.open_pools(now=timezone.now())})


class PoolView(View):
    """GET: one pooled order: how full it is, what it costs now and when it is full, and until when."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = pools.pool_view(pk, now=timezone.now())
        if view is None:
            raise Http404(_("There is no such pooled order."))
        return render(request, "regulars/pool.html", {"view": view, "pool": view.pool})


class SellerPoolsView(SellingView):
    """GET: the pooled orders of the sellers one acts for."""

    def get(self, request: HttpRequest) -> HttpResponse:
        own = pools.pools_of(self.sellers, now=timezone.now())
        return render(request, "regulars/sell_pools.html", {"pools": own, "sellers": self.sellers})


class NewPoolView(SellingView):
    """GET: the form. POST: open the pooled order."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        initial = {
            "form_id": uuid4(),
            "closes_on": today + timedelta(days=7),
            "leaves_on": today + timedelta(days=9),
        }
        return self._page(request, PoolForm(products=self._products(), initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PoolForm(request.POST, products=self._products())
        if form.is_valid():
            try:
                pool = self._open(form)
            except Invalid as error:
                form.refuse(error)
            except CannotPool as error:
                form.add_error("product", str(error))
            else:
                messages.success(request, _("The pooled order is open. Tell people about it."))
                return redirect("regulars:pool", pk=pool.pk)
        return self._page(request, form, status=422)

    def _open(self, form: PoolForm) -> Any:
        said = form.cleaned_data
        base = get_object_or_404(
            Product.objects.select_related("origin__seller", "produce"),
            pk=said["product"],
            origin__seller__in=self.sellers,
        )
        terms = pooling.Terms(
            target_kg=said["target_kg"],
            capacity_kg=said["capacity_kg"],
            price_vnd=said["price_vnd"],
            full_vnd=said["full_vnd"],
            closes_at=form.closes_at,
            leaves_on=said["leaves_on"],
        )
        form_id = said["form_id"]
        return pooling.open_pool(base=base, terms=terms, form_id=form_id, by=self.user, now=timezone.now())

    def _page(self, request: HttpRequest, form: PoolForm, *, status: int = 200) -> HttpResponse:
        return render(request, "regulars/pool_form.html", {"form": form}, status=status)

    def _products(self) -> list[tuple[int, str]]:
        rows = Product.objects.filter(
            origin__seller__in=self.sellers,
            is_public=True,
            produce__is_weighed=False,
            pool=None,
        ).select_related("produce")
        return [(row.pk, f"{row.title} ({row.produce.pack})") for row in rows.order_by("title", "pk")]
