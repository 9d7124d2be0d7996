"""What the sample houses ask and offer: policies, prices by date, rules, meals and add-ons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from tourism.feasts import nights_of
from tourism.models import AddOn, BookingRule, CancellationPolicy, Feast, PriceRule, Stay

if TYPE_CHECKING:
    from .stays import House

HOMES = (Stay.Kind.HOMESTAY, Stay.Kind.VILLAGE)
WEEKEND = [4, 5]  # the evenings of Friday and Saturday
WEEKEND_PERCENT = 15
FEAST_PERCENT = {Feast.TET: 40, Feast.HOA_BAN: 30, Feast.VICTORY: 25, Feast.REUNIFICATION: 25}
MEALS_VND = {AddOn.Kind.BREAKFAST: 40_000}
CHILD_PERCENT = 50
YEARS = 2

_POLICIES = {
    Stay.Kind.HOMESTAY: CancellationPolicy.Code.FLEXIBLE,
    Stay.Kind.VILLAGE: CancellationPolicy.Code.MODERATE,
    Stay.Kind.GUESTHOUSE: CancellationPolicy.Code.MODERATE,
    Stay.Kind.HOTEL: CancellationPolicy.Code.FIRM,
    Stay.Kind.RESORT: CancellationPolicy.Code.STRICT,
}


def policy_of(kind: str) -> str:
    return _POLICIES[Stay.Kind(kind)]


def save(houses: Iterable[House], *, today: date) -> None:
    """Write the rules and offers of saved stays, before their nights are opened. Three queries."""
    houses = list(houses)
    PriceRule.objects.bulk_create(rule for house in houses for rule in _prices(house.stay))
    BookingRule.objects.bulk_create(rule for house in houses for rule in _rules(house.stay, today))
    AddOn.objects.bulk_create(add_on for house in houses for add_on in _add_ons(house))


def _prices(stay: Stay) -> list[PriceRule]:
    weekend = PriceRule(stay=stay, kind=PriceRule.Kind.WEEKEND, weekdays=WEEKEND, percent=WEEKEND_PERCENT)
    feasts = [
        PriceRule(stay=stay, kind=PriceRule.Kind.FEAST, feast=feast, percent=percent)
        for feast, percent in FEAST_PERCENT.items()
    ]
    return [weekend, *feasts]


def _rules(stay: Stay, today: date) -> list[BookingRule]:
    """At Tết and at the Hoa Ban festival two nights at least."""
    rules = []
    for feast in (Feast.TET, Feast.HOA_BAN):
        for year in range(today.year, today.year + YEARS):
            nights = nights_of(feast, year)
            if nights[0] <= today:
                continue
            rules.append(BookingRule(stay=stay, first_on=nights[0], last_on=nights[-2], min_nights=2))
    return rules


def _add_ons(house: House) -> list[AddOn]:
    stay = house.stay
    if stay.kind not in HOMES:
        return []
    per = AddOn.Per.GUEST_NIGHT
    offered = [
        AddOn(
            stay=stay,
            kind=AddOn.Kind.BREAKFAST,
            per=per,
            name="Bữa sáng: xôi nếp nương, rau rừng",
            name_en="Breakfast: sticky rice, forest greens",
            price_vnd=MEALS_VND[AddOn.Kind.BREAKFAST],
        )
    ]
    if house.row.meal_price_vnd:
        offered.append(
            AddOn(
                stay=stay,
                kind=AddOn.Kind.DINNER,
                per=per,
                name="Mâm cơm tối của bản",
                name_en="Village dinner",
                price_vnd=house.row.meal_price_vnd,
            )
        )
    offered.append(
        AddOn(
            stay=stay,
            kind=AddOn.Kind.OTHER,
            per=AddOn.Per.PIECE,
            name="Đêm lửa trại, múa xòe",
            name_en="Evening by the fire with xòe dance",
            price_vnd=300_000,
        )
    )
    return offered
