"""The tables of packing.

- ``preparing``: how far a seller is with its part of an order, and what its phones said
- ``pauses``: days on which a seller sends nothing
- ``chat``: what buyer and seller write to each other about a part
"""

from .chat import ChatLine, ChatReading
from .pauses import Pause
from .preparing import PackingAct, Preparation, Tick

__all__ = ["ChatLine", "ChatReading", "PackingAct", "Pause", "Preparation", "Tick"]
