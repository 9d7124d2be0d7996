"""Goods that go on the road only if enough people order them together: all or nothing.

A pool has a product of its own, so that ordering, paying, holding in escrow and paying back are those of any
order. When it closes, it is counted once nobody's payment is open any more. Full, everybody gets back
the difference to the price that was reached; not full, everybody gets everything back.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from oscar.core.loading import get_model

from agriculture.models import Produce
from marketplace import sweeps
from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.fulfilment import services as fulfilment
from marketplace.messaging import services as messaging
from marketplace.messaging.acts import note_act
from marketplace.messaging.readers import speaking_to
from marketplace.places.text import fold
from marketplace.regulars.errors import CannotPool
from marketplace.regulars.models import Pool, PoolStep
from marketplace.sellers.models import Origin
from marketplace.settlement import services as settlement
from payments.money import to_decimal

Line = get_model("order", "Line")
BasketLine = get_model("basket", "Line")
Product = get_model("catalogue", "Product")
ProductImage = get_model("catalogue", "ProductImage")
StockRecord = get_model("partner", "StockRecord")

State = Pool.State
KILO_G = 1_000
TARGET_KG_MAX = 50_000
OPEN_DAYS_MAX = 60


@dataclass(frozen=True)
class Terms:
    """What a pool asks for and promises. Prices are đồng for one pack, the first is paid with the order."""

    target_kg: int
    capacity_kg: int
    price_vnd: int
    full_vnd: int
    closes_at: datetime
    leaves_on: date


@transaction.atomic
def open_pool(*, base: Any, terms: Terms, form_id: uuid.UUID, by: User, now: datetime) -> Pool:
    """List ``base`` a second time, to be ordered together. ``by`` acts for its seller.

    The same ``form_id`` again returns the first pool. Raises Invalid naming the field, or CannotPool.
    """
    seller = base.origin.seller
    known = Pool.objects.filter(form_id=form_id, seller=seller).first()
    if known is not None:
        return known
    produce = base.produce
    if produce.is_weighed or hasattr(base, "pool"):
        raise CannotPool(_("What is paid by its weight cannot be ordered together. Choose goods in packs."))
    _check(terms, produce, now=now)
    product = _list_again(base, terms, now=now)
    pool = Pool.objects.create(
        product=product,
        base=base,
        seller=seller,
        target_g=terms.target_kg * KILO_G,
        capacity_g=terms.capacity_kg * KILO_G,
        closes_at=terms.closes_at,
        leaves_on=terms.leaves_on,
        form_id=form_id,
        opened_by=by,
        opened_at=now,
    )
    note_act(seller=seller, by=by, what=gettext_noop("Opened a pooled order"), detail=product.title, now=now)
    PoolStep.objects.bulk_create(
        [
            PoolStep(pool=pool, from_g=0, price_vnd=terms.price_vnd),
            PoolStep(pool=pool, from_g=pool.target_g, price_vnd=terms.full_vnd),
        ]
    )
    return pool


def settle_due(*, now: datetime) -> int:
    """Close the pools whose time is over, count them and pay back; return how many are done with.

    One transaction an order, so whatever breaks off is taken up by the next sweep.
    """
    due = Pool.objects.filter(settled_at=None, closes_at__lte=now).order_by("closes_at", "pk")
    pool_ids = due.values_list("pk", flat=True)
    return sweeps.each(
        pool_ids, lambda pool_id: settle(pool_id=pool_id, now=now), failure="Pool %s could not be settled"
    )


def settle(*, pool_id: int, now: datetime) -> bool:
    """Take a pool one step on. Returns True when it was counted and everybody has been paid back."""
    close(pool_id=pool_id, now=now)
    pool = _decide(pool_id=pool_id, now=now)
    if pool is None:
        return False
    pay_back = _give_difference if pool.state == State.FULL else _give_everything
    for line in paid_lines(pool):
        pay_back(pool, line, now=now)
    return bool(Pool.objects.filter(pk=pool_id, settled_at=None).update(settled_at=now))


@transaction.atomic
def close(*, pool_id: int, now: datetime) -> None:
    """Take no more orders: it leaves all baskets, and the stock is what was ordered. Repeats do nothing."""
    pool = Pool.objects.select_for_update().get(pk=pool_id)
    if pool.state != State.OPEN or pool.closes_at > now:
        return
    Product.objects.filter(pk=pool.product_id).update(is_public=False)
    StockRecord.objects.filter(product=pool.product_id).update(num_in_stock=Coalesce(F("num_allocated"), 0))
    BasketLine.objects.filter(product=pool.product_id, basket__status__in=["Open", "Saved"]).delete()
    pool.state = State.CLOSING
    pool.save(update_fields=["state"])


def paid_lines(pool: Pool) -> Sequence[Any]:
    """Return the lines of orders that count for the pool: paid for, and not cancelled. One query."""
    rows = Line.objects.filter(product=pool.product_id, order__status="paid", allocation_cancelled=False)
    return list(rows.select_related("order__placement", "split").order_by("pk"))


def price_at(steps: Sequence[PoolStep], grams: int) -> int:
    """Return the price of a pack when so many grams are ordered: that of the last step reached."""
    reached = [step for step in steps if step.from_g <= grams]
    return max(reached, key=lambda step: step.from_g).price_vnd


# --- Inside ------------------------------------------------------------------------------------


def _check(terms: Terms, produce: Produce, *, now: datetime) -> None:
    if not 1 <= terms.target_kg <= TARGET_KG_MAX:
        raise Invalid(
            "target_kg", _("Say how many kilograms are needed: 1 to %(most)d.") % {"most": TARGET_KG_MAX}
        )
    if terms.capacity_kg < terms.target_kg:
        raise Invalid("capacity_kg", _("At least as much must fit as is needed."))
    if terms.target_kg * KILO_G < produce.weight_g:
        raise Invalid("target_kg", _("One pack is heavier than that. Ask for more."))
    if not 0 < terms.full_vnd < terms.price_vnd:
        raise Invalid("full_vnd", _("The price when it is full must be lower than the price now."))
    if terms.closes_at <= now or (terms.closes_at - now).days > OPEN_DAYS_MAX:
        raise Invalid("closes_at", _("Choose a day within the next %(most)d days.") % {"most": OPEN_DAYS_MAX})
    if terms.leaves_on <= timezone.localdate(terms.closes_at):
        raise Invalid("leaves_on", _("The truck leaves after the pool has closed. Choose a later day."))


def _list_again(base: Any, terms: Terms, *, now: datetime) -> Any:
    """Make the product of the pool: like ``base``, with its own price and stock."""
    origin, produce = base.origin, base.produce
    with translation.override(settings.LANGUAGE_CODE):
        title = _("%(title)s, bought together") % {"title": base.title}
    product = Product.objects.create(
        title=title[:255],
        slug=f"{base.slug[:200]}-pool",
        description=base.description,
        product_class=base.product_class,
        is_public=True,
    )
    product.categories.set(base.categories.all())
    Origin.objects.create(
        product=product,
        seller=origin.seller,
        unit=origin.unit,
        commune=origin.commune,
        kind=origin.kind,
        group=origin.group,
        name_en=f"{origin.name_en}, bought together" if origin.name_en else "",
        search_text=f"{origin.search_text} {fold(title)}",
        listed_at=now,
    )
    produce = Produce.objects.get(pk=produce.pk)
    produce.pk, produce.product, produce._state.adding = None, product, True
    produce.save()
    StockRecord.objects.create(
        product=product,
        partner=origin.seller.partner,
        partner_sku=f"pool-{product.pk}",
        price_currency="VND",
        price=to_decimal(terms.price_vnd),
        num_in_stock=terms.capacity_kg * KILO_G // produce.weight_g,
    )
    ProductImage.objects.bulk_create(
        ProductImage(
            product=product, original=image.original, caption=image.caption, display_order=image.display_order
        )
        for image in base.images.all()
    )
    return product


@transaction.atomic
def _decide(*, pool_id: int, now: datetime) -> Pool | None:
    """Count a closed pool and say how it ended; None while somebody's payment is still open."""
    pool = Pool.objects.select_for_update(of=("self",)).select_related("product__produce").get(pk=pool_id)
    if pool.state in (State.FULL, State.FAILED):
        return pool
    lines = Line.objects.filter(product=pool.product_id)
    if pool.state == State.OPEN or lines.filter(order__status="awaiting-payment").exists():
        return None
    paid = lines.filter(order__status="paid", allocation_cancelled=False)
    packs = paid.aggregate(packs=Coalesce(Sum("quantity"), 0))["packs"]
    pool.reached_g = packs * pool.product.produce.weight_g
    pool.state = State.FAILED
    if pool.reached_g >= pool.target_g:
        pool.state = State.FULL
        pool.final_vnd = price_at(list(pool.steps.all()), pool.reached_g)
    pool.save(update_fields=["state", "reached_g", "final_vnd"])
    return pool


@transaction.atomic
def _give_difference(pool: Pool, line: Any, *, now: datetime) -> None:
    """Give back what the reached price is below the one that was paid, and say so. Repeats change nothing."""
    assert pool.final_vnd is not None
    first_vnd = max(step.price_vnd for step in pool.steps.all())
    # A voucher may have taken something off already: nobody gets back more than is left of the line.
    back_vnd = min((first_vnd - pool.final_vnd) * line.quantity, line.split.net_vnd)
    refund_id = uuid.uuid5(pool.form_id, f"difference {line.pk}")
    if back_vnd:
        settlement.refund_line(
            line_id=line.pk,
            amount_vnd=back_vnd,
            reason="the pooled order is full: the price fell",
            refund_id=refund_id,
            now=now,
        )
    _tell(pool, line, _full_words, now=now)


@transaction.atomic
def _give_everything(pool: Pool, line: Any, *, now: datetime) -> None:
    """Give everything of a line back: the pool is not full. Delivery is included; repeats change nothing."""
    fulfilment.cancel_lines(
        number=line.order.number,
        line_ids=[line.pk],
        refund_percent=100,
        reason="the pooled order is not full",
        now=now,
    )
    _tell(pool, line, _failed_words, now=now)


def _tell(pool: Pool, line: Any, words: Any, *, now: datetime) -> None:
    with speaking_to(line.order.placement.phone):
        text = words(pool, line)
    key = f"pool/{pool.pk}/{line.pk}"
    link = f"/orders/{line.order.number}/"
    messaging.send(to=str(line.order.placement.phone), text=text, purpose="pool", key=key, link=link, now=now)


def _full_words(pool: Pool, line: Any) -> str:
    return _(
        "Order %(number)s: the truck is full and leaves on %(day)s. The price fell, you get money back."
    ) % {
        "number": line.order.number,
        "day": f"{pool.leaves_on:%d/%m}",
    }


def _failed_words(pool: Pool, line: Any) -> str:
    return _(
        "Order %(number)s: too few people joined, the truck does not go. You get all your money back."
    ) % {"number": line.order.number}
