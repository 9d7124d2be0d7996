"""What the phone's page shows of an agent's counter: who takes cash, how much, and what became of it."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from payments.simulator import agents, selectors
from payments.simulator.errors import GsmaError
from payments.simulator.models import Agent, Transaction, Wallet
from payments.simulator.operators import OPERATORS
from payments.simulator.texts import NO_AGENT, NOT_TAKEN, NOT_TAKEN_OTHERWISE, WRONG_CASH, dong, when

LEAST_VND, MOST_VND, STEP_VND = 10_000, 20_000_000, 1_000
CHOICES_VND = (50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000)


class NotTaken(Exception):
    """The cash was not taken. Says why, to who brought it."""


def form_of(msisdn: str) -> dict[str, Any]:
    """Return what the form needs: the agents of this number's operators, and an id that moves money once."""
    operators = [held.wallet.operator for held in selectors.wallets_of(msisdn)]
    found = list(agents.of_operators(operators))
    groups = [
        {"name": OPERATORS[code].name, "agents": [agent for agent in found if agent.operator == code]}
        for code in operators
    ]
    return {
        "agent_groups": [group for group in groups if group["agents"]],
        "choices": [{"value": amount_vnd, "shown": dong(amount_vnd)} for amount_vnd in CHOICES_VND],
        "cash_id": uuid.uuid4(),
    }


def hand_over(*, msisdn: str, form: Mapping[str, str], now: datetime) -> Transaction:
    """Put cash into the wallet of ``msisdn`` at the operator of the agent. Raises NotTaken."""
    agent = Agent.objects.filter(pk=_whole(form.get("agent", "")), is_active=True).first()
    if agent is None:
        raise NotTaken(NO_AGENT)
    wallet = Wallet.objects.filter(operator=agent.operator, msisdn=msisdn).first()
    if wallet is None:
        raise NotTaken(NO_AGENT)
    amount_vnd = _whole(form.get("other", "") or form.get("amount", ""))
    if not LEAST_VND <= amount_vnd <= MOST_VND or amount_vnd % STEP_VND:
        raise NotTaken(WRONG_CASH)
    try:
        correlation_id = uuid.UUID(form.get("id", ""))
    except ValueError as error:
        raise NotTaken(NOT_TAKEN_OTHERWISE) from error
    try:
        return agents.cash_in(
            agent=agent, wallet=wallet, amount_vnd=amount_vnd, correlation_id=correlation_id, now=now
        )
    except GsmaError as error:
        raise NotTaken(NOT_TAKEN.get(error.code, NOT_TAKEN_OTHERWISE)) from error


def receipt_of(msisdn: str, *, reference: str) -> dict[str, Any] | None:
    """Return what became of cash put into a wallet of ``msisdn``, None if there was none."""
    accounts = [f"{operator}:wallet:{msisdn}" for operator in OPERATORS]
    moved = Transaction.objects.filter(
        reference=reference, type=Transaction.Type.DEPOSIT, credit_account__in=accounts
    ).first()
    if moved is None or moved.ended_at is None:
        return None
    return {
        "amount": dong(moved.amount_vnd),
        "agent": moved.description,
        "transaction": moved.reference,
        "when": when(moved.ended_at, now=moved.ended_at),
    }


def _whole(text: str) -> int:
    """Return a number as people type it: ``50.000`` is 50000. What is none is 0."""
    digits = text.replace(".", "").replace(",", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else 0
