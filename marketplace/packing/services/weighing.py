"""Weighing what is sold by weight, and noting from which lot a line was packed."""

from __future__ import annotations

from datetime import datetime

from agriculture.harvests import services as harvests
from marketplace.accounts.models import User
from marketplace.fulfilment import services as fulfilment
from marketplace.packing.models import PackingAct


def weigh(act: PackingAct, *, by: User, now: datetime) -> None:
    """Let the price of the act's line follow its weight. The act's id is that of the weighing."""
    assert act.line_id is not None, act.pk
    assert act.weight_g is not None, act.pk
    fulfilment.weigh_line(line_id=act.line_id, weight_g=act.weight_g, weighing_id=act.pk, by=by, now=now)


def note_lot(act: PackingAct, *, lot_id: int, by: User, now: datetime) -> None:
    """Note that the act's line was packed from a lot: with what it weighs, or else by its packs."""
    line = act.line
    assert line is not None, act.pk
    preorder = getattr(line, "preorder", None)
    quantity = line.quantity - (preorder.missing if preorder else 0)  # what its harvest gave
    weight_g = act.weight_g or quantity * line.product.produce.weight_g
    harvests.pack(line_id=line.pk, lot_id=lot_id, weight_g=weight_g, by=by, now=now)
