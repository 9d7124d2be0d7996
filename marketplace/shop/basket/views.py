from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from oscar.core.loading import get_model

from marketplace.errors import ShopError
from marketplace.regulars.selectors.vouchers import codes_in
from marketplace.shop.basket import selectors, services
from marketplace.shop.basket.choices import pieces_of
from marketplace.shop.basket.middleware import ShopRequest

Product = get_model("catalogue", "Product")


class GoodsForm(forms.Form):
    """A number; which ones make sense is for the services to say."""

    quantity = forms.IntegerField()


class NightsForm(forms.Form):
    """Dates as a guest gives them: the first night and the day of leaving (or a number of nights).

    Which of them make sense is for the services to say, in words for each case.
    """

    first_night = forms.DateField()
    leaves_on = forms.DateField(required=False)
    nights = forms.IntegerField(required=False)
    rooms = forms.IntegerField()
    guests = forms.IntegerField()
    children = forms.IntegerField(required=False)

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        first, leaves = wish.get("first_night"), wish.pop("leaves_on", None)
        wish["children"] = wish.get("children") or 0
        if first and leaves:
            wish["nights"] = (leaves - first).days
        elif first and wish.get("nights") is None and "nights" not in self.errors:
            self.add_error("leaves_on", _("Choose the day of leaving."))
        return wish


class BasketView(TemplateView):
    """GET: what is in the basket, by seller, with its total and what stands in the way of ordering it."""

    template_name = "shop/basket.html"
    request: ShopRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        basket = services.reckon(self.request.basket, request=self.request)
        return super().get_context_data(**kwargs, summary=selectors.summary(basket), codes=codes_in(basket))


class BasketAddView(View):
    """POST: put produce (quantity) or nights (first_night, leaves_on, rooms, guests) into the basket."""

    def post(self, request: ShopRequest, pk: int) -> HttpResponse:
        product = get_object_or_404(Product, pk=pk)
        form = (NightsForm if product.is_child else GoodsForm)(request.POST)
        back = _back(request, product.get_absolute_url())
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(str(error) for error in errors))
            return redirect(back)
        try:
            if product.is_child:
                services.add_nights(
                    request.basket,
                    room_type_id=product.room_type.pk,
                    add_ons=pieces_of(request.POST),
                    now=timezone.now(),
                    **form.cleaned_data,
                )
            else:
                services.add_goods(request.basket, product_id=pk, **form.cleaned_data)
        except ShopError as error:
            messages.error(request, str(error))
            return redirect(back)
        shown = product.parent or product  # the house, for its rooms
        messages.success(request, _("“%(title)s” is in the basket.") % {"title": shown.get_title()})
        return redirect("basket:summary")


class LineView(View):
    """POST: set the quantity of a line of one's own basket; 0 removes it."""

    def post(self, request: ShopRequest, pk: int) -> HttpResponse:
        form = GoodsForm(request.POST)
        if form.is_valid():
            try:
                services.set_quantity(request.basket, line_id=pk, **form.cleaned_data)
            except ShopError as error:
                messages.error(request, str(error))
        else:
            messages.error(request, " ".join(str(error) for error in form.errors["quantity"]))
        return redirect("basket:summary")


def _back(request: ShopRequest, otherwise: str) -> str:
    target = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else otherwise
