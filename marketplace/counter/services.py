"""Taking and giving cash at a post point's counter, and carrying it to the bank."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from rest_framework.exceptions import Throttled

from marketplace.accounts.models import User
from marketplace.api.tries import limited
from marketplace.delivery.models import PostOffice
from marketplace.fulfilment.models import Placement
from payments import ledger, tills
from payments import services as payments
from payments.errors import NotCounted
from payments.models import Operation

from . import selectors
from .errors import (
    AlreadyBanked,
    MoreThanHeld,
    NothingFound,
    NotWaiting,
    SlipKnown,
    TooManyTries,
    WrongAmount,
    WrongCode,
)

WRONG_SEARCHES_PER_HOUR = 30  # of one agent
WRONG_CODES_PER_HOUR = 10  # for one operation


@dataclass(frozen=True)
class Banking:
    """Cash carried to the bank: ``slip`` is the bank's receipt, ``banking_id`` was made with the form."""

    banking_id: UUID
    amount_vnd: int
    slip: str


def search(*, office: PostOffice, sought: str, agent: User) -> list[Placement]:
    """Return the orders at ``office`` meant by a buyer's code or by an order's number; never none.

    Raises NothingFound, in the same words whatever there is elsewhere; TooManyTries after so many in an
    hour that codes cannot be found by trying.
    """
    try:
        with limited(f"counter-search-of-{agent.pk}", most=WRONG_SEARCHES_PER_HOUR, refusal=NothingFound):
            found = selectors.find(office, sought)
            if not found:
                raise NothingFound
    except Throttled as error:
        raise TooManyTries from error
    return found


def count(
    *,
    placement: Placement,
    office: PostOffice,
    operation_id: UUID,
    code: str,
    counted_vnd: int,
    agent: User,
    now: datetime,
) -> str:
    """Record that ``counted_vnd`` đồng changed hands for an order at ``office``; return who recorded it.

    ``placement`` must be at ``office``, see selectors.placement_at(). Repeats change nothing and return who
    counted first, so that nobody takes the money a second time.

    Raises WrongCode, WrongAmount, NotWaiting or TooManyTries; nothing is booked then.
    """
    if counted_by := _counted_by(placement, office, operation_id):
        return counted_by
    waiting = {one.operation.pk: one.operation for one in selectors.waiting_for(placement)}
    operation = waiting.get(operation_id)
    if operation is None:
        raise NotWaiting(number=placement.order.number)
    _check_code(operation, code)
    if counted_vnd != operation.amount_vnd:
        raise WrongAmount(counted_vnd=counted_vnd, due_vnd=operation.amount_vnd)
    try:
        payments.count_cash(
            operation_id=operation_id, till=office.code, counted_vnd=counted_vnd, by=written(agent), now=now
        )
    except NotCounted as error:
        raise NotWaiting(number=placement.order.number) from error
    # Somebody else may have been quicker by a moment.
    return _counted_by(placement, office, operation_id)


def bank(*, office: PostOffice, banking: Banking, agent: User) -> None:
    """Record that cash of ``office`` was carried to the bank. Repeats of one form change nothing.

    Raises MoreThanHeld, SlipKnown if another form has recorded the slip, AlreadyBanked if this one has
    recorded something else; nothing is booked then.
    """
    with transaction.atomic():
        # One banking of a post office after another, so that a slip cannot be recorded twice.
        PostOffice.objects.select_for_update(no_key=True).get(pk=office.pk)
        known = tills.banked_with(banking.slip, till=office.code, without=banking.banking_id)
        if known is not None:
            raise SlipKnown(slip=banking.slip, amount_vnd=known.amount_vnd, banked_at=known.at)
        try:
            payments.bank_cash(
                banking_id=banking.banking_id,
                till=office.code,
                amount_vnd=banking.amount_vnd,
                slip=banking.slip,
                by=written(agent),
            )
        except ledger.Overdrawn as error:
            raise MoreThanHeld(held_vnd=max(0, error.available_vnd), amount_vnd=banking.amount_vnd) from error
        except ledger.TransferConflict as error:
            raise AlreadyBanked from error


def written(agent: User) -> str:
    """Return how an agent is written down beside what was counted: two people may have one name."""
    return f"{agent.get_full_name()} #{agent.pk}"


def _counted_by(placement: Placement, office: PostOffice, operation_id: UUID) -> str:
    """Return who counted an operation at ``office``; "" if nobody has."""
    counted = selectors.counted_for(placement, office=office)
    return next((one.by for one in counted if one.operation.pk == operation_id), "")


def _check_code(operation: Operation, code: str) -> None:
    """Raises WrongCode, or TooManyTries whatever the code."""
    wanted = str(operation.action.get("code", ""))
    try:
        with limited(f"counter-code-of-{operation.pk}", most=WRONG_CODES_PER_HOUR, refusal=WrongCode):
            if not wanted or not secrets.compare_digest(code.encode(), wanted.encode()):
                raise WrongCode
    except Throttled as error:
        raise TooManyTries from error
