"""What is known of one commune besides its sales: where it lies, what it was made of, what it offers."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from agriculture import selectors as produce
from agriculture.models import Produce
from marketplace.places import selectors as places
from marketplace.places.models import Commune
from marketplace.sellers.models import Origin
from tourism.closures.models import Closure
from tourism.closures.selectors import in_force
from tourism.sights.models import Sight
from tourism.sights.selectors import Feast, feasts_of, sights_of

MOST_OFFERS = 6
CLOSURES_AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class FormerDistrict:
    name: str
    units: list[Commune]


@dataclass(frozen=True)
class Profile:
    commune: Commune
    former: list[FormerDistrict]  # empty for a unit that nothing was merged into
    code_was: Commune | None  # the unit of another name that had this code before
    neighbours: list[Commune]
    in_season: list[Produce]  # this month, the newest first, at most MOST_OFFERS
    stays: list[Origin]  # likewise
    sights: list[Sight]
    feasts: list[Feast]
    closures: list[Closure]  # in force today or soon

    @property
    def people_per_km2(self) -> int | None:
        if not self.commune.population or not self.commune.area_km2:
            return None
        return round(self.commune.population / self.commune.area_km2)


def profile_of(commune: Commune, *, today: date) -> Profile:
    """Return what the page of ``commune``, a unit of today, tells. Cost: eight queries."""
    parts = places.parts_of(commune)
    by_district: dict[str, list[Commune]] = defaultdict(list)
    for part in parts:
        by_district[part.district.name if part.district else ""].append(part)
    code_was = Commune.objects.filter(code=commune.code, valid_to__isnull=False).order_by("-valid_to").first()
    in_season = (
        produce.on_sale(commune_id=commune.pk, month=today.month)
        .select_related("product__origin__seller")
        .order_by("-product__origin__listed_at", "pk")
    )
    stays = (
        Origin.objects.filter(commune=commune, kind=Origin.Kind.NIGHTS, product__is_public=True)
        .select_related("product", "seller")
        .order_by("-listed_at", "pk")
    )
    return Profile(
        commune=commune,
        former=[FormerDistrict(name, units) for name, units in by_district.items()],
        code_was=code_was if code_was is not None and code_was.name != commune.name else None,
        neighbours=places.neighbours_of(commune),
        in_season=list(in_season[:MOST_OFFERS]),
        stays=list(stays[:MOST_OFFERS]),
        sights=sights_of(commune.pk),
        feasts=feasts_of([commune.pk], today=today),
        closures=list(
            in_force(first_night=today, last_night=today + CLOSURES_AHEAD, commune_ids=[commune.pk])
        ),
    )


@dataclass(frozen=True)
class Found:
    """A unit somebody looked for, and today's commune whose page tells about it."""

    unit: Commune
    commune: Commune


def find_units(text: str) -> list[Found]:
    """Return the units of every time that people may mean by ``text``, the likeliest first.

    Units of before the merger come with the commune they lie in, unless that itself was found under
    the same name. Cost: two queries.
    """
    units = places.find_communes(text)
    successors = Commune.objects.filter(made_of__old__in=units).values_list("made_of__old", "pk")
    today_of = dict(successors)
    communes = Commune.objects.in_bulk(
        [*today_of.values(), *(unit.pk for unit in units if not unit.valid_to)]
    )
    found = [Found(unit, communes[today_of.get(unit.pk, unit.pk)]) for unit in units]
    names_of_today = {(each.commune.pk, each.unit.name) for each in found if each.unit == each.commune}
    return [
        each
        for each in found
        if each.unit == each.commune or (each.commune.pk, each.unit.name) not in names_of_today
    ]


def successor_of(code: str, *, today: date) -> Found | None:
    """Return the former unit that last had ``code``, and the commune of ``today`` it is part of."""
    former = Commune.objects.filter(code=code, valid_to__isnull=False).order_by("-valid_to").first()
    if former is None:
        return None
    return Found(former, places.current_unit(former, today))
