"""Standing leaves: debit mandates for a payee, links to accounts elsewhere."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from payments.simulator.errors import IncorrectState, NoMandate, NotIdentified
from payments.simulator.models import Link, Mandate, Merchant
from payments.simulator.parties import MANDATE, Party
from payments.simulator.records import Request, new_reference

ACTIVE = {"active": True, "inactive": False}


def open_mandate(*, merchant: Merchant, payer: Party, details: dict[str, Any], now: datetime) -> Mandate:
    """Write down the leave of ``payer``; mandateStatus among ``details`` may open it inactive."""
    is_active = ACTIVE[details.pop("mandateStatus", "active")]
    return Mandate.objects.create(
        merchant=merchant,
        reference=new_reference("MDT", now=now),
        account=payer.account,
        is_active=is_active,
        details=details,
        created_at=now,
        modified_at=now,
    )


def open_link(*, merchant: Merchant, owner: Party, details: dict[str, Any], now: datetime) -> Link:
    """Write down that an account elsewhere, among ``details``, belongs to ``owner``."""
    return Link.objects.create(
        merchant=merchant,
        reference=new_reference("LNK", now=now),
        account=owner.account,
        mode=details.pop("mode"),
        is_active=ACTIVE[details.pop("status")],
        details=details,
        created_at=now,
        modified_at=now,
    )


def find_mandate(*, merchant: Merchant, payer: Party, reference: str) -> Mandate:
    found = Mandate.objects.filter(merchant=merchant, account=payer.account, reference=reference).first()
    if found is None:
        raise NotIdentified("This account has no debit mandate of this reference.")
    return found


def find_link(*, merchant: Merchant, owner: Party, reference: str) -> Link:
    found = Link.objects.filter(merchant=merchant, account=owner.account, reference=reference).first()
    if found is None:
        raise NotIdentified("This account has no link of this reference.")
    return found


def check(debit: Party, *, request: Request, credit: Party, now: datetime) -> None:
    """Raise NoMandate if ``debit`` is named by a mandate too narrow for this, IncorrectState if it ended."""
    reference = debit.value_of(MANDATE)
    if not reference:
        return
    mandate = Mandate.objects.get(merchant__operator=request.merchant.operator, reference=reference)
    details, today = mandate.details, timezone.localdate(now).isoformat()
    if mandate.merchant_id != request.merchant.pk or credit.account != request.merchant.account:
        raise NoMandate(f"Mandate {reference} was given to another payee.")
    if request.amount_vnd > int(details.get("amountLimit", request.amount_vnd)):
        raise NoMandate(f"Mandate {reference} covers {int(details['amountLimit']):,} VND at a time.")
    if not details["startDate"] <= today <= details.get("endDate", today):
        raise IncorrectState(f"Mandate {reference} does not hold on {today}.")


def set_active(leave: Mandate | Link, *, status: str, now: datetime) -> None:
    """Set the status of a mandate or link, ``active`` or ``inactive``. Repeats change nothing."""
    leave.is_active, leave.modified_at = ACTIVE[status], now
    leave.save(update_fields=["is_active", "modified_at"])
