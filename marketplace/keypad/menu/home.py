"""The first screens, what is only told, closed days, and joining."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from rapidfuzz import fuzz, process

from marketplace.keypad.facts import Act, State
from marketplace.keypad.words import short
from marketplace.places.text import fold

from .screens import chosen, listing, node, screen

NAME_MOST = 40
CLOSE_DAYS = {"1": 3, "2": 7, "3": 0}  # 0: until they open again
ALIKE = 75  # of 100: how near a typed name must be to a commune's


def _main(state: State) -> str:
    new = sum(order.state == "new" for order in state.facts.orders)
    head = f"{short(state.facts.name, 20)}"
    return screen(
        head,
        [
            ("1", _("Orders (%(number)d new)") % {"number": new} if new else _("Orders")),
            ("2", _("My goods")),
            ("3", _("Sell")),
            ("4", _("My money")),
            ("5", _("Open again") if state.facts.closed else _("Close for days")),
            ("6", _("Help")),
        ],
        leave=pgettext("dialled menu", "Leave"),
    )


@node("main", show=_main, parent="")
def _from_main(state: State, key: str) -> State | None:
    ways = {"1": "orders", "2": "goods", "3": "name", "4": "money", "5": "closed", "6": "help"}
    return state.to(ways[key], draft=Act(kind="sell")) if key in ways else None


def _money(state: State) -> str:
    ways = [] if state.facts.has_wallet else [("1", _("Send it to my wallet"))]
    return screen(state.facts.money, ways)


@node("money", show=_money)
def _from_money(state: State, key: str) -> State | None:
    return replace(state, act=Act(kind="wallet")) if key == "1" and not state.facts.has_wallet else None


def _help(state: State) -> str:
    return screen(
        _("Texts to us: BAN GAO 50KG 18000, GIA GAO 19000, HET GAO, DON, NHAN 12, TIEN, VI, NGHI 3.")
    )


@node("help", show=_help)
def _from_help(state: State, key: str) -> State | None:
    return None


def _done(state: State) -> str:
    return screen(state.words, [("1", _("Something else"))], leave=pgettext("dialled menu", "Leave"))


@node("done", show=_done, parent="")
def _from_done(state: State, key: str) -> State | None:
    return state.to("main" if state.facts.is_seller else "guest", words="") if key == "1" else None


def _closed(state: State) -> str:
    if state.facts.closed:
        return screen(state.facts.closed, [("1", _("Open again"))])
    days = [(key, _("%(days)d days") % {"days": days}) for key, days in CLOSE_DAYS.items() if days]
    return screen(_("Take no orders for how long?"), [*days, ("3", _("Until I open again"))])


@node("closed", show=_closed)
def _from_closed(state: State, key: str) -> State | None:
    if state.facts.closed:
        return replace(state, act=Act(kind="open")) if key == "1" else None
    return replace(state, act=Act(kind="close", number=CLOSE_DAYS[key])) if key in CLOSE_DAYS else None


# --- Who is not a seller yet --------------------------------------------------------------------


def _guest(state: State) -> str:
    head = _("Muong Then market. This number does not sell here yet.")
    return screen(
        head, [("1", _("Sell my produce")), ("2", _("How it works"))], leave=pgettext("dialled menu", "Leave")
    )


@node("guest", show=_guest, parent="")
def _from_guest(state: State, key: str) -> State | None:
    ways = {"1": "join-name", "2": "how"}
    return state.to(ways[key], draft=Act(kind="join")) if key in ways else None


def _how(state: State) -> str:
    return screen(_("Join with your name, list by text. We text you each order. Money comes to your wallet."))


@node("how", show=_how, parent="guest")
def _from_how(state: State, key: str) -> State | None:
    return None


@node("join-name", show=lambda state: screen(_("What is your full name?")), parent="guest")
def _from_join_name(state: State, key: str) -> State | None:
    letters = [letter for letter in key if letter.isalpha()]
    if len(letters) < 2 or len(key) > NAME_MOST:
        return None
    name = key.title() if key.isupper() or key.islower() else key
    return state.to("join-place", draft=replace(state.draft, name=name))


@node("join-place", show=lambda state: screen(_("Which commune? Type its name.")), parent="join-name")
def _from_join_place(state: State, key: str) -> State | None:
    found = places_like(state, key)
    if not found:
        return None
    return state.to("join-which", picks=tuple(number for number, _name in found))


def places_like(state: State, typed: str) -> list[tuple[int, str]]:
    """Return the communes whose names are most like what was typed, at most four."""
    wanted = fold(typed)
    if len(wanted) < 2:
        return []
    names = {number: fold(name) for number, name in state.facts.places}
    near = process.extract(wanted, names, scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=4)
    numbers = [number for _name, _score, number in near]
    by_number = dict(state.facts.places)
    return [(number, by_number[number]) for number in numbers]


def _picked(state: State) -> list[tuple[int, str]]:
    names = dict(state.facts.places)
    return [(number, names[number]) for number in state.picks]


def _which(state: State) -> str:
    return listing(_("Which one?"), [(name, "") for _number, name in _picked(state)], more=False)


@node("join-which", show=_which, parent="join-place")
def _from_which(state: State, key: str) -> State | None:
    place = chosen(_picked(state), state, key)
    return state.to("join-sure", item=place[0], words=place[1]) if place else None


def _sure(state: State) -> str:
    head = _("%(name)s, %(place)s. Right?") % {
        "name": short(state.draft.name, NAME_MOST),
        "place": short(state.words, 30),
    }
    return screen(head, [("1", _("Yes, let me sell"))])


@node("join-sure", show=_sure, parent="join-which")
def _from_sure(state: State, key: str) -> State | None:
    return replace(state, act=replace(state.draft, item=state.item)) if key == "1" else None
