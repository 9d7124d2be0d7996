"""Everything that writes while an order is prepared: ``from marketplace.packing import services as packing``.

- ``preparing``: accepting a part of an order, declining it, and saying that it is ready
"""

from .preparing import accept, decline, ready

__all__ = ["accept", "decline", "ready"]
