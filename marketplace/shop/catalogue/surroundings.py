"""What is around a stay: sights, festivals of its commune and the next ones, and whether one can come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.sellers.models import Origin
from tourism.closures.models import Closure
from tourism.closures.selectors import in_force
from tourism.sights.selectors import Feast, Near, feasts_of, sights_near

# Closures so far ahead are shown.
AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Surroundings:
    sights: list[Near]
    feasts: list[Feast]
    closures: list[Closure]


def surroundings(origin: Origin, *, today: date) -> Surroundings:
    """Return what is around what ``origin`` sells, whose unit and commune were read. Three queries."""
    closures = in_force(first_night=today, last_night=today + AHEAD, commune_ids=[origin.commune_id])
    # The finest unit known says best how far things are; without a point the commune of today does.
    unit = origin.unit if origin.unit.lat is not None else origin.commune
    return Surroundings(
        sights=sights_near(unit),
        feasts=feasts_of([origin.commune_id], today=today),
        closures=list(closures),
    )
