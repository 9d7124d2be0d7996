"""What a seller's identity level allows on a day, and how a co-operative's money divides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .identity import WHOLE, LevelLimit, Share, ShareTable
from .models import Seller


def limit_of(level: int, *, on: date) -> LevelLimit | None:
    """Return the limits of ``level`` on a day, or None where no rule had begun. One query."""
    rows = LevelLimit.objects.filter(level=level, valid_from__lte=on)
    return rows.order_by("-valid_from").first()


def payout_ceilings_vnd(*, on: date) -> dict[int, int | None]:
    """Return by identity level how much may be paid out at once on a day, VND; None: no limit. One query."""
    rows = LevelLimit.objects.filter(valid_from__lte=on).order_by("valid_from")
    return dict(rows.values_list("level", "payout_vnd"))


def payout_ceiling_vnd(seller: Seller, *, on: date) -> int | None:
    """Return how much may be paid out to ``seller`` at once on a day, VND; None where there is no limit."""
    limit = limit_of(seller.level, on=on)
    return None if limit is None else limit.payout_vnd


def shares_on(seller: Seller, *, on: date) -> list[Share]:
    """Return the shares that hold on a day, the largest first; none where nothing was agreed. Two queries."""
    table = ShareTable.objects.filter(seller=seller, valid_from__lte=on).order_by("-valid_from").first()
    return list(table.shares.order_by("-basis_points", "name", "pk")) if table else []


def divide(amount_vnd: int, shares: Sequence[Share]) -> list[tuple[Share, int]]:
    """Divide ``amount_vnd`` by the shares to the đồng: what rounding leaves goes to the largest remainders.

    The parts add up to the amount, whatever it is; between equal remainders the first in the list gets it.
    """
    assert not shares or sum(share.basis_points for share in shares) == WHOLE, "shares of one table"
    parts = [amount_vnd * share.basis_points // WHOLE for share in shares]
    remainders = [amount_vnd * share.basis_points % WHOLE for share in shares]
    left = amount_vnd - sum(parts) if shares else 0
    for position in sorted(range(len(parts)), key=lambda at: -remainders[at])[:left]:
        parts[position] += 1
    return list(zip(shares, parts, strict=True))
