"""Buyer and seller write to each other: by pictures, or in words."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.accounts.models import User
from marketplace.errors import ShopError
from marketplace.fulfilment.models import Placement
from marketplace.messaging.acts import NotAllowed
from marketplace.packing import services
from marketplace.packing.consumers import socket_key
from marketplace.packing.forms import SayForm
from marketplace.packing.selectors import chats
from marketplace.sellers.models import SubOrder
from marketplace.shop.basket.middleware import ShopRequest
from marketplace.shop.order.views import may_open

from .base import SellerView


class SellerChatView(SellerView):
    """GET: what was said about an order. POST: say something, as its seller."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return _answer(request, self.work(number).part, is_seller=True, here=_sellers_page(number))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        part = self.work(number).part
        return _say(request, part, is_seller=True, author=self.user, here=_sellers_page(number))


class BuyerChatView(View):
    """The same for the buyer. ``part`` is the number of the seller's part, the first one without it."""

    def get(self, request: ShopRequest, number: str) -> HttpResponse:
        part, here = _buyers_part(request, number)
        return _answer(request, part, is_seller=False, here=here)

    def post(self, request: ShopRequest, number: str) -> HttpResponse:
        part, here = _buyers_part(request, number)
        author = request.user if isinstance(request.user, User) else None
        return _say(request, part, is_seller=False, author=author, here=here)


def _sellers_page(number: str) -> str:
    return reverse("packing:chat", kwargs={"number": number})


def _buyers_part(request: ShopRequest, number: str) -> tuple[SubOrder, str]:
    placement = Placement.objects.select_related("order").filter(order__number=number).first()
    if placement is None or not may_open(request, placement):
        raise Http404
    parts = SubOrder.objects.filter(order=placement.order_id).select_related("seller__unit", "order")
    wanted = request.GET.get("part", "").replace("\x00", "")
    part = (parts.filter(number=wanted) if wanted else parts.order_by("number")).first()
    if part is None:
        raise Http404
    return part, f"{reverse('order-chat', kwargs={'number': number})}?part={part.number}"


def _answer(
    request: HttpRequest, part: SubOrder, *, is_seller: bool, here: str, error: str = "", words: str = ""
) -> HttpResponse:
    """The conversation: the whole page, or for a script that looks again only the messages."""
    now = timezone.now()
    services.read(part=part, is_seller=is_seller, until=now)
    context: dict[str, Any] = {
        "part": part,
        "is_seller": is_seller,
        "here": here,
        "said": chats.said_about(part, by_seller=is_seller),
        "answers": chats.answers_for(is_seller=is_seller),
        "line_id": uuid4(),
        "socket": f"/ws/chats/{socket_key(services.group_of(part))}/",
        "error": error,
        "words": words,
    }
    template = "packing/_said.html" if "fragment" in request.GET else "packing/chat.html"
    response = render(request, template, context, status=422 if error else 200)
    response["Cache-Control"] = "no-store"
    return response


def _say(
    request: HttpRequest, part: SubOrder, *, is_seller: bool, author: User | None, here: str
) -> HttpResponse:
    form = SayForm(request.POST)
    error = ""
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.say(
                part=part,
                is_seller=is_seller,
                author=author,
                line_id=said["id"],
                answer=said["answer"],
                words=said["words"],
                now=timezone.now(),
            )
        except (ShopError, NotAllowed) as refused:
            error = str(refused)
    else:
        error = _("This could not be read. Load the page again, and write it once more.")
    if error:
        words = request.POST.get("words", "").replace("\x00", "")[:500]
        return _answer(request, part, is_seller=is_seller, here=here, error=error, words=words)
    return redirect(f"{here}#newest")
