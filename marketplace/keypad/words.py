"""How the market speaks on a phone with keys: without accents, short, and never more than one screen."""

from __future__ import annotations

from django.utils.translation import pgettext

from agriculture.units import Unit
from marketplace.accounts.phones import to_national
from marketplace.messaging.text import plain

SCREEN = 160  # letters: an SMS of 3GPP TS 23.038, and less than the 182 of a USSD screen
NAME = 18


def fit(text: str, most: int = SCREEN) -> str:
    """Return ``text`` as a phone shows it, cut between words if it is longer than ``most`` letters."""
    shown = plain(text)
    if len(shown) <= most:
        return shown
    cut = shown[: most - 2]
    at = max(cut.rfind(" "), cut.rfind("\n"))
    return (cut[:at] if at > most // 2 else cut).rstrip(" ,.;:-") + ".."


def short(name: str, most: int = NAME) -> str:
    """Return a name in one line of at most ``most`` letters."""
    return fit(" ".join(name.split()), most)


def dong(amount_vnd: int) -> str:
    """Return đồng as people write them: ``18.000d``."""
    return f"{amount_vnd:,}d".replace(",", ".")


def as_dialled(number: str) -> str:
    """Return an E.164 number as people dial it: ``0974512345``."""
    return to_national(number).replace(" ", "")


def unit_word(unit: str) -> str:
    """Return what a unit is called, without accents."""
    return plain(str(Unit(unit).label)) if unit in Unit.values else ""


def state_word(state: str) -> str:
    """Return how an order to prepare stands, in one word."""
    words = {
        "new": pgettext("order to prepare", "new"),
        "accepted": pgettext("order to prepare", "accepted"),
        "ready": pgettext("order to prepare", "packed"),
    }
    return words[state]
