"""The units farmers count and weigh in, how they convert, and how people write them.

The old weights are those of the market, in grams of the metric system: 1 yến = 10 kg, 1 tạ = 100 kg,
1 lạng = 100 g (they have been these round figures since Vietnam went metric in 1950). What is counted, such
as a bunch or a head, weighs what its seller says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.places.text import fold


class Unit(TextChoices):
    KG = "kg", _("kg")
    LANG = "lang", pgettext_lazy("unit", "100 g")
    YEN = "yen", pgettext_lazy("unit", "10 kg")
    TA = "ta", pgettext_lazy("unit", "100 kg")
    BUNCH = "bunch", pgettext_lazy("unit", "bunch")
    HEAD = "head", pgettext_lazy("unit", "animal")
    PIECE = "piece", _("piece")
    BOTTLE = "bottle", _("bottle")
    BAG = "bag", _("bag")
    PACK = "pack", _("pack")
    BOX = "box", _("box")
    JAR = "jar", _("jar")
    LITRE = "litre", _("litre")


# Net grams of one unit where the unit itself says so.
FIXED_G = {Unit.KG: 1_000, Unit.LANG: 100, Unit.YEN: 10_000, Unit.TA: 100_000}
# A litre of honey weighs more and one of spirit less; for carrying it this is near enough.
LITRE_G = 1_000

QUANTITY_MAX = 100_000  # more of one thing than any farm of the province has
WEIGHT_MAX_G = 5_000_000  # of one unit: a truck

# As people write them, folded. A ton is ten tạ.
_WORDS = {
    "kg": Unit.KG, "ky": Unit.KG, "ki": Unit.KG, "kilo": Unit.KG, "can": Unit.KG, "kilogam": Unit.KG,
    "lang": Unit.LANG, "yen": Unit.YEN, "ta": Unit.TA, "bo": Unit.BUNCH, "mo": Unit.BUNCH,
    "con": Unit.HEAD, "qua": Unit.PIECE, "trai": Unit.PIECE, "cai": Unit.PIECE, "chiec": Unit.PIECE,
    "cu": Unit.PIECE, "chai": Unit.BOTTLE, "bao": Unit.BAG, "tui": Unit.BAG, "goi": Unit.PACK,
    "hop": Unit.BOX, "lo": Unit.JAR, "hu": Unit.JAR, "lit": Unit.LITRE,
} | {unit.value: unit for unit in Unit}  # fmt: skip
_TON, _TON_IN_TA = "tan", 10
_HALF = "ruoi"
# Of weights that do not come out whole, a smaller one does: 1,5 tạ are 15 yến.
_SMALLER = (Unit.TA, Unit.YEN, Unit.KG, Unit.LANG)

_NUMBER = r"\d+(?:[.,]\d+)*"
_QUANTITY = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?P<unit>[a-z]+)(?:\s+(?P<half>{_HALF}))?"
    rf"(?:\s+(?P<each>{_NUMBER})\s*(?P<of>kg|g|lang|ml|l|lit))?"
)
_GRAMS_OF = {"kg": 1_000, "g": 1, "lang": 100, "ml": 1, "l": 1_000, "lit": 1_000}


@dataclass(frozen=True)
class Quantity:
    """So many whole units. ``weight_g``: net grams of one, None where nobody said."""

    number: int
    unit: Unit
    weight_g: int | None = None

    @property
    def total_g(self) -> int | None:
        return None if self.weight_g is None else self.number * self.weight_g


def parse_unit(text: str) -> Unit | None:
    """Return the unit that is written, with or without accents ("yến", "QUA"); None for any other word."""
    return _WORDS.get(fold(text))


def parse_number(text: str) -> Decimal | None:
    """Read a number as it is written in Vietnam: "1.500" is 1500, "1,5" is 1.5, and so is "1.5".

    A point or comma before exactly three digits parts thousands, unless a zero stands before it.
    None for anything else.
    """
    found = text.strip()
    if not re.fullmatch(_NUMBER, found, flags=re.ASCII):
        return None
    if re.fullmatch(r"[1-9]\d{0,2}(?:[.,]\d{3})+", found):
        return Decimal(re.sub("[.,]", "", found))
    if len(re.findall("[.,]", found)) > 1:
        return None
    return Decimal(found.replace(",", "."))


def parse_quantity(text: str) -> Quantity | None:
    """Read "50kg", "3 tạ", "1,5 yến", "2 tạ rưỡi", "10 bó", "5 bao 50kg" or "1 tấn"; None if it is none.

    The number is whole: a part of a weight is given in the smaller weight in which it is. Half a hen makes no
    sense, and neither does more than QUANTITY_MAX of anything.
    """
    found = _QUANTITY.fullmatch(fold(text))
    number = parse_number(found["number"]) if found else None
    if found is None or number is None:
        return None
    name = found["unit"]
    unit = Unit.TA if name == _TON else _WORDS.get(name)
    if unit is None:
        return None
    number = (number + (Decimal("0.5") if found["half"] else 0)) * (_TON_IN_TA if name == _TON else 1)
    each_g = grams_of(found["each"], found["of"]) if found["each"] else None
    if found["each"] and (each_g is None or unit in FIXED_G):
        return None
    return _whole(number, unit, each_g)


def grams_of(number: str, unit: str) -> int | None:
    """Return how many whole grams "1,5" "kg" are; ``unit`` is kg, g, lang, ml, l or lit. None if none."""
    count = parse_number(number)
    grams = None if count is None or unit not in _GRAMS_OF else int(count * _GRAMS_OF[unit])
    return grams if grams and grams <= WEIGHT_MAX_G else None


def _whole(number: Decimal, unit: Unit, each_g: int | None) -> Quantity | None:
    fixed_g = FIXED_G.get(unit)
    if number != int(number) and fixed_g is not None:
        for smaller in _SMALLER:
            converted = number * fixed_g / FIXED_G[smaller]
            if FIXED_G[smaller] < fixed_g and converted == int(converted):
                number, unit, fixed_g = converted, smaller, FIXED_G[smaller]
                break
    if number != int(number) or not 0 < number <= QUANTITY_MAX:
        return None
    return Quantity(int(number), unit, fixed_g or each_g)


def convert(number: int, unit: Unit, to: Unit) -> Decimal:
    """Return ``number`` of one weight in another: 3 tạ are 30 yến. Both must be weights."""
    assert {unit, to} <= FIXED_G.keys(), (unit, to)
    return Decimal(number) * FIXED_G[unit] / FIXED_G[to]


def size_words(unit: Unit, weight_g: int) -> str:
    """Return what a label says of the weight of one unit: "5 kg", "500 g"; "" where the unit says it."""
    if unit in FIXED_G or unit == Unit.LITRE:
        return ""
    if weight_g < FIXED_G[Unit.KG]:
        return f"{weight_g} g"
    kilos = Decimal(weight_g) / FIXED_G[Unit.KG]
    return f"{kilos.normalize():f} kg".replace(".", ",")
