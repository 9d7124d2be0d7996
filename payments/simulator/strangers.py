"""Money that a merchant gets and never asked for: somebody sent it to the wrong account.

It is a real transfer, so that every statement and balance has it. Only the merchant knows nothing of it.
"""

import uuid
from datetime import datetime

from payments import ledger
from payments.simulator import agents, parties, transfers, wallets
from payments.simulator.faults import Draw
from payments.simulator.models import Merchant, Transaction
from payments.simulator.records import Request

STEP_VND, STEPS = 1_000, 90


def pay(*, merchant: Merchant, draw: Draw, now: datetime) -> Transaction:
    """Send ``merchant`` a sum that the seed decides, from an organisation it never heard of."""
    house = agents.house_of(merchant.operator)
    amount_vnd = STEP_VND * (1 + int(draw.digest("foreign_payments"), 16) % STEPS)
    correlation_id = uuid.uuid4()
    ledger.post(
        transfer_id=correlation_id,
        debit=wallets.open_cash(merchant.operator),
        credit=house.account,
        amount_vnd=amount_vnd,
        purpose="stranger",
    )
    return transfers.carry_out(
        request=Request(
            merchant=house,
            correlation_id=correlation_id,
            amount_vnd=amount_vnd,
            merchant_reference=draw.digest("foreign_payments"),
            description="Chuyển nhầm",
        ),
        type=Transaction.Type.TRANSFER,
        debit=parties.of_merchant(house),
        credit=parties.of_merchant(merchant),
        now=now,
    )
