"""Money that a merchant gets and asked no payer for: sent to the wrong account, or its own from the bank.

They are real transfers, so that every statement and balance has them.
"""

import uuid
from datetime import datetime

from django.db import transaction

from payments import ledger
from payments.simulator import agents, parties, transfers, wallets
from payments.simulator.faults import Draw
from payments.simulator.models import Merchant, Transaction
from payments.simulator.records import Request

STEP_VND, STEPS = 1_000, 90


def pay(*, merchant: Merchant, draw: Draw, now: datetime) -> Transaction:
    """Send ``merchant`` a sum that the seed decides, from an organisation it never heard of."""
    return _send(
        merchant,
        Request(
            merchant=agents.house_of(merchant.operator),
            correlation_id=uuid.uuid4(),
            amount_vnd=STEP_VND * (1 + int(draw.digest("foreign_payments"), 16) % STEPS),
            merchant_reference=draw.digest("foreign_payments"),
            description="Chuyển nhầm",
        ),
        now=now,
    )


def top_up(
    *, merchant: Merchant, amount_vnd: int, reference: str, transfer_id: uuid.UUID, now: datetime
) -> Transaction:
    """Put money of the merchant's own, from its bank, on its account, so that it can pay people.

    ``reference`` names the movement in the statement. The same ``transfer_id`` puts it in once.
    """
    earlier = Transaction.objects.filter(correlation_id=transfer_id).first()
    return earlier or _send(
        merchant,
        Request(
            merchant=agents.house_of(merchant.operator),
            correlation_id=transfer_id,
            amount_vnd=amount_vnd,
            reference=reference,
            description="Nộp tiền từ ngân hàng",
        ),
        now=now,
    )


@transaction.atomic
def _send(merchant: Merchant, request: Request, *, now: datetime) -> Transaction:
    house = request.merchant
    ledger.post(
        transfer_id=request.correlation_id,
        debit=wallets.open_cash(merchant.operator),
        credit=house.account,
        amount_vnd=request.amount_vnd,
        purpose="stranger",
    )
    return transfers.carry_out(
        request=request,
        type=Transaction.Type.TRANSFER,
        debit=parties.of_merchant(house),
        credit=parties.of_merchant(merchant),
        now=now,
    )
