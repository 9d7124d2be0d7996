"""The list of stays: those free for the nights and guests asked about, where they are, and when else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page

from marketplace.places.errors import MapMissing
from marketplace.places.models import Commune, MapSheet
from marketplace.places.projection import projection_of
from marketplace.places.selectors import boundary_map, neighbours_of
from tourism.closures.models import Closure
from tourism.closures.selectors import in_force
from tourism.search import OtherDates, Place, nearest_dates, places_of
from tourism.selectors import Offer, free_offers, listed, usual_offers
from tourism.sights.models import Sight
from tourism.sights.selectors import Around, around

from .cards import StayCard, stay_cards
from .selectors import MAP_COLOURS, Nearby, page_of, ranked


@dataclass(frozen=True)
class MapArea:
    """A commune on the map of stays; ``number`` of those found are there."""

    commune: Commune
    path: str
    label_x: int
    label_y: int
    css_class: str
    number: int


@dataclass(frozen=True)
class MapSight:
    sight: Sight
    x: int
    y: int
    chosen: bool


@dataclass(frozen=True)
class StayMap:
    sheet: MapSheet
    areas: list[MapArea]
    sights: list[MapSight]


@dataclass(frozen=True)
class StayList:
    page: Page
    cards: list[StayCard]
    nearby: list[Nearby]
    other_dates: list[OtherDates]
    closures: list[Closure]  # why nothing may be free
    map: StayMap | None


def stay_list(
    *,
    page_number: int,
    now: datetime,
    first_night: date | None = None,
    leaves_on: date | None = None,
    guests: int = 1,
    commune: Commune | None = None,
    near: Sight | None = None,
    sights: list[Sight],
) -> StayList:
    """Return one page of the stays that can take ``guests``: on every night when both dates are given.

    Near a sight the nearest come first, otherwise the cheapest. ``sights`` are those drawn on the map. Five
    queries; with dates one or two for the hosts' rules, one near a sight, and up to eight when nothing is
    free.
    """
    wish = _Wish(guests, first_night, leaves_on, commune, around(near) if near else None, now)
    found, places = wish.offers()
    page = page_of(found, len(found), page_number)
    cards = stay_cards(listed([offer.stay_id for offer in page.object_list]), page.object_list)
    nearby, other_dates = ([], []) if found else (wish.nearby(), wish.other_dates())
    return StayList(
        page=page,
        cards=[card.at_distance(wish.km_to(places[card.offer.stay_id])) for card in cards],
        nearby=nearby,
        other_dates=other_dates,
        closures=[] if found else wish.closures(),
        map=_map(Counter(places[offer.stay_id].commune_id for offer in found), sights, near),
    )


@dataclass(frozen=True)
class _Wish:
    """What is looked for, in a commune or around a sight."""

    guests: int
    first_night: date | None
    leaves_on: date | None
    commune: Commune | None
    around: Around | None
    now: datetime

    def km_to(self, place: Place) -> int | None:
        return None if self.around is None else self.around.km[place.unit_id]

    def offers(self) -> tuple[list[Offer], dict[int, Place]]:
        """Return what is free, the nearest or else the cheapest first, and where it is. Two queries."""
        found = self._offers(self._communes())
        places = places_of([offer.stay_id for offer in found])
        if self.around is not None:
            near = self.around.km
            found = [offer for offer in found if places[offer.stay_id].unit_id in near]
            found.sort(key=lambda offer: near[places[offer.stay_id].unit_id])  # else in their order
        return found, places

    def _communes(self) -> list[int] | None:
        if self.commune is not None:
            return [self.commune.pk]
        return None if self.around is None else list(self.around.commune_ids)

    def _offers(self, commune_ids: list[int] | None) -> list[Offer]:
        there: dict[str, Any] = {"guests": self.guests, "commune_ids": commune_ids}
        if self.first_night and self.leaves_on:
            return free_offers(first_night=self.first_night, leaves_on=self.leaves_on, now=self.now, **there)
        return usual_offers(**there)

    def nearby(self) -> list[Nearby]:
        """Return the neighbours of the commune that have what it lacks. Three queries, or none."""
        if self.commune is None:
            return []
        neighbours = {each.pk: each for each in neighbours_of(self.commune)}
        there = places_of([offer.stay_id for offer in self._offers(list(neighbours))])
        return ranked(Counter(place.commune_id for place in there.values()), neighbours)

    def other_dates(self) -> list[OtherDates]:
        """Return when as many nights are free instead. One query, or none without dates."""
        if not (self.first_night and self.leaves_on):
            return []
        return nearest_dates(
            first_night=self.first_night,
            leaves_on=self.leaves_on,
            guests=self.guests,
            now=self.now,
            commune_ids=self._communes(),
            unit_ids=None if self.around is None else list(self.around.km),
        )

    def closures(self) -> list[Closure]:
        """Return the communes looked in that cannot be reached on these nights. One query, or none."""
        if not (self.first_night and self.leaves_on):
            return []
        last_night = self.leaves_on - timedelta(days=1)
        return list(
            in_force(first_night=self.first_night, last_night=last_night, commune_ids=self._communes())
        )


def _map(numbers: Mapping[int, int], sights: list[Sight], near: Sight | None) -> StayMap | None:
    """Draw where the stays are, darker where more, and the sights. Two queries; None without a map."""
    try:
        sheet = boundary_map()
    except MapMissing:
        return None
    shapes = list(sheet.shapes.all())
    most = max(numbers.values(), default=1)
    areas = []
    for shape in shapes:
        number = numbers.get(shape.commune_id, 0)
        shade = f"map__c{min(MAP_COLOURS - 1, number * MAP_COLOURS // (most + 1))}" if number else "map__none"
        areas.append(MapArea(shape.commune, shape.path, shape.label_x, shape.label_y, shade, number))
    projection = projection_of(shapes)
    dots = [
        MapSight(each, *projection.point(each.lat, each.lon), chosen=each == near)
        for each in (sights if projection else [])
        if projection
    ]
    return StayMap(sheet, areas, dots)
