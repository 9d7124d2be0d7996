"""The queue of a village, for its co-operative and for its houses."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.errors import ShopError
from tourism.desk.forms import AwayForm, HouseForm
from tourism.desk.models import House, Turn, Village
from tourism.desk.selectors.villages import fund_share_bp, village_page
from tourism.desk.services import villages

from .base import DeskView


class VillageDesk(DeskView):
    """What the pages of a village share: which village, and for whom the person may speak."""

    @property
    def village(self) -> Village:
        """The village of the person's co-operative, or of their house."""
        for seller in self.desk.sellers:
            if hasattr(seller, "village"):
                return seller.village
        if self.desk.houses:
            return self.desk.houses[0].village
        raise Http404

    @property
    def leads(self) -> bool:
        """Whether the person acts for the co-operative, and not only for a house."""
        return self.village.seller_id in self.desk.seller_ids

    def house(self, house_id: int) -> House:
        """A house of the village for which the person may speak."""
        houses = House.objects.filter(village=self.village)
        if not self.leads:
            houses = houses.filter(user=self.user)
        return get_object_or_404(houses, pk=house_id)

    def show(
        self,
        *,
        house_form: forms.Form | None = None,
        away_form: AwayForm | None = None,
        away_of: int | None = None,
        status: int = 200,
    ) -> HttpResponse:
        today = timezone.localdate()
        own = {house.pk for house in self.desk.houses}
        shown = village_page(self.village, today=today)
        away_forms = {row.house.pk: AwayForm(auto_id=f"house-{row.house.pk}-%s") for row in shown.rows}
        if away_of is not None and away_form is not None:
            away_forms[away_of] = away_form
        context = {
            "shown": shown,
            "houses": [(row, away_forms[row.house.pk]) for row in shown.rows],
            "fund_percent": fund_share_bp(self.village, today) / 100,
            "leads": self.leads,
            "own": own,
            "house_form": house_form or HouseForm(),
        }
        return self.page("desk/village.html", context, status=status)


class VillageView(VillageDesk):
    """GET: whose turn it is, who had how many, and who comes. POST: a house joins (the co-operative)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.leads:
            raise Http404
        form = HouseForm(request.POST)
        if form.is_valid() and self.village.houses.filter(name=form.cleaned_data["name"]).exists():
            form.add_error("name", _("There is a house of this name in the queue."))
        if not form.is_valid():
            return self.show(house_form=form, status=422)
        villages.join(village=self.village, today=timezone.localdate(), **form.cleaned_data)
        messages.success(request, _("The house takes part in the queue."))
        return redirect("desk:village")


class RefuseView(VillageDesk):
    """POST: a house cannot take these guests; they go to the next."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, turn_id: int) -> HttpResponse:
        turn = get_object_or_404(Turn, pk=turn_id, house__village=self.village)
        self.house(turn.house_id)
        try:
            villages.refuse(turn_id=turn.pk, by=self.user, now=timezone.now())
        except ShopError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The guests go to the next house. This counts as a turn."))
        return redirect("desk:village")


class AwayView(VillageDesk):
    """POST: a house cannot host for some nights, or rests, or takes part again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, house_id: int) -> HttpResponse:
        house = self.house(house_id)
        if "rests" in request.POST:
            villages.take_part(house=house, is_active=request.POST["rests"] == "no")
            return redirect("desk:village")
        form = AwayForm(request.POST, auto_id=f"house-{house.pk}-%s")
        if not form.is_valid():
            return self.show(away_form=form, away_of=house.pk, status=422)
        villages.be_away(house=house, **form.cleaned_data)
        messages.success(request, _("Noted. These nights go to the others, and cost no turn."))
        return redirect("desk:village")
