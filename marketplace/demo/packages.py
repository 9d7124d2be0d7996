"""Packages of the demo: a tour, a house near it, and what grows there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.packages.models import Package, PackageGoods

from . import words
from .atlas import Place
from .goods import Listing
from .stays import House
from .tours import Trip


@dataclass(frozen=True)
class _Plan:
    slug: str
    title: str
    title_en: str
    text: str
    text_en: str
    tour: str
    nights: int
    goods: tuple[str, ...]  # product groups: the nearest of each


PLANS = (
    _Plan(
        "cuoi-tuan-pu-huot",
        "Cuối tuần leo Pú Huốt",
        "A weekend on Pú Huốt",
        "Ngủ nhà sàn, sáng leo núi cùng người trong bản, chiều mang về gạo và mật ong.",
        "Sleep in a stilt house, climb with people of the village, and take rice and honey home.",
        "leo-dinh-pu-huot-tu-che-can",
        2,
        ("rice", "honey"),
    ),
    _Plan(
        "chien-truong-xua-va-ca-phe",
        "Chiến trường xưa và cà phê Mường Ảng",
        "Old battlefields and Mường Ảng coffee",
        "Một buổi đi thăm chiến trường xưa, hai đêm nghỉ gần đó, cà phê mang về.",
        "Half a day on the old battlefields, two nights close by, and coffee to take home.",
        "chien-truong-xua-nua-ngay",
        2,
        ("coffee",),
    ),
    _Plan(
        "che-co-thu-sin-chai",
        "Chè cổ thụ Sín Chải",
        "Old tea trees of Sín Chải",
        "Hái chè trên núi cùng người Mông, nghỉ một đêm trước chuyến đi, chè mang về.",
        "Pick tea in the mountains with Mông people, rest the night before, and take tea home.",
        "hai-che-shan-tuyet-co-thu-2-ngay-1-dem",
        1,
        ("tea",),
    ),
)


def save(*, trips: Sequence[Trip], houses: Sequence[House], listings: Sequence[Listing]) -> int:
    """Write the packages whose parts there are, and return how many. The parts are saved before."""
    by_slug = {trip.row.slug: trip for trip in trips}
    number = 0
    for plan in PLANS:
        trip = by_slug[plan.tour]
        house = min(houses, key=lambda house: _distance(trip, house.place))
        package = Package.objects.create(
            slug=plan.slug,
            title=plan.title,
            title_en=plan.title_en,
            text=f"{plan.text}\n\n{words.SAMPLE}",
            text_en=plan.text_en,
            tour=trip.tour,
            room_type=house.rooms[0].room_type,
            nights_before=1,
            nights=plan.nights,
        )
        for group in plan.goods:
            of_group = [each for each in listings if each.row.category == group and not each.row.is_wholesale]
            nearest = min(of_group, key=lambda each: _distance(trip, each.place))
            PackageGoods.objects.create(package=package, product=nearest.product)
        number += 1
    return number


def _distance(trip: Trip, place: Place) -> int:
    """The same commune is nearest, then the same former district; the first of a file wins a tie."""
    if place.commune == trip.place.commune:
        return 0
    return 1 if place.unit.district_id == trip.place.unit.district_id else 2
