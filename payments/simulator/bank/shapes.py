"""Movements as the bank's API and its notices show them."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from payments.simulator.bank.models import BankAccount, Movement


def movement_object(movement: Movement, *, account: BankAccount) -> dict[str, Any]:
    """Return ``movement`` as ``account`` sees it. Needs source, target and return_of at hand."""
    is_in = movement.target_id == account.pk
    other = movement.source if is_in else movement.target
    return {
        "reference": movement.reference,
        "direction": "in" if is_in else "out",
        "amount_vnd": movement.amount_vnd,
        "note": movement.note,
        "booked_at": timezone.localtime(movement.booked_at).isoformat(),
        "counterparty": _party(other),
        "return_of": movement.return_of.reference if movement.return_of else None,
        # Whoever asked for a transfer knows it by this; the receiver is not told.
        "idempotency_key": None if is_in or not movement.idempotency_key else str(movement.idempotency_key),
    }


def notice_object(movement: Movement, *, amount_vnd: int) -> dict[str, Any]:
    """Return what the receiver of ``movement`` is told."""
    return {
        "event": "credit",
        "account": movement.target.number,
        "reference": movement.reference,
        "amount_vnd": amount_vnd,
        "note": movement.note,
        "booked_at": timezone.localtime(movement.booked_at).isoformat(),
        "counterparty": _party(movement.source),
    }


def _party(account: BankAccount | None) -> dict[str, str] | None:
    if account is None:
        return None
    return {"bank_bin": settings.SANDBOX_BANK["bin"], "account": account.number, "holder": account.holder}
