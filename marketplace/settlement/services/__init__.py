"""Everything that writes to settlement: ``from marketplace.settlement import services as settlement``.

- ``freezing``: who gets what of a line, when it is ordered
- ``clock``: delivered, and due
- ``booking``: bringing the ledger to what belongs to whom
- ``refunds``: giving money back, before and after it left escrow
- ``disputes``: what buyers complain of
- ``payouts``: money to the sellers' wallets
"""

from .freezing import freeze

__all__ = ["freeze"]
