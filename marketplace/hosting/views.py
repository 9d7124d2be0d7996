"""The pages on which a host opens a house and tells of it, under /sell/houses/.

Everybody sees their own sellers' houses; agents those of the sellers whose mandate lets them list.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from marketplace.errors import Invalid
from marketplace.listing import photos
from marketplace.listing.errors import EMPTY, PhotoRefused
from marketplace.listing.models import Photo
from marketplace.listing.views import uuid_of
from marketplace.sellers.models import Mandate
from marketplace.sellers.pages import SellerPage
from tourism.models import RoomType, Stay

from . import services
from .forms import HouseForm, RoomForm

ProductImage = get_model("catalogue", "ProductImage")


class HostingPage(SellerPage):
    scope = Mandate.Scope.LISTING

    @property
    def houses(self) -> QuerySet[Stay]:
        """The houses of one's sellers with pictures, rooms and how they stand, by name. Three queries."""
        pictures = ProductImage.objects.order_by("display_order", "pk")
        rooms = RoomType.objects.select_related("product").order_by("price_vnd", "pk")
        return (
            Stay.objects.filter(product__origin__seller__in=self.sellers)
            .select_related("product__origin__seller__unit", "product__listing")
            .prefetch_related(Prefetch("product__images", pictures), Prefetch("room_types", rooms))
            .order_by("product__title", "pk")
        )

    def house(self, pk: int) -> Stay:
        """Return one's own house of this number. To this host there are no others: raises Http404."""
        return get_object_or_404(self.houses, pk=pk)


class HousesView(HostingPage):
    """GET: one's houses."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page("hosting/houses.html", {"houses": self.houses})


class NewHouseView(HostingPage):
    """GET: the form of a new house. POST ``{id, …}``: open it; sent twice it is one house."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(HouseForm(sellers=self.sellers))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = HouseForm(request.POST, sellers=self.sellers)
        if not form.is_valid():
            return self._page(form)
        seller = next(each for each in self.sellers if each == form.cleaned_data["seller"])
        try:
            house = services.open_house(
                seller=seller,
                facts=form.cleaned_data,
                by=self.user,
                now=timezone.now(),
                listing_id=uuid_of(request.POST.get("id")),
            )
        except Invalid as error:
            _say(form, error)
            return self._page(form)
        messages.success(request, _("The house is written down. Now say which rooms it has."))
        return redirect("hosting:new-room", pk=house.pk)

    def _page(self, form: HouseForm) -> HttpResponse:
        context = {"form": form, "listing_id": self.request.POST.get("id") or uuid4()}
        return self.page("hosting/house_form.html", context, status=_status(form))


class HouseView(HostingPage):
    """GET: one house. POST ``{act: show | hide | photo | remove | first}``: change one thing of it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(self.house(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        house = self.house(pk)
        try:
            messages.success(request, self._act(request, house))
        except (Invalid, PhotoRefused) as error:
            return self._page(house, error=str(error), status=400)
        return redirect("hosting:house", pk=pk)

    def _act(self, request: HttpRequest, house: Stay) -> str:
        act, now = request.POST.get("act"), timezone.now()
        asked = request.POST.get("picture", "")
        picture_id = int(asked) if asked.isdecimal() else 0
        if act == "show":
            services.show_house(house, by=self.user, now=now)
            return (
                _("Guests find the house as soon as somebody has looked at it.")
                if _waits(house)
                else _("Guests find the house now.")
            )
        if act == "hide":
            services.hide_house(house, by=self.user, now=now)
            return _("Nobody finds the house any more. Who has booked still comes.")
        if act == "photo":
            services.add_picture(house, photo=self._upload(request, house), now=now)
            return _("The photo is there. It is shown as soon as it is ready.")
        if act == "remove":
            services.remove_picture(house, picture_id=picture_id)
            return _("The picture is gone.")
        if act == "first":
            services.put_first(house, picture_id=picture_id)
            return _("Guests see this picture first.")
        raise Http404

    def _upload(self, request: HttpRequest, house: Stay) -> Photo:
        file = request.FILES.get("photo")
        if file is None:
            raise PhotoRefused(EMPTY)
        return photos.upload(
            seller=house.product.origin.seller,
            file=file,
            photo_id=uuid_of(request.POST.get("id")),
            by=self.user,
            now=timezone.now(),
        )

    def _page(self, house: Stay, *, error: str = "", status: int = 200) -> HttpResponse:
        waiting = Photo.objects.filter(product=house.product_id).exclude(state=Photo.State.READY)
        context = {
            "house": house,
            "photos": waiting.order_by("uploaded_at"),
            "photo_id": uuid4(),
            "pictures_max": services.PICTURES_MAX,
            "error": error,
        }
        return self.page("hosting/house.html", context, status=status)


class EditHouseView(HostingPage):
    """GET: the words and facts of a house. POST: change them."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(HouseForm(instance=self.house(pk), sellers=self.sellers))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        house = self.house(pk)
        form = HouseForm(request.POST, instance=house, sellers=self.sellers)
        if not form.is_valid():
            return self._page(form)
        try:
            services.change_house(house, facts=form.cleaned_data, by=self.user, now=timezone.now())
        except Invalid as error:
            _say(form, error)
            return self._page(form)
        messages.success(request, _("Saved. Guests read it from now on."))
        return redirect("hosting:house", pk=pk)

    def _page(self, form: HouseForm) -> HttpResponse:
        context = {"form": form, "house": form.instance}
        return self.page("hosting/house_form.html", context, status=_status(form))


class RoomView(HostingPage):
    """GET: the form of a kind of room, a new one without ``room``. POST: let it, or change it."""

    def get(self, request: HttpRequest, pk: int, room: int | None = None) -> HttpResponse:
        house = self.house(pk)
        return self._page(house, RoomForm(instance=_room(house, room)))

    def post(self, request: HttpRequest, pk: int, room: int | None = None) -> HttpResponse:
        house, now = self.house(pk), timezone.now()
        standing = _room(house, room)
        form = RoomForm(request.POST, instance=standing)
        if not form.is_valid():
            return self._page(house, form)
        try:
            if standing is None:
                services.add_room(house, facts=form.cleaned_data, now=now)
            else:
                services.change_room(standing, facts=form.cleaned_data, now=now)
        except Invalid as error:
            _say(form, error)
            return self._page(house, form)
        messages.success(request, _("Saved. It holds for what is booked from now on."))
        return redirect("hosting:house", pk=pk)

    def _page(self, house: Stay, form: RoomForm) -> HttpResponse:
        return self.page("hosting/room_form.html", {"form": form, "house": house}, status=_status(form))


def _room(house: Stay, number: int | None) -> RoomType | None:
    """Return the room of the house of this number, None for a new one. Raises Http404."""
    if number is None:
        return None
    for room in house.room_types.all():
        if room.pk == number:
            return room
    raise Http404


def _waits(house: Stay) -> bool:
    house.product.listing.refresh_from_db()
    return bool(house.product.listing.state == "waiting")


def _status(form: django_forms.BaseForm) -> int:
    return 422 if form.errors else 200


def _say(form: Any, error: Invalid) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error))
