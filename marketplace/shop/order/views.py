from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View
from oscar.core.loading import get_model

from marketplace.accounts.errors import InvalidPhone
from marketplace.accounts.models import User
from marketplace.accounts.phones import to_e164
from marketplace.board import selectors as board
from marketplace.delivery.selectors import hours_of, tracks
from marketplace.errors import ShopError
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import Placement
from marketplace.packing.photos import evidence
from marketplace.packing.selectors import chats, complaints
from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.shop.basket import services as basket_services
from marketplace.shop.basket.middleware import ShopRequest
from marketplace.shop.basket.seats import add_seats
from marketplace.shop.checkout.forms import WayForm, way_form
from payments import providers
from tourism import add_ons

from . import selectors
from .similar import similar_stays

Order = get_model("order", "Order")
ORDERS = "orders"  # in the session: the numbers this browser may open
TRIES_PER_HOUR = 10


def remember(request: ShopRequest, number: str) -> None:
    """Let this browser open the order's page from now on. The newest stands last."""
    numbers = [each for each in request.session.get(ORDERS, []) if each != number]
    request.session[ORDERS] = [*numbers[-19:], number]


def may_open(request: ShopRequest, placement: Placement) -> bool:
    """True for the buyer, for whoever ordered in this browser, and for whoever holds the secret link."""
    order = placement.order
    if order.number in request.session.get(ORDERS, []):
        return True
    if secrets.compare_digest(request.GET.get("key", "").encode(), placement.secret.encode()):
        return True
    return bool(request.user.is_authenticated and (order.user_id == request.user.pk or request.user.is_staff))


class OrderView(View):
    """GET: the order, for those who may open it; others are asked for its phone number. POST: that number."""

    def get(self, request: ShopRequest, number: str) -> HttpResponse:
        placement = _placement(number)
        if placement is None or not may_open(request, placement):
            return render(request, "shop/order_locked.html", {"number": number})
        page = selectors.order_page(number)
        context = {
            "page": page,
            "placement": placement,
            "form": way_form(_ways_of_rest(page), placement) if page.balance_vnd else None,
            "rest_in_cash": selectors.rest_in_cash(page, placement),
        }
        now = timezone.now()
        context["cash_back"] = selectors.cash_back(placement)
        context["tracks"] = tracks([part.suborder.pk for part in page.parts])
        destination = getattr(page.order, "destination", None)
        context["hours"] = hours_of(destination.post_office_id) if destination is not None else []
        context["quote"] = selectors.cancel_quote(page, now=now)
        context["similar"] = similar_stays(placement, today=timezone.localdate(now))
        context["notices"] = board.notices_of(page.order)
        context["complaints"] = list(complaints.of_order(page.order.pk))
        context["unread"] = chats.unread_by_buyer([part.suborder.pk for part in page.parts])
        response = render(request, "shop/order.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def post(self, request: ShopRequest, number: str) -> HttpResponse:
        """The same answer for a wrong number of the order and of the phone, ten times an hour."""
        tries = f"order-phone:{number}"
        cache.add(tries, 0, 3600)
        if cache.incr(tries) > TRIES_PER_HOUR:
            messages.error(request, _("Too many tries for this order. Try again in an hour."))
            return render(request, "shop/order_locked.html", {"number": number}, status=429)
        placement = _placement(number)
        try:
            phone = to_e164(request.POST.get("phone", ""))
        except InvalidPhone as error:
            messages.error(request, str(error))
            return render(request, "shop/order_locked.html", {"number": number}, status=422)
        if placement is None or str(placement.phone) != phone:
            messages.error(request, _("No order with this number was placed with this phone number."))
            return render(request, "shop/order_locked.html", {"number": number}, status=404)
        remember(request, number)
        return redirect("order", number=number)


class OrderCancelView(View):
    """POST: cancel the order, and refund it when it was paid."""

    def post(self, request: ShopRequest, number: str) -> HttpResponse:
        _opened(request, number)
        try:
            fulfilment.cancel(number=number, now=timezone.now())
        except ShopError as error:
            messages.error(request, str(error))
        return redirect("order", number=number)


class OrderReceivedView(View):
    """POST ``{part}``: the buyer has what one seller sent, or has stayed."""

    def post(self, request: ShopRequest, number: str) -> HttpResponse:
        _opened(request, number)
        part = get_object_or_404(
            SubOrder, number=_said(request, "part"), order__number=number, status=SubOrder.Status.PAID
        )
        by = request.user if isinstance(request.user, User) else None
        fulfilment.received(part=part, by=by, now=timezone.now())
        messages.success(request, _("Thank you. The seller is paid soon."))
        return redirect("order", number=number)


class OrderDisputeView(View):
    """POST ``{part, line, reason, photo}``: something is wrong with a part of the order, or a line of it."""

    def post(self, request: ShopRequest, number: str) -> HttpResponse:
        placement = _opened(request, number)
        part = get_object_or_404(SubOrder, number=_said(request, "part"), order__number=number)
        line = part.order.lines.filter(
            pk=int(request.POST["line"]) if request.POST.get("line", "").isdecimal() else None,
            partner=part.seller.partner_id,
        ).first()
        try:
            settlement.open_dispute(
                part=part,
                line_id=line.pk if line else None,
                reason=_said(request, "reason"),
                photos=evidence(request.FILES.getlist("photo")),
                user=request.user if request.user.is_authenticated else None,
                phone=str(placement.phone),
                now=timezone.now(),
            )
        except ShopError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("We have noted it. The seller is not paid before it is settled."))
        return redirect("order", number=number)


class OrderPayView(View):
    """POST ``{provider, msisdn}``: pay what is left of an order whose deposit has come."""

    def post(self, request: ShopRequest, number: str) -> HttpResponse:
        _opened(request, number)
        form = WayForm(request.POST, ways=_ways_of_rest(selectors.order_page(number)))
        if not form.is_valid():
            for error in form.errors.values():
                messages.error(request, error.as_text().lstrip("* "))
            return redirect("order", number=number)
        try:
            intent = fulfilment.pay_balance(
                number=number,
                provider=form.cleaned_data["provider"],
                payer=form.cleaned_data["msisdn"],
                now=timezone.now(),
            )
        except ShopError as error:
            messages.error(request, str(error))
            return redirect("order", number=number)
        return redirect("payment", payment_id=intent.pk)


class OrderAgainView(View):
    """POST: put the lines of an order that came to nothing back into the basket."""

    def post(self, request: ShopRequest, number: str) -> HttpResponse:
        _opened(request, number)
        for line in selectors.order_page(number).order.lines.all():
            try:
                self._add(request, line)
            except ShopError as error:
                messages.error(request, str(error))
        return redirect("basket:summary")

    def _add(self, request: ShopRequest, line: Any) -> None:
        booking, seats = getattr(line, "booking", None), getattr(line, "seats", None)
        if seats is not None:
            party = {"adults": seats.adults, "children": seats.children}
            add_seats(request.basket, departure_id=seats.departure_id, now=timezone.now(), **party)
            return
        if booking is None:
            basket_services.add_goods(request.basket, product_id=line.product_id, quantity=line.quantity)
            return
        basket_services.add_nights(
            request.basket,
            room_type_id=booking.room_type_id,
            first_night=booking.first_night,
            nights=booking.nights,
            rooms=booking.rooms,
            guests=booking.guests,
            children=booking.children,
            add_ons=add_ons.chosen_again(booking),
            now=timezone.now(),
        )


def _said(request: ShopRequest, name: str) -> str:
    """A field of the form, without what a database cannot keep."""
    return request.POST.get(name, "").replace("\x00", "")


def _ways_of_rest(page: selectors.OrderPage) -> list[tuple[str, str]]:
    return providers.available(amount_vnd=page.balance_vnd, given=selectors.given_for_rest(page))


def _placement(number: str) -> Placement | None:
    return Placement.objects.select_related("order").filter(order__number=number).first()


def _opened(request: ShopRequest, number: str) -> Placement:
    placement = _placement(number)
    if placement is None or not may_open(request, placement):
        raise Http404
    return placement
