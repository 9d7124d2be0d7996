"""Everything that reads how an order is paid."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from payments.models import Intent

from .models import Placement
from .services.paying import order_number


def placement_of(payment_id: UUID) -> Placement | None:
    """Return whose payment this is: the present one, that of a balance, or an earlier try."""
    placements = Placement.objects.select_related("order")
    present = placements.filter(Q(payment_id=payment_id) | Q(balance_payment_id=payment_id)).first()
    if present is not None:
        return present
    reference = Intent.objects.filter(pk=payment_id).values_list("reference", flat=True).first()
    return placements.filter(order__number=order_number(reference)).first() if reference else None
