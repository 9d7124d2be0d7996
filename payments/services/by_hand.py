"""Paying out of our bank account by hand: whom no run can pay, and what was withheld for the State."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from payments import ledger
from payments.errors import NotPayable, PaymentByHandConflict
from payments.ledger import selectors as books
from payments.models import PaymentByHand
from payments.services import booking, settling
from payments.services.payouts import BY_HAND

REMITTANCE = "remittance"


def pay_by_hand(
    *, payment_id: UUID, payee: str, amount_vnd: int, evidence: str, by: str, now: datetime
) -> PaymentByHand:
    """Record that ``payee`` was paid ``amount_vnd`` đồng of what is payable, out of our bank account.

    ``evidence`` says how to prove it, such as the bank's reference; ``by`` who says so. Repeats with the same
    ``payment_id`` and facts change nothing.

    Raises NotPayable if less is available to the payee, PaymentByHandConflict for other facts.
    """
    return _pay(
        PaymentByHand(
            pk=payment_id,
            account=settling.payable_code(payee),
            reference=payee,
            amount_vnd=amount_vnd,
            evidence=evidence,
            noted_by=by,
            noted_at=now,
        ),
        BY_HAND,
    )


def remit(
    *, payment_id: UUID, tax: str, period: str, amount_vnd: int, evidence: str, by: str, now: datetime
) -> PaymentByHand:
    """Record that ``amount_vnd`` đồng of a ``tax`` (vat, pit) withheld in ``period`` were paid to the State.

    ``period`` is a name such as 2026-11; how much is due for it is the caller's to know. Repeats and errors
    as for pay_by_hand().
    """
    return _pay(
        PaymentByHand(
            pk=payment_id,
            account=f"{settling.TAX}:{tax}",
            reference=period,
            amount_vnd=amount_vnd,
            evidence=evidence,
            noted_by=by,
            noted_at=now,
        ),
        REMITTANCE,
    )


@transaction.atomic
def _pay(wanted: PaymentByHand, purpose: str) -> PaymentByHand:
    assert isinstance(wanted.amount_vnd, int), wanted.amount_vnd
    assert wanted.amount_vnd > 0, wanted.amount_vnd
    assert wanted.evidence, "no evidence"
    assert wanted.noted_by, "nobody"

    facts = {
        name: getattr(wanted, name)
        for name in ("account", "reference", "amount_vnd", "evidence", "noted_by", "noted_at")
    }
    payment, is_new = PaymentByHand.objects.get_or_create(pk=wanted.pk, defaults=facts)
    if not is_new:
        if _words(payment) != _words(wanted):
            raise PaymentByHandConflict(payment_id=wanted.pk, recorded=_words(payment), asked=_words(wanted))
        return payment
    if not books.balances_vnd([wanted.account]):
        raise NotPayable(payee=wanted.account, available_vnd=0, wanted_vnd=wanted.amount_vnd)
    ledger.open_account(code=booking.SETTLEMENT, kind=booking.BANK, may_overdraw=True)
    try:
        ledger.post(
            transfer_id=payment.pk,
            debit=payment.account,
            credit=booking.SETTLEMENT,
            amount_vnd=payment.amount_vnd,
            purpose=purpose,
            reference=payment.reference,
            memo=payment.noted_by,
        )
    except ledger.Overdrawn as error:
        raise NotPayable(
            payee=payment.account, available_vnd=error.available_vnd, wanted_vnd=payment.amount_vnd
        ) from error
    return payment


def _words(payment: PaymentByHand) -> str:
    return (
        f"{payment.amount_vnd:,} VND from {payment.account} for {payment.reference} "
        f"with the evidence {payment.evidence!r}"
    )
