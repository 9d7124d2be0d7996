"""Authorisation codes: made by a holder, good once and for a time, with or without money set aside."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from payments import ledger
from payments.simulator.errors import (
    IncorrectState,
    InsufficientFunds,
    MandatoryValueMissing,
    NotIdentified,
    PaidTooLittle,
    PaidTooMuch,
    PayerDeclined,
)
from payments.simulator.models import AuthorisationCode, Merchant, Transaction
from payments.simulator.parties import Party

LIFETIME_S = 600
LIFETIME_MAX_S = 30 * 86_400
DIGITS = 10
State = AuthorisationCode.State


@transaction.atomic
def open_code(
    *, merchant: Merchant, payer: Party, amount_vnd: int | None, details: dict[str, Any], now: datetime
) -> AuthorisationCode:
    """Make a code for ``payer``. With holdFundsIndicator among ``details`` the amount is set aside.

    Raises MandatoryValueMissing if money is to be held but no amount is named, InsufficientFunds.
    """
    holds = details.get("holdFundsIndicator", False)
    if holds and amount_vnd is None:
        raise MandatoryValueMissing("amount")
    code = AuthorisationCode(
        merchant=merchant,
        reference="".join(secrets.choice("0123456789") for _ in range(DIGITS)),
        account=payer.account,
        amount_vnd=amount_vnd,
        is_maximum=details.get("amountType") == "maximum",
        hold=uuid.uuid4() if holds else None,
        expires_at=now + timedelta(seconds=details.get("codeLifetime", LIFETIME_S)),
        details=details,
        created_at=now,
        modified_at=now,
    )
    if code.hold is not None:
        _hold(code)
    code.save(force_insert=True)
    return code


@transaction.atomic
def cancel(*, merchant: Merchant, payer: Party, reference: str, now: datetime) -> AuthorisationCode:
    """End an active code and free what it holds. Repeats change nothing.

    Raises NotIdentified, and IncorrectState if it expired or was used.
    """
    code = _locked(of(merchant=merchant, payer=payer).filter(reference=reference), now=now)
    if code is None:
        raise NotIdentified("This account has no authorisation code of this reference.")
    if code.state == State.ACTIVE:
        _close(code, State.CANCELLED, now=now)
    elif code.state != State.CANCELLED:
        raise IncorrectState(f"The authorisation code is {code.state} and cannot be cancelled.")
    return code


def of(*, merchant: Merchant, payer: Party) -> QuerySet[AuthorisationCode]:
    """Return the codes ``merchant`` made for ``payer``."""
    return AuthorisationCode.objects.filter(merchant=merchant, account=payer.account)


def expire(*, now: datetime) -> int:
    """Free what expired codes hold. Returns how many expired."""
    total = 0
    while True:
        with transaction.atomic():
            due = AuthorisationCode.objects.filter(state=State.ACTIVE, expires_at__lte=now)
            code = due.select_for_update(skip_locked=True).order_by("expires_at", "pk").first()
            if code is None:
                return total
            _close(code, State.EXPIRED, now=now)
            total += 1


def find_to_redeem(reference: str, *, asked: Transaction, now: datetime) -> AuthorisationCode:
    """Return the active code that lets ``asked`` be taken, locked.

    Raises PayerDeclined if there is none for that payer, payee and type, PaidTooLittle and PaidTooMuch if
    it was made for another amount.
    """
    codes = AuthorisationCode.objects.filter(
        merchant__operator=asked.merchant.operator, account=asked.debit_account, reference=reference
    )
    code = _locked(codes, now=now)
    if code is None or code.state != State.ACTIVE or not _serves(code, asked):
        raise PayerDeclined("oneTimeCode is no active authorisation code of the payer for this.")
    if code.amount_vnd is not None and asked.amount_vnd > code.amount_vnd:
        raise PaidTooMuch(f"The authorisation code is for {code.amount_vnd:,} VND.")
    if code.amount_vnd is not None and asked.amount_vnd < code.amount_vnd and not code.is_maximum:
        raise PaidTooLittle(f"The authorisation code is for exactly {code.amount_vnd:,} VND.")
    return code


def redeem(code: AuthorisationCode, *, asked: Transaction, now: datetime) -> None:
    """Use up a code that is locked, and free what it holds for ``asked`` to take."""
    code.redeemed_by = asked
    _close(code, State.EXPIRED, now=now)


def accounts_of(code: AuthorisationCode | None) -> set[str]:
    """Return the ledger's accounts that freeing the hold of ``code`` locks."""
    return {code.account, _aside(code)} if code is not None and code.hold else set()


def _locked(codes: QuerySet[AuthorisationCode], *, now: datetime) -> AuthorisationCode | None:
    code = codes.select_for_update(of=("self",)).first()
    if code is not None and code.state == State.ACTIVE and code.expires_at <= now:
        _close(code, State.EXPIRED, now=now)
    return code


def _serves(code: AuthorisationCode, asked: Transaction) -> bool:
    types = [item["transactionType"] for item in code.details.get("redemptionTransactionTypes", [])]
    payees = code.details.get("redemptionAccountIdentifiers", [])
    serves_payee = not payees or any(item in asked.credit_party for item in payees)
    return serves_payee and (not types or asked.type in types)


def _close(code: AuthorisationCode, state: AuthorisationCode.State, *, now: datetime) -> None:
    if code.hold is not None:
        ledger.void(transfer_id=code.hold)
    code.state, code.modified_at = state, now
    code.save(update_fields=["state", "modified_at", "redeemed_by"])


def _hold(code: AuthorisationCode) -> None:
    assert code.hold is not None, code.reference
    assert code.amount_vnd is not None, code.reference
    aside = _aside(code)
    ledger.open_account(code=aside, kind="aside")
    try:
        ledger.hold(
            transfer_id=code.hold,
            debit=code.account,
            credit=aside,
            amount_vnd=code.amount_vnd,
            purpose="authorisation-code",
            reference=code.reference,
        )
    except ledger.Overdrawn as error:
        raise InsufficientFunds(f"The account does not hold {code.amount_vnd:,} VND to set aside.") from error


def _aside(code: AuthorisationCode) -> str:
    """Return the account that holds are made out to. They never settle, so it stays empty."""
    return f"{code.merchant.operator}:aside"
