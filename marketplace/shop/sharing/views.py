from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sitemaps.views import SitemapIndexItem
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from oscar.core.loading import get_model

from frontend.templatetags.money import vnd
from marketplace.shop.catalogue.cards import name_of
from marketplace.shop.catalogue.pages import product_of
from payments.money import to_vnd
from tourism.tours.models import Departure

from . import pictures
from .sitemaps import SITEMAPS

StockRecord = get_model("partner", "StockRecord")
ProductImage = get_model("catalogue", "ProductImage")

# Whatever belongs to one person, and what only programs ask.
PRIVATE = (
    "/accounts/",
    "/admin/",
    "/api/",
    "/basket/",
    "/board/",
    "/checkout/",
    "/closures/",
    "/dashboard/",
    "/join/",
    "/octo/",
    "/orders/",
    "/payments/",
    "/post/",
    "/regular/",
    "/sell/",
    "/sms/",
    "/staff/",
    "/stays/calendar/",
    "/stays/requests/",
    "/stays/visits/",
    "/tours/waiting/",
    "/ussd/",
)


@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    """GET /robots.txt: what search engines may read, and where the list of it is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), ""]
    lines.append(f"Sitemap: {settings.PUBLIC_BASE_URL}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def sitemap_index(request: HttpRequest) -> HttpResponse:
    """GET /sitemap.xml: the lists of pages. Django's own names them by the address a request came by."""
    found = [
        SitemapIndexItem(f"{settings.PUBLIC_BASE_URL}{path}{f'?p={page}' if page > 1 else ''}")
        for path, section in (
            (reverse("sitemap-section", kwargs={"section": name}), kind()) for name, kind in SITEMAPS.items()
        )
        for page in section.paginator.page_range
    ]
    return render(request, "sitemap_index.xml", {"sitemaps": found}, content_type="application/xml")


@cache_control(public=True, max_age=3_600)
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """GET /share/<pk>.jpg: sends on to the picture of a product that is for sale, drawn the first time."""
    product = product_of(pk)
    if product is None or not hasattr(product, "origin"):
        raise Http404(_("This is not for sale, or no longer."))
    return redirect(default_storage.url(pictures.saved(_poster(product))))


def _poster(product: Any) -> pictures.Poster:
    image = ProductImage.objects.filter(product=product).order_by("display_order", "pk").first()
    return pictures.Poster(
        title=name_of(product.title, product.origin.name_en),
        place=product.origin.commune.full_name,
        price=_price(product),
        brand=str(settings.OSCAR_SHOP_NAME),
        photo=image.original.name if image else "",
    )


def _price(product: Any) -> str:
    """Return the price in words: of a pack, or the lowest of a night or a seat. One query."""
    if hasattr(product, "tour"):
        seats = Departure.objects.filter(tour=product.tour, state__in=("open", "goes"))
        price_vnd = seats.order_by("adult_vnd").values_list("adult_vnd", flat=True).first()
    else:
        records = StockRecord.objects.filter(product=product)
        if hasattr(product, "stay"):
            records = StockRecord.objects.filter(product__parent=product, product__is_public=True)
        price = records.exclude(price=None).order_by("price").values_list("price", flat=True).first()
        price_vnd = None if price is None else to_vnd(price)
    if price_vnd is None:
        return ""
    if hasattr(product, "produce"):
        return f"{vnd(price_vnd)} / {product.produce.pack}"
    return _("from %(price)s") % {"price": vnd(price_vnd)}
