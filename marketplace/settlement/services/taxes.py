"""Paying the State what was withheld for it, month by month."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.settlement.errors import TooMuchForTheState
from marketplace.settlement.months import Month
from marketplace.settlement.withholding import TAXES, month_of_tax
from payments import ledger
from payments import services as payments
from payments.ledger import selectors as books
from payments.models import PaymentByHand


@transaction.atomic
def remit(
    *, payment_id: UUID, month: Month, tax: str, amount_vnd: int, evidence: str, by: str, now: datetime
) -> PaymentByHand:
    """Record that ``amount_vnd`` đồng of the ``tax`` (vat, pit) withheld in ``month`` were paid to the State.

    ``evidence`` says how to prove it, ``by`` who says so. Repeats with the same ``payment_id`` and facts
    change nothing. Raises TooMuchForTheState if less of the month is left, or of the account, because later
    refunds took it; payments.PaymentByHandConflict.
    """
    account = TAXES[tax]
    ledger.lock(books.balances_vnd([account]))  # two who pay the same month go one after the other
    if not PaymentByHand.objects.filter(pk=payment_id).exists():
        left_vnd = min(month_of_tax(tax, month).left_vnd, books.balances_vnd([account]).get(account, 0))
        if amount_vnd > left_vnd:
            raise TooMuchForTheState(month=str(month), left_vnd=left_vnd, wanted_vnd=amount_vnd)
    return payments.remit(
        payment_id=payment_id,
        tax=tax,
        period=str(month),
        amount_vnd=amount_vnd,
        evidence=evidence,
        by=by,
        now=now,
    )
