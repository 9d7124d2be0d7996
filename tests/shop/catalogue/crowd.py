"""Thousands of things for sale in a second or two: what grows with the catalogue shows itself here."""

from datetime import date, timedelta

from django.db import connection
from django.utils import timezone
from oscar.core.loading import get_model

from agriculture.categories import CATEGORIES
from agriculture.models import Produce
from marketplace.places.models import Commune
from marketplace.sellers.models import Origin
from payments.money import to_decimal
from tests.factories import Product, SellerFactory, StockRecord, product_class
from tourism.models import RoomNight, RoomType, Stay

ProductImage = get_model("catalogue", "ProductImage")

BATCH = 2_000
SHELVES = list(CATEGORIES)


def fill(*, produce: int, stays: int, communes: list[Commune], nights_from: date, nights: int) -> None:
    """Put ``produce`` and ``stays`` on sale, spread over ``communes``; each stay has one room type."""
    sellers = [SellerFactory(commune=commune) for commune in communes]
    _goods(produce, sellers)
    _houses(stays, sellers, nights_from, nights)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the server does by itself a minute after such a load


def _origins(products, sellers, kind, groups):
    now = timezone.now()
    Origin.objects.bulk_create(
        (
            Origin(
                product=product,
                seller=sellers[number % len(sellers)],
                unit=sellers[number % len(sellers)].unit,
                commune=sellers[number % len(sellers)].unit,
                kind=kind,
                group=groups[number % len(groups)],
                search_text=f"gao tam {number}",
                listed_at=now - timedelta(minutes=number),
            )
            for number, product in enumerate(products)
        ),
        batch_size=BATCH,
    )


def _pictures(products):
    ProductImage.objects.bulk_create(
        (ProductImage(product=product, original="products/rice.webp") for product in products),
        batch_size=BATCH,
    )


def _goods(number, sellers):
    kind = product_class("produce")
    products = Product.objects.bulk_create(
        (Product(title=f"Gạo tám {n}", slug=f"gao-tam-{n}", product_class=kind) for n in range(number)),
        batch_size=BATCH,
    )
    _origins(products, sellers, Origin.Kind.GOODS, SHELVES)
    _pictures(products)
    Produce.objects.bulk_create(
        (
            Produce(
                product=product,
                category=SHELVES[n % len(SHELVES)],
                weight_g=1_000,
                season_months=[n % 12 + 1],
            )
            for n, product in enumerate(products)
        ),
        batch_size=BATCH,
    )
    StockRecord.objects.bulk_create(
        (
            StockRecord(
                product=product,
                partner=sellers[n % len(sellers)].partner,
                partner_sku=f"P{n}",
                price=to_decimal(10_000 + n),
                num_in_stock=5,
            )
            for n, product in enumerate(products)
        ),
        batch_size=BATCH,
    )


def _houses(number, sellers, nights_from, nights):
    kind = product_class("stay")
    parents = Product.objects.bulk_create(
        Product(title=f"Nhà sàn {n}", slug=f"nha-san-{n}", product_class=kind, structure=Product.PARENT)
        for n in range(number)
    )
    _origins(parents, sellers, Origin.Kind.NIGHTS, ["stay"])
    _pictures(parents)
    children = Product.objects.bulk_create(
        Product(structure=Product.CHILD, parent=parent, slug=f"{parent.slug}-room") for parent in parents
    )
    stays = Stay.objects.bulk_create(Stay(product=parent, kind=Stay.Kind.HOMESTAY) for parent in parents)
    room_types = RoomType.objects.bulk_create(
        RoomType(product=child, stay=stay, kind="room", sleeps=2, rooms=3, price_vnd=300_000)
        for child, stay in zip(children, stays, strict=True)
    )
    RoomNight.objects.bulk_create(
        (
            RoomNight(
                room_type=room_type,
                night_on=nights_from + timedelta(days=day),
                capacity=3,
                price_vnd=room_type.price_vnd,
                commune_id=room_type.stay.product.origin.commune_id,
            )
            for room_type in room_types
            for day in range(nights)
        ),
        batch_size=BATCH,
    )
