"""Everything that writes for phones with keys: ``from marketplace.keypad import services as keypad``.

- ``doing``: one act of the menu or of a message, by the services that the pages use
- ``texts``: short messages, each carried out once and always answered
- ``sessions``: dialled sessions
- ``telling``: new orders, each told and numbered once
"""

from .sessions import step
from .telling import forget, tell_new_orders
from .texts import receive

__all__ = ["forget", "receive", "step", "tell_new_orders"]
