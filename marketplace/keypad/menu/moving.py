"""The menu itself: one step at a time, always with a way out."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from marketplace.keypad.facts import Facts, State
from marketplace.keypad.words import SCREEN, fit

from . import home, lists, selling  # noqa: F401  (they register their screens)
from .screens import BACK, NODES

WRONG_MOST = 4  # keys that mean nothing before the session ends by itself
TYPED_MOST = 60


def begin(facts: Facts) -> tuple[State, str]:
    """Return the first state of a session and its screen."""
    state = State(at="main" if facts.is_seller else "guest", facts=facts)
    return state, _shown(state)


def menu(state: State, text: str) -> tuple[State, str]:
    """Return the state after ``text`` was typed, and its screen, of at most 160 letters.

    Knows no table: what is to be done stands in ``state.act``; whoever calls does it and goes on with
    told(). Nothing that is typed raises: 0 goes back and out, anything else that means nothing is asked
    again, and after the fourth time the session ends. An ended session stays as it is.
    """
    if state.is_ended:
        return state, _shown(state)
    key = " ".join(text.replace("\x00", "").split())[:TYPED_MOST]
    node = NODES[state.at]
    if key == BACK:
        after = state.to(node.parent) if node.parent else _ended(state, _("Goodbye. Good harvests!"))
        return after, _shown(after)
    pressed = node.press(state, key)
    if pressed is None:
        pressed = _misread(state)
    return pressed, _shown(pressed)


def told(state: State, *, words: str, facts: Facts) -> tuple[State, str]:
    """Return the state after its act was done or refused, with what is to be said and what holds now."""
    after = state.to("done", facts=facts, words=words, item=0)
    return after, _shown(after)


def _misread(state: State) -> State:
    if state.wrong + 1 >= WRONG_MOST:
        return _ended(state, _("We did not understand. Dial again, or text GIUP."))
    return replace(state, wrong=state.wrong + 1, act=None)


def _ended(state: State, words: str) -> State:
    return replace(state, is_ended=True, words=words, act=None)


def _shown(state: State) -> str:
    return fit(state.words) if state.is_ended else NODES[state.at].show(state)[:SCREEN]
