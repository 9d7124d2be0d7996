"""How a co-operative's earnings of a month divide among its people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from marketplace.sellers.identity import Share, ShareTable
from marketplace.sellers.limits import divide
from payments.services import settling

from .statements import Statement

EARNED = (settling.RELEASE, settling.TAKE_BACK)


def division(statement: Statement) -> list[tuple[str, int]]:
    """Return what each person's share of the month's orders comes to, VND, the largest first.

    Every line is divided by the shares of its day to the đồng, so the sums add up to what the orders brought,
    less what was taken back. Lines of days without shares are under an empty name. Nothing where the seller
    never wrote shares down. Two queries.
    """
    tables = list(
        ShareTable.objects.filter(seller=statement.seller).order_by("valid_from").prefetch_related("shares")
    )
    if not tables:
        return []
    sums: dict[str, int] = {}
    for line in statement.lines:
        if line.purpose not in EARNED:
            continue
        shares = _on(tables, timezone.localdate(line.posted_at))
        for share, vnd in divide(line.amount_vnd, shares):
            sums[share.name] = sums.get(share.name, 0) + vnd
        if not shares:
            sums[""] = sums.get("", 0) + line.amount_vnd
    return sorted(sums.items(), key=lambda item: (-item[1], item[0]))


def _on(tables: Sequence[ShareTable], day: date) -> list[Share]:
    held = [table for table in tables if table.valid_from <= day]
    return sorted(held[-1].shares.all(), key=lambda share: (-share.basis_points, share.name)) if held else []
