"""The farmer's side: who may act for me, what they did, how well I am known, where my money goes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.accounts.models import User
from marketplace.accounts.phones import to_national
from marketplace.joining import levels, selectors, services, shares
from marketplace.joining.errors import JoiningError
from marketplace.joining.forms import ShareDayForm, ShareFormSet, WalletForm
from marketplace.sellers.limits import shares_on
from marketplace.sellers.models import Mandate, Seller
from marketplace.sellers.pages import NOT_SELLING
from marketplace.sellers.selectors import own_sellers_of
from payments import services as payments

ACTS_PER_PAGE = 30


class OwnShopView(LoginRequiredMixin, View):
    """For members of a seller alone: no mandate reaches here. A foreign seller is not there (404)."""

    request: HttpRequest

    @property
    def user(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def own(self, seller_id: int) -> Seller:
        return get_object_or_404(own_sellers_of(self.user.pk), pk=seller_id)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        response = render(self.request, f"joining/{template}.html", context, status=status)
        response["Cache-Control"] = "no-store"
        return response


class HelpersView(OwnShopView):
    """GET: who may act for me, who asks, and everything that was done for me."""

    def get(self, request: HttpRequest) -> HttpResponse:
        sellers = list(own_sellers_of(self.user.pk))
        if not sellers:
            return NOT_SELLING.answer(request)
        now = timezone.now()
        chosen = next((one for one in sellers if str(one.pk) == request.GET.get("shop")), sellers[0])
        acts = Paginator(selectors.acts_of_seller(chosen), ACTS_PER_PAGE).get_page(request.GET.get("page"))
        mandates = selectors.mandates_of_seller(chosen)
        context = {
            "sellers": sellers,
            "seller": chosen,
            "asking": [one for one in mandates if not one.is_living],
            "living": [one for one in mandates if one.is_living],
            "standing": levels.standing(chosen, now=now),
            "steps": list(selectors.steps_of(chosen)[:10]),
            "page_obj": acts,
        }
        return self.page("helpers", context)


class AnswerView(OwnShopView):
    """POST: yes, no, or no longer, to somebody who may act for me."""

    def post(self, request: HttpRequest, mandate_id: int) -> HttpResponse:
        mandate = get_object_or_404(Mandate.objects.select_related("seller", "agent"), pk=mandate_id)
        self.own(mandate.seller_id)
        name = mandate.agent.get_full_name()
        try:
            if request.POST.get("answer") == "yes":
                services.agree_in_person(mandate=mandate, by=self.user, now=timezone.now())
                messages.success(request, _("%(name)s may act for you now.") % {"name": name})
            else:
                services.end(mandate=mandate, by=self.user, now=timezone.now())
                messages.success(request, _("%(name)s may not act for you.") % {"name": name})
        except JoiningError as error:
            messages.error(request, str(error))
        return redirect("helping:helpers")


class WalletView(OwnShopView):
    """GET: where does my money go? POST: to this wallet from now on. Members alone, never an agent."""

    def get(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        seller = self.own(seller_id)
        number = str(seller.wallet_msisdn or self.user.phone)
        form = WalletForm(initial={"msisdn": to_national(number)})
        return self._ask(seller, form)

    def post(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        seller = self.own(seller_id)
        form = WalletForm(request.POST)
        if not form.is_valid():
            return self._ask(seller, form, status=422)
        services.change_wallet(
            seller=seller,
            by=self.user,
            provider=form.cleaned_data["provider"],
            msisdn=form.cleaned_data["msisdn"],
            now=timezone.now(),
        )
        messages.success(request, _("Your money goes to this wallet from now on."))
        return redirect("helping:helpers")

    def _ask(self, seller: Seller, form: WalletForm, *, status: int = 200) -> HttpResponse:
        context = {"seller": seller, "form": form, "wallets": payments.payout_wallets()}
        return self.page("my_wallet", context, status=status)


class SharesView(OwnShopView):
    """GET: how our co-operative divides its money. POST: how it will from a day on."""

    def get(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        seller = self._cooperative(seller_id)
        today = timezone.localdate()
        held = shares_on(seller, on=today)
        rows = [{"name": share.name, "percent": share.percent} for share in held]
        return self._ask(
            seller, ShareDayForm(initial={"valid_from": today.isoformat()}), ShareFormSet(initial=rows)
        )

    def post(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        seller = self._cooperative(seller_id)
        day, rows = ShareDayForm(request.POST), ShareFormSet(request.POST)
        if not (day.is_valid() and rows.is_valid()):
            return self._ask(seller, day, rows, status=422)
        lines = [(row["name"], row["percent"]) for row in rows.cleaned_data if row.get("name")]
        try:
            shares.write_shares(
                seller=seller,
                by=self.user,
                valid_from=day.cleaned_data["valid_from"],
                shares=lines,
                now=timezone.now(),
            )
        except JoiningError as error:
            day.add_error(None, str(error))
            return self._ask(seller, day, rows, status=error.status)
        messages.success(request, _("Written down. What held before stands for the days before."))
        return redirect("helping:shares", seller_id=seller.pk)

    def _cooperative(self, seller_id: int) -> Seller:
        seller = self.own(seller_id)
        if seller.kind != Seller.Kind.COOPERATIVE:
            raise Http404
        return seller

    def _ask(self, seller: Seller, day: ShareDayForm, rows: Any, *, status: int = 200) -> HttpResponse:
        held = shares_on(seller, on=timezone.localdate())
        return self.page("shares", {"seller": seller, "form": day, "rows": rows, "held": held}, status=status)
