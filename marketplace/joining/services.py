"""Everything that writes when people join the market and help each other sell."""

from marketplace.messaging.acts import NotAllowed, note_act

__all__ = ["NotAllowed", "note_act"]
