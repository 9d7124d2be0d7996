"""Prices as people write and say them: "18000", "18.000", "18k", "18 nghìn", "1 triệu 2", "1tr2"."""

from __future__ import annotations

import re

from marketplace.places.text import fold

from .units import parse_number

# What the market takes for one unit, VND. Below, the transfer costs more than the thing; above, ask a person.
PRICE_VND_MIN = 500
PRICE_VND_MAX = 500_000_000

_SCALES = {
    "": 1, "d": 1, "dong": 1, "vnd": 1,
    "k": 1_000, "n": 1_000, "ng": 1_000, "nghin": 1_000, "ngan": 1_000,
    "tr": 1_000_000, "trieu": 1_000_000,
}  # fmt: skip
_PRICE = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)\s*(?P<scale>[a-z]*)\s*(?P<rest>\d{1,3}|ruoi)?(?:\s*(?:d|dong|vnd))?"
)


def parse_price(text: str) -> int | None:
    """Return the whole đồng that are written; None if it is no price or outside what the market takes.

    What follows a scale counts its parts, as in speech: "1 triệu 2" and "1tr2" are 1,200,000, "18 nghìn 5"
    is 18,500, "2 triệu rưỡi" is 2,500,000.
    """
    found = _PRICE.fullmatch(fold(text.replace("₫", "đ")))
    number = parse_number(found["number"]) if found else None
    if found is None or number is None or found["scale"] not in _SCALES:
        return None
    scale, rest = _SCALES[found["scale"]], found["rest"]
    if rest and scale == 1:
        return None
    price_vnd = number * scale
    if rest:
        price_vnd += scale // 2 if rest == "ruoi" else int(rest) * scale // 10 ** len(rest)
    if price_vnd != int(price_vnd) or not PRICE_VND_MIN <= price_vnd <= PRICE_VND_MAX:
        return None
    return int(price_vnd)
