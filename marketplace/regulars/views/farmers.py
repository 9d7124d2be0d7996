"""Sellers as buyers see them: their page, following them, and what somebody follows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from agriculture.trace.selectors import badges_of_seller
from marketplace.regulars.selectors import boxes, farmers
from marketplace.regulars.services import following
from marketplace.sellers.models import Seller
from marketplace.shop.basket.middleware import ShopRequest


class FarmerView(View):
    """GET: the public page of a seller who has something public to sell."""

    def get(self, request: ShopRequest, slug: str) -> HttpResponse:
        seller = _seller(slug)
        user_id = request.user.pk if request.user.is_authenticated else None
        today = timezone.localdate()
        page = farmers.farmer_page(seller, user_id=user_id, today=today)
        badges = badges_of_seller(seller_id=seller.pk, today=today)
        return render(request, "regulars/farmer.html", {"page": page, "seller": seller, "badges": badges})


class FollowView(View):
    """POST ``{act: follow | unfollow | tell | quiet}``. A stranger signs in first, and comes back."""

    def post(self, request: ShopRequest, slug: str) -> HttpResponse:
        seller, now = _seller(slug), timezone.now()
        page = reverse("regulars:farmer", args=[seller.slug])
        user: Any = request.user  # perhaps nobody
        if not user.is_authenticated:
            messages.info(request, _("Sign in to follow a farmer, then press “Follow” again."))
            return redirect_to_login(page)
        who: dict[str, Any] = {"seller": seller, "user": user}
        act = request.POST.get("act")
        if act == "follow":
            following.follow(**who, now=now)
            said = _("You follow %(name)s. What is new comes by SMS, at most once a day.")
        elif act == "unfollow":
            following.unfollow(**who)
            said = _("You no longer follow %(name)s.")
        elif act in ("tell", "quiet"):
            following.set_told(**who, is_told=act == "tell", now=now)
            said = _("Messages about %(name)s: changed.")
        else:
            return HttpResponseBadRequest(_("There is no such button. Go back and choose another."))
        messages.success(request, said % {"name": seller.name})
        return redirect(reverse("regulars:mine") if request.POST.get("back") == "mine" else page)


class MineView(LoginRequiredMixin, TemplateView):
    """GET: what a person who buys again keeps: boxes, farmers they follow, what they had before."""

    template_name = "regulars/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user_id, today = self.request.user.pk, timezone.localdate()
        assert user_id is not None
        return super().get_context_data(
            **kwargs,
            turns=boxes.waiting_turns(user_id),
            boxes=boxes.boxes_of(user_id, today=today),
            follows=farmers.followed_by(user_id),
            news=farmers.news_for(user_id, today=today),
            again=boxes.had_before(user_id, today=today),
        )


def _seller(slug: str) -> Seller:
    seller = farmers.seller_of(slug)
    if seller is None:
        raise Http404(_("This seller sells nothing at the moment."))
    return seller
