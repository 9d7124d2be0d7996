"""What guests had in the house and paid there. We note it; the money goes from hand to hand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from marketplace.accounts.models import User
from tourism.desk.errors import ActConflict, AlreadyPaid, NothingOnTheBill
from tourism.desk.models import BillItem
from tourism.models import Booking


@transaction.atomic
def add(
    *, item_id: UUID, booking: Booking, title: str, quantity: int, unit_vnd: int, by: User, now: datetime
) -> BillItem:
    """Put something on the bill. The same ``item_id`` again changes nothing; of another bill: ActConflict."""
    facts = {"title": title, "quantity": quantity, "unit_vnd": unit_vnd}
    item, is_new = BillItem.objects.get_or_create(
        pk=item_id, defaults={"booking": booking, "added_at": now, "added_by": by, **facts}
    )
    if not is_new and (
        item.booking_id != booking.pk or any(getattr(item, name) != fact for name, fact in facts.items())
    ):
        raise ActConflict
    return item


@transaction.atomic
def strike(*, item_id: UUID, booking: Booking, now: datetime) -> BillItem:
    """Strike out what was noted by mistake. Repeats change nothing. Raises AlreadyPaid, DoesNotExist."""
    item = BillItem.objects.select_for_update().get(pk=item_id, booking=booking)
    if item.paid_at is not None:
        raise AlreadyPaid
    if item.struck_at is None:
        item.struck_at = now
        item.save(update_fields=["struck_at"])
    return item


@transaction.atomic
def pay(*, booking: Booking, how: str, now: datetime) -> int:
    """Note that all that is open was paid; return how much, in đồng. Raises NothingOnTheBill."""
    open_items = BillItem.objects.filter(booking=booking, paid_at=None, struck_at=None)
    items = list(open_items.order_by("pk").select_for_update())
    if not items:
        raise NothingOnTheBill
    BillItem.objects.filter(pk__in=[item.pk for item in items]).update(
        paid_at=now, paid_how=BillItem.Paid(how)
    )
    return sum(item.total_vnd for item in items)
