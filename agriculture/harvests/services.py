"""Everything that writes harvests and lots: announcing, opening, recording, packing.

The stock of a product that is ordered beforehand is its forecast, so the shelf's own conditional update keeps
anybody from ordering more. Locks are taken in the order stock, harvest: as an order does.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from oscar.core.loading import get_model

from agriculture.models import Produce
from marketplace.errors import Invalid
from marketplace.messaging.acts import note_act
from marketplace.sellers.models import Seller
from payments.compiled import compiled

from .errors import AlreadyRecorded, NotOfThisSeller, OtherProduct, ShelfNotEmpty, StillGrowing
from .models import Harvest, Lot, PackedLine, PreOrder

Line = get_model("order", "Line")
StockRecord = get_model("partner", "StockRecord")

# Crockford's letters: nothing that a telephone mishears. Eight of them are 40 bits: nobody guesses a lot.
_ALPHABET, _CODE_LENGTH = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 8
FORECAST_MAX = 100_000  # of one product: more than any farm of the province grows
LOT_MAX_G = 100_000_000  # a hundred tons
SHELF_LIFE_MAX_DAYS = 3_650
HARVEST_LASTS_AT_MOST = timedelta(days=120)
ANNOUNCED_AT_MOST = timedelta(days=400)


@transaction.atomic
def open_harvest(
    *,
    seller: Seller,
    product: Any,
    opens_on: date | None,
    starts_on: date,
    ends_on: date,
    forecast: int,
    by: Any,
    now: datetime,
    harvest_id: UUID | None = None,
) -> Harvest:
    """Announce a harvest of ``product``, in the unit it is sold by; ``by`` is the user who does it.

    From ``opens_on`` it may be ordered beforehand: if that is today or past, at once. Without that day it is
    only announced. Calling again with the same ``harvest_id`` returns the first one.

    Raises NotOfThisSeller, Invalid, StillGrowing if the last harvest was not recorded, ShelfNotEmpty if it is
    opened while something of the product is still for sale.
    """
    harvest_id = harvest_id or uuid4()
    if earlier := Harvest.objects.filter(pk=harvest_id, seller=seller).first():
        return earlier
    if getattr(product, "origin", None) is None or product.origin.seller_id != seller.pk:
        raise NotOfThisSeller
    today = timezone.localdate(now)
    _check_window(opens_on, starts_on, ends_on, today)
    _check_quantity("forecast", forecast, least=1)
    harvest = Harvest(
        pk=harvest_id,
        seller=seller,
        product=product,
        opens_on=opens_on,
        starts_on=starts_on,
        ends_on=ends_on,
        forecast=forecast,
        created_at=now,
    )
    try:
        with transaction.atomic():
            harvest.save(force_insert=True)
    except IntegrityError as error:
        if earlier := Harvest.objects.filter(pk=harvest_id, seller=seller).first():
            return earlier
        raise StillGrowing(product.get_title()) from error
    if opens_on is not None and opens_on <= today:
        _open(harvest, now=now)
    _note(seller, by, gettext_noop("Announced a harvest"), f"{product.get_title()}: {forecast}", now)
    return harvest


def open_due(*, now: datetime) -> int:
    """Open what may be ordered from today, and close what should have been brought in; return how many.

    What cannot be opened, because something is still for sale, is tried again at the next run.
    """
    today = timezone.localdate(now)
    growing = Harvest.objects.filter(recorded_at=None, opens_on__lte=today).select_related("product")
    moved = 0
    for harvest in growing.filter(opened_at=None, ends_on__gte=today).order_by("opens_on", "pk"):
        try:
            with transaction.atomic():
                _open(harvest, now=now)
        except ShelfNotEmpty:
            continue
        moved += 1
    for harvest in growing.filter(opened_at__isnull=False, closed_at=None, ends_on__lt=today).order_by("pk"):
        with transaction.atomic():
            moved += _close(harvest, now=now)
    return moved


@transaction.atomic
def record_actual(*, harvest: Harvest, actual: int, by: Any, now: datetime) -> Harvest:
    """Write down what a harvest gave. Repeats with the same quantity change nothing.

    Those who ordered first get it first. What is over goes on sale; what is missing is noted with the orders
    that miss it, and paid back by fulfilment. Raises AlreadyRecorded, Invalid.
    """
    _check_quantity("actual", actual, least=0)
    stock = _lock_stock(harvest)
    harvest = Harvest.objects.select_for_update().select_related("product").get(pk=harvest.pk)
    if harvest.recorded_at is not None:
        if harvest.actual == actual:
            return harvest
        raise AlreadyRecorded(harvest.product.get_title(), harvest.actual or 0)
    harvest.actual, harvest.recorded_at, harvest.recorded_by = actual, now, by
    harvest.save(update_fields=["actual", "recorded_at", "recorded_by"])
    ordered = _share_out(harvest, actual)
    if harvest.opened_at is not None:
        # Of what is set aside, some is not there: it is freed when it is paid back, and never sold again.
        free = max(0, actual - ordered)
        allocated = Coalesce(F("num_allocated"), 0)
        StockRecord.objects.filter(pk=stock.pk).update(num_in_stock=allocated + free)
    what = gettext_noop("Wrote down what a harvest gave")
    _note(harvest.seller, by, what, f"{harvest.product.get_title()}: {actual}", now)
    return harvest


def note_orders(*, order: Any, now: datetime) -> int:
    """Note which lines of an order that was just placed wait for a harvest; return how many.

    For whoever places it, in the transaction that has taken the stock. Repeats change nothing.
    """
    today = timezone.localdate(now)
    found = {each.product_id: each for each in _lock_growing(order.pk) if each.takes_orders(today)}
    if not found:
        return 0
    waiting = [
        PreOrder(line=line, harvest=found[line.product_id], quantity=line.quantity)
        for line in order.lines.filter(product__in=found).order_by("pk")
    ]
    PreOrder.objects.bulk_create(waiting, ignore_conflicts=True)
    return len(waiting)


@compiled
def _lock_growing(order_id: int) -> QuerySet[Harvest]:
    """The harvests that the lines of an order may wait for."""
    growing = Harvest.objects.filter(recorded_at=None, opened_at__isnull=False, product__line__order=order_id)
    return growing.select_for_update(of=["self"], no_key=True).order_by("pk")


def take_off_the_shelf(line_ids: Collection[int], *, now: datetime) -> None:
    """Have nobody buy what a harvest did not give, and lines of orders have just freed.

    For whoever frees stock, in the transaction that did. Repeats change nothing.
    """
    missing = PreOrder.objects.filter(line__in=line_ids, missing__gt=0, settled_at=None)
    for preorder in missing.select_related("line").order_by("line__stockrecord", "pk"):
        if PreOrder.objects.filter(pk=preorder.pk, settled_at=None).update(settled_at=now):
            stock = StockRecord.objects.filter(pk=preorder.line.stockrecord_id)
            stock.update(num_in_stock=F("num_in_stock") - preorder.missing)


def open_lot(
    *,
    seller: Seller,
    product: Any,
    harvested_on: date,
    quantity_g: int,
    by: Any,
    now: datetime,
    shelf_life_days: int | None = None,
    storage: str = "",
    harvest: Harvest | None = None,
) -> Lot:
    """Write down what was brought in of ``product`` on a day, and give it the code its packs bear.

    ``shelf_life_days`` and ``storage`` are those of the product if they are not given. The same product, day,
    harvest and quantity written down again within a minute is the same lot. Raises NotOfThisSeller, Invalid.
    """
    if product.origin.seller_id != seller.pk or (harvest and harvest.product_id != product.pk):
        raise NotOfThisSeller
    if harvested_on > timezone.localdate(now):
        raise Invalid("harvested_on", _("This day has not come yet. Choose today or a day before."))
    _check_quantity("quantity", quantity_g, least=1, most=LOT_MAX_G)
    produce: Produce = product.produce
    days = shelf_life_days or produce.shelf_life_days
    facts: dict[str, Any] = {
        "seller": seller,
        "product": product,
        "harvest": harvest,
        "harvested_on": harvested_on,
        "quantity_g": quantity_g,
    }
    with transaction.atomic():
        Seller.objects.select_for_update(no_key=True).get(pk=seller.pk)  # a double tap waits here
        if twice := Lot.objects.filter(**facts, created_at__gt=now - timedelta(minutes=1)).first():
            return twice
        lot = Lot.objects.create(
            **facts,
            code=_new_code(),
            shelf_life_days=days,
            storage=storage or produce.keeping,
            expires_on=harvested_on + timedelta(days=days) if days else None,
            created_by=by,
            created_at=now,
        )
        _note(seller, by, gettext_noop("Wrote down a lot"), f"{product.get_title()}: {lot.code}", now)
    return lot


@transaction.atomic
def set_handling(
    *, produce: Produce, is_weighed: bool, shelf_life_days: int | None, by: Any, now: datetime
) -> Produce:
    """Say whether a product is paid by what it weighs, and how many days it keeps. Repeats change nothing.

    What was ordered before stays as it was agreed. Raises Invalid.
    """
    if shelf_life_days is not None:
        _check_quantity("shelf_life_days", shelf_life_days, least=1, most=SHELF_LIFE_MAX_DAYS)
    if (produce.is_weighed, produce.shelf_life_days) == (is_weighed, shelf_life_days):
        return produce
    produce.is_weighed, produce.shelf_life_days = is_weighed, shelf_life_days
    produce.save(update_fields=["is_weighed", "shelf_life_days"])
    title = produce.product.get_title()
    _note(produce.product.origin.seller, by, gettext_noop("Said how it is weighed and kept"), title, now)
    return produce


@transaction.atomic
def pack(*, line_id: int, lot_id: int, weight_g: int, by: Any, now: datetime) -> PackedLine:
    """Note that ``weight_g`` grams of a lot were packed for a line of an order.

    Repeats change nothing; another weight of the same lot corrects the first. Raises OtherProduct if the lot
    is not of what was ordered, Invalid.
    """
    _check_quantity("weight", weight_g, least=1, most=LOT_MAX_G)
    lot = Lot.objects.get(pk=lot_id)
    line = Line.objects.get(pk=line_id)
    if lot.product_id != line.product_id:
        raise OtherProduct(lot.code, line.title)
    packed, is_new = PackedLine.objects.select_for_update().get_or_create(
        line=line, lot=lot, defaults={"weight_g": weight_g, "packed_at": now, "by": by}
    )
    if not is_new and packed.weight_g != weight_g:
        packed.weight_g, packed.packed_at, packed.by = weight_g, now, by
        packed.save(update_fields=["weight_g", "packed_at", "by"])
    return packed


# --- Inside ------------------------------------------------------------------------------------


def _note(seller: Seller, by: Any, what: str, detail: str, now: datetime) -> None:
    """Tell the farmer who did it; nobody did it in the sample data."""
    if by is not None:
        note_act(seller=seller, by=by, what=what, detail=detail, now=now)


def _check_window(opens_on: date | None, starts_on: date, ends_on: date, today: date) -> None:
    if ends_on < starts_on:
        raise Invalid("ends_on", _("The harvest ends before it begins. Choose a later day."))
    if ends_on < today:
        raise Invalid("ends_on", _("This harvest is over. Write it down as a lot instead."))
    if ends_on - starts_on > HARVEST_LASTS_AT_MOST:
        raise Invalid("ends_on", _("This is longer than four months. Announce two harvests."))
    if ends_on > today + ANNOUNCED_AT_MOST:
        raise Invalid("ends_on", _("This is more than a year away. Announce it when it is nearer."))
    if opens_on is not None and opens_on > ends_on:
        raise Invalid("opens_on", _("People would order after the harvest. Choose an earlier day."))


def _check_quantity(field: str, quantity: int, *, least: int, most: int = FORECAST_MAX) -> None:
    if not least <= quantity <= most:
        raise Invalid(
            field,
            _("Write a number from %(least)d to %(most)d, not %(found)d.")
            % {"least": least, "most": most, "found": quantity},
        )


def _lock_stock(harvest: Harvest) -> Any:
    return StockRecord.objects.select_for_update().get(product=harvest.product_id)


def _open(harvest: Harvest, *, now: datetime) -> None:
    """Put the forecast on the shelf. Raises ShelfNotEmpty."""
    stock = _lock_stock(harvest)
    left = (stock.num_in_stock or 0) - (stock.num_allocated or 0)
    if left:
        raise ShelfNotEmpty(harvest.product.get_title(), left)
    stock.num_in_stock = (stock.num_allocated or 0) + harvest.forecast
    stock.save(update_fields=["num_in_stock"])
    harvest.opened_at = now
    harvest.save(update_fields=["opened_at"])


def _close(harvest: Harvest, *, now: datetime) -> bool:
    """Take the rest of the forecast off the shelf: it should have been brought in by now."""
    stock = _lock_stock(harvest)
    if not Harvest.objects.filter(pk=harvest.pk, recorded_at=None, closed_at=None).update(closed_at=now):
        return False
    StockRecord.objects.filter(pk=stock.pk).update(num_in_stock=Coalesce(F("num_allocated"), 0))
    return True


def _share_out(harvest: Harvest, actual: int) -> int:
    """Note what is missing with the orders that came last; return how much was ordered and is not freed."""
    waiting = PreOrder.objects.filter(harvest=harvest, line__num_allocated__gt=0)
    left, ordered, short = actual, 0, []
    for preorder in waiting.order_by("line__order__date_placed", "line").select_for_update(of=["self"]):
        preorder.missing = max(0, preorder.quantity - left)
        left -= preorder.quantity - preorder.missing
        ordered += preorder.quantity
        if preorder.missing:
            short.append(preorder)
    PreOrder.objects.bulk_update(short, ["missing"])
    return ordered


def _new_code() -> str:
    return "".join(secrets.choice(_ALPHABET) for _each in range(_CODE_LENGTH))
