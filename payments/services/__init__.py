"""Everything that writes a payment: ``from payments import services as payments``.

- ``intents``: asking for money, and giving up on it
- ``refunds``: giving money back
- ``reports``: believing what a provider claims
- ``asking``: talking to providers, never inside a transaction
- ``outbox``: telling the rest of the house
"""

from payments.services.asking import ask_due, submit
from payments.services.intents import expire, start_payment
from payments.services.outbox import deliver_due, deliver_event
from payments.services.refunds import refund
from payments.services.reports import keep_unsigned, record_report

__all__ = [
    "ask_due",
    "deliver_due",
    "deliver_event",
    "expire",
    "keep_unsigned",
    "record_report",
    "refund",
    "start_payment",
    "submit",
]
