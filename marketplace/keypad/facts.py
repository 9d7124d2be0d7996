"""What the menu shows of a person's selling, as it stood when the session began or last changed something.

Plain values that go into a session's JSON and come back the same: a line that was number 2 on the screen is
number 2 when it is chosen, whatever was sold meanwhile.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Good:
    """A product of the seller. ``unit`` is one of agriculture.units, ``price_vnd`` that of one unit."""

    product_id: int
    number: int
    title: str
    unit: str
    price_vnd: int
    stock: int
    is_paused: bool = False
    is_weighed: bool = False


@dataclass(frozen=True)
class Order:
    """A part of an order to prepare. ``state`` is new, accepted or ready; ``code`` is for the post.

    ``weigh_line`` and ``weigh_title`` are what is to be weighed next, 0 and "" if nothing is.
    """

    part_id: int
    number: int
    lines: str
    total_vnd: int
    send_on: str
    state: str
    code: str = ""
    weigh_line: int = 0
    weigh_title: str = ""


@dataclass(frozen=True)
class Facts:
    """Who dials, and how their selling stands. ``places`` is for who is not a seller yet: (id, name).

    ``has_wallet``: whether it is known where the money goes.
    """

    name: str = ""
    is_seller: bool = False
    goods: tuple[Good, ...] = ()
    orders: tuple[Order, ...] = ()
    money: str = ""
    closed: str = ""
    places: tuple[tuple[int, str], ...] = ()
    has_wallet: bool = True


@dataclass(frozen=True)
class Act:
    """What the menu wants done, once. ``kind`` names it; the rest is what it needs, 0 or "" if nothing."""

    kind: str
    item: int = 0
    number: int = 0
    name: str = ""
    category: str = ""
    unit: str = ""
    weight_g: int = 0
    price_vnd: int = 0


@dataclass(frozen=True)
class State:
    """Where somebody is in the menu. ``draft`` is what they are about to list or join as.

    ``picks`` are the communes to choose from. ``act`` is to be done before the next step.
    """

    at: str
    facts: Facts
    item: int = 0
    page: int = 0
    picks: tuple[int, ...] = ()
    draft: Act = field(default_factory=lambda: Act(kind=""))
    act: Act | None = None
    words: str = ""
    wrong: int = 0
    is_ended: bool = False

    def to(self, at: str, **changes: Any) -> State:
        """Return the state at another screen, whose list begins at its first page."""
        return replace(self, **{"at": at, "page": 0, "wrong": 0, "act": None, **changes})


def to_json(state: State) -> dict[str, Any]:
    return asdict(state)


def from_json(values: dict[str, Any]) -> State:
    """Return the state that ``to_json`` wrote down."""
    facts = values["facts"]
    return State(
        **values
        | {
            "facts": Facts(
                **facts
                | {
                    "goods": tuple(Good(**good) for good in facts["goods"]),
                    "orders": tuple(Order(**order) for order in facts["orders"]),
                    "places": tuple((number, name) for number, name in facts["places"]),
                }
            ),
            "picks": tuple(values["picks"]),
            "draft": Act(**values["draft"]),
            "act": Act(**values["act"]) if values["act"] else None,
        }
    )
