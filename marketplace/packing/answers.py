"""Ready answers: a picture and a sentence, for people who do not like to write.

They are kept by their key, so each side reads them in its own language. A key is never taken away: old
conversations hold it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Answer:
    """``icon`` is a picture of the sprite; ``is_seller`` says which side may choose it."""

    words: Any
    icon: str
    is_seller: bool


ANSWERS = {
    "preparing": Answer(_("I am preparing it now."), "box", is_seller=True),
    "at-post-today": Answer(_("I take it to the post today."), "truck", is_seller=True),
    "at-post-tomorrow": Answer(_("I take it to the post tomorrow."), "calendar", is_seller=True),
    "not-ripe": Answer(_("It is not ripe yet. A few more days, please."), "leaf", is_seller=True),
    "road-closed": Answer(
        _("The road is closed. I send it as soon as it opens."), "mountain", is_seller=True
    ),
    "call-me": Answer(_("Please telephone me."), "call", is_seller=True),
    "sorry": Answer(_("I am sorry. I will make it good."), "return", is_seller=True),
    "thanks-buyer": Answer(_("Thank you for buying from us!"), "heart", is_seller=True),
    "when": Answer(_("When will you send it?"), "clock", is_seller=False),
    "at-home": Answer(_("I am at home all day."), "home", is_seller=False),
    "keep-at-post": Answer(_("Please leave it at the post. I come and get it."), "pin", is_seller=False),
    "call-buyer": Answer(_("Please telephone me about the order."), "call", is_seller=False),
    "something-wrong": Answer(_("Something is wrong with it."), "alert", is_seller=False),
    "arrived": Answer(_("It has arrived, all is well."), "check", is_seller=False),
    "thanks-seller": Answer(_("Thank you, it is delicious!"), "heart", is_seller=False),
}
