"""Everything that writes a payment: ``from payments import services as payments``.

- ``intents``: asking for money, and giving up on it
- ``captures``: taking what was authorised, or letting go of it
- ``counter``: cash that a person counts at a post point
- ``refunds``: giving money back
- ``reports``: believing what a provider claims
- ``asking``: talking to providers, never inside a transaction
- ``outbox``: telling the rest of the house
"""

from payments.services.asking import ask_due, submit
from payments.services.captures import capture, void
from payments.services.counter import bank_cash, count_cash
from payments.services.intents import expire, start_payment
from payments.services.outbox import deliver_due, deliver_event
from payments.services.refunds import refund
from payments.services.reports import keep_unsigned, record_report

__all__ = [
    "ask_due",
    "bank_cash",
    "capture",
    "count_cash",
    "deliver_due",
    "deliver_event",
    "expire",
    "keep_unsigned",
    "record_report",
    "refund",
    "start_payment",
    "submit",
    "void",
]
