"""Transactions that need nobody's answer: carried out at once, confirmed in a second stage, or taken back.

Who debits a customer's wallet either is trusted to have asked them, or proves it by the PIN, by a code,
a mandate or a link. Every amount is whole đồng.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q, Sum

from payments import ledger
from payments.simulator import callbacks, codes, holders, limits, mandates, parties, selectors
from payments.simulator.errors import (
    DuplicateRequest,
    GsmaError,
    IncorrectState,
    InsufficientFunds,
    MerchantNotAuthorised,
    NotIdentified,
    PaidTooLittle,
    PayerDeclined,
    RefundTooLarge,
    SameParties,
    WalletLocked,
    WrongCredential,
    WrongPin,
)
from payments.simulator.models import Agent, Merchant, Prompt, Transaction, Wallet
from payments.simulator.parties import Party
from payments.simulator.records import Request, begin, end, ledger_transfer, tell
from payments.simulator.texts import dong
from payments.simulator.wallets import check_pin

GIVING_BACK = (Transaction.Type.ADJUSTMENT, Transaction.Type.REVERSAL)


@transaction.atomic
def carry_out(
    *,
    request: Request,
    type: Transaction.Type,
    debit: Party,
    credit: Party,
    now: datetime,
    code: str = "",
    is_two_stage: bool = False,
) -> Transaction:
    """Move the money of ``request`` at once; with ``is_two_stage`` only set it aside until confirm().

    ``code`` is an authorisation code of the payer, or "". Raises SameParties, IncorrectState for a wallet
    that is not available, MerchantNotAuthorised if another organisation would pay, InsufficientFunds,
    DuplicateRequest, and what holders.check(), codes.redeem() and the monthly limits raise.
    """
    if debit.account == credit.account:
        raise SameParties
    if not _may_debit(request.merchant, debit, type=type):
        raise MerchantNotAuthorised("debitParty")
    parties.check_available(debit, credit)
    holders.check(type=type, debit=debit, credit=credit, request=request, now=now)
    mandates.check(debit, request=request, credit=credit, now=now)
    asked = begin(request, type=type, debit=debit, credit=credit, now=now, is_two_stage=is_two_stage)
    locks = {debit.account, credit.account}
    redeemed = codes.find_to_redeem(code, asked=asked, now=now) if code else None
    ledger.lock(locks | codes.accounts_of(redeemed))
    if redeemed is not None:
        codes.redeem(redeemed, asked=asked, now=now)
    move = ledger.hold if is_two_stage else ledger.post
    try:
        move(**ledger_transfer(asked, debit=debit.account, credit=credit.account))
    except ledger.Overdrawn as error:
        raise InsufficientFunds(f"debitParty does not hold {asked.amount_vnd:,} VND.") from error
    if not is_two_stage:
        _complete(asked, now=now)
    return asked


def check_credential(*, wallet: Wallet | None, pin: str, now: datetime) -> None:
    """Check the payer's PIN, which a caller may hand on. Raises WrongCredential; wrong PINs stay counted."""
    if wallet is None or not pin:
        return
    refusal: WrongPin | WalletLocked | None = None
    with transaction.atomic():
        locked = Wallet.objects.select_for_update(no_key=True).get(pk=wallet.pk)
        try:
            check_pin(wallet=locked, pin=pin, now=now)
        except (WrongPin, WalletLocked) as error:
            refusal = error
    if refusal is not None:
        raise WrongCredential(f"X-User-Credential-1: {refusal}") from refusal


@transaction.atomic
def confirm(*, merchant: Merchant, reference: str, status: str, now: datetime) -> Transaction:
    """Give a pending transaction of ``merchant`` the final ``status``, completed or failed.

    A two-stage transaction may be confirmed or given up, a question to a payer withdrawn. Repeats change
    nothing. Raises NotIdentified, and IncorrectState for anything else.
    """
    # The prompt before its transaction, as whoever answers it locks them: else the two would deadlock.
    prompts = Prompt.objects.select_for_update(of=("self",), no_key=True)
    prompt = prompts.filter(transaction__merchant=merchant, transaction__reference=reference).first()
    asked = lock_own(merchant=merchant, reference=reference)
    if asked.status == status:
        return asked
    given_up = PayerDeclined("The caller gave the transaction up.", reason="cancelled")
    is_failed = status == Transaction.Status.FAILED
    if asked.status != Transaction.Status.PENDING:
        raise _not_from(asked, status)
    if asked.is_two_stage and is_failed:
        ledger.void(transfer_id=asked.id)
        end(asked, now=now, told="", error=given_up)
    elif asked.is_two_stage and status == Transaction.Status.COMPLETED:
        ledger.settle(transfer_id=asked.id)
        _complete(asked, now=now)
    elif is_failed and prompt is not None:
        if prompt.state != Prompt.State.OPEN:
            raise _not_from(asked, status)
        prompt.state, prompt.answered_at = Prompt.State.EXPIRED, now
        prompt.save(update_fields=["state", "answered_at"])
        end(asked, now=now, told="", error=given_up)
    else:
        raise _not_from(asked, status)
    return asked


@transaction.atomic
def refuse(
    *,
    request: Request,
    type: Transaction.Type,
    debit: Party,
    credit: Party,
    error: GsmaError,
    now: datetime,
) -> Transaction:
    """Write down that carry_out() ended in ``error``, for a caller who asked to be told by callback.

    Raises DuplicateRequest.
    """
    asked = begin(request, type=type, debit=debit, credit=credit, now=now)
    end(asked, now=now, told="", error=error)
    return asked


@transaction.atomic
def take_back(
    *,
    request: Request,
    type: Transaction.Type,
    original_reference: str,
    now: datetime,
    amount_vnd: int | None = None,
    payer: str = "",
    is_later: bool = False,
) -> Transaction:
    """Give back a completed transaction: all that is left of it as a reversal, any part as an adjustment.

    ``amount_vnd`` may be left out for all that is left, ``payer`` (a phone number) if it need not agree.
    With ``is_later`` the money is only set aside and booked by the courier. Raises NotIdentified,
    IncorrectState, RefundTooLarge, PaidTooLittle, InsufficientFunds if the payee no longer has the money,
    DuplicateRequest.
    """
    original = lock_own(merchant=request.merchant, reference=original_reference)
    if payer and (original.wallet is None or payer != original.wallet.msisdn):
        raise NotIdentified(f"Transaction {original.reference} was not paid by that customer.")
    # Only now, behind the lock: a repeat at the same moment has to be told that it is one.
    if selectors.is_used(merchant=request.merchant, correlation_id=request.correlation_id):
        raise DuplicateRequest(str(request.correlation_id))
    wanted_vnd = _to_give_back(original, type=type, amount_vnd=amount_vnd)
    back = begin(
        replace(request, amount_vnd=wanted_vnd),
        type=type,
        debit=Party(parties.by_account(original.credit_account).owner, original.credit_party),
        credit=Party(parties.by_account(original.debit_account).owner, original.debit_party),
        original=original,
        now=now,
    )
    move = ledger.hold if is_later else ledger.post
    try:
        move(**ledger_transfer(back, debit=back.debit_account, credit=back.credit_account))
    except ledger.Overdrawn as error:
        raise InsufficientFunds(f"The payee no longer holds {wanted_vnd:,} VND.") from error
    if is_later:
        transaction.on_commit(callbacks.wake)
    else:
        _complete(back, now=now)
    return back


def lock_own(*, merchant: Merchant, reference: str) -> Transaction:
    """Return a transaction of ``merchant``, locked. Raises NotIdentified."""
    found = (
        Transaction.objects.select_for_update(of=("self",), no_key=True)
        .select_related("merchant", "wallet", "original")
        .filter(merchant=merchant, reference=reference)
        .first()
    )
    if found is None:
        raise NotIdentified("You have no transaction of this reference.")
    return found


def _may_debit(caller: Merchant, debit: Party, *, type: Transaction.Type) -> bool:
    """Return whether ``caller`` may name ``debit`` as who pays: customers, itself, agents for cash-in."""
    if isinstance(debit.owner, Agent):
        return type == Transaction.Type.DEPOSIT
    return debit.wallet is not None or debit.account == caller.account


def _to_give_back(original: Transaction, *, type: Transaction.Type, amount_vnd: int | None) -> int:
    """Return how much of ``original``, which is locked, is to be given back. Raises as take_back() does."""
    if original.type in GIVING_BACK or original.status != Transaction.Status.COMPLETED:
        raise IncorrectState(
            f"Transaction {original.reference} is a {original.type} that is {original.status}. Only a "
            f"completed payment can be given back."
        )
    earlier = original.adjustments.filter(~Q(status=Transaction.Status.FAILED))
    left_vnd = original.amount_vnd - earlier.aggregate(total_vnd=Sum("amount_vnd", default=0))["total_vnd"]
    wanted_vnd: int = left_vnd if amount_vnd is None else amount_vnd
    if wanted_vnd > left_vnd:
        raise RefundTooLarge(reference=original.reference, asked_vnd=wanted_vnd, left_vnd=left_vnd)
    if left_vnd == 0:
        raise IncorrectState(f"Transaction {original.reference} was given back already.")
    if type == Transaction.Type.REVERSAL and wanted_vnd < left_vnd:
        raise PaidTooLittle("A reversal gives back all of a transaction. Use an adjustment for a part.")
    return wanted_vnd


def _complete(asked: Transaction, *, now: datetime) -> None:
    limits.check(asked, now=now)
    amount = dong(asked.amount_vnd)
    payer = parties.by_account(asked.debit_account)
    payee = parties.by_account(asked.credit_account)
    for party, told in (
        (payer, f"Đã chuyển {amount} cho {payee.owner.name}"),
        (payee, f"Đã nhận {amount} từ {payer.owner.name}"),
    ):
        if party.wallet is not None:
            tell(party.wallet, told, about=asked, now=now)
    end(asked, now=now, told="")


def _not_from(asked: Transaction, status: str) -> GsmaError:
    return IncorrectState(f"Transaction {asked.reference} is {asked.status} and cannot become {status[:30]}.")
