"""Writing transactions down: how they begin, how they end, and what moves in the ledger for them.

How a transaction ended, the money it moved and the callback that tells it are written in one database
transaction. Every amount is whole đồng.
"""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from payments.ledger.selectors import balance_vnd
from payments.simulator import callbacks
from payments.simulator.errors import DuplicateRequest, GsmaError
from payments.simulator.models import Merchant, Message, Transaction, Wallet
from payments.simulator.operators import OPERATORS
from payments.simulator.parties import Party
from payments.simulator.texts import dong

# Without the letters and digits that look alike.
REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Request:
    """What a merchant's request says, read and checked."""

    merchant: Merchant
    correlation_id: uuid.UUID
    amount_vnd: int
    callback_url: str = ""
    reference: str = ""  # the operator's own; "" for a new one
    merchant_reference: str = ""
    description: str = ""
    sub_type: str = ""
    metadata: list[dict[str, str]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    requested_at: datetime | None = None
    fault_number: int | None = None


def begin(
    request: Request,
    *,
    type: Transaction.Type,
    debit: Party,
    credit: Party,
    now: datetime,
    original: Transaction | None = None,
    is_two_stage: bool = False,
) -> Transaction:
    """Write down a transaction as pending. Raises DuplicateRequest if the correlation id was used before."""
    reference = request.reference or new_reference(OPERATORS[request.merchant.operator].prefix, now=now)
    asked = Transaction(
        type=type,
        wallet=debit.wallet or credit.wallet,
        debit_account=debit.account,
        credit_account=credit.account,
        debit_party=debit.identifiers,
        credit_party=credit.identifiers,
        original=original,
        is_two_stage=is_two_stage,
        created_at=now,
        **(vars(request) | {"reference": reference}),
    )
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as error:
        if "correlation_id_used_once" in str(error):
            raise DuplicateRequest(str(request.correlation_id)) from error
        raise
    return asked


def end(ended: Transaction, *, now: datetime, told: str, error: GsmaError | None = None) -> None:
    """Write down how ``ended`` came out, send its wallet ``told`` by SMS and owe the merchant a callback."""
    ended.ended_at = now
    ended.status = Transaction.Status.COMPLETED if error is None else Transaction.Status.FAILED
    if error is not None:
        ended.error_category, ended.error_code = error.category, error.code
        ended.error_description = error.description
    ended.save(update_fields=["ended_at", "status", "error_category", "error_code", "error_description"])
    if told and ended.wallet:
        tell(ended.wallet, told, about=ended, now=now)
    callbacks.queue(ended=ended, now=now)


def tell(wallet: Wallet, told: str, *, about: Transaction, now: datetime) -> None:
    """Send ``wallet`` an SMS about a transaction and what is left."""
    left = dong(balance_vnd(wallet.account))
    text = f"{wallet.operator_name}: {told}. Số dư: {left}. Mã giao dịch {about.reference}."
    Message.objects.create(wallet=wallet, text=text, sent_at=now)


def ledger_transfer(asked: Transaction, *, debit: str, credit: str) -> dict[str, Any]:
    """Return the ledger's arguments for ``asked``: its own id, so that it moves money at most once."""
    return {
        "transfer_id": asked.id,
        "debit": debit,
        "credit": credit,
        "amount_vnd": asked.amount_vnd,
        "purpose": asked.type,
        "reference": asked.reference,
        "memo": asked.merchant_reference[:200],
    }


def new_reference(prefix: str, *, now: datetime) -> str:
    """Return a reference people can read out: ``VTM261123K7Q2M4XR9T``. 50 random bits a day do not meet."""
    tail = "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(10))
    return f"{prefix}{timezone.localdate(now):%y%m%d}{tail}"
