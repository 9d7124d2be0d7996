"""The hinge between orders and payments: how a payment ended becomes what happens to the order.

Nothing else knows both. Everything here may run twice: it locks the order, looks at its status, and
does nothing when it has been done. Locks are taken in the order order, stock, nights, money of the
parts, payment.

- ``paying``: asking for the money, again through another provider, and for the rest of a deposit
- ``hearing``: what became of it
- ``ending``: holds that ran out, cancellations, refunds
- ``refused``: refunds an operator would not make
"""

from .ending import cancel, refund_part, release_ended_holds
from .hearing import hear
from .paying import pay_again, pay_balance, start_payment
from .refused import refund_again, refund_by_hand

__all__ = [
    "cancel",
    "hear",
    "pay_again",
    "pay_balance",
    "refund_again",
    "refund_by_hand",
    "refund_part",
    "release_ended_holds",
    "start_payment",
]
