"""Everything that moves a merchant's request on: asking the payer, booking, refusing, refunding.

How a transaction ended, the money it moved and the callback that tells it are written in one database
transaction. Every amount is whole đồng.
"""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from payments import ledger
from payments.compiled import compiled
from payments.simulator import holders, limits, parties
from payments.simulator.errors import (
    GsmaError,
    IncorrectState,
    InsufficientFunds,
    MonthlyLimitExceeded,
    NotAllowed,
    NotEnoughMoney,
    NotKnownWellEnough,
    OverTheLimit,
    PayerDeclined,
    PromptClosed,
    PromptError,
    PromptNotFound,
    WalletLocked,
    WrongPin,
)
from payments.simulator.models import Prompt, Transaction, Wallet
from payments.simulator.records import Request, begin, end, ledger_transfer
from payments.simulator.texts import dong
from payments.simulator.wallets import PIN_TRIES, check_pin

BATCH = 50


@transaction.atomic
def request_payment(*, request: Request, wallet: Wallet, expires_at: datetime, now: datetime) -> Transaction:
    """Ask the holder of ``wallet`` to pay the merchant, until ``expires_at``. Moves nothing yet.

    Raises DuplicateRequest if the merchant used the correlation id before.
    """
    asked = begin(
        request,
        type=Transaction.Type.MERCHANT_PAY,
        debit=parties.of_wallet(wallet),
        credit=parties.of_merchant(request.merchant),
        now=now,
    )
    Prompt.objects.create(transaction=asked, wallet=wallet, expires_at=expires_at)
    return asked


def answer_prompt(*, prompt_id: uuid.UUID, pin: str, accept: bool, now: datetime) -> Prompt:
    """Pay what ``prompt_id`` asks for, or refuse it. Refusing needs no PIN.

    A prompt is answered once: of several answers at the same time the first one counts. Raises
    PromptNotFound, PromptClosed, WrongPin, WalletLocked, NotEnoughMoney, OverTheLimit and NotAllowed. The
    third wrong PIN, and a wallet that holds too little or may not pay that, end the transaction as failed.
    """
    refusal: PromptError | None = None
    with transaction.atomic():
        prompt = _lock_prompt(prompt_id)
        if prompt.state == Prompt.State.OPEN and prompt.expires_at <= now:
            _expire(prompt, now=now)
        if prompt.state != Prompt.State.OPEN:
            refusal = PromptClosed(prompt_id=str(prompt.id), state=prompt.state)
        elif not accept:
            error = PayerDeclined("The payer refused the payment.", reason="declined")
            _refuse(prompt, Prompt.State.DECLINED, error, now=now)
        else:
            refusal = _pay(prompt, pin=pin, now=now)
    # Raised only now: the wrong PIN must stay counted, the failed transaction failed.
    if refusal is not None:
        raise refusal
    return prompt


def expire_prompts(*, now: datetime) -> int:
    """Fail the payments nobody answered until their time was over. Returns how many."""
    due = Prompt.objects.filter(state=Prompt.State.OPEN, expires_at__lte=now)
    return _each_batch(lambda: _expire_batch(due.order_by("expires_at", "id"), now=now))


def book_refunds(*, now: datetime) -> int:
    """Give back what transfers.take_back() set aside. Returns how many refunds were booked."""
    if not _some_open_refund():  # as at most times
        return 0
    return _each_batch(lambda: _book_batch(_open_refunds().order_by("created_at", "id"), now=now))


def _open_refunds() -> QuerySet[Transaction]:
    return Transaction.objects.filter(
        type=Transaction.Type.ADJUSTMENT, status=Transaction.Status.PENDING, is_two_stage=False
    )


@compiled
def _some_open_refund() -> "QuerySet[Transaction, uuid.UUID]":
    return _open_refunds().values_list("pk", flat=True)[:1]


def _lock_prompt(prompt_id: uuid.UUID) -> Prompt:
    found = _locked(prompt_id)
    if not found:
        raise PromptNotFound(str(prompt_id))
    return found[0]


@compiled
def _locked(prompt_id: uuid.UUID) -> QuerySet[Prompt]:
    # no_key: new requests of this wallet may be written while its holder answers.
    prompts = Prompt.objects.select_for_update(of=("self", "wallet"), no_key=True).filter(pk=prompt_id)
    return prompts.select_related("wallet", "transaction__merchant", "transaction__wallet")


def _pay(prompt: Prompt, *, pin: str, now: datetime) -> PromptError | None:
    """Move the money, or return why not."""
    try:
        check_pin(wallet=prompt.wallet, pin=pin, now=now)
    except WrongPin as error:
        return error
    except WalletLocked as error:
        if error.is_new:
            declined = PayerDeclined(f"The payer entered {PIN_TRIES} wrong PINs.", reason="blocked")
            _refuse(prompt, Prompt.State.BLOCKED, declined, now=now)
        return error
    asked = prompt.transaction
    try:
        with transaction.atomic():  # above the limit, nothing must have moved
            parties.check_available(parties.of_wallet(prompt.wallet))
            holders.check_payer(prompt.wallet, amount_vnd=asked.amount_vnd, now=now)
            ledger.post(**ledger_transfer(asked, debit=prompt.wallet.account, credit=asked.merchant.account))
            limits.check(asked, now=now)
    except (MonthlyLimitExceeded, NotKnownWellEnough) as error:
        _refuse(prompt, Prompt.State.UNPAID, error, now=now)
        return OverTheLimit(error.description)
    except IncorrectState as error:
        _refuse(prompt, Prompt.State.UNPAID, error, now=now)
        return NotAllowed(error.description)
    except ledger.Overdrawn:
        short = InsufficientFunds("The payer's wallet does not hold enough.", reason="insufficient funds")
        _refuse(prompt, Prompt.State.UNPAID, short, now=now)
        return NotEnoughMoney(amount_vnd=asked.amount_vnd)
    _close(prompt, Prompt.State.ACCEPTED, now=now)
    end(asked, now=now, told=f"Đã thanh toán {dong(asked.amount_vnd)} cho {asked.merchant.name}")
    return None


def _expire(prompt: Prompt, *, now: datetime) -> None:
    error = PayerDeclined("The payer did not answer in time.", reason="expired")
    _refuse(prompt, Prompt.State.EXPIRED, error, now=now)


def _refuse(prompt: Prompt, state: Prompt.State, error: GsmaError, *, now: datetime) -> None:
    _close(prompt, state, now=now)
    end(prompt.transaction, now=now, error=error, told="")


def _close(prompt: Prompt, state: Prompt.State, *, now: datetime) -> None:
    prompt.state, prompt.answered_at = state, now
    prompt.save(update_fields=["state", "answered_at"])


def _expire_batch(due: QuerySet[Prompt], *, now: datetime) -> int:
    with transaction.atomic():
        locked = due.select_for_update(skip_locked=True, of=("self",))
        prompts = list(
            locked.select_related("wallet", "transaction__merchant", "transaction__wallet")[:BATCH]
        )
        for prompt in prompts:
            _expire(prompt, now=now)
    return len(prompts)


def _book_batch(open_refunds: QuerySet[Transaction], *, now: datetime) -> int:
    with transaction.atomic():
        locked = open_refunds.select_for_update(skip_locked=True, of=("self",))
        refunds = list(locked.select_related("merchant", "wallet", "original")[:BATCH])
        for refund in refunds:
            ledger.settle(transfer_id=refund.id)
            end(refund, now=now, told=f"{refund.merchant.name} hoàn lại {dong(refund.amount_vnd)}")
    return len(refunds)


def _each_batch(work: Callable[[], int]) -> int:
    total = 0
    while done := work():
        total += done
    return total
