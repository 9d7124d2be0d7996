"""What one screen of the menu is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _

from agriculture.units import grams_of
from marketplace.keypad.facts import State
from marketplace.keypad.words import SCREEN, fit, short
from marketplace.messaging.text import plain
from marketplace.places.text import fold

Row = TypeVar("Row")

ROWS = 4  # of a list on a screen
MORE = "9"
BACK = "0"


@dataclass(frozen=True)
class Node:
    """One screen: how it looks, what a key does (None: the key means nothing), and where 0 leads."""

    show: Callable[[State], str]
    press: Callable[[State, str], State | None]
    parent: str = ""


NODES: dict[str, Node] = {}


def node(name: str, *, show: Callable[[State], str], parent: str = "main") -> Callable[..., None]:
    """Register the screen ``name``; decorates what its keys do."""

    def register(press: Callable[[State, str], State | None]) -> None:
        NODES[name] = Node(show, press, parent)

    return register


def screen(head: str, options: Sequence[tuple[str, str]] = (), *, leave: str = "") -> str:
    """Return a screen of at most 160 letters; what gives way is the head, never an option or the way out.

    ``options`` are keys and what they do.
    """
    keys = [*options, (BACK, leave or _("Back"))]
    foot = "\n".join(plain(f"{key} {does}") for key, does in keys)
    shown = fit(head, SCREEN - len(foot) - 1)
    return f"{shown}\n{foot}" if shown else foot


def page_of(rows: Sequence[Row], page: int) -> Sequence[Row]:
    """Return the rows of one page."""
    return rows[page * ROWS : (page + 1) * ROWS]


def has_more(rows: Sequence[Row], page: int) -> bool:
    return len(rows) > (page + 1) * ROWS


def listing(head: str, rows: Sequence[tuple[str, str]], *, more: bool) -> str:
    """Return a screen with up to four numbered rows: a name, which gives way, and what stands after it."""
    foot = [(MORE, _("More"))] if more else []
    room = SCREEN - len(plain(head)) - sum(len(plain(does)) + 3 for _key, does in foot)
    width = (room - len(plain(_("Back"))) - 4) // max(1, len(rows)) - 3
    numbered = [(str(number), _row(*row, width=width)) for number, row in enumerate(rows, start=1)]
    return screen(head, [*numbered, *foot])


def _row(name: str, after: str, *, width: int) -> str:
    """Return a row of at most ``width`` letters, all of ``after`` in it where that is possible."""
    tail = f" {plain(after)}" if after else ""
    return fit(f"{short(name, max(4, width - len(tail)))}{tail}", width)


def grams_typed(key: str) -> int | None:
    """Return the whole grams of "500G", "2,4 kg" or, in kilograms, "2.4"; None if it is no weight."""
    folded = fold(key).replace(" ", "")
    number = folded.rstrip("abcdefghijklmnopqrstuvwxyz")
    return grams_of(number, folded[len(number) :] or "kg")


def chosen(rows: Sequence[Row], state: State, key: str) -> Row | None:
    """Return the row of the shown page that ``key`` names."""
    shown = page_of(rows, state.page)
    index = int(key) - 1 if key.isascii() and key.isdigit() and len(key) == 1 else -1
    return shown[index] if 0 <= index < len(shown) else None
