from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.generic import View

from marketplace.accounts.phones import to_national
from marketplace.delivery.selectors import hours_of
from marketplace.errors import BasketEmpty, LinesUnavailable, ShopError
from marketplace.fulfilment import selectors as fulfilment_selectors
from marketplace.fulfilment import services as fulfilment
from marketplace.fulfilment.models import Placement
from marketplace.shop.basket import selectors as baskets
from marketplace.shop.basket.middleware import ShopRequest
from marketplace.shop.basket.services import reckon
from marketplace.shop.checkout import services
from marketplace.shop.checkout.agreements import agreements
from marketplace.shop.checkout.forms import (
    DETAILS,
    DetailsForm,
    PayForm,
    WayForm,
    add_shop_error,
    fingerprint,
    sign_agreed,
    way_form,
    wish_of,
)
from marketplace.shop.checkout.waiting import waiting_for
from marketplace.shop.order.similar import similar_stays
from marketplace.shop.order.views import remember
from payments import providers


class DetailsView(View):
    """Step 1, who and where. GET: the form. POST: keep the answers and go on to the preview."""

    def get(self, request: ShopRequest) -> HttpResponse:
        return self._page(request, None)

    def post(self, request: ShopRequest) -> HttpResponse:
        return self._page(request, request.POST)

    def _page(self, request: ShopRequest, data: Any) -> HttpResponse:
        summary = baskets.summary(reckon(request.basket, request=request))
        if summary.is_empty:
            messages.info(request, str(BasketEmpty()))
            return redirect("basket:summary")
        form = DetailsForm(
            data, needs_delivery=summary.needs_delivery, today=timezone.localdate(), initial=_known(request)
        )
        if data is not None and form.is_valid():
            request.session[DETAILS] = form.cleaned_data
            return redirect("checkout:preview")
        status = 422 if form.is_bound else 200
        return render(
            request, "shop/checkout_details.html", {"form": form, "summary": summary}, status=status
        )


class PreviewView(View):
    """Step 2, check and pay. GET: everything and the total. POST: place the order and ask the wallet."""

    def get(self, request: ShopRequest) -> HttpResponse:
        return self._page(request)

    def post(self, request: ShopRequest) -> HttpResponse:
        details = request.session.get(DETAILS)
        if details is None:
            return self._page(request)
        basket = request.basket
        lines = basket.lines.values_list("pk", "quantity") if basket.id else []
        form = PayForm(request.POST, shown=fingerprint(lines, details), ways=providers.available())
        if not form.is_valid():
            return self._page(request, form)
        try:
            placed = services.check_out(
                basket=basket,
                buyer=services.Buyer(details["phone"], details["name"], _user(request)),
                wish=wish_of(details),
                provider=form.cleaned_data["provider"],
                payer=form.cleaned_data["msisdn"],
                agreed_total_vnd=form.cleaned_data["agreed"],
                now=timezone.now(),
            )
        except LinesUnavailable as error:
            for each in error.errors:
                messages.error(request, str(each))
            return redirect("basket:summary")
        except BasketEmpty as error:
            return self._last_order(request, error)
        except ShopError as error:
            add_shop_error(form, error)
            return self._page(request, form, status=error.status)
        remember(request, placed.order.number)
        return redirect("payment", payment_id=placed.intent.id)

    def _page(self, request: ShopRequest, form: PayForm | None = None, *, status: int = 200) -> HttpResponse:
        details = request.session.get(DETAILS)
        if details is None:
            return redirect("checkout:index")
        try:
            offer = services.make_offer(basket=request.basket, wish=wish_of(details), now=timezone.now())
            services.refuse_stale(offer, now=timezone.now())
        except BasketEmpty as error:
            return self._last_order(request, error)
        except ShopError as error:
            messages.error(request, str(error))
            return redirect("checkout:index")
        lines = [(row.line.pk, row.quantity) for row in offer.summary.lines]
        shown = fingerprint(lines, details)
        agreed = sign_agreed(shown=shown, total_vnd=offer.total_vnd)
        form = form or PayForm(
            shown=shown,
            ways=offer.ways_to_pay,
            initial={"provider": "viettel", "msisdn": to_national(details["phone"])},
        )
        context = {
            "form": form,
            "offer": offer,
            "details": details,
            "agreed": agreed,
            "hours": hours_of(offer.destination.post_office_id) if offer.destination else [],
            "agreements": agreements(offer.summary.lines, now=timezone.now()),
            "hold_minutes": settings.ORDER_HOLD_MINUTES,
        }
        return render(
            request,
            "shop/checkout_preview.html",
            context,
            status=422 if form.errors and status == 200 else status,
        )

    def _last_order(self, request: ShopRequest, error: BasketEmpty) -> HttpResponse:
        """A second click finds a new, empty basket: show what the first one ordered."""
        numbers = request.session.get("orders", [])
        if numbers:
            return redirect("order", number=numbers[-1])
        messages.info(request, str(error))
        return redirect("basket:summary")


class PaymentView(View):
    """The waiting page. The payment's id is unguessable and is the permission to see it.

    GET: how the payment stands. POST ``{provider, msisdn}``: pay in another way, or once more; without
    them, ask for the money if the request was never recorded.
    """

    template_name = "shop/payment.html"

    def get(self, request: ShopRequest, payment_id: UUID, form: WayForm | None = None) -> HttpResponse:
        placement = _placement(payment_id)
        if payment_id not in (placement.payment_id, placement.balance_payment_id):
            return redirect("payment", payment_id=placement.payment_id)  # it is being paid in another way
        waiting = waiting_for(placement, payment_id, now=timezone.now())
        context = {
            "waiting": waiting,
            "placement": placement,
            "order": placement.order,
            "form": form or way_form(waiting.ways, placement),
            "similar": similar_stays(placement, today=timezone.localdate()),
        }
        response = render(request, self.template_name, context, status=422 if form else 200)
        response["Cache-Control"] = "no-store"
        return response

    def post(self, request: ShopRequest, payment_id: UUID) -> HttpResponse:
        placement, now = _placement(payment_id), timezone.now()
        number = placement.order.number
        if "provider" not in request.POST:
            if placement.order.status == "awaiting-payment":
                fulfilment.start_payment(order=placement.order, now=now)
            return redirect("payment", payment_id=placement.payment_id)
        is_balance = payment_id == placement.balance_payment_id
        form = WayForm(request.POST, ways=waiting_for(placement, payment_id, now=now).ways)
        if not form.is_valid():
            return self.get(request, payment_id, form)
        pay = fulfilment.pay_balance if is_balance else fulfilment.pay_again
        try:
            intent = pay(
                number=number,
                provider=form.cleaned_data["provider"],
                payer=form.cleaned_data["msisdn"],
                now=now,
            )
        except ShopError as error:
            messages.error(request, str(error))
            return redirect("payment", payment_id=payment_id)
        return redirect("payment", payment_id=intent.pk)


class PaymentStatusView(PaymentView):
    """GET: the part of the waiting page that changes."""

    template_name = "shop/_payment_status.html"
    http_method_names = ["get"]


def _placement(payment_id: UUID) -> Placement:
    placement = fulfilment_selectors.placement_of(payment_id)
    if placement is None:
        raise Http404
    return placement


def _known(request: ShopRequest) -> dict[str, Any]:
    """What the form can already say: the answers of before, else the account's name and phone."""
    if DETAILS in request.session:
        return request.session[DETAILS]
    user = _user(request)
    return {"name": user.name, "phone": to_national(str(user.phone))} if user else {}


def _user(request: ShopRequest) -> Any:
    return request.user if request.user.is_authenticated else None
