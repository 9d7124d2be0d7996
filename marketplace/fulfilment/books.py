"""The figures of the communes against the books: what was counted as sold, and what came into escrow."""

from dataclasses import dataclass

from django.db.models import F, Q

from marketplace.sellers.models import SubOrder
from marketplace.statistics import selectors as statistics
from payments import selectors as payments


@dataclass(frozen=True)
class Difference:
    """A part of an order of which statistics and ledger say different things. Money in đồng."""

    number: str
    counted_vnd: int
    booked_vnd: int


@dataclass(frozen=True)
class Comparison:
    counted_vnd: int
    booked_vnd: int
    differences: list[Difference]


def compare() -> Comparison:
    """Compare net sales with captures less refunds of all time, both without delivery.

    A payment that is booked and whose event is still underway is a difference for that moment.
    Cost: three queries.
    """
    counted = statistics.net_by_order_and_seller()
    booked = payments.revenue_by_part()
    differences = []
    counted_vnd, booked_vnd = sum(counted.values()), 0
    # What is paid in part is not a sale yet; its deposit waits in escrow.
    paid = SubOrder.objects.filter(
        Q(due_now_vnd=F("lines_vnd") - F("waived_vnd")) | Q(balance_paid_at__isnull=False)
    )
    parts = paid.order_by("number").values_list("order_id", "seller_id", "number")
    for order_id, seller_id, number in parts.iterator():
        difference = Difference(number, counted.pop((order_id, seller_id), 0), booked.get(number, 0))
        booked_vnd += difference.booked_vnd
        if difference.counted_vnd != difference.booked_vnd:
            differences.append(difference)
    differences += [
        Difference(f"order {order_id} without a part for seller {seller_id}", net_vnd, 0)
        for (order_id, seller_id), net_vnd in sorted(counted.items())
    ]
    return Comparison(counted_vnd, booked_vnd, differences)
