"""Everything that writes while an order is prepared: ``from marketplace.packing import services as packing``.

- ``preparing``: accepting a part of an order, declining it, and saying that it is ready
- ``acting``: the same, ticks and weights as phones send them, sometimes late and twice
- ``weighing``: what weighing and lots mean for price and trace
- ``pausing``: days on which a seller sends nothing
- ``chatting``: what buyer and seller write to each other
"""

from .acting import Act, Noted, note
from .chatting import group_of, read, say
from .pausing import pause, resume
from .preparing import accept, decline, ready

__all__ = ["Act", "Noted", "accept", "decline", "group_of", "note", "pause", "read", "ready", "resume", "say"]
