"""What the market tells people of, and by which channels each may be told unless they chose otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .models import Channel

PAGE, SMS, EMAIL, PUSH = Channel.PAGE, Channel.SMS, Channel.EMAIL, Channel.PUSH
CHANNELS = (PAGE, SMS, PUSH, EMAIL)  # in the order of the page that lets people choose
_SAID = frozenset({PAGE, SMS, PUSH})
_QUIET = frozenset({PAGE, PUSH})


@dataclass(frozen=True)
class Event:
    """One kind of thing to be told. ``purposes`` are the messages that tell it.

    ``usual`` are the channels of whoever chose nothing; ``always`` cannot be turned off, because somebody
    else's act on one's money must not go unseen. ``link`` is where it can be seen on the web.
    """

    code: str
    words: str | Promise
    link: str
    purposes: tuple[str, ...]
    sells: bool = False  # told to those who sell, not to those who buy
    usual: frozenset[str] = _SAID
    always: frozenset[str] = frozenset()


EVENTS = {
    event.code: event
    for event in (
        Event("paid", _("My payment has arrived"), "/accounts/orders/", ("paid",), usual=_QUIET),
        Event("order", _("Something about my order changes"), "/accounts/orders/", ("order", "declined")),
        Event(
            "parcel",
            _("A parcel waits for me"),
            "/accounts/orders/",
            ("parcel-ready", "parcel-waits"),
            always=frozenset({SMS}),  # its digits are said at the counter, where there may be no signal
        ),
        Event("chat", _("Somebody writes to me about an order"), "/accounts/orders/", ("chat",)),
        Event(
            "dispute", _("A complaint goes on"), "/accounts/orders/", ("dispute",), always=frozenset({PAGE})
        ),
        Event("box", _("My regular box is due"), "/accounts/orders/", ("box",)),
        Event("pool", _("An order made together is decided"), "/accounts/orders/", ("pool",)),
        Event("followed", _("My farmers have something new"), "/produce/", ("followed",)),
        Event("new-order", _("A new order for my shop"), "/sell/", ("new-order",), sells=True),
        Event("payout", _("My money is paid out"), "/sell/money/", ("payout",), sells=True),
        Event(
            "certificate",
            _("A certificate of mine, or a mistake on my pack"),
            "/sell/",
            ("certificate", "mistake"),
            sells=True,
        ),
        Event(
            "act",
            pgettext_lazy("notice", "Somebody acts for me"),
            "/sell/helpers/",
            ("act", "mandate"),
            sells=True,
            always=frozenset({PAGE, SMS}),
        ),
    )
}
BY_PURPOSE = {purpose: event for event in EVENTS.values() for purpose in event.purposes}
