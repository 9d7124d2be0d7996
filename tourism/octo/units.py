"""The units of a booking: counted, priced, and changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from .errors import InvalidUnit
from .items import Item, Party, Place
from .models import BASIS_POINTS

# One unit as it is named in a request, or as it is kept with a booking.
Facts = Mapping[str, Any]
Kept = dict[str, Any]


def party_of(item: Item, units: Sequence[Facts]) -> Party:
    """Count the units. Raises InvalidUnit for one the product does not have."""
    for each in units:
        if each["unitId"] not in item.units:
            raise InvalidUnit(each["unitId"])
    return Counter(each["unitId"] for each in units)


def priced(units: Sequence[Facts], place: Place, commission_bp: int) -> list[Kept]:
    """Return the units as they are kept: each with its id, its contact, and the prices that are agreed."""
    found = []
    for each in units:
        retail = place.slot.prices_vnd[each["unitId"]]
        found.append(
            {
                "uuid": str(each.get("uuid") or uuid4()),
                "unitId": each["unitId"],
                "resellerReference": each.get("resellerReference", ""),
                "contact": dict(each.get("contact") or {}),
                "retail_vnd": retail,
                "net_vnd": net_of(retail, commission_bp),
            }
        )
    return found


def merged(kept: Sequence[Kept], named: Sequence[Facts] | None) -> list[Kept]:
    """Return the units after a change: those that are named, and no others; without names all stay.

    One that is named by its uuid keeps what is not said of it anew. One without a known uuid takes the
    place of another of its kind that is not named.
    """
    if named is None:
        return list(kept)
    by_uuid = {each["uuid"]: each for each in kept}
    known = {str(each.get("uuid")) for each in named} & set(by_uuid)
    spare = [each for each in kept if each["uuid"] not in known]
    found = []
    for each in named:
        uuid = str(each.get("uuid") or "")
        old = by_uuid.get(uuid) or next((one for one in spare if one["unitId"] == each["unitId"]), None)
        if old in spare:
            spare.remove(old)
        found.append({**(old or {}), **given(each), "uuid": uuid or (old or {}).get("uuid") or str(uuid4())})
    return found


def given(facts: Facts) -> dict[str, Any]:
    """Return what is said; null says nothing."""
    return {name: value for name, value in facts.items() if value is not None}


def net_of(retail: int, commission_bp: int) -> int:
    """Return what the reseller owes of a price in đồng; what is rounded is rounded for us."""
    return retail - retail * commission_bp // BASIS_POINTS


def retail_vnd(units: Sequence[Kept]) -> int:
    return sum(each["retail_vnd"] for each in units)


def net_vnd(units: Sequence[Kept]) -> int:
    return sum(each["net_vnd"] for each in units)
