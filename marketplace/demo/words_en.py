"""What the demo data says in English, from the same facts as ``words`` says it in Vietnamese."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Sequence

from agriculture.models import Produce
from tourism.models import Stay

from .atlas import Place
from .reading import ProduceRow, StayRow
from .words import runs

SAMPLE = "Sample data. Reference price."

_MADE = {
    "rice": "is grown in",
    "vegetable": "is grown in",
    "fruit": "is grown in",
    "nuts": "is grown in",
    "meat": "is made in",
    "livestock": "is raised in",
    "fish": "is made in",
    "honey": "is gathered in",
    "tea": "is picked and pan-fired in",
    "coffee": "is grown in",
    "spice": "is gathered in",
    "herb": "is grown and gathered in",
    "processed": "is made in",
    "spirit": "is distilled in",
    "craft": "is made by hand in",
    "gift": "is packed in",
}
_KEPT = {
    Produce.Keeping.DRY: "Keep it dry and out of the sun.",
    Produce.Keeping.FRESH: "Fresh: use it within a few days.",
    Produce.Keeping.CHILLED: "Put it in the fridge when it arrives.",
    Produce.Keeping.FROZEN: "Put it in the freezer when it arrives.",
}
_STAY_SEASONS = {
    "all year": "Open all year.",
    "dry season": "The road is best in the dry season.",
    "Mar-Oct": "Open from March to October.",
    "Oct-Jan best": "At its best from October to January.",
    "Oct-Mar best": "At its best from October to March.",
    "Oct-Apr best": "At its best from October to April.",
    "Dec-Mar best": "At its best from December to March.",
}
_HOUSES = {
    Stay.Kind.HOMESTAY: "A house on stilts",
    Stay.Kind.VILLAGE: "A house on stilts in a village that receives guests together",
    Stay.Kind.GUESTHOUSE: "A guesthouse",
    Stay.Kind.HOTEL: "A hotel",
    Stay.Kind.RESORT: "A resort",
}


def produce_text(row: ProduceRow, place: Place, *, is_certified: bool) -> str:
    """Describe a thing for sale: where it comes from, when, how to keep it."""
    sentences = [f"{row.name_en} {_MADE[row.category]} {_where(place)}.", _season(row.season_months)]
    sentences.append("Sold by live weight." if row.is_live else _KEPT[row.keeping])
    if row.is_wholesale:
        sentences.append("Sold wholesale to makers, best from 100 kg on.")
    if row.is_alcohol:
        sentences.append("Not sold to anybody under 18.")
    if is_certified and row.ocop_stars:
        sentences.append(f"An OCOP product of {row.ocop_stars} stars.")
    return f"{' '.join(sentences)}\n\n{SAMPLE}"


def stay_text(row: StayRow, place: Place, *, village: str) -> str:
    """Describe a place to sleep: whose house it is, where, and when to come."""
    hosts = f" of {row.hosts} people" if row.hosts else ""
    where = f"{village}, {_where(place)}" if village else _where(place)
    sentences = [f"{_HOUSES[row.kind]}{hosts} in {where}.", _STAY_SEASONS[row.season]]
    if row.is_per_person:
        sentences.append(
            "Guests sleep on mattresses on the floor, with nets and blankets; the bath is shared."
        )
    if row.meal_price_vnd:
        sentences.append("The house cooks if you order ahead.")
    return f"{' '.join(sentences)}\n\n{SAMPLE}"


def tour_text(stops: Sequence[str], place: Place) -> str:
    """Describe a tour: from where, and what one sees on the way."""
    return f"It starts in {_where(place)}. On the way: {', '.join(stops)}.\n\n{SAMPLE}"


def _where(place: Place) -> str:
    return f"{place.commune.name} commune"


def _season(months: tuple[int, ...]) -> str:
    if len(set(months)) == 12:
        return "On sale all year."
    return f"Main season: {' and '.join(_span(run) for run in runs(months))}."


def _span(run: list[int]) -> str:
    first, last = month_name[run[0]], month_name[run[-1]]
    return first if first == last else f"{first} to {last}"
