"""Agents: whoever brings cash gets money in their wallet, out of the agent's float, and the other way round.

An agent's float never goes below zero: an agent that has none left must buy some of the operator first.
Every amount is whole đồng.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from payments import ledger
from payments.simulator import parties, transfers, wallets
from payments.simulator.errors import AgentNotFound, InvalidInput
from payments.simulator.models import Agent, Merchant, Transaction, Wallet
from payments.simulator.operators import OPERATORS
from payments.simulator.records import Request

FLOAT = "float"


def house_of(operator: str) -> Merchant:
    """Return the operator's own organisation: it asks for what is done at its counters and in its app."""
    return wallets.open_merchant(operator=operator, identifier=operator, name=OPERATORS[operator].name)


def open_agent(
    *, operator: str, identifier: str, name: str, address: str = "", is_active: bool = True
) -> tuple[Agent, bool]:
    """Return an agent and whether it is new, then with an empty float. Opening it again renames it.

    Raises InvalidInput for an unknown operator, or the identifier of an organisation that is no agent.
    """
    if operator not in OPERATORS:
        raise InvalidInput(f"operator is {operator!r}. Use one of {', '.join(OPERATORS)}.")
    if not identifier or Merchant.objects.filter(operator=operator, identifier=identifier).exists():
        raise InvalidInput(f"identifier {identifier!r} is empty or of another organisation. Choose one.")
    agent, is_new = Agent.objects.update_or_create(
        operator=operator,
        identifier=identifier,
        defaults={"name": name, "address": address, "is_active": is_active},
    )
    ledger.open_account(code=agent.account, kind=FLOAT)
    return agent, is_new


def of_operators(operators: list[str]) -> QuerySet[Agent]:
    """Return the agents that serve customers of these operators."""
    agents = Agent.objects.filter(operator__in=operators, is_active=True)
    return agents.order_by("operator", "name", "pk")


def find(*, operator: str, identifier: str) -> Agent:
    found = Agent.objects.filter(operator=operator, identifier=identifier).first()
    if found is None:
        raise AgentNotFound(operator, identifier)
    return found


def buy_float(*, agent: Agent, amount_vnd: int, transfer_id: uuid.UUID) -> None:
    """Sell ``agent`` float for cash. A repeat with the same ``transfer_id`` sells it once.

    Raises ledger.TransferConflict if the id was already used for something else.
    """
    ledger.post(
        transfer_id=transfer_id,
        debit=wallets.open_cash(agent.operator),
        credit=agent.account,
        amount_vnd=amount_vnd,
        purpose="agent-float",
    )


def cash_in(
    *,
    agent: Agent,
    wallet: Wallet,
    amount_vnd: int,
    correlation_id: uuid.UUID,
    now: datetime,
    shown: dict[str, Any] | None = None,
) -> Transaction:
    """Take cash of the holder of ``wallet`` and put as much in. ``shown`` is the document they showed.

    Raises GsmaError: the rules of every deposit hold here too, and InsufficientFunds if the float does not
    reach. DuplicateRequest if the correlation id was used before; nothing moved then.
    """
    return transfers.carry_out(
        request=Request(
            merchant=house_of(agent.operator),
            correlation_id=correlation_id,
            amount_vnd=amount_vnd,
            description=agent.name,
            details={"senderKyc": {"idDocument": [shown]}} if shown else {},
        ),
        type=Transaction.Type.DEPOSIT,
        debit=parties.of_agent(agent),
        credit=parties.of_wallet(wallet),
        now=now,
    )


def cash_out(
    *, agent: Agent, wallet: Wallet, amount_vnd: int, pin: str, correlation_id: uuid.UUID, now: datetime
) -> Transaction:
    """Pay the holder of ``wallet`` cash, who proves by the PIN who they are. Raises as cash_in() does."""
    transfers.check_credential(wallet=wallet, pin=pin, now=now)
    return transfers.carry_out(
        request=Request(
            merchant=house_of(agent.operator),
            correlation_id=correlation_id,
            amount_vnd=amount_vnd,
            description=agent.name,
        ),
        type=Transaction.Type.WITHDRAWAL,
        debit=parties.of_wallet(wallet),
        credit=parties.of_agent(agent),
        now=now,
    )
