"""The host's page of prices and rules, under /sell/terms/."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from . import add_ons, offering, policies
from .calendars.views.host import HostView
from .forms import AddOnForm, BookingRuleForm, PriceRuleForm, TermsForm
from .models import AddOn, BookingRule, CancellationPolicy, PriceRule, RoomType, Stay
from .policies import Frozen


class TermsView(HostView):
    """GET ?stay=: what a house asks and offers. POST act=terms|price|rule|add-on or remove-..."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(self._stay())

    def post(self, request: HttpRequest) -> HttpResponse:
        stay = self._stay()
        act = request.POST.get("act", "")
        if act.startswith("remove-"):
            self._remove(stay, act.removeprefix("remove-"))
            return self._back(stay)
        forms_ = self._forms(stay, request.POST)
        if act not in forms_:
            raise Http404
        form = forms_[act]
        if not form.is_valid():
            return self._show(stay, act, form, status=422)
        self._save(stay, act, form)
        return self._back(stay)

    def _stay(self) -> Stay:
        """The house the address or the form names, else the first. To this host there are no others."""
        asked = self.request.POST.get("stay") or self.request.GET.get("stay")
        for room in self.rooms:
            if not asked or str(room.stay_id) == asked:
                return room.stay
        raise Http404

    def _rooms_of(self, stay: Stay) -> list[RoomType]:
        return [room for room in self.rooms if room.stay_id == stay.pk]

    def _forms(self, stay: Stay, data: Any = None) -> dict[str, forms.ModelForm]:
        rooms = self._rooms_of(stay)
        return {
            "terms": TermsForm(data, instance=stay, auto_id="terms_%s"),
            "price": PriceRuleForm(data, instance=PriceRule(stay=stay), rooms=rooms, auto_id="price_%s"),
            "rule": BookingRuleForm(data, instance=BookingRule(stay=stay), rooms=rooms, auto_id="rule_%s"),
            "add-on": AddOnForm(data, instance=AddOn(stay=stay), auto_id="add_on_%s"),
        }

    def _save(self, stay: Stay, act: str, form: forms.ModelForm) -> None:
        today = timezone.localdate()
        if act == "price":
            self._tell_priced(offering.add_price(rule=form.instance, today=today))
            return
        if act == "terms":
            offering.set_terms(stay_id=stay.pk, **form.cleaned_data)
        elif act == "rule":
            offering.add_rule(rule=form.instance)
        else:
            offering.add_add_on(add_on=form.instance)
        messages.success(self.request, _("Saved. It holds for what is booked from now on."))

    def _remove(self, stay: Stay, what: str) -> None:
        asked = self.request.POST.get("id", "")
        number = int(asked) if asked.isdecimal() and len(asked) <= 9 else 0
        if what == "price":
            today = timezone.localdate()
            self._tell_priced(offering.remove_price(stay_id=stay.pk, rule_id=number, today=today))
        elif what == "rule":
            offering.remove_rule(stay_id=stay.pk, rule_id=number)
        elif what == "add-on":
            offering.stop_offering(stay_id=stay.pk, add_on_id=number)
        else:
            raise Http404

    def _tell_priced(self, nights: int) -> None:
        messages.success(
            self.request,
            ngettext("%(n)d night has another price now.", "%(n)d nights have another price now.", nights)
            % {"n": nights},
        )

    def _back(self, stay: Stay) -> HttpResponse:
        return redirect(f"{reverse('stay-terms')}?{urlencode({'stay': stay.pk})}")

    def _show(
        self, stay: Stay, act: str = "", wrong: forms.ModelForm | None = None, *, status: int = 200
    ) -> HttpResponse:
        shown = self._forms(stay)
        if wrong is not None:
            shown[act] = wrong
        prices = PriceRule.objects.filter(stay=stay).select_related("room_type__product")
        rules = BookingRule.objects.filter(stay=stay).select_related("room_type__product")
        context = {
            "stay": stay,
            "stays": list({room.stay_id: room.stay for room in self.rooms}.values()),
            "prices": [(rule, _days(rule.weekdays)) for rule in prices.order_by("kind", "pk")],
            "rules": [(rule, _days(rule.arrival_days)) for rule in rules.order_by("pk")],
            "add_ons": add_ons.offered_by(stay.pk),
            "policies": _policies(),
            "terms_form": shown["terms"],
            "price_form": shown["price"],
            "rule_form": shown["rule"],
            "add_on_form": shown["add-on"],
            "open": act,
        }
        return self.page("stays/terms.html", context, status=status)


def _policies() -> list[Frozen]:
    """What the policies of today say, from the mildest on."""
    codes = CancellationPolicy.Code.values
    known = policies.policies_on(codes, on=timezone.localdate())
    language = get_language() or "vi"
    return [policies.frozen(known[code], language=language) for code in codes if code in known]


def _days(weekdays: list[int]) -> str:
    return ", ".join(str(WEEKDAYS[day]) for day in sorted(weekdays))
