"""Where things of the demo data come from: a unit of before the merger, its district, and today's commune."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from marketplace.places.models import MERGER_ON, Commune
from marketplace.places.selectors import communes_at


@dataclass(frozen=True)
class Place:
    """The finest unit known, and the commune of today around it."""

    unit: Commune
    commune: Commune

    @property
    def district(self) -> str:
        """The former district's name: ``Huyện Tủa Chùa``."""
        assert self.unit.district is not None, self.unit
        return self.unit.district.name

    @cached_property
    def words(self) -> str:
        """Where it is, in a sentence: ``xã Sín Chải (trước là xã Lao Xả Phình, huyện Tủa Chùa)``."""
        now, before = _lower(self.commune.full_name), _lower(self.unit.full_name)
        was = "trước thuộc" if now == before else f"trước là {before},"
        return f"{now} ({was} {_lower(self.district)})"


class Atlas:
    """Every unit of before the merger, by code. Two queries when it is opened, none afterwards."""

    def __init__(self) -> None:
        units = communes_at(MERGER_ON - timedelta(days=1)).select_related("district", "became__new")
        self.places = {unit.code: Place(unit, unit.became.new) for unit in units}
        self.communes = list(communes_at(MERGER_ON))

    def parts_of(self, commune_code: str) -> list[Place]:
        """Return the places that a commune of today is made of, in the order of their codes."""
        return [place for place in self.places.values() if place.commune.code == commune_code]


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
