"""Everything that writes to the books. Amounts are whole đồng; every call may be repeated."""

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from payments.ledger.errors import (
    AccountConflict,
    AlreadyResolved,
    LedgerError,
    Overdrawn,
    TransferConflict,
    UnknownAccount,
    UnknownTransfer,
)
from payments.ledger.models import Account, Entry, Transfer
from payments.money import AMOUNT_VND_MAX

__all__ = [
    "AccountConflict",
    "AlreadyResolved",
    "LedgerError",
    "Overdrawn",
    "TransferConflict",
    "UnknownAccount",
    "UnknownTransfer",
    "hold",
    "lock",
    "open_account",
    "post",
    "settle",
    "void",
]


def open_account(*, code: str, kind: str, may_overdraw: bool = False) -> Account:
    """Return the account ``code``, opened empty if it did not exist.

    Raises AccountConflict if it exists and is something else.
    """
    account, _ = Account.objects.get_or_create(
        code=code, defaults={"kind": kind, "may_overdraw": may_overdraw}
    )
    if (account.kind, account.may_overdraw) != (kind, may_overdraw):
        raise AccountConflict(
            account=code,
            found=_account_words(account.kind, may_overdraw=account.may_overdraw),
            wanted=_account_words(kind, may_overdraw=may_overdraw),
        )
    return account


def lock(codes: Iterable[str]) -> dict[str, Account]:
    """Lock the accounts ``codes`` until the transaction ends, and return them by code.

    A transaction that makes several transfers locks all of its accounts with one call first: locks
    taken in code order cannot deadlock. Raises UnknownAccount for a code that was never opened.
    """
    wanted = set(codes)
    # no_key: rows that reference an account may still be inserted while somebody holds its lock.
    rows = Account.objects.filter(code__in=wanted).order_by("code").select_for_update(no_key=True)
    accounts = {account.code: account for account in rows}
    if missing := sorted(wanted - accounts.keys()):
        raise UnknownAccount(missing)
    return accounts


@transaction.atomic
def post(
    *,
    transfer_id: UUID,
    debit: str,
    credit: str,
    amount_vnd: int,
    purpose: str,
    reference: str = "",
    memo: str = "",
) -> Transfer:
    """Move ``amount_vnd`` đồng from account ``debit`` to account ``credit``, exactly once.

    ``debit`` and ``credit`` are account codes; ``reference`` is the caller's name for what it was for.
    Calling again with the same ``transfer_id`` and the same facts returns the first transfer, so every
    caller may retry.

    Raises Overdrawn if ``debit`` would go below what it holds and may not, TransferConflict if
    ``transfer_id`` was already used for something else, UnknownAccount.
    """
    accounts = lock([debit, credit])  # before any row that references them
    transfer, is_new = _record(
        Transfer(
            id=transfer_id,
            debit=accounts[debit],
            credit=accounts[credit],
            amount_vnd=amount_vnd,
            kind=Transfer.Kind.POSTED,
            state=Transfer.State.POSTED,
            purpose=purpose,
            reference=reference,
            memo=memo,
        )
    )
    if is_new:
        _move(transfer, source=accounts[debit], target=accounts[credit])
    return transfer


@transaction.atomic
def hold(
    *,
    transfer_id: UUID,
    debit: str,
    credit: str,
    amount_vnd: int,
    purpose: str,
    reference: str = "",
    memo: str = "",
) -> Transfer:
    """Reserve ``amount_vnd`` đồng on account ``debit`` until settle() moves or void() frees them.

    What is held cannot be spent twice: it is no longer available to any other transfer. Repeats with the
    same facts return the first transfer, whatever became of it. Raises as post() does.
    """
    accounts = lock([debit, credit])
    transfer, is_new = _record(
        Transfer(
            id=transfer_id,
            debit=accounts[debit],
            credit=accounts[credit],
            amount_vnd=amount_vnd,
            kind=Transfer.Kind.PENDING,
            state=Transfer.State.PENDING,
            purpose=purpose,
            reference=reference,
            memo=memo,
        )
    )
    if is_new:
        source = accounts[debit]
        source.held_vnd += amount_vnd
        source.save(update_fields=["held_vnd"])
    return transfer


@transaction.atomic
def settle(*, transfer_id: UUID) -> Transfer:
    """Move what hold() reserved. Settling twice moves it once.

    Raises AlreadyResolved if it was voided or never pending, UnknownTransfer.
    """
    transfer, accounts = _lock_pending(transfer_id)
    if _resolve(transfer, Transfer.State.POSTED):
        source = accounts[transfer.debit.code]
        source.held_vnd -= transfer.amount_vnd
        _move(transfer, source=source, target=accounts[transfer.credit.code])
    return transfer


@transaction.atomic
def void(*, transfer_id: UUID) -> Transfer:
    """Free what hold() reserved. Voiding twice frees it once.

    Raises AlreadyResolved if it was settled or never pending, UnknownTransfer.
    """
    transfer, accounts = _lock_pending(transfer_id)
    if _resolve(transfer, Transfer.State.VOIDED):
        source = accounts[transfer.debit.code]
        source.held_vnd -= transfer.amount_vnd
        source.save(update_fields=["held_vnd"])
    return transfer


def _record(asked: Transfer) -> tuple[Transfer, bool]:
    """Insert ``asked``, or return the transfer that already has its id and its facts.

    The second value tells whether it is new. The accounts must be locked.
    """
    assert isinstance(asked.amount_vnd, int), asked.amount_vnd
    assert 0 < asked.amount_vnd <= AMOUNT_VND_MAX, asked.amount_vnd
    assert asked.debit_id != asked.credit_id, asked.debit.code

    recorded = Transfer.objects.filter(pk=asked.pk).select_related("debit", "credit").first()
    if recorded is None:
        if not asked.debit.may_overdraw and asked.debit.available_vnd < asked.amount_vnd:
            raise Overdrawn(
                account=asked.debit.code,
                available_vnd=asked.debit.available_vnd,
                amount_vnd=asked.amount_vnd,
            )
        try:
            with transaction.atomic():
                asked.save(force_insert=True)
            return asked, True
        except IntegrityError:
            # Somebody used this id between other accounts, whose locks we do not hold, a moment ago.
            recorded = Transfer.objects.select_related("debit", "credit").get(pk=asked.pk)
    if _facts(recorded) != _facts(asked):
        raise TransferConflict(
            transfer_id=asked.pk, recorded=_transfer_words(recorded), asked=_transfer_words(asked)
        )
    return recorded, False


def _lock_pending(transfer_id: UUID) -> tuple[Transfer, dict[str, Account]]:
    try:
        codes = Transfer.objects.values_list("debit__code", "credit__code").get(pk=transfer_id)
    except Transfer.DoesNotExist as error:
        raise UnknownTransfer(transfer_id) from error
    accounts = lock(codes)
    # The state is read after the locks: whoever resolved it first has committed by now.
    return Transfer.objects.select_related("debit", "credit").get(pk=transfer_id), accounts


def _resolve(transfer: Transfer, state: Transfer.State) -> bool:
    """Set the final state of a pending transfer; False if it already has it."""
    if transfer.kind != Transfer.Kind.PENDING or transfer.state not in (Transfer.State.PENDING, state):
        raise AlreadyResolved(transfer_id=transfer.pk, state=transfer.state, wanted=state)
    if transfer.state == state:
        return False
    Transfer.objects.filter(pk=transfer.pk).update(state=state, resolved_at=Now())
    transfer.refresh_from_db(fields=["state", "resolved_at"])
    return True


def _move(transfer: Transfer, *, source: Account, target: Account) -> None:
    """Write both entries of ``transfer`` and the balances they leave. Both accounts must be locked."""
    source.balance_vnd -= transfer.amount_vnd
    target.balance_vnd += transfer.amount_vnd
    Account.objects.bulk_update([source, target], ["balance_vnd", "held_vnd"])
    Entry.objects.bulk_create(
        [
            Entry(
                transfer=transfer,
                account=account,
                amount_vnd=amount_vnd,
                balance_after_vnd=account.balance_vnd,
            )
            for account, amount_vnd in ((source, -transfer.amount_vnd), (target, transfer.amount_vnd))
        ]
    )


def _facts(transfer: Transfer) -> tuple[str | int, ...]:
    return (
        transfer.kind,
        transfer.debit.code,
        transfer.credit.code,
        transfer.amount_vnd,
        transfer.purpose,
        transfer.reference,
    )


def _transfer_words(transfer: Transfer) -> str:
    step = "a hold" if transfer.kind == Transfer.Kind.PENDING else "a post"
    return (
        f"{step} of {transfer.amount_vnd:,} VND from {transfer.debit.code} to {transfer.credit.code} "
        f"({transfer.purpose} {transfer.reference!r})"
    )


def _account_words(kind: str, *, may_overdraw: bool) -> str:
    return f"{kind!r} that {'may' if may_overdraw else 'may not'} go below zero"
