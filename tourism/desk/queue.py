"""The fair queue of a village: whose turn it is. Pure: no tables, no clock.

Every house has a rank, the turns it had. Guests go to the able house with the lowest rank; of equals to the
one that has waited longest. So a house is ahead of another by more than one turn only through guests whom
the other could not take. A refused turn is a turn had: otherwise who refuses would stand first for ever. A
house that was away, or is new, takes its place beside the others (``lifted``): what it missed is not made up
for, so that nobody gets a week of guests in a row.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Candidate:
    """A house in the queue. ``room_left`` is how many more guests it can take on every one of the nights."""

    house_id: int
    rank: int
    last_turn_at: datetime | None
    room_left: int
    is_away: bool = False


@dataclass(frozen=True)
class Share:
    house_id: int
    guests: int


def in_order(candidates: Collection[Candidate]) -> list[Candidate]:
    """Return the houses as they stand in the queue, first whose turn it is next."""

    def place(house: Candidate) -> tuple[int, float, int]:
        waited_since = house.last_turn_at.timestamp() if house.last_turn_at else 0.0
        return house.rank, waited_since, house.house_id

    return sorted(candidates, key=place)


def share(guests: int, candidates: Collection[Candidate], *, together_up_to: int) -> list[Share]:
    """Return which houses take how many of ``guests``; empty if there is no room for all of them.

    A party of up to ``together_up_to`` goes to one house as long as one has the room; a larger one, or one
    that fits nowhere as a whole, goes to one house after the other, each filled up.
    """
    assert guests >= 1, guests
    able = [house for house in in_order(candidates) if house.room_left > 0 and not house.is_away]
    if guests <= together_up_to:
        for house in able:
            if house.room_left >= guests:
                return [Share(house.house_id, guests)]
    shares: list[Share] = []
    left = guests
    for house in able:
        taken = min(left, house.room_left)
        shares.append(Share(house.house_id, taken))
        left -= taken
        if not left:
            return shares
    return []


def lifted(candidates: Collection[Candidate], shares: Sequence[Share]) -> dict[int, int]:
    """Return by how much houses that are away move up in rank, by house: to whoever got these guests."""
    ranks = {house.house_id: house.rank for house in candidates}
    reached = max((ranks[each.house_id] for each in shares), default=0)
    return {
        house.house_id: reached - house.rank for house in candidates if house.is_away and house.rank < reached
    }


def place_of_newcomer(ranks: Collection[int]) -> int:
    """Return the rank with which a house joins the others: that of the lowest of them."""
    return min(ranks, default=0)
