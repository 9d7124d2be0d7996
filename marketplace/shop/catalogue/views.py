"""The pages a visitor looks around in: home, the lists, and one page for each thing for sale."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from agriculture.categories import CATEGORIES
from marketplace.regulars.selectors.reviews import reviews_of_product
from marketplace.shop.basket.services import free_ended_holds
from marketplace.shop.checkout.arrivals import arrival_of
from marketplace.shop.checkout.forms import known_wish
from marketplace.statistics.releases.selectors import headline
from tourism.desk.selectors.reviews import reviews_of_stay
from tourism.sights.selectors import all_sights

from . import selectors, structured
from .cards import address_of
from .forms import BookingFilter, ProduceFilter, StayFilter
from .pages import produce_page, product_of
from .stay_page import stay_page
from .stay_search import stay_list
from .surroundings import surroundings
from .tour_page import next_tours
from .tour_views import tour_detail


class HomeView(TemplateView):
    template_name = "shop/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        return super().get_context_data(
            **kwargs,
            home=selectors.home(today=today),
            tours=next_tours(now=timezone.now()),
            headline=headline(),
            today=today,
        )


class ProduceListView(View):
    """GET ?q=&commune=&category=&season=&sort=&page=: the produce list. Its state is in its address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate()
        form = ProduceFilter(request.GET, today=today)
        wishes = form.wishes()
        number, complaints = _page_number(request)
        found = selectors.produce_list(
            today=today,
            page_number=number,
            text=wishes.get("q", ""),
            commune=wishes.get("commune"),
            category=wishes.get("category", ""),
            month=form.month(),
            sort=wishes.get("sort", ""),
        )
        complaints = [*form.complaints(), *complaints, *_beyond_the_end(number, found.page)]
        context = {"form": form, "wishes": wishes, "found": found, "page_obj": found.page}
        return render(request, "shop/produce_list.html", context | {"complaints": complaints})


class StayListView(View):
    """GET ?from=&to=&guests=&commune=&near=&page=: the stays; with both dates those free on every night."""

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        sights = all_sights()
        form = StayFilter(request.GET, today=timezone.localdate(now), sights=sights)
        wishes = form.wishes()
        dates = {name: wishes.get(name) for name in ("first_night", "leaves_on")}
        if not all(dates.values()):
            dates = dict.fromkeys(dates)
        number, complaints = _page_number(request)
        found = stay_list(
            page_number=number,
            now=now,
            guests=wishes.get("guests") or 1,
            commune=wishes.get("commune"),
            near=wishes.get("near"),
            sights=sights,
            **dates,
        )
        complaints = [*form.complaints(), *complaints, *_beyond_the_end(number, found.page)]
        context = {"form": form, "wishes": wishes, "found": found, "page_obj": found.page, **dates}
        context |= {"nights": _nights(**dates), "handed_on": _handed_on(wishes)}
        return render(request, "shop/stay_list.html", context | {"complaints": complaints})


def _nights(first_night: date | None, leaves_on: date | None) -> int | None:
    return (leaves_on - first_night).days if first_night and leaves_on else None


def _handed_on(wishes: dict[str, Any]) -> str:
    """Return the query string that takes the dates and guests along to the page of a stay."""
    names = ("first_night", "leaves_on", "guests")
    words = urlencode({name: wishes[name] for name in names if wishes.get(name)})
    return f"?{words}" if words else ""


class ProductDetailView(View):
    """GET: the page of a produce or a stay, at its canonical address. Nothing is written."""

    def get(self, request: HttpRequest, product_slug: str, pk: int) -> HttpResponse:
        product = product_of(int(pk))
        if product is None:
            raise Http404(_("This is not for sale, or no longer."))
        if product.is_child:
            return HttpResponsePermanentRedirect(_room_address(product))
        if product_slug != product.slug:
            return HttpResponsePermanentRedirect(_with_query(address_of(product.slug, product.pk), request))
        if hasattr(product, "stay"):
            return self._stay(request, product)
        if hasattr(product, "tour"):
            return tour_detail(request, product)
        if hasattr(product, "produce"):
            return self._produce(request, product)
        raise Http404(_("This is not for sale, or no longer."))

    def _produce(self, request: HttpRequest, product: Any) -> HttpResponse:
        if hasattr(product, "pool"):
            return redirect("regulars:pool", pk=product.pool.pk)
        page = produce_page(product, today=timezone.localdate())
        if page is None:
            raise Http404(_("This is not for sale, or no longer."))
        context = {"page": page, "product": product, "reviews": reviews_of_product(product.pk)}
        context["arrival"] = arrival_of(product, wish=known_wish(request), now=timezone.now())
        context["structured"] = structured.goods(page)
        return render(request, "shop/produce_detail.html", context)

    def _stay(self, request: HttpRequest, product: Any) -> HttpResponse:
        now = timezone.now()
        today = timezone.localdate(now)
        asked = BookingFilter(request.GET, today=today)
        wanted: dict[str, Any] = {"now": now, "wishes": asked.wishes(), "fields": request.GET}
        page = stay_page(product, **wanted)
        if page.chosen and page.chosen.quote and not page.chosen.free and free_ended_holds(now=now):
            page = stay_page(product, **wanted)
        shown = {
            "first_night": page.choice.first_night,
            "leaves_on": page.leaves_on,
            "guests": page.guests,
            "children": page.children,
            "rooms": page.chosen.rooms if page.chosen else 1,
        }
        form = BookingFilter(initial=shown, today=today)
        context = {"page": page, "product": product, "form": form, "complaints": asked.complaints()}
        context |= {"around": surroundings(page.origin, today=today), "structured": structured.lodging(page)}
        context["reviews"] = reviews_of_stay(page.stay.pk, today=today)
        return render(request, "shop/stay_detail.html", context)


def _room_address(room: Any) -> str:
    parent = room.parent
    chosen = f"?{urlencode({'room': room.room_type.pk})}" if hasattr(room, "room_type") else ""
    return address_of(parent.slug, parent.pk) + chosen


class CatalogueView(View):
    """GET: Oscar's list of everything is our list of produce."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponsePermanentRedirect(_with_query(reverse("produce"), request))


class ProductCategoryView(View):
    """GET: Oscar's category is a filter of our list of produce."""

    def get(self, request: HttpRequest, category_slug: str, pk: int) -> HttpResponse:
        key = category_slug.rsplit("/", 1)[-1]
        if key not in CATEGORIES:
            raise Http404(_("There is no such kind of produce."))
        return HttpResponsePermanentRedirect(f"{reverse('produce')}?{urlencode({'category': key})}")


def _with_query(address: str, request: HttpRequest) -> str:
    words = request.GET.urlencode()
    return f"{address}?{words}" if words else address


def _page_number(request: HttpRequest) -> tuple[int, list[str]]:
    """Return the page asked for, 1 if it is none, and what is to be said about that."""
    asked = request.GET.get("page", "") or "1"
    # More digits than this are no page; int() itself refuses thousands of them.
    if asked.isdecimal() and len(asked) <= 9 and int(asked) > 0:
        return int(asked), []
    return 1, [_("“%(page)s” is no page number. This is the first page.") % {"page": asked[:20]}]


def _beyond_the_end(asked: int, page: Any) -> list[str]:
    last = page.paginator.num_pages
    if asked <= last:
        return []
    message = ngettext(
        "There is no page %(asked)d: the list has %(last)d page, and this is it.",
        "There is no page %(asked)d: the list has %(last)d pages, and this is the last.",
        last,
    )
    return [message % {"asked": asked, "last": last}]
