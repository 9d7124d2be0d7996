"""How much a customer may spend in a month, by the rules in force on the day."""

from datetime import datetime

from payments.simulator.models import Transaction


def check(asked: Transaction, *, now: datetime) -> None:
    """No rules yet."""
