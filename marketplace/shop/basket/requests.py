"""Nights a host has said yes to, in a basket: they are held already, at the price that was agreed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import View
from oscar.core.loading import get_model

from marketplace.errors import ShopError
from marketplace.shop.partner.strategy import Strategy
from tourism.calendars import requests
from tourism.calendars.models import StayRequest
from tourism.calendars.views.asking import request_behind

from .middleware import ShopRequest
from .models import Basket, Line
from .services import set_quantity

Option = get_model("catalogue", "Option")


def add_request(basket: Basket, *, request_id: UUID, now: datetime) -> Line:
    """Put the nights of an accepted request into the basket. Again changes nothing.

    Where a payment had failed they are held again first. Raises RequestClosed when the time to pay is over,
    NightsTaken when somebody else has them by now, BasketClosed.
    """
    requests.hold_again(request_id=request_id, now=now)
    asked = StayRequest.objects.select_related("room_type__product__parent").get(pk=request_id)
    values = {name: getattr(asked, name) for name in ("nights", "rooms", "guests")}
    values |= {"first-night": asked.first_night.isoformat(), "request": str(asked.pk)}
    chosen = Option.objects.filter(code__in=values).order_by("pk")
    if not basket.has_strategy:
        basket.strategy = Strategy()
    basket.strategy.ordered_at = now
    options = [{"option": option, "value": values[option.code]} for option in chosen]
    line, created = basket.add_product(asked.room_type.product, 1, options)
    if not created:
        set_quantity(basket, line_id=line.pk, quantity=1)
    return line


class PayForRequestView(View):
    """POST: put what the host has accepted into the basket, and go and pay. The address is the permission."""

    def post(self, request: ShopRequest, signed: str) -> HttpResponse:
        asked = request_behind(signed)
        try:
            add_request(request.basket, request_id=asked.pk, now=timezone.now())
        except ShopError as error:
            messages.error(request, str(error))
            return redirect("stay-requests:request", signed=signed)
        return redirect("checkout:index")
