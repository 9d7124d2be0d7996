"""Everything that writes to settlement: ``from marketplace.settlement import services as settlement``.

- ``freezing``: who gets what of a line, when it is ordered
- ``clock``: delivered, and due
- ``booking``: bringing the ledger to what belongs to whom
- ``refunds``: giving money back, before and after it left escrow
- ``refused``: what an operator would not give back
- ``disputes``: what buyers complain of; ``ladder``: who answers, and until when; ``story``: each step of it
- ``taxes``: what was withheld, to the State
- ``payouts``: money to the sellers' wallets
- ``events``: what payments tell
"""

from .clock import delivered, moved, paid, release_due
from .disputes import decide_dispute, left_of_dispute, may_open, open_dispute
from .events import hear
from .freezing import freeze
from .ladder import agree, answer, escalate_due, withdraw
from .payouts import pay_out, run_id_of
from .refunds import (
    ByHand,
    left_to_refund,
    refund_line,
    refund_lines,
    refund_part,
    waive,
)
from .refused import left_of_refused, refund_refused
from .taxes import remit

__all__ = [
    "ByHand",
    "agree",
    "answer",
    "decide_dispute",
    "delivered",
    "escalate_due",
    "freeze",
    "hear",
    "left_of_dispute",
    "left_of_refused",
    "left_to_refund",
    "may_open",
    "moved",
    "open_dispute",
    "paid",
    "pay_out",
    "refund_line",
    "refund_lines",
    "refund_part",
    "refund_refused",
    "release_due",
    "remit",
    "run_id_of",
    "waive",
    "withdraw",
]
