"""Everything that writes a payment: ``from payments import services as payments``.

- ``intents``: asking for money, and giving up on it
- ``captures``: taking what was authorised, or letting go of it
- ``counter``: cash that a person counts at a post point
- ``treasury``: our own money between the bank and the providers
- ``refunds``: giving money back, through the provider or by hand
- ``holders``: whose a wallet is
- ``reconciling``: comparing a provider's statement with us, and settling by it
- ``reports``: believing what a provider claims
- ``asking``: talking to providers, never inside a transaction
- ``outbox``: telling the rest of the house
- ``settling``: money out of escrow to whom it belongs, and back
- ``payouts``: paying people what is theirs, and settling by hand
- ``by_hand``: paying people, and the State, out of our bank account
- ``payout_reports``, ``payout_asking``: the same as above, of payouts
- ``notices``: what a callback says, of whatever it is
"""

from payments.services.asking import ask_due, submit
from payments.services.by_hand import pay_by_hand, remit
from payments.services.captures import capture, void
from payments.services.counter import bank_cash, count_cash
from payments.services.holders import payout_wallets, wallet_holder
from payments.services.intents import expire, start_payment
from payments.services.notices import keep_unsigned, record_notice
from payments.services.outbox import deliver_due, deliver_event
from payments.services.payout_asking import ask_due_batches, submit_batch
from payments.services.payout_reports import record_batch_report, record_payout_report
from payments.services.payouts import Payee, settle_by_hand, start_run
from payments.services.reconciling import close_difference, due_reconciliations, reconcile
from payments.services.refunds import refund, refund_by_hand
from payments.services.reports import record_report
from payments.services.settling import Portion, release, take_back
from payments.services.treasury import move_own_money

__all__ = [
    "Payee",
    "Portion",
    "ask_due",
    "ask_due_batches",
    "bank_cash",
    "capture",
    "close_difference",
    "count_cash",
    "deliver_due",
    "deliver_event",
    "due_reconciliations",
    "expire",
    "keep_unsigned",
    "move_own_money",
    "pay_by_hand",
    "payout_wallets",
    "reconcile",
    "record_batch_report",
    "record_notice",
    "record_payout_report",
    "record_report",
    "refund",
    "refund_by_hand",
    "release",
    "remit",
    "settle_by_hand",
    "start_payment",
    "start_run",
    "submit",
    "submit_batch",
    "take_back",
    "void",
    "wallet_holder",
]
