"""Everything that writes when people join the market and help each other sell."""

from marketplace.messaging.acts import NotAllowed, note_act

from .consents import agree_in_person, answer, ask_for, ask_to_open, end, send_again
from .opening import (
    Shop,
    change_wallet,
    forget_strangers,
    household_name,
    name_person,
    newcomer,
    open_shop,
    verify_phone,
)

__all__ = [
    "NotAllowed",
    "Shop",
    "agree_in_person",
    "answer",
    "ask_for",
    "ask_to_open",
    "change_wallet",
    "end",
    "forget_strangers",
    "household_name",
    "name_person",
    "newcomer",
    "note_act",
    "open_shop",
    "send_again",
    "verify_phone",
]
