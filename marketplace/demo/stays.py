"""Places to sleep in the shop: hosts, room types, and a year and a half of nights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.sellers.models import Origin
from payments.money import to_decimal
from tourism.models import RoomType, Stay
from tourism.opening import open_nights

from . import stay_terms, words, words_en
from .atlas import Atlas, Place
from .peoples import people_named
from .reading import StayRow
from .sellers import Draft, Sellers
from .shelves import Shelves, search_text

Product = get_model("catalogue", "Product")
StockRecord = get_model("partner", "StockRecord")

GROUP = "stay"
# The house of the demo's host.
HOSTS_HOUSE = "nha-san-che-can"
# In the hamlet where the demo's farmer grows tea.
FARMERS_NEIGHBOUR = "nha-san-hau-chua"
# The one that a village of the demo offers together.
VILLAGES_HOUSE = "nha-san-che-can-2"

HOMES = (Stay.Kind.HOMESTAY, Stay.Kind.VILLAGE)
DEPOSIT_PERCENT = 30  # where the house is a business
FLOOR_PLACES, FLOOR_PLACES_MOST = 12, 20
PRIVATE_ROOMS, HOTEL_ROOMS = 3, 8

# What stands in the column "village" without being one.
_STREETS = frozenset({"514 Võ Nguyên Giáp", "Võ Nguyên Giáp"})
_LANDMARKS = {"đèo Pha Đin": "Đèo Pha Đin"}


@dataclass(eq=False)
class Room:
    """A room type before it is in the database. ``price_vnd`` is for one room, or place, and night."""

    kind: RoomType.Kind
    title: str
    sleeps: int
    rooms: int
    price_vnd: int
    room_type: Any = None


@dataclass(eq=False)
class House:
    """A stay before it is in the database."""

    row: StayRow
    draft: Draft
    place: Place
    village: str
    rooms: list[Room]
    listed_at: datetime
    product: Any = None
    stay: Any = None


def hamlet_of(row: StayRow) -> str:
    """Return the hamlet a stay stands in: ``Bản Che Căn``; empty where the file names none."""
    name = row.village.split(" / ")[0].removeprefix("bản ")
    if not name or name in _STREETS or name in _LANDMARKS:
        return ""
    return f"Bản {name}"


def plan(
    rows: Sequence[StayRow], *, atlas: Atlas, sellers: Sellers, host: Draft, random: Random, now: datetime
) -> list[House]:
    """Decide whose every stay is, which rooms it has and since when it is listed."""
    houses = []
    for row in rows:
        place = atlas.places[row.unit_code]
        draft = host if row.slug == HOSTS_HOUSE else _owner(row, place, sellers, random)
        draft.works.append(GROUP)
        day = draft.joined_on + timedelta(days=random.randint(0, 14))
        houses.append(
            House(
                row=row,
                draft=draft,
                place=place,
                village=_LANDMARKS.get(row.village) or hamlet_of(row),
                rooms=_rooms(row, random),
                listed_at=min(timezone.make_aware(datetime.combine(day, time(9))), now - timedelta(days=1)),
            )
        )
    return houses


def save(houses: Sequence[House], *, shelves: Shelves, today: date) -> None:
    """Write the stays, whose sellers are saved, and open their nights from ``today`` on."""
    products = Product.objects.bulk_create(
        Product(
            structure=Product.PARENT,
            title=house.row.title,
            slug=house.row.slug,
            description=words.stay_text(house.row, house.place, village=house.village),
            product_class=shelves.stay_class,
        )
        for house in houses
    )
    for house, product in zip(houses, products, strict=True):
        house.product = product
    stays = Stay.objects.bulk_create(_stay(house) for house in houses)
    for house, stay in zip(houses, stays, strict=True):
        house.stay = stay
    Origin.objects.bulk_create(_origin(house) for house in houses)
    _save_rooms(houses)
    stay_terms.save(houses, today=today)
    open_nights((room.room_type for house in houses for room in house.rooms), first=today)


def _owner(row: StayRow, place: Place, sellers: Sellers, random: Random) -> Draft:
    early, hamlet = random.random() < 0.5, hamlet_of(row)
    if row.kind in (Stay.Kind.HOTEL, Stay.Kind.RESORT):
        return sellers.company(place, early=early)
    if row.kind == Stay.Kind.VILLAGE and (random.random() < 0.5 or row.slug == VILLAGES_HOUSE):
        return sellers.cooperative(place, early=early, hamlet=hamlet, about="du lịch cộng đồng")
    return sellers.household(place, early=early, people=people_named(row.hosts), hamlet=hamlet)


def _rooms(row: StayRow, random: Random) -> list[Room]:
    if row.kind not in HOMES:
        number = row.rooms or HOTEL_ROOMS
        family_vnd = _rounded(row.price_vnd * 8 // 5, 10_000)
        return [
            Room(RoomType.Kind.ROOM, "Phòng đôi", 2, number, row.price_vnd),
            Room(RoomType.Kind.ROOM, "Phòng gia đình", 4, max(2, number // 4), family_vnd),
        ]
    assert row.is_per_person, row.slug
    places = min(row.capacity, FLOOR_PLACES_MOST) if row.capacity else FLOOR_PLACES
    rooms = [Room(RoomType.Kind.FLOOR, "Chỗ ngủ trên sàn chung", 1, places, row.price_vnd)]
    if row.slug == HOSTS_HOUSE or row.rooms or random.random() < 0.5:
        private_vnd = _rounded(row.price_vnd * 5 // 2, 10_000)
        rooms.append(Room(RoomType.Kind.ROOM, "Phòng riêng", 2, PRIVATE_ROOMS, private_vnd))
    return rooms


def _stay(house: House) -> Stay:
    is_home = house.row.kind in HOMES
    return Stay(
        product=house.product,
        kind=house.row.kind,
        village=house.village,
        hosts=house.row.hosts,
        **_way_there(house),
        meal_price_vnd=house.row.meal_price_vnd,
        deposit_percent=100 if is_home else DEPOSIT_PERCENT,
        policy=stay_terms.policy_of(house.row.kind),
        child_percent=stay_terms.CHILD_PERCENT if is_home else 100,
        check_in_from=time(13) if is_home else time(14),
        check_out_until=time(11) if is_home else time(12),
    )


def _way_there(house: House) -> dict[str, object]:
    """Road, signal and Wi-Fi as they usually are with such a house."""
    if house.row.kind not in HOMES:
        return {"road": Stay.Road.CAR, "signal": Stay.Signal.G4, "has_wifi": True}
    if house.row.season == "dry season":
        return {"road": Stay.Road.DIRT, "signal": Stay.Signal.G2}
    is_village = house.row.kind == Stay.Kind.VILLAGE
    return {"road": Stay.Road.CAR, "signal": Stay.Signal.G3, "has_wifi": is_village}


def _origin(house: House) -> Origin:
    row, seller = house.row, house.draft.saved
    return Origin(
        product=house.product,
        seller=seller,
        unit=house.place.unit,
        commune=house.place.commune,
        kind=Origin.Kind.NIGHTS,
        group=GROUP,
        name_en=row.name_en,
        description_en=words_en.stay_text(row, house.place, village=house.village),
        search_text=search_text(f"{row.title} {house.village}", row.name_en, GROUP, seller, house.place),
        listed_at=house.listed_at,
    )


def _save_rooms(houses: Sequence[House]) -> None:
    """Write the room types of all stays: Oscar's child products, each with its stock record."""
    pairs = [(house, room) for house in houses for room in house.rooms]
    products = Product.objects.bulk_create(
        Product(
            structure=Product.CHILD,
            parent=house.product,
            title=room.title,
            slug=f"{house.row.slug}-{number}",
        )
        for house in houses
        for number, room in enumerate(house.rooms, start=1)
    )
    room_types = RoomType.objects.bulk_create(
        RoomType(
            product=product,
            stay=house.stay,
            kind=room.kind,
            sleeps=room.sleeps,
            rooms=room.rooms,
            price_vnd=room.price_vnd,
        )
        for (house, room), product in zip(pairs, products, strict=True)
    )
    StockRecord.objects.bulk_create(
        StockRecord(
            product=product,
            partner=house.draft.saved.partner,
            partner_sku=product.slug,
            price_currency="VND",
            price=to_decimal(room.price_vnd),
        )
        for (house, room), product in zip(pairs, products, strict=True)
    )
    for (_house, room), room_type in zip(pairs, room_types, strict=True):
        room.room_type = room_type


def _rounded(amount_vnd: int, step_vnd: int) -> int:
    return (amount_vnd + step_vnd // 2) // step_vnd * step_vnd
