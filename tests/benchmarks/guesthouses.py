"""A province full of rooms, made in a few statements: what grows with the number of stays shows here."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils import timezone

from marketplace.places.models import Commune
from marketplace.sellers.models import Origin
from tests.factories import Product, SellerFactory, product_class
from tourism.models import RoomType, Stay

BATCH = 2_000
ROOMS_PER_STAY = 2

# Every room type's nights in one statement. About every third night of a room type is full.
_NIGHTS = """
    INSERT INTO tourism_roomnight
           (room_type_id, night_on, capacity, taken, price_vnd, is_price_set, is_closed, commune_id)
    SELECT room_type.id, night::date, room_type.rooms,
           CASE WHEN (room_type.id * 31 + extract(doy FROM night)::int * 17) %% 3 = 0
                THEN room_type.rooms ELSE 1 END,
           room_type.price_vnd, false, false, origin.commune_id
      FROM tourism_roomtype AS room_type
      JOIN tourism_stay AS stay ON stay.id = room_type.stay_id
      JOIN sellers_origin AS origin ON origin.product_id = stay.product_id,
           generate_series(%s::date, %s::date, '1 day') AS night
     WHERE room_type.id > %s
     ORDER BY room_type.id, night
"""


# Those that are no constraint's.
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
     WHERE tablename = 'tourism_roomnight'
       AND indexname NOT IN (SELECT conname FROM pg_constraint)
     ORDER BY indexname
"""


def build(numbers: dict[Commune, int], *, first_night: date, last_night: date) -> None:
    """Add as many room types to each commune as ``numbers`` says (even), with all nights on sale."""
    newest = RoomType.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for commune, number in numbers.items():
        _stays(commune, number // ROOMS_PER_STAY)
    with connection.cursor() as cursor:
        # Millions of rows that are right by construction: their foreign keys need not be looked up, and
        # indexes are made quicker of all of them than of one after the other.
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_NIGHTS, [first_night, last_night, newest])
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE tourism_roomnight, tourism_roomtype, tourism_stay, catalogue_product")


def _stays(commune: Commune, number: int) -> None:
    seller = SellerFactory(commune=commune)
    kind = product_class("stay")
    parents = Product.objects.bulk_create(
        (
            Product(title=f"Nhà sàn {n}", slug=f"{commune.code}-{n}", product_class=kind, structure="parent")
            for n in range(number)
        ),
        batch_size=BATCH,
    )
    now = timezone.now()
    Origin.objects.bulk_create(
        (
            Origin(
                product=parent,
                seller=seller,
                unit=commune,
                commune=commune,
                kind=Origin.Kind.NIGHTS,
                group="stay",
                listed_at=now,
            )
            for parent in parents
        ),
        batch_size=BATCH,
    )
    stays = Stay.objects.bulk_create(
        (Stay(product=parent, kind=Stay.Kind.HOMESTAY) for parent in parents), batch_size=BATCH
    )
    pairs = [(stay, n) for stay in stays for n in range(ROOMS_PER_STAY)]
    children = Product.objects.bulk_create(
        (
            Product(structure="child", parent=stay.product, slug=f"{stay.product.slug}-{n}")
            for stay, n in pairs
        ),
        batch_size=BATCH,
    )
    RoomType.objects.bulk_create(
        (
            RoomType(
                product=child,
                stay=stay,
                kind=RoomType.Kind.ROOM,
                sleeps=2,
                rooms=3,
                price_vnd=250_000 + 1_000 * n + 100 * (stay.pk % 500),
            )
            for child, (stay, n) in zip(children, pairs, strict=True)
        ),
        batch_size=BATCH,
    )
