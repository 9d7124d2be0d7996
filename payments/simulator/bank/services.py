"""Everything that writes to the bank. Amounts are whole đồng."""

import json
import re
import secrets
import unicodedata
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from payments import ledger
from payments.simulator.bank.errors import (
    AboveLimit,
    AccountNotFound,
    CannotReturn,
    DuplicateKey,
    InvalidRequest,
    NotEnoughMoney,
    PinLocked,
    ReturnTooLarge,
    SameAccount,
    TransferNotFound,
    WrongPin,
)
from payments.simulator.bank.models import BankAccount, Movement, Notice
from payments.simulator.bank.shapes import notice_object
from payments.simulator.callbacks import REORDER_PAUSE
from payments.simulator.faults import Draw
from payments.simulator.wallets import PIN_LOCK, PIN_TRIES

CASH = "bank:cash"
# Below 500 million a transfer: NAPAS at the launch of VietQR, 15 June 2021.
TRANSFER_VND_MAX = 499_999_999
# The demonstration's payers: phone, which is also the account's number, and holder.
DEMO_PAYERS = (("+84399000001", "NGUYEN THI MAI"), ("+84399000002", "LO VAN SUNG"))
DEMO_BALANCE_VND = 20_000_000
DEMO_PIN = "135790"
NO_FAULTS = Draw()


@transaction.atomic
def open_account(
    *, number: str, holder: str, phone: str = "", pin: str = "", notice_url: str = ""
) -> tuple[BankAccount, bool]:
    """Return the account ``number`` and whether it is new. Repeats change all but its money."""
    if not re.fullmatch(r"[0-9A-Za-z]{1,19}", number):
        raise InvalidRequest("number must be 1 to 19 letters and digits.")
    if pin and not re.fullmatch(r"[0-9]{6}", pin):
        raise InvalidRequest("pin must have exactly six digits.")
    account, is_new = BankAccount.objects.update_or_create(
        number=number,
        defaults={
            "holder": holder,
            "phone": phone,
            "pin_hash": make_password(pin) if pin else "",
            "wrong_pins": 0,
            "locked_until": None,
            "notice_url": notice_url,
        },
    )
    ledger.open_account(code=account.book, kind="bank-account")
    return account, is_new


def open_house(*, now: datetime) -> None:
    """Open the shop's account and, for a demonstration, some payers' with money in them."""
    bank = settings.SANDBOX_BANK
    open_account(number=bank["account"], holder=bank["holder"], notice_url=bank["notice_url"])
    for phone, holder in DEMO_PAYERS if settings.DEBUG else ():
        number = phone.replace("+84", "0", 1)
        if BankAccount.objects.filter(number=number).exists():
            continue
        account, _ = open_account(number=number, holder=holder, phone=phone, pin=DEMO_PIN)
        deposit(account=account, amount_vnd=DEMO_BALANCE_VND, note="NAP TIEN MAT", now=now)


@transaction.atomic
def deposit(
    *, account: BankAccount, amount_vnd: int, note: str, now: datetime, draw: Draw = NO_FAULTS
) -> Movement:
    """Take cash over the counter, from nobody's account."""
    ledger.open_account(code=CASH, kind="cash", may_overdraw=True)
    movement = Movement.objects.create(
        reference=_reference(now), target=account, amount_vnd=amount_vnd, note=_stated(note), booked_at=now
    )
    _book(movement, debit=CASH)
    _tell(movement, now=now, draw=draw)
    return movement


@transaction.atomic
def transfer(
    *,
    source: BankAccount,
    to_number: str,
    amount_vnd: int,
    note: str,
    now: datetime,
    key: uuid.UUID | None = None,
    draw: Draw = NO_FAULTS,
) -> Movement:
    """Move money to another account, once per ``key``. The holder's notice follows.

    Raises DuplicateKey, AccountNotFound, SameAccount, AboveLimit or NotEnoughMoney; nothing moved then.
    """
    target = find_account(to_number)
    return _transfer(
        Movement(
            reference=_reference(now),
            source=source,
            target=target,
            amount_vnd=amount_vnd,
            note=_stated(note),
            idempotency_key=key,
            booked_at=now,
        ),
        now=now,
        draw=draw,
    )


@transaction.atomic
def give_back(
    *, account: BankAccount, reference: str, amount_vnd: int, note: str, key: uuid.UUID, now: datetime
) -> Movement:
    """Return all or part of what ``account`` received to where it came from, once per ``key``.

    Raises TransferNotFound, CannotReturn, ReturnTooLarge, also if others return of it at the same moment,
    and what transfer() raises.
    """
    credits = Movement.objects.select_for_update(of=("self",), no_key=True).select_related("source")
    original = credits.filter(target=account, reference=reference).first()
    if original is None:
        raise TransferNotFound(reference)
    # Only now, behind the lock: a repeat at the same moment has to be told that it is one.
    if Movement.objects.filter(source=account, idempotency_key=key).exists():
        raise DuplicateKey(key)
    if original.source is None:
        raise CannotReturn(reference)
    left_vnd = original.amount_vnd - original.returned_vnd
    if amount_vnd > left_vnd:
        raise ReturnTooLarge(reference=reference, left_vnd=left_vnd, amount_vnd=amount_vnd)
    original.returned_vnd += amount_vnd
    original.save(update_fields=["returned_vnd"])
    return _transfer(
        Movement(
            reference=_reference(now),
            source=account,
            target=original.source,
            amount_vnd=amount_vnd,
            note=_stated(note),
            idempotency_key=key,
            return_of=original,
            booked_at=now,
        ),
        now=now,
        draw=NO_FAULTS,
    )


def check_pin(*, account: BankAccount, pin: str, now: datetime) -> None:
    """Count wrong PINs and lock the app after three. Commits by itself. Raises WrongPin, PinLocked."""
    refusal: WrongPin | PinLocked | None = None
    with transaction.atomic():
        locked = BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
        if locked.locked_until and now < locked.locked_until:
            raise PinLocked
        if check_password(pin, locked.pin_hash):
            locked.wrong_pins, locked.locked_until = 0, None
        elif locked.wrong_pins + 1 < PIN_TRIES:
            locked.wrong_pins += 1
            refusal = WrongPin(tries_left=PIN_TRIES - locked.wrong_pins)
        else:
            locked.wrong_pins, locked.locked_until = 0, now + PIN_LOCK
            refusal = PinLocked()
        locked.save(update_fields=["wrong_pins", "locked_until"])
    if refusal is not None:
        raise refusal


def find_account(number: str) -> BankAccount:
    """Return the account ``number``. Raises AccountNotFound."""
    account = BankAccount.objects.filter(number=number).first()
    if account is None:
        raise AccountNotFound(number)
    return account


def _transfer(movement: Movement, *, now: datetime, draw: Draw) -> Movement:
    assert movement.source, movement.reference
    if movement.source.pk == movement.target.pk:
        raise SameAccount
    if movement.amount_vnd > TRANSFER_VND_MAX:
        raise AboveLimit(amount_vnd=movement.amount_vnd, most_vnd=TRANSFER_VND_MAX)
    try:
        with transaction.atomic():
            movement.save(force_insert=True)
    except IntegrityError as error:
        if "bank_key_used_once" in str(error):
            raise DuplicateKey(movement.idempotency_key) from error
        raise
    try:
        _book(movement, debit=movement.source.book)
    except ledger.Overdrawn as error:
        raise NotEnoughMoney(available_vnd=error.available_vnd, amount_vnd=movement.amount_vnd) from error
    _tell(movement, now=now, draw=draw)
    return movement


def _book(movement: Movement, *, debit: str) -> None:
    ledger.post(
        transfer_id=movement.transfer_id,
        debit=debit,
        credit=movement.target.book,
        amount_vnd=movement.amount_vnd,
        purpose="bank-transfer",
        reference=movement.reference,
    )


def _tell(movement: Movement, *, now: datetime, draw: Draw) -> None:
    """Write down what the receiver is to be told; the plan of faults may drop, double or falsify it."""
    url = movement.target.notice_url
    if not url:
        return
    due_at = now + timedelta(seconds=draw.seconds("delay_callbacks_s"))
    if draw.happens("reorder"):
        due_at += REORDER_PAUSE
    is_dropped = draw.happens("drop_callbacks")
    amount_vnd = movement.amount_vnd + draw.happens("wrong_amount")
    body = json.dumps(notice_object(movement, amount_vnd=amount_vnd), ensure_ascii=False)
    for _ in range(2 if draw.happens("duplicate_callbacks") else 1):
        Notice.objects.create(
            movement=movement,
            url=url,
            body=body,
            created_at=now,
            next_try_at=None if is_dropped else due_at,
            last_answer="dropped by the plan of faults" if is_dropped else "",
        )


def _reference(now: datetime) -> str:
    return f"FT{timezone.localtime(now):%y%m%d}{secrets.randbelow(10**10):010}"


def _stated(note: str) -> str:
    """Return a note as Vietnamese banks state it: capital letters without accents, and words of their own."""
    plain = unicodedata.normalize("NFD", note.replace("đ", "d").replace("Đ", "D"))
    kept = re.sub(r"[^0-9A-Za-z .,/-]", "", plain)[:210]
    return f"CK NHANH 247. {kept.strip().upper()} -FT"
