"""The agent's side: farmers who gave leave, new ones, and who waits to be confirmed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.pages import PrivatePage, Refusal
from marketplace.accounts.phones import masked, to_national
from marketplace.joining import levels, selectors, services
from marketplace.joining.adapter import CALL
from marketplace.joining.errors import JoiningError
from marketplace.joining.forms import ConsentCodeForm, FarmerForm, FarmerPhoneForm, LevelForm, ScopesForm
from marketplace.joining.models import Consent
from marketplace.places.selectors import communes_at
from marketplace.sellers.models import Mandate, Seller

ACTS_PER_PAGE = 30


class FarmersPage(PrivatePage):
    """For those who may ask farmers for leave: agents, officials, people of a co-operative."""

    refusal = Refusal(
        title=gettext_lazy("Farmers"),
        heading=gettext_lazy("This page is for those who help farmers"),
        text=gettext_lazy(
            "Agents of the post, officials and people of a co-operative act for farmers who agreed. "
            "Ask the administrator for this role."
        ),
        icon="people",
        leads_to="home",
        action=gettext_lazy("Back to the market"),
    )
    agent: User

    def may_enter(self) -> bool:
        self.agent = self.user
        return selectors.may_help(self.user)

    def page(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        return super().page(f"joining/{template}.html", context, status=status)


class FarmersView(FarmersPage):
    """GET: the farmers one acts for, those asked, and those nobody has confirmed yet."""

    def get(self, request: HttpRequest) -> HttpResponse:
        mandates = selectors.mandates_of_agent(self.agent)
        context = {
            "living": [one for one in mandates if one.is_living],
            "asked": [one for one in mandates if not one.is_living],
            "opening": list(selectors.questions_of_agent(self.agent)[:20]),
            "unconfirmed": selectors.waiting_to_be_confirmed(self.agent),
        }
        return self.page("farmers", context)


class NewFarmerView(FarmersPage):
    """GET: the farmer's number. POST: ask the shop behind it for leave, or which shop to open."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page("farmer_phone", {"form": FarmerPhoneForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FarmerPhoneForm(request.POST)
        if not form.is_valid():
            return self.page("farmer_phone", {"form": form}, status=422)
        phone = form.cleaned_data["phone"]
        seller = Seller.objects.filter(members__phone=phone).order_by("pk").first()
        if "scopes_asked" in request.POST:
            return self._ask(phone, seller)
        return self._show(phone, seller)

    def _ask(self, phone: str, seller: Seller | None) -> HttpResponse:
        form = self._form(seller, self.request.POST)
        if not form.is_valid():
            return self._show(phone, seller, form=form, status=422)
        data, now = form.cleaned_data, timezone.now()
        try:
            if seller is not None:
                consent = services.ask_for(seller=seller, agent=self.agent, scopes=data["scopes"], now=now)
            else:
                name = data["seller_name"] or services.household_name(data["name"])
                if data["kind"] == Seller.Kind.HOUSEHOLD:
                    name = services.household_name(data["name"])
                shop = services.Shop(
                    kind=data["kind"], name=name, unit=data["commune"], hamlet=data["hamlet"].strip()
                )
                consent = services.ask_to_open(
                    phone=phone,
                    person=data["name"],
                    shop=shop,
                    agent=self.agent,
                    scopes=data["scopes"],
                    now=now,
                )
        except JoiningError as error:
            form.add_error(None, str(error))
            return self._show(phone, seller, form=form, status=error.status)
        return redirect("farmers:code", consent_id=consent.pk)

    def _form(self, seller: Seller | None, data: Any = None) -> ScopesForm:
        if seller is not None:
            return ScopesForm(data)
        communes = communes_at(timezone.localdate()).order_by("name_ascii")
        return FarmerForm(data, communes=communes)

    def _show(
        self, phone: str, seller: Seller | None, *, form: ScopesForm | None = None, status: int = 200
    ) -> HttpResponse:
        context = {
            "form": form or self._form(seller),
            "phone": to_national(phone),
            "seller": seller,
        }
        return self.page("farmer_new", context, status=status)


class CodeView(FarmersPage):
    """GET: which code did the farmer hear? POST: take it as their yes, or have another sent."""

    def get(self, request: HttpRequest, consent_id: UUID) -> HttpResponse:
        return self._show(self._consent(consent_id), ConsentCodeForm())

    def post(self, request: HttpRequest, consent_id: UUID) -> HttpResponse:
        consent, now = self._consent(consent_id), timezone.now()
        if "again" in request.POST:
            try:
                services.send_again(consent=consent, by_call=request.POST["again"] == CALL, now=now)
            except JoiningError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("A new code is on its way. The one before no longer works."))
            return redirect("farmers:code", consent_id=consent.pk)
        form = ConsentCodeForm(request.POST)
        if not form.is_valid():
            return self._show(consent, form, status=422)
        try:
            seller = services.answer(consent=consent, code=form.cleaned_data["code"], now=now)
        except JoiningError as error:
            form.add_error("code", str(error))
            return self._show(consent, form, status=error.status)
        messages.success(request, _("You may act for %(seller)s now.") % {"seller": seller.name})
        return redirect("farmers:farmer", seller_id=seller.pk)

    def _consent(self, consent_id: UUID) -> Consent:
        rows = Consent.objects.select_related("mandate__seller", "unit")
        return get_object_or_404(rows, pk=consent_id, agent=self.agent)

    def _show(self, consent: Consent, form: ConsentCodeForm, *, status: int = 200) -> HttpResponse:
        context = {"consent": consent, "form": form, "masked": masked(str(consent.phone))}
        return self.page("farmer_code", context, status=status)


class FarmerView(FarmersPage):
    """GET: a farmer one acts for or may confirm. POST: confirm who it is, or give the leave back."""

    def get(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        return self._show(self._seller(seller_id), LevelForm())

    def post(self, request: HttpRequest, seller_id: int) -> HttpResponse:
        seller, now = self._seller(seller_id), timezone.now()
        if "give_back" in request.POST:
            for mandate in Mandate.objects.filter(seller=seller, agent=self.agent, revoked_at=None):
                services.end(mandate=mandate, by=self.agent, now=now)
            messages.success(request, _("You no longer act for %(seller)s.") % {"seller": seller.name})
            return redirect("farmers:list")
        form = LevelForm(request.POST)
        if not form.is_valid():
            return self._show(seller, form, status=422)
        try:
            levels.take_step(
                seller=seller,
                by=self.agent,
                grounds=form.cleaned_data["grounds"],
                note=form.cleaned_data["note"],
                now=now,
            )
        except JoiningError as error:
            form.add_error(None, str(error))
            return self._show(seller, form, status=error.status)
        messages.success(request, _("Written down with your name."))
        return redirect("farmers:farmer", seller_id=seller.pk)

    def _seller(self, seller_id: int) -> Seller:
        """The seller, if one has or had its leave, or may say who it is. To others it is not there."""
        seller = get_object_or_404(Seller.objects.select_related("unit", "hamlet"), pk=seller_id)
        self.mandate = Mandate.objects.filter(seller=seller, agent=self.agent, revoked_at=None).first()
        self.may_confirm = levels.may_confirm(self.agent, seller, now=timezone.now())
        was_helping = Mandate.objects.filter(seller=seller, agent=self.agent).exists()
        if not (was_helping or self.may_confirm):
            raise Http404
        return seller

    def _show(self, seller: Seller, form: LevelForm, *, status: int = 200) -> HttpResponse:
        acts = selectors.acts_of_agent(self.agent, seller)
        living = self.mandate is not None and self.mandate.is_living
        context = {
            "seller": seller,
            "mandate": self.mandate,
            "living": living,
            "may_confirm": self.may_confirm,
            "form": form,
            "standing": levels.standing(seller, now=timezone.now()) if living else None,
            "steps": list(selectors.steps_of(seller)[:10]),
            "page_obj": Paginator(acts, ACTS_PER_PAGE).get_page(self.request.GET.get("page")),
        }
        return self.page("farmer", context, status=status)
