"""Which packages there are."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from oscar.core.loading import get_model

from marketplace.shop.catalogue.cards import name_of

from .models import Package, PackageGoods

ProductImage = get_model("catalogue", "ProductImage")


@dataclass(frozen=True)
class PackageCard:
    url: str
    name: str
    image: str | None
    place: str
    nights: int
    tour: str
    stay: str
    goods: list[str]


def packages() -> list[PackageCard]:
    """Return the public packages by title, as cards. Three queries."""
    rows = list(_public().order_by("title", "pk"))
    products = [package.tour.product_id for package in rows]
    pictures = ProductImage.objects.filter(product__in=products).order_by("-display_order", "-pk")
    # The last of a product stays in the dict: its first picture.
    image_of = dict(pictures.values_list("product", "original"))
    return [_card(package, image_of.get(package.tour.product_id)) for package in rows]


def package(slug: str) -> Package | None:
    """Return a public package with everything its page asks about, or None. Four queries."""
    return _public().filter(slug=slug).first()


def image_of(package: Package) -> str | None:
    """Return the picture of the package's tour. One query."""
    pictures = ProductImage.objects.filter(product=package.tour.product_id).order_by("display_order", "pk")
    return pictures.values_list("original", flat=True).first()


def _public() -> QuerySet[Package]:
    goods = PackageGoods.objects.select_related("product__produce", "product__origin")
    return (
        Package.objects.filter(
            is_public=True, tour__product__is_public=True, room_type__stay__product__is_public=True
        )
        .select_related("tour__product__origin__commune", "room_type__stay")
        .select_related("room_type__product__parent__origin")
        .prefetch_related(Prefetch("goods", goods.order_by("pk")), "goods__product__stockrecords")
    )


def _card(package: Package, image: str | None) -> PackageCard:
    tour, stay = package.tour.product, package.room_type.product.parent
    return PackageCard(
        url=reverse("package", args=[package.slug]),
        name=name_of(package.title, package.title_en),
        image=image,
        place=tour.origin.commune.full_name,
        nights=package.nights,
        tour=name_of(tour.title, tour.origin.name_en),
        stay=name_of(stay.title, stay.origin.name_en),
        goods=[name_of(each.product.title, each.product.origin.name_en) for each in package.goods.all()],
    )
