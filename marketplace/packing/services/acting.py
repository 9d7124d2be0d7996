"""What sellers' phones say while they pack: each act is noted once, however often and late it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from marketplace.accounts.models import User
from marketplace.joining.services import note_act
from marketplace.packing.errors import ActConflict, ActTooOld, NotByWeight, NotOfThisOrder, NotWeighed
from marketplace.packing.models import PackingAct, Preparation, Tick
from marketplace.packing.selectors.goods import goods_of, unweighed
from marketplace.sellers.models import SubOrder

from . import preparing, weighing

# A phone that was without a signal for longer sends nothing any more: the seller looks at the page instead.
OLDEST = timedelta(days=7)
Kind = PackingAct.Kind


@dataclass(frozen=True)
class Act:
    """One act as a phone tells it. ``id`` was made there; ``happened_at`` is by the phone's clock.

    ``line_id`` for what is of one line, ``weight_g`` for a weighing; ``lot_id`` says from which lot a line
    was packed or weighed, None if the seller keeps no lots.
    """

    id: UUID
    kind: str
    happened_at: datetime
    line_id: int | None = None
    weight_g: int | None = None
    lot_id: int | None = None


@dataclass(frozen=True)
class Noted:
    """What became of an act. ``is_repeated``: the very same was noted before, and nothing changed now."""

    act: PackingAct
    is_repeated: bool


@transaction.atomic
def note(act: Act, *, part: SubOrder, by: User, now: datetime) -> Noted:
    """Note an act about ``part``. Sent again it changes nothing.

    Of two acts about the tick of a line the one that happened later counts, in whatever order they arrive. A
    moment ahead of us is taken for now. Whoever calls this has checked that ``by`` may act for the seller.

    Raises a PackingError for what cannot be, ActConflict if the id was used for something else; and what
    weighing and lots raise. Nothing is noted then.
    """
    order, preparation = preparing.lock(part)
    known = PackingAct.objects.filter(pk=act.id).first()
    if known is not None:
        if (known.part_id, known.kind, known.line_id) != (part.pk, act.kind, act.line_id):
            raise ActConflict
        return Noted(known, is_repeated=True)
    happened_at = min(act.happened_at, now)
    if happened_at < now - OLDEST:
        raise ActTooOld
    preparing.refuse_unworkable(part, preparation)
    if act.kind in PackingAct.OF_LINES and not goods_of(part).filter(pk=act.line_id).exists():
        raise NotOfThisOrder(part.number)
    row = PackingAct.objects.create(
        pk=act.id,
        part=part,
        line_id=act.line_id,
        kind=act.kind,
        weight_g=act.weight_g,
        happened_at=happened_at,
        recorded_at=now,
        by=by,
    )
    if act.kind in PackingAct.OF_LINES:
        _of_line(row, preparation, lot_id=act.lot_id, now=now)
    else:
        _of_part(row, order, preparation, now=now)
    return Noted(row, is_repeated=False)


def _of_part(act: PackingAct, order: Any, preparation: Preparation, *, now: datetime) -> None:
    if act.kind == Kind.ACCEPT:
        preparing.note_accepted(preparation, by=act.by, at=act.happened_at, now=now)
    else:
        preparing.note_ready(order, preparation, by=act.by, at=act.happened_at, now=now)


def _of_line(act: PackingAct, preparation: Preparation, *, lot_id: int | None, now: datetime) -> None:
    part = act.part
    preparing.note_accepted(preparation, by=act.by, at=act.happened_at, now=now)
    if act.kind == Kind.WEIGH:
        _refuse_pieces(act)
        weighing.weigh(act, by=act.by, now=now)
        detail = f"{part.number}: {act.weight_g:,} g".replace(",", ".")
        note_act(seller=part.seller, by=act.by, what=gettext_noop("Weighed goods"), detail=detail, now=now)
    elif act.kind == Kind.PACK and (missing := [one for one in unweighed(part) if one.pk == act.line_id]):
        raise NotWeighed(titles=[line.title for line in missing])
    if lot_id is not None and act.kind != Kind.UNPACK:
        weighing.note_lot(act, lot_id=lot_id, by=act.by, now=now)
    _tick(act)


def _refuse_pieces(act: PackingAct) -> None:
    """Raise NotByWeight if the line of an act costs the same whatever it weighs."""
    assert act.line is not None, act.pk
    if not hasattr(act.line, "catch_weight"):
        raise NotByWeight(act.line.title)


def _tick(act: PackingAct) -> None:
    """Tick the line of an act, or take its tick off, unless something that happened later said otherwise."""
    said = {"is_packed": act.kind != Kind.UNPACK, "changed_at": act.happened_at, "by": act.by}
    tick, is_new = Tick.objects.get_or_create(line=act.line, defaults=said)
    if not is_new and tick.changed_at <= act.happened_at:
        Tick.objects.filter(pk=tick.pk).update(**said)
