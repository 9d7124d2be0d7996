"""Repeat boxes: made from an order, changed, paused, and put into the basket when they are due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View
from oscar.core.loading import get_model

from marketplace.errors import Invalid
from marketplace.regulars.forms import BoxForm
from marketplace.regulars.models import BoxTurn, RepeatBox
from marketplace.regulars.selectors.boxes import box_view
from marketplace.regulars.services import boxes
from marketplace.shop.basket.middleware import ShopRequest

Order = get_model("order", "Order")
Product = get_model("catalogue", "Product")


class NewBoxView(LoginRequiredMixin, View):
    """GET ?order=: the goods of one's own order as a box. POST: make it."""

    def get(self, request: ShopRequest) -> HttpResponse:
        goods = _goods_of(request, request.GET.get("order", ""))
        tomorrow = timezone.localdate() + timedelta(days=1)
        form = BoxForm(
            goods=goods, initial={"form_id": uuid4(), "every_weeks": 2, "day": tomorrow + timedelta(days=6)}
        )
        return self._page(request, form)

    def post(self, request: ShopRequest) -> HttpResponse:
        form = BoxForm(request.POST, goods=_goods_of(request, request.POST.get("order", "")))
        if form.is_valid():
            try:
                boxes.make(
                    user=request.user,
                    quantities={pk: number for pk, number in form.quantities().items() if number},
                    every_weeks=form.cleaned_data["every_weeks"],
                    first_on=form.cleaned_data["day"],
                    form_id=form.cleaned_data["form_id"],
                    now=timezone.now(),
                )
            except Invalid as error:
                form.refuse(error)
            else:
                messages.success(request, _("The box is kept. You hear from us when it is time."))
                return redirect("regulars:mine")
        return self._page(request, form, status=422)

    def _page(self, request: ShopRequest, form: BoxForm, *, status: int = 200) -> HttpResponse:
        order = request.POST.get("order") or request.GET.get("order", "")
        return render(request, "regulars/box_form.html", {"form": form, "order": order}, status=status)


class BoxView(LoginRequiredMixin, View):
    """GET: one's own box. POST ``{act: save | pause | resume | remove}``."""

    def get(self, request: ShopRequest, pk: int) -> HttpResponse:
        box = get_object_or_404(RepeatBox, pk=pk, user=request.user)
        return self._page(request, box, _form_of(box))

    def post(self, request: ShopRequest, pk: int) -> HttpResponse:
        box, now = get_object_or_404(RepeatBox, pk=pk, user=request.user), timezone.now()
        act = request.POST.get("act")
        if act == "pause":
            boxes.pause(box=box, now=now)
            messages.success(request, _("The box is paused. Press “Go on” when you want it again."))
        elif act == "resume":
            boxes.resume(box=box, now=now)
            messages.success(request, _("The box comes again."))
        elif act == "remove":
            boxes.remove(box=box)
            messages.success(request, _("The box is removed."))
            return redirect("regulars:mine")
        elif act == "save":
            return self._save(request, box)
        else:
            return HttpResponseBadRequest(_("There is no such button. Go back and choose another."))
        return redirect("regulars:box", pk=box.pk)

    def _save(self, request: ShopRequest, box: RepeatBox) -> HttpResponse:
        form = _form_of(box, request.POST)
        if form.is_valid():
            try:
                boxes.change(
                    box=box,
                    quantities=form.quantities(),
                    every_weeks=form.cleaned_data["every_weeks"],
                    next_on=form.cleaned_data["day"],
                )
            except Invalid as error:
                form.refuse(error)
            else:
                messages.success(request, _("The box is changed."))
                return redirect("regulars:box", pk=box.pk)
        return self._page(request, box, form, status=422)

    def _page(
        self, request: ShopRequest, box: RepeatBox, form: BoxForm, *, status: int = 200
    ) -> HttpResponse:
        view = box_view(box, today=timezone.localdate())
        return render(request, "regulars/box.html", {"view": view, "box": box, "form": form}, status=status)


class TurnView(LoginRequiredMixin, View):
    """GET: the box that is due, with today's prices. POST: put it into the basket, once."""

    def get(self, request: ShopRequest, pk: int) -> HttpResponse:
        turn = _turn(request, pk)
        view = box_view(turn.box, today=timezone.localdate())
        return render(request, "regulars/turn.html", {"turn": turn, "view": view})

    def post(self, request: ShopRequest, pk: int) -> HttpResponse:
        turn = _turn(request, pk)
        for error in boxes.fill_basket(turn=turn, basket=request.basket, now=timezone.now()):
            messages.error(request, str(error))
        return redirect("basket:summary")


def _turn(request: ShopRequest, pk: int) -> BoxTurn:
    return get_object_or_404(BoxTurn.objects.select_related("box"), pk=pk, box__user=request.user)


def _goods_of(request: ShopRequest, number: str) -> dict[int, tuple[Any, int]]:
    """Return the goods of one's own order: product ids -> (product, packs). 404 for anybody else's."""
    order = Order.objects.filter(number=number.replace("\x00", ""), user=request.user).first()
    if order is None:
        raise Http404
    lines = order.lines.filter(product__produce__isnull=False, product__pool=None)
    goods: dict[int, tuple[Any, int]] = {}
    for line in lines.select_related("product").order_by("pk"):
        before = goods.get(line.product_id, (line.product, 0))[1]
        goods[line.product_id] = (line.product, before + line.quantity)
    return goods


def _form_of(box: RepeatBox, data: Any = None) -> BoxForm:
    goods = {item.product_id: (item.product, item.quantity) for item in box.items.select_related("product")}
    initial = {"form_id": UUID(str(box.form_id)), "every_weeks": box.every_weeks, "day": box.next_on}
    return BoxForm(data, goods=goods, initial=initial)
