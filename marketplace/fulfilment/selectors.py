"""Everything that reads how an order is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q

from marketplace.sellers.models import SubOrder
from marketplace.settlement import services as settlement
from marketplace.settlement.models import Refund
from payments.models import Intent, Operation
from payments.selectors import left_to_refund

from .models import Placement
from .services.paying import BALANCE, order_number
from .services.refused import refused_payments

SHOWN_BY_HAND = 20


def placement_of(payment_id: UUID) -> Placement | None:
    """Return whose payment this is: the present one, that of a balance, or an earlier try."""
    placements = Placement.objects.select_related("order")
    present = placements.filter(Q(payment_id=payment_id) | Q(balance_payment_id=payment_id)).first()
    if present is not None:
        return present
    reference = Intent.objects.filter(pk=payment_id).values_list("reference", flat=True).first()
    return placements.filter(order__number=order_number(reference)).first() if reference else None


# --- Refunds that were refused ------------------------------------------------------------------


@dataclass(frozen=True)
class RefusedRefund:
    """Money that is to go back to a buyer and that the operator did not take, in đồng.

    ``number`` is that of a part; or of an order, for a payment that could not become one.
    """

    number: str
    placement: Placement
    amount_vnd: int
    reason: str
    operation: Operation  # the last that was refused
    seller: str = ""

    @property
    def refused_at(self) -> datetime | None:
        return self.operation.ended_at


def refused_refunds() -> list[RefusedRefund]:
    """Return what waits for another way back to its buyer, oldest first. Some queries for each of the few."""
    found = [*_refused_of_parts(), *_refused_of_orders()]
    return sorted(found, key=lambda refused: (refused.operation.ended_at, refused.number))


def refused_numbers(order: Any) -> set[str]:
    """Return numbers of the parts of ``order`` whose refund was refused, or its own. Two queries at most."""
    parts = Refund.objects.filter(part__order=order, state=Refund.State.FAILED)
    numbers = set(parts.values_list("part__number", flat=True))
    if order.placement.refund_reason and not numbers:
        references = [order.number, f"{order.number}{BALANCE}"]
        if refused_payments().filter(intent__reference__in=references).exists():
            numbers.add(order.number)
    return numbers


def refunds_by_hand() -> list[Operation]:
    """Return the newest refunds that were paid back in another way, each with its payment. One query."""
    made = Operation.objects.filter(provider=Operation.BY_HAND).select_related("intent")
    return list(made.order_by("-created_at", "pk")[:SHOWN_BY_HAND])


def _refused_of_parts() -> list[RefusedRefund]:
    refused = Refund.objects.filter(state=Refund.State.FAILED).order_by("-ended_at", "-pk")
    parts = SubOrder.objects.filter(Exists(refused.filter(part=OuterRef("pk")))).order_by("pk")
    parts = parts.select_related("seller", "order__placement")
    found = []
    for part in parts.prefetch_related(Prefetch("refunds", queryset=refused, to_attr="refused")):
        amount_vnd = settlement.left_of_refused(part).total_vnd
        last = part.refused[0]
        if amount_vnd:
            operation = Operation.objects.get(pk=last.operation_id)
            facts = (part.number, part.order.placement, amount_vnd, last.reason, operation)
            found.append(RefusedRefund(*facts, seller=part.seller.name))
    return found


def _refused_of_orders() -> list[RefusedRefund]:
    last = {operation.intent_id: operation for operation in refused_payments().order_by("created_at", "pk")}
    numbers = {order_number(operation.intent.reference) for operation in last.values()}
    placements = Placement.objects.filter(order__number__in=numbers).select_related("order")
    placement_of_number = {placement.order.number: placement for placement in placements}
    found = []
    for operation in last.values():
        number = order_number(operation.intent.reference)
        amount_vnd = sum(left_to_refund(operation.intent_id).values())
        found.append(
            RefusedRefund(number, placement_of_number[number], amount_vnd, operation.reason, operation)
        )
    return found
