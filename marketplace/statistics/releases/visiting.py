"""The nights and guests of a year's released months, frozen when they are released.

Bookings change after their nights, and registers of guests are deleted in time: so each release keeps what it
counted of each host, and counting again adds those rows up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from marketplace.places.models import Commune
from marketplace.statistics import tourism

from .counting import ALL, TODAY, Figure, Figures, Key, Month, to_date_too
from .models import Release, VisitCount

STAYS, HOMES = "stays", "homes"
MEASURES = {STAYS: ("open_nights", "nights", "guests", "guest_nights"), HOMES: ("guests",)}


def count(months: Sequence[Month]) -> dict[date, list[VisitCount]]:
    """Count the nights and guests of each of ``months`` as they are now; nothing is kept. Three queries each.

    Homes are counted by seller, "FR" or "VN-11" with the province of Việt Nam as far as it is known.
    """
    found: dict[date, list[VisitCount]] = {}
    for month in months:
        first, last = month.first_day, month.last_day
        rows = [
            VisitCount(
                month=first,
                commune_id=commune,
                seller_id=seller,
                **{measure: getattr(counted, measure) for measure in MEASURES[STAYS]},
            )
            for (commune, seller), counted in sorted(tourism.count_stays(first, last).items())
        ]
        rows += [
            VisitCount(month=first, seller_id=seller, home=home, guests=guests)
            for (home, seller), guests in sorted(tourism.count_homes(first, last).items())
        ]
        found[first] = rows
    return found


def frozen(months: Sequence[Month], *, until: int) -> dict[date, list[VisitCount]]:
    """Return what the releases up to number ``until`` kept of each of ``months``, the newest of each."""
    counts = VisitCount.objects.filter(
        month__in=[month.first_day for month in months], release__number__lte=until
    )
    newest: dict[date, dict[int, list[VisitCount]]] = {}
    for row in counts.order_by("release__number", "pk"):
        newest.setdefault(row.month, {}).setdefault(row.release_id, []).append(row)
    return {month: list(by_release.values())[-1] for month, by_release in newest.items()}


def keep(release: Release, counts: Mapping[date, Sequence[VisitCount]]) -> None:
    """Keep what ``release`` counted."""
    for rows in counts.values():
        for row in rows:
            row.release = release
        VisitCount.objects.bulk_create(rows)


def figures_of(
    months: Sequence[Month], counts: Mapping[date, Sequence[VisitCount]], holdings: Mapping[int, int]
) -> dict[str, Figures]:
    """Return every figure of stays and of homes. Cost: one small query."""
    codes = dict(Commune.objects.values_list("pk", "code"))
    found: dict[str, dict[str, Figures]] = {
        name: {month.period: {} for month in months} for name in (STAYS, HOMES)
    }
    for month in months:
        for row in counts.get(month.first_day, ()):
            name = HOMES if row.home else STAYS
            places = [(ALL, ALL), (ALL, row.home)]
            if row.commune_id is not None:
                places[1] = (f"{TODAY}/{codes[row.commune_id]}", ALL)
            holding = holdings.get(row.seller_id, row.seller_id)
            figure = Figure(
                {measure: {holding: getattr(row, measure)} for measure in MEASURES[name]},
                {(row.seller_id, row.commune_id or 0)},
            )
            for area, what in places:
                key = Key(month.period, area, what)
                found[name][month.period].setdefault(key, Figure()).add(figure)
    return {name: to_date_too(months, by_month) for name, by_month in found.items()}
