"""What grows and is made in the province, as pictures to choose from: each with its shelf, units and season.

The list is ``data/crops.csv``. Season and keeping are what growers of the province say (the products of
the demonstration name their sources); whoever lists may sell out of season, and a shelf life of 0 is unknown.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils import translation

from marketplace.places.text import fold

from .units import FIXED_G, Unit

FILE = Path(__file__).resolve().parent / "data" / "crops.csv"


@dataclass(frozen=True)
class Crop:
    """One picture of the list. ``units`` are those it is sold by, the usual one first."""

    key: str
    name: str
    name_en: str
    category: str
    words: tuple[str, ...]
    units: tuple[Unit, ...]
    weight_g: int  # of one unit that is no weight
    months: tuple[int, ...]
    keeping: str
    shelf_life_days: int | None
    motif: str  # the drawing it has in the demonstration's pictures

    @property
    def label(self) -> str:
        """Its name in the language of the page."""
        return self.name_en if (translation.get_language() or "").startswith("en") else self.name

    @property
    def image(self) -> str:
        """The static file of its picture."""
        return f"img/crops/{self.key}.webp"

    def in_season(self, month: int) -> bool:
        return not self.months or month in self.months

    def grams_of(self, unit: Unit) -> int:
        """Net grams of one ``unit`` of it, as is usual."""
        return FIXED_G.get(unit, self.weight_g)


@cache
def crops() -> dict[str, Crop]:
    """Return every crop by its key, in the order of the file: what a name says first is looked for first."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: _crop(row) for row in csv.DictReader(file)}


def _crop(row: dict[str, str]) -> Crop:
    return Crop(
        key=row["key"],
        name=row["name"],
        name_en=row["name_en"],
        category=row["category"],
        words=tuple(word.strip() for word in row["words"].split("|")),
        units=tuple(Unit(unit) for unit in row["units"].split()),
        weight_g=int(row["weight_g"]),
        months=tuple(int(month) for month in row["months"].split()),
        keeping=row["keeping"],
        shelf_life_days=int(row["days"]) or None,
        motif=row["motif"],
    )


def crop_of(name: str) -> Crop | None:
    """Return the crop that a product's name begins with or holds as whole words; None if it names none."""
    folded = fold(name)
    starting = [crop for crop in crops().values() if any(_has(folded, word, at=0) for word in crop.words)]
    if starting:
        return starting[0]
    holding = (
        crop for crop in crops().values() if any(_has(folded, word) for word in crop.words if " " in word)
    )
    return next(holding, None)


def _has(text: str, word: str, *, at: int | None = None) -> bool:
    found = re.search(rf"\b{re.escape(word)}\b", text)
    return found is not None and (at is None or found.start() == at)
