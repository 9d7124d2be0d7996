"""The hinge between orders and payments: how a payment ended becomes what happens to the order.

Nothing else knows both. Everything here may run twice: it locks the order, looks at its status, and
does nothing when it has been done. Locks are taken in the order order, stock, nights, money of the
parts, payment.

- ``paying``: asking for the money, again through another provider, and for the rest of a deposit
- ``hearing``: what became of it
- ``sales``: what was paid, in the figures of the communes
- ``ending``: holds that ran out, refunds of whole parts
- ``cancelling``: cancelling an order, or lines of it, by what was agreed
- ``refused``: refunds an operator would not make
- ``weighing``: goods that are paid by what they weigh
- ``missing``: what a harvest did not give of what was ordered beforehand
- ``estimates``: what goods are thought to weigh, and what of them is not paid yet
- ``handing``: parcels that change hands, and what reached its buyer
- ``returns``: parcels that nobody collected
- ``tracking``: what carriers tell
"""

from .cancelling import LineEnd, cancel, cancel_lines, ends_of, is_cancelled
from .ending import refund_part, release_ended_holds
from .estimates import Estimate, note_estimates, to_weigh
from .handing import delivered, hand_over, received
from .hearing import hear
from .missing import refund_missing
from .paying import pay_again, pay_balance, start_payment
from .refused import refund_again, refund_by_hand
from .weighing import close_weights, weigh_line

__all__ = [
    "Estimate",
    "LineEnd",
    "cancel",
    "cancel_lines",
    "close_weights",
    "delivered",
    "ends_of",
    "hand_over",
    "hear",
    "is_cancelled",
    "note_estimates",
    "pay_again",
    "pay_balance",
    "received",
    "refund_again",
    "refund_by_hand",
    "refund_missing",
    "refund_part",
    "release_ended_holds",
    "start_payment",
    "to_weigh",
    "weigh_line",
]
