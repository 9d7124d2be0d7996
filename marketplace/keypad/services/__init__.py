"""Everything that writes for phones with keys: ``from marketplace.keypad import services as keypad``.

- ``doing``: one act of the menu or of a message, by the services that the pages use
- ``texts``: short messages, each carried out once and always answered
- ``sessions``: dialled sessions
- ``telling``: new orders and payouts, each told once
- ``wallets``: whose the wallet of a number is, and where the money goes from then on
"""

from .sessions import step
from .telling import forget, tell_new_orders, tell_payout
from .texts import receive
from .wallets import answer as answer_wallet
from .wallets import answer_due as answer_wallets

__all__ = [
    "answer_wallet",
    "answer_wallets",
    "forget",
    "receive",
    "step",
    "tell_new_orders",
    "tell_payout",
]
