"""Codes: typed into the basket by buyers, made under /sell/vouchers/ by sellers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.errors import Invalid, ShopError
from marketplace.regulars.forms import VoucherForm
from marketplace.regulars.models import SellerVoucher
from marketplace.regulars.selectors.vouchers import vouchers_of
from marketplace.regulars.services import vouchers
from marketplace.sellers.models import Seller
from marketplace.shop.basket.middleware import ShopRequest

from .selling import SellingView

TRIES_PER_HOUR = 30


class CodeView(View):
    """POST ``{code}``: use a code for one's basket. POST ``{drop}``: take that code out of it."""

    def post(self, request: ShopRequest) -> HttpResponse:
        try:
            if "drop" in request.POST:
                vouchers.drop_code(basket=request.basket, code=request.POST["drop"])
            elif self._is_guessing(request):
                messages.error(request, _("Too many codes. Try again in an hour."))
            else:
                code = request.POST.get("code", "")
                vouchers.use_code(basket=request.basket, code=code, now=timezone.now())
                messages.success(request, _("The code works. Look at the new total."))
        except ShopError as error:
            messages.error(request, str(error))
        return redirect("basket:summary")

    def _is_guessing(self, request: ShopRequest) -> bool:
        tries = f"codes:{request.META.get('REMOTE_ADDR', '')}"
        cache.add(tries, 0, 3600)
        return cache.incr(tries) > TRIES_PER_HOUR


class VouchersView(SellingView):
    """GET: the codes of the sellers one acts for. POST: make one, or ``{end}`` one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        if ended := request.POST.get("end", ""):
            own = get_object_or_404(
                SellerVoucher.objects.select_related("voucher", "seller").filter(seller__in=self.sellers),
                pk=int(ended) if ended.isdecimal() and len(ended) < 18 else 0,
            )
            vouchers.end_voucher(own=own, by=self.user, now=now)
            messages.success(request, _("The code works no longer."))
            return redirect("regulars:vouchers")
        form = self._form(request.POST)
        if form.is_valid():
            said = dict(form.cleaned_data)
            seller = next(each for each in self.sellers if each.pk == said.pop("seller"))
            try:
                vouchers.make_voucher(seller=seller, **said, by=self.user, now=now)
            except Invalid as error:
                form.refuse(error)
            else:
                messages.success(request, _("The code works now. Give it to your buyers."))
                return redirect("regulars:vouchers")
        return self._page(request, form, status=422)

    def _form(self, data: Any = None) -> VoucherForm:
        today = timezone.localdate()
        initial = {"first_day": today, "percent": 10, "uses": 100, "seller": self.sellers[0].pk}
        return VoucherForm(data, sellers=self.sellers, initial=initial)

    def _page(self, request: HttpRequest, form: VoucherForm, *, status: int = 200) -> HttpResponse:
        sellers: list[Seller] = self.sellers
        context = {"form": form, "vouchers": vouchers_of(sellers, now=timezone.now())}
        return render(request, "regulars/vouchers.html", context, status=status)
