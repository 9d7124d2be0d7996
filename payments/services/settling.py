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
DEBT = "debt"  # below zero: what a payee got and owes us back
RELEASE, TAKE_BACK, REPAYMENT = "release", "take-back", "repayment"

# The kinds of accounts that money of a part may belong to, and whether they may go below zero.
MAY_OVERDRAW = {PAYABLE: False, "revenue": False, "tax": False, "fund": False, "till": True, "bank": True}


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

    A payee who owes us repays from it at once. Calling again with the same ``release_id`` and portions
    changes nothing; an id stands for one release of a part.

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
        if payee := payee_of(account):
            available_vnd = locked[account].available_vnd + amount_vnd
            debt_vnd = -locked[debt_code(payee)].balance_vnd
            repay(payee, available_vnd, debt_vnd, repayment_id=uuid5(release_id, part))


@transaction.atomic
def take_back(
    *, part: str, portions: Sequence[Portion], take_back_id: UUID, debt_limit_vnd: int, now: datetime
) -> None:
    """Bring money of a released ``part`` back into its escrow, so that it can be refunded.

    What a payee no longer has available comes out of their debt account, down to ``debt_limit_vnd`` đồng
    below zero. Repeats change nothing, as for release().

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
        if payee := payee_of(account):
            owed_vnd = max(0, amount_vnd - locked[account].available_vnd)
            debt_vnd = owed_vnd - locked[debt_code(payee)].balance_vnd
            if owed_vnd and debt_vnd > debt_limit_vnd:
                raise DebtLimitReached(payee=payee, limit_vnd=debt_limit_vnd, wanted_vnd=debt_vnd)
        for source, part_vnd in ((account, amount_vnd - owed_vnd), (debt_code(payee), owed_vnd)):
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


def open_accounts(codes: Iterable[str]) -> list[str]:
    """Open those of ``codes`` that are not, payees with their debt account; return all codes, sorted."""
    kinds = {}
    for code in codes:
        kind = code.partition(":")[0]
        assert kind in MAY_OVERDRAW, code
        kinds[code] = (kind, MAY_OVERDRAW[kind])
        if payee := payee_of(code):
            kinds[debt_code(payee)] = (DEBT, True)
    for code, (kind, may_overdraw) in sorted(kinds.items()):  # in one order, so that two cannot deadlock
        ledger.open_account(code=code, kind=kind, may_overdraw=may_overdraw)
    return sorted(kinds)


def lock(codes: Iterable[str]) -> dict[str, Standing]:
    """Lock the accounts ``codes`` as ledger.lock() does, and return how each stands."""
    accounts = ledger.lock(codes)
    return {code: Standing(account.balance_vnd, account.available_vnd) for code, account in accounts.items()}


def repay(payee: str, available_vnd: int, debt_vnd: int, *, repayment_id: UUID) -> None:
    """Let ``payee`` repay a debt out of the ``available_vnd`` they now have. Both accounts are locked."""
    repaid_vnd = min(available_vnd, debt_vnd)
    if repaid_vnd > 0:
        ledger.post(
            transfer_id=uuid5(repayment_id, f"{REPAYMENT} {payee}"),
            debit=payable_code(payee),
            credit=debt_code(payee),
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
    done: dict[str, int] = {}
    for debit, credit, amount_vnd in books.movements(reference=part, purpose=purpose, memo=str(movement_id)):
        account = credit if purpose == RELEASE else debit
        kind, _, payee = account.partition(":")
        account = payable_code(payee) if kind == DEBT else account
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
