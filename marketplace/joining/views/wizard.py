"""Opening a shop, or only an account: one question a page, each with a way back."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from marketplace.accounts.models import User
from marketplace.accounts.phones import to_national
from marketplace.joining import services
from marketplace.joining.forms import CommuneForm, HamletForm, KindForm, NameForm, WalletForm
from marketplace.places.models import Commune, Hamlet
from marketplace.places.selectors import communes_at, find_communes
from marketplace.sellers.models import Seller
from marketplace.sellers.selectors import own_sellers_of
from marketplace.switches.selectors import Name, is_on
from payments import services as payments

SESSION_KEY = "joining"
WANTS = ("produce", "guests", "buy")
HAMLETS_SHOWN = 24


class StepView(LoginRequiredMixin, View):
    """One question. What was answered so far is kept with the session, so a way back loses nothing."""

    login_url = reverse_lazy("account_request_login_code")
    name: ClassVar[str]
    # What has to be answered before: the first that is not is asked instead.
    needs: ClassVar[tuple[str, ...]] = ()
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.answers: dict[str, Any] = dict(request.session.get(SESSION_KEY, {}))
        missing = next((need for need in self.needs if need not in self.answers), None)
        if missing is not None:
            return redirect(f"joining:{missing}")
        return super().dispatch(request, *args, **kwargs)

    @property
    def user(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    @property
    def steps(self) -> list[str]:
        """The questions of what this person wants, in their order."""
        if self.answers.get("what") == "buy":
            return ["what", "name"]
        return ["what", "name", "commune", "hamlet", "kind", "wallet"]

    def keep(self, **answers: Any) -> HttpResponse:
        """Keep what was answered and ask the next question."""
        self.answers |= answers
        self.request.session[SESSION_KEY] = self.answers
        following = self.steps[self.steps.index(self.name) + 1 :]
        return redirect(f"joining:{following[0]}") if following else self.finish()

    def finish(self) -> HttpResponse:
        return redirect("joining:done")

    def show(self, form: forms.Form | None = None, *, status: int = 200, **context: Any) -> HttpResponse:
        at = self.steps.index(self.name) if self.name in self.steps else 0
        context = {
            "form": form,
            "answers": self.answers,
            "number": at + 1,
            "of": len(self.steps),
            "back_url": reverse(f"joining:{self.steps[at - 1]}") if at else "",
        } | context
        return render(self.request, f"joining/{self.name}.html", context, status=status)


class WhatView(StepView):
    """What do you want to do here?"""

    name = "what"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(sellers=list(own_sellers_of(self.user.pk)))

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = request.POST.get("what", "")
        if wanted not in WANTS:
            return self.show(status=422, sellers=[], nothing_chosen=True)
        return self.keep(what=wanted)


class NameView(StepView):
    """What is your name?"""

    name = "name"
    needs = ("what",)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(NameForm(initial={"name": self.answers.get("name") or self.user.name}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NameForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        services.name_person(user=self.user, name=form.cleaned_data["name"])
        return self.keep(name=form.cleaned_data["name"])


class CommuneView(StepView):
    """In which commune do you live? Its name of before the merger is as good."""

    name = "commune"
    needs = ("what", "name")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(request.GET.get("q", "")[:80])

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CommuneForm(request.POST, communes=communes_at(timezone.localdate()))
        if not form.is_valid():
            return self._ask("", status=422)
        commune = form.cleaned_data["commune"]
        if not is_on(Name.JOINING, now=timezone.now(), commune_id=commune.pk):
            words = _("%(commune)s takes no new sellers at the moment. Try later, or ask at the post office.")
            messages.warning(request, words % {"commune": commune.full_name})
            return self._ask("", status=422)
        if self.answers.get("commune") != commune.pk:
            self.answers.pop("hamlet", None)
        return self.keep(commune=commune.pk)

    def _ask(self, sought: str, *, status: int = 200) -> HttpResponse:
        today = timezone.localdate()
        found = find_communes(sought, today) if sought.strip() else []
        every = sorted(communes_at(today), key=lambda unit: unit.name_ascii)
        return self.show(status=status, sought=sought, communes=found or every, found=bool(found))


class HamletView(StepView):
    """In which hamlet?"""

    name = "hamlet"
    needs = ("what", "name", "commune")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(HamletForm(initial={"hamlet": self.answers.get("hamlet", "")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = HamletForm(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        return self.keep(hamlet=form.cleaned_data["hamlet"])

    def _ask(self, form: HamletForm, *, status: int = 200) -> HttpResponse:
        commune = Commune.objects.get(pk=self.answers["commune"])
        # Also those known of the units it was made of: a hamlet kept its name when the communes changed.
        units = [commune.pk, *Commune.objects.filter(became__new=commune).values_list("pk", flat=True)]
        names = Hamlet.objects.filter(commune__in=units).order_by("name").values_list("name", flat=True)
        return self.show(
            form, status=status, commune=commune, hamlets=list(dict.fromkeys(names))[:HAMLETS_SHOWN]
        )


class KindView(StepView):
    """Is it your household that sells, or a co-operative?"""

    name = "kind"
    needs = ("what", "name", "commune", "hamlet")

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = self.answers.get("kind", Seller.Kind.HOUSEHOLD)
        return self.show(KindForm(initial={"kind": kind, "name": self.answers.get("shop", "")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KindForm(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        return self.keep(kind=form.cleaned_data["kind"], shop=form.cleaned_data["name"])


class WalletView(StepView):
    """Where should your money go?"""

    name = "wallet"
    needs = ("what", "name", "commune", "hamlet", "kind")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(WalletForm(initial={"msisdn": to_national(str(self.user.phone))}))

    def post(self, request: HttpRequest) -> HttpResponse:
        if "later" in request.POST:
            return self._open({})
        form = WalletForm(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        return self._open(
            {
                "wallet_provider": form.cleaned_data["provider"],
                "wallet_msisdn": form.cleaned_data["msisdn"],
            }
        )

    def _ask(self, form: WalletForm, *, status: int = 200) -> HttpResponse:
        return self.show(form, status=status, wallets=payments.payout_wallets())

    def _open(self, wallet: dict[str, str]) -> HttpResponse:
        household = self.answers["kind"] == Seller.Kind.HOUSEHOLD
        shop = services.Shop(
            kind=self.answers["kind"],
            name=services.household_name(self.answers["name"]) if household else self.answers["shop"],
            unit=Commune.objects.get(pk=self.answers["commune"]),
            hamlet=self.answers["hamlet"],
            **wallet,
        )
        services.open_shop(user=self.user, shop=shop, now=timezone.now())
        return self.finish()


class DoneView(StepView):
    """It is done, and this is next."""

    name = "done"
    needs = ("what", "name")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(seller=own_sellers_of(self.user.pk).first(), of=0)
