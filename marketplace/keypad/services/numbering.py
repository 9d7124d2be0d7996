"""The short numbers of orders on phones."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from marketplace.keypad.models import PartNumber
from marketplace.packing.selectors import work
from marketplace.sellers.models import Seller, SubOrder


@transaction.atomic
def number_parts(sellers: Sequence[Seller]) -> list[PartNumber]:
    """Give every part these sellers have to prepare its number, and return the new ones.

    A seller's numbers count from 1 and are never given twice. Repeats give none.
    """
    made: list[PartNumber] = []
    for seller in sellers:
        parts = work.parts_to_prepare([seller]).filter(part_number=None)
        if not parts.exists():
            continue
        Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)  # one after another
        last = PartNumber.objects.filter(seller=seller).aggregate(last=Max("number"))["last"] or 0
        unnumbered = parts.select_related("seller").order_by("placed_at", "pk")
        made += [number_of(part, last + index) for index, part in enumerate(unnumbered, start=1)]
    return made


def number_of(part: SubOrder, number: int) -> PartNumber:
    return PartNumber.objects.create(part=part, seller=part.seller, number=number)
