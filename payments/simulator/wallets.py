"""Wallets and merchants: opening them, putting cash in, checking PINs."""

import re
import uuid
from datetime import datetime, timedelta

from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, make_password
from django.db import transaction

from payments import ledger
from payments.simulator.errors import InvalidInput, WalletAmbiguous, WalletLocked, WalletNotFound, WrongPin
from payments.simulator.models import IdentityDocument, KycLevel, Merchant, Message, Wallet
from payments.simulator.operators import OPERATORS
from payments.simulator.texts import dong

CITIZENS_CARD = "nationalidcard"
PIN_TRIES = 3
PIN_LOCK = timedelta(minutes=15)
_PIN = re.compile(r"[0-9]{6}")


class PinHasher(PBKDF2PasswordHasher):
    """PBKDF2 with few rounds: six digits are protected by the lock, and 30 PINs a second must be checked."""

    algorithm = "pbkdf2_sha256_pin"
    iterations = 5_000


def open_merchant(*, operator: str, identifier: str, name: str) -> Merchant:
    """Return the merchant, opened with an empty account if it was unknown. Repeats only rename it."""
    merchant, _ = Merchant.objects.update_or_create(
        operator=operator, identifier=identifier, defaults={"name": name}
    )
    ledger.open_account(code=merchant.account, kind="merchant")
    return merchant


@transaction.atomic
def open_wallet(
    *,
    operator: str,
    msisdn: str,
    name: str,
    pin: str,
    kyc_level: int = KycLevel.BIOMETRIC,
    id_number: str = "",
) -> tuple[Wallet, bool]:
    """Return the wallet of ``msisdn`` (E.164) at ``operator`` and whether it is new.

    Opening it again renames it, sets the PIN and unlocks it; its money and documents stay. ``id_number`` is
    of the citizen's card of its holder. Raises InvalidInput, also if that person has a wallet already.
    """
    if operator not in OPERATORS:
        raise InvalidInput(f"operator is {operator!r}. Use one of {', '.join(OPERATORS)}.")
    if not _PIN.fullmatch(pin):
        raise InvalidInput("pin must have exactly six digits.")
    wallet, is_new = Wallet.objects.update_or_create(
        operator=operator,
        msisdn=msisdn,
        defaults={
            "name": name,
            "pin_hash": make_password(pin),
            "wrong_pins": 0,
            "locked_until": None,
            "kyc_level": kyc_level,
        },
    )
    if id_number:
        document = {"operator": operator, "kind": CITIZENS_CARD, "number": id_number}
        held, _ = IdentityDocument.objects.get_or_create(**document, defaults={"wallet": wallet})
        if held.wallet_id != wallet.pk:
            raise InvalidInput("The holder of this id_number has a wallet at this operator already.")
    ledger.open_account(code=wallet.account, kind="wallet")
    return wallet, is_new


def the_wallet(*, msisdn: str, operator: str = "") -> Wallet:
    """Return the wallet of ``msisdn``; the operator may be left out if there is only one.

    Raises WalletNotFound, WalletAmbiguous.
    """
    wallets = Wallet.objects.filter(msisdn=msisdn).order_by("operator")
    if operator:
        wallets = wallets.filter(operator=operator)
    found = list(wallets)
    if not found:
        raise WalletNotFound(msisdn)
    if len(found) > 1:
        raise WalletAmbiguous(msisdn, [wallet.operator for wallet in found])
    return found[0]


@transaction.atomic
def cash_in(*, wallet: Wallet, amount_vnd: int, transfer_id: uuid.UUID, now: datetime) -> None:
    """Put ``amount_vnd`` đồng of cash into ``wallet``, from an account that may go below zero.

    A repeat with the same ``transfer_id`` moves nothing; it only tells the holder again. Raises
    ledger.TransferConflict if the id was already used for something else.
    """
    ledger.post(
        transfer_id=transfer_id,
        debit=open_cash(wallet.operator),
        credit=wallet.account,
        amount_vnd=amount_vnd,
        purpose="cash-in",
    )
    text = f"{wallet.operator_name}: Bạn vừa nạp {dong(amount_vnd)} tiền mặt vào ví."
    Message.objects.create(wallet=wallet, text=text, sent_at=now)


def open_cash(operator: str) -> str:
    """Return the account of the cash ``operator`` was handed: below zero by as much as it was."""
    cash = f"{operator}:cash"
    ledger.open_account(code=cash, kind="cash", may_overdraw=True)
    return cash


def check_pin(*, wallet: Wallet, pin: str, now: datetime) -> None:
    """Count wrong PINs and lock the wallet after PIN_TRIES of them. ``wallet`` must be locked by the caller.

    Raises WalletLocked, also for the right PIN while the lock lasts, and WrongPin. The caller must commit
    what was counted before letting the error out.
    """
    if wallet.locked_until and now < wallet.locked_until:
        raise WalletLocked(wallet.locked_until, is_new=False)
    if check_password(pin, wallet.pin_hash):
        if wallet.wrong_pins or wallet.locked_until:
            wallet.wrong_pins, wallet.locked_until = 0, None
            wallet.save(update_fields=["wrong_pins", "locked_until"])
        return
    wallet.wrong_pins += 1
    if wallet.wrong_pins < PIN_TRIES:
        wallet.save(update_fields=["wrong_pins"])
        raise WrongPin(tries_left=PIN_TRIES - wallet.wrong_pins)
    wallet.wrong_pins, wallet.locked_until = 0, now + PIN_LOCK
    wallet.save(update_fields=["wrong_pins", "locked_until"])
    raise WalletLocked(wallet.locked_until, is_new=True)
