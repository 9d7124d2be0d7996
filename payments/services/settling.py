"""Money that leaves escrow: to whom a part's money belongs once it is delivered, and back again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from django.db import transaction

from payments import ledger
from payments.errors import DebtLimitReached, NotInEscrow, SettlementConflict
from payments.ledger import selectors as books
from payments.services import booking

PAYABLE = "payable"  # what a payee has earned and not yet got
DEBT = "debt"  # below zero: what a payee, or the State, got and owes us back
TAX = "tax"  # withheld, and to be paid to the State
RELEASE, TAKE_BACK, REPAYMENT = "release", "take-back", "repayment"

# The kinds of accounts that money of a part may belong to, and whether they may go below zero.
MAY_OVERDRAW = {PAYABLE: False, "revenue": False, TAX: False, "fund": False, "till": True, "bank": True}


@dataclass(frozen=True)
class Portion:
    """What one account gets of a part, in đồng. ``account`` is a ledger code such as ``payable:seller-7``."""

    account: str
    amount_vnd: int


class Standing(NamedTuple):
    """How a locked account stands, in đồng."""

    balance_vnd: int
    available_vnd: int


@transaction.atomic
def release(*, part: str, portions: Sequence[Portion], release_id: UUID, now: datetime) -> None:
    """Give the money in the escrow of ``part`` to whom it belongs.

    A payee who owes us repays from it at once, and so does the State. Calling again with the same
    ``release_id`` and portions changes nothing; an id stands for one release of a part.

    Raises NotInEscrow if the portions are more than escrow has available, SettlementConflict if the id was
    used for other portions.
    """
    wanted = _by_account(portions)
    locked = _lock(part, wanted)
    escrow = booking.escrow_code(part)
    if _is_repeated(RELEASE, part, release_id, wanted):
        return
    available_vnd = locked[escrow].available_vnd if escrow in locked else 0
    if available_vnd < sum(wanted.values()):
        raise NotInEscrow(part=part, available_vnd=available_vnd, wanted_vnd=sum(wanted.values()))
    for account, amount_vnd in wanted.items():
        _post(RELEASE, part, release_id, debit=escrow, credit=account, amount_vnd=amount_vnd)
        if debt := debt_beside(account):
            available_vnd = locked[account].available_vnd + amount_vnd
            repay(account, available_vnd, -locked[debt].balance_vnd, repayment_id=uuid5(release_id, part))


@transaction.atomic
def take_back(
    *, part: str, portions: Sequence[Portion], take_back_id: UUID, debt_limit_vnd: int, now: datetime
) -> None:
    """Bring money of a released ``part`` back into its escrow, so that it can be refunded.

    What a payee no longer has available comes out of their debt account, down to ``debt_limit_vnd`` đồng
    below zero. Tax that the State has got already comes out of its debt account, without a limit: it is taken
    off what is paid to it next. Repeats change nothing, as for release().

    Raises DebtLimitReached, ledger.Overdrawn if another account no longer has it, SettlementConflict.
    """
    wanted = _by_account(portions)
    locked = _lock(part, wanted)
    escrow = booking.escrow_code(part)
    if _is_repeated(TAKE_BACK, part, take_back_id, wanted):
        return
    if escrow not in locked:
        raise NotInEscrow(part=part, available_vnd=0, wanted_vnd=sum(wanted.values()))
    for account, amount_vnd in wanted.items():
        owed_vnd = 0
        if debt := debt_beside(account):
            owed_vnd = max(0, amount_vnd - locked[account].available_vnd)
            debt_vnd = owed_vnd - locked[debt].balance_vnd
            if (payee := payee_of(account)) and owed_vnd and debt_vnd > debt_limit_vnd:
                raise DebtLimitReached(payee=payee, limit_vnd=debt_limit_vnd, wanted_vnd=debt_vnd)
        for source, part_vnd in ((account, amount_vnd - owed_vnd), (debt, owed_vnd)):
            if part_vnd:
                _post(TAKE_BACK, part, take_back_id, debit=source, credit=escrow, amount_vnd=part_vnd)


def payable_code(payee: str) -> str:
    """Return the code of the account of what ``payee`` has earned."""
    return f"{PAYABLE}:{payee}"


def debt_code(payee: str) -> str:
    """Return the code of the account of what ``payee`` owes us."""
    return f"{DEBT}:{payee}"


def payee_of(account: str) -> str:
    """Return whose payable account the one of that code is, "" if it is another kind of account."""
    kind, _, payee = account.partition(":")
    return payee if kind == PAYABLE else ""


def debt_beside(account: str) -> str:
    """Return the code of the account of what the owner of ``account`` owes us, "" if that cannot be."""
    kind, _, name = account.partition(":")
    if kind == TAX:
        return debt_code(f"{TAX}-{name}")
    return debt_code(name) if kind == PAYABLE else ""


def open_accounts(codes: Iterable[str]) -> list[str]:
    """Open those of ``codes`` that are not, each with its debt account; return all codes, sorted."""
    kinds = {}
    for code in codes:
        kind = code.partition(":")[0]
        assert kind in MAY_OVERDRAW, code
        kinds[code] = (kind, MAY_OVERDRAW[kind])
        if debt := debt_beside(code):
            kinds[debt] = (DEBT, True)
    for code, (kind, may_overdraw) in sorted(kinds.items()):  # in one order, so that two cannot deadlock
        ledger.open_account(code=code, kind=kind, may_overdraw=may_overdraw)
    return sorted(kinds)


def lock(codes: Iterable[str]) -> dict[str, Standing]:
    """Lock the accounts ``codes`` as ledger.lock() does, and return how each stands."""
    accounts = ledger.lock(codes)
    return {code: Standing(account.balance_vnd, account.available_vnd) for code, account in accounts.items()}


def repay(account: str, available_vnd: int, debt_vnd: int, *, repayment_id: UUID) -> None:
    """Repay the debt beside ``account`` out of the ``available_vnd`` it now has. Both are locked."""
    repaid_vnd = min(available_vnd, debt_vnd)
    if repaid_vnd > 0:
        debt = debt_beside(account)
        payee = debt.removeprefix(f"{DEBT}:")
        ledger.post(
            transfer_id=uuid5(repayment_id, f"{REPAYMENT} {payee}"),
            debit=account,
            credit=debt,
            amount_vnd=repaid_vnd,
            purpose=REPAYMENT,
            reference=payee,
        )


def _by_account(portions: Sequence[Portion]) -> dict[str, int]:
    wanted = {portion.account: portion.amount_vnd for portion in portions}
    assert wanted, "nothing to move"
    assert len(wanted) == len(portions), portions
    assert all(isinstance(amount_vnd, int) and amount_vnd > 0 for amount_vnd in wanted.values()), portions
    return dict(sorted(wanted.items()))


def _lock(part: str, wanted: Mapping[str, int]) -> dict[str, Standing]:
    """Return the accounts locked; that of the escrow is absent if nobody ever paid for ``part``."""
    codes = open_accounts(wanted)
    return lock([*codes, *books.balances_vnd([booking.escrow_code(part)])])


def _is_repeated(purpose: str, part: str, movement_id: UUID, wanted: Mapping[str, int]) -> bool:
    """Whether this was done before. Raises SettlementConflict if something else was. Escrow is locked."""
    beside = {debt_beside(account): account for account in wanted}
    done: dict[str, int] = {}
    for debit, credit, amount_vnd in books.movements(reference=part, purpose=purpose, memo=str(movement_id)):
        account = credit if purpose == RELEASE else debit
        account = beside.get(account, account)
        done[account] = done.get(account, 0) + amount_vnd
    if done and done != dict(wanted):
        raise SettlementConflict(movement_id=movement_id, part=part, recorded=done, asked=wanted)
    return bool(done)


def _post(purpose: str, part: str, movement_id: UUID, *, debit: str, credit: str, amount_vnd: int) -> None:
    other = credit if purpose == RELEASE else debit
    ledger.post(
        transfer_id=uuid5(movement_id, f"{purpose} {part} {other}"),
        debit=debit,
        credit=credit,
        amount_vnd=amount_vnd,
        purpose=purpose,
        reference=part,
        memo=str(movement_id),
    )
