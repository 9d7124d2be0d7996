"""Everything that writes to the books. Amounts are whole đồng; every call may be repeated.

A transfer is one call of a database function: migrations/0003_functions.sql has them, and says what
they answer. Here arguments are checked and answers become transfers and errors.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from payments.compiled import compiled
from payments.ledger.errors import (
    AccountConflict,
    AlreadyResolved,
    LedgerError,
    Overdrawn,
    TransferConflict,
    UnknownAccount,
    UnknownTransfer,
)
from payments.ledger.models import Account, Transfer
from payments.money import AMOUNT_VND_MAX

__all__ = [
    "AccountConflict",
    "AlreadyResolved",
    "LedgerError",
    "Opening",
    "Overdrawn",
    "TransferConflict",
    "UnknownAccount",
    "UnknownTransfer",
    "hold",
    "lock",
    "open_account",
    "open_and_lock",
    "post",
    "settle",
    "void",
]


@dataclass(frozen=True)
class Opening:
    """What an account is opened as."""

    kind: str
    may_overdraw: bool = False


def open_account(*, code: str, kind: str, may_overdraw: bool = False) -> Account:
    """Return the account ``code``, opened empty if it did not exist.

    Raises AccountConflict if it exists and is something else.
    """
    account, _ = Account.objects.get_or_create(
        code=code, defaults={"kind": kind, "may_overdraw": may_overdraw}
    )
    _check_kind(account, Opening(kind, may_overdraw=may_overdraw))
    return account


def open_and_lock(wanted: Mapping[str, Opening]) -> dict[str, Account]:
    """Open those of the accounts that do not exist yet, lock all until the transaction ends, return them.

    ``wanted`` says by code what each is. Cost: two statements, whatever their number. Raises AccountConflict
    as open_account() does.
    """
    Account.objects.bulk_create(
        (
            Account(code=code, kind=wanted[code].kind, may_overdraw=wanted[code].may_overdraw)
            for code in sorted(wanted)
        ),
        ignore_conflicts=True,
    )
    accounts = lock(wanted)
    for code, opening in wanted.items():
        _check_kind(accounts[code], opening)
    return accounts


def lock(codes: Iterable[str]) -> dict[str, Account]:
    """Lock the accounts ``codes`` until the transaction ends, and return them by code.

    A transaction that makes several transfers locks all of its accounts with one call first: locks
    taken in code order cannot deadlock. Raises UnknownAccount for a code that was never opened.
    """
    wanted = set(codes)
    accounts = {account.code: account for account in _lock(sorted(wanted))}
    if missing := sorted(wanted - accounts.keys()):
        raise UnknownAccount(missing)
    return accounts


@compiled
def _lock(codes: list[str]) -> QuerySet[Account]:
    # no_key: rows that reference an account may still be inserted while somebody holds its lock.
    return Account.objects.filter(code__in=codes).order_by("code").select_for_update(no_key=True)


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
    return _record(
        kind=Transfer.Kind.POSTED,
        transfer_id=transfer_id,
        debit=debit,
        credit=credit,
        amount_vnd=amount_vnd,
        purpose=purpose,
        reference=reference,
        memo=memo,
    )


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
    return _record(
        kind=Transfer.Kind.PENDING,
        transfer_id=transfer_id,
        debit=debit,
        credit=credit,
        amount_vnd=amount_vnd,
        purpose=purpose,
        reference=reference,
        memo=memo,
    )


def settle(*, transfer_id: UUID) -> Transfer:
    """Move what hold() reserved. Settling twice moves it once.

    Raises AlreadyResolved if it was voided or never pending, UnknownTransfer.
    """
    return _resolve(transfer_id, Transfer.State.POSTED)


def void(*, transfer_id: UUID) -> Transfer:
    """Free what hold() reserved. Voiding twice frees it once.

    Raises AlreadyResolved if it was settled or never pending, UnknownTransfer.
    """
    return _resolve(transfer_id, Transfer.State.VOIDED)


# In the order of the model's fields, so that a row makes a Transfer as it comes.
_NAMES = [field.attname for field in Transfer._meta.concrete_fields]
_FACTS = sql.SQL(", ").join([sql.SQL("(answer.recorded).{}").format(sql.Identifier(name)) for name in _NAMES])
RECORD = (
    sql.SQL(
        "SELECT answer.outcome, answer.available_vnd, answer.unknown_codes, {} "
        "FROM ledger_record(%s, %s, %s, %s, %s, %s, %s, %s) AS answer"
    )
    .format(_FACTS)
    .as_string()
)
RESOLVE = (
    sql.SQL("SELECT answer.outcome, {} FROM ledger_resolve(%s, %s) AS answer").format(_FACTS).as_string()
)


def _record(
    *,
    kind: Transfer.Kind,
    transfer_id: UUID,
    debit: str,
    credit: str,
    amount_vnd: int,
    purpose: str,
    reference: str,
    memo: str,
) -> Transfer:
    assert isinstance(amount_vnd, int), amount_vnd
    assert 0 < amount_vnd <= AMOUNT_VND_MAX, amount_vnd
    assert debit != credit, debit

    outcome, available_vnd, unknown_codes, *facts = _call(
        RECORD, [transfer_id, kind.value, debit, credit, amount_vnd, purpose, reference, memo]
    )
    match outcome:
        case "done":
            return _transfer(facts)
        case "unknown_account":
            raise UnknownAccount(sorted(unknown_codes))
        case "overdrawn":
            raise Overdrawn(account=debit, available_vnd=available_vnd, amount_vnd=amount_vnd)
        case "conflict":
            recorded = _transfer(facts)
            raise TransferConflict(
                transfer_id=transfer_id,
                recorded=_transfer_words(
                    recorded.kind,
                    recorded.debit.code,
                    recorded.credit.code,
                    recorded.amount_vnd,
                    recorded.purpose,
                    recorded.reference,
                ),
                asked=_transfer_words(kind, debit, credit, amount_vnd, purpose, reference),
            )
    raise AssertionError(outcome)


def _resolve(transfer_id: UUID, state: Transfer.State) -> Transfer:
    outcome, *facts = _call(RESOLVE, [transfer_id, state.value])
    match outcome:
        case "done":
            return _transfer(facts)
        case "unknown_transfer":
            raise UnknownTransfer(transfer_id)
        case "already_resolved":
            raise AlreadyResolved(transfer_id=transfer_id, state=_transfer(facts).state, wanted=state)
    raise AssertionError(outcome)


def _call(statement: str, arguments: list[Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return cursor.fetchone()


def _transfer(facts: list[Any]) -> Transfer:
    return Transfer.from_db(connection.alias, _NAMES, facts)


def _transfer_words(kind: str, debit: str, credit: str, amount_vnd: int, purpose: str, reference: str) -> str:
    step = "a hold" if kind == Transfer.Kind.PENDING else "a post"
    return f"{step} of {amount_vnd:,} VND from {debit} to {credit} ({purpose} {reference!r})"


def _check_kind(account: Account, wanted: Opening) -> None:
    found = Opening(account.kind, may_overdraw=account.may_overdraw)
    if found != wanted:
        raise AccountConflict(
            account=account.code,
            found=_account_words(found.kind, may_overdraw=found.may_overdraw),
            wanted=_account_words(wanted.kind, may_overdraw=wanted.may_overdraw),
        )


def _account_words(kind: str, *, may_overdraw: bool) -> str:
    return f"{kind!r} that {'may' if may_overdraw else 'may not'} go below zero"
