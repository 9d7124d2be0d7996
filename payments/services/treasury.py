"""Our own money between the bank and the providers: so that there is something to pay out of, and no more."""

from typing import Literal
from uuid import UUID

from django.db import transaction

from payments import ledger, providers
from payments.services import booking

OWN_MONEY = "own-money"


@transaction.atomic
def move_own_money(
    *,
    movement_id: UUID,
    provider: str,
    to: Literal["provider", "bank"],
    amount_vnd: int,
    provider_ref: str,
    by: str,
) -> None:
    """Record that ``amount_vnd`` đồng of ours went from the bank to our account at ``provider``, or back.

    ``provider_ref`` is the provider's name of the movement: by it a line of the statement is known as ours.
    Repeats with the same ``movement_id`` and facts change nothing.

    Raises UnknownProvider, ledger.Overdrawn if more leaves the provider, or the bank, than is there,
    ledger.TransferConflict if the id stands for something else.
    """
    assert provider_ref, "the statement could not be matched"
    providers.get(provider)
    there, bank = booking.clearing_code(provider), booking.SETTLEMENT
    ledger.open_account(code=there, kind=booking.CLEARING, may_overdraw=True)
    ledger.open_account(code=bank, kind=booking.BANK, may_overdraw=True)
    booking.move_ours(
        movement_id,
        debit=there if to == "provider" else bank,
        credit=bank if to == "provider" else there,
        amount_vnd=amount_vnd,
        purpose=OWN_MONEY,
        reference=provider_ref,
        memo=by,
    )
