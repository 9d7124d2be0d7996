"""Repeat boxes: the same goods every few weeks. The buyer is reminded, and pays as for any other order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.errors import Invalid, ShopError
from marketplace.messaging import services as messaging
from marketplace.messaging.readers import speaking_to
from marketplace.regulars.models import BoxItem, BoxTurn, RepeatBox
from marketplace.shop.basket import services as baskets
from marketplace.shop.basket.models import Basket

PRODUCTS_MAX = 20


@transaction.atomic
def make(
    *,
    user: User,
    quantities: Mapping[int, int],
    every_weeks: int,
    first_on: date,
    form_id: UUID,
    now: datetime,
) -> RepeatBox:
    """Make a box of products (their ids -> packs) that is wanted on ``first_on`` and every few weeks after.

    The same ``form_id`` again returns the first box. Raises Invalid.
    """
    if every_weeks not in RepeatBox.Every.values:
        raise Invalid("every_weeks", _("Choose every week, every 2 weeks or every 4 weeks."))
    if first_on <= timezone.localdate(now):
        raise Invalid("first_on", _("Choose a day after today for the first box."))
    _check(quantities)
    box, is_new = RepeatBox.objects.get_or_create(
        form_id=form_id,
        defaults={"user": user, "every_weeks": every_weeks, "next_on": first_on, "made_at": now},
    )
    if box.user_id != user.pk:
        raise Invalid("form_id", _("This form was used before. Open the page again."))
    if is_new:
        _put(box, quantities)
    return box


@transaction.atomic
def change(*, box: RepeatBox, quantities: Mapping[int, int], every_weeks: int, next_on: date) -> None:
    """Change what is in a box and when it comes. A quantity of 0 takes the product out. Raises Invalid."""
    if every_weeks not in RepeatBox.Every.values:
        raise Invalid("every_weeks", _("Choose every week, every 2 weeks or every 4 weeks."))
    kept = {product_id: number for product_id, number in quantities.items() if number}
    _check(kept)
    locked = RepeatBox.objects.select_for_update().get(pk=box.pk)
    locked.every_weeks, locked.next_on = every_weeks, next_on
    locked.save(update_fields=["every_weeks", "next_on"])
    locked.items.all().delete()
    _put(locked, kept)


def pause(*, box: RepeatBox, now: datetime) -> None:
    """Remind of the box no longer, until ``resume``. Repeats change nothing."""
    RepeatBox.objects.filter(pk=box.pk, paused_at=None).update(paused_at=now)


@transaction.atomic
def resume(*, box: RepeatBox, now: datetime) -> None:
    """Remind of the box again, from its next day after today on. Repeats change nothing."""
    locked = RepeatBox.objects.select_for_update().get(pk=box.pk)
    locked.paused_at = None
    locked.next_on = _after(locked.next_on, locked.every_weeks, timezone.localdate(now))
    locked.save(update_fields=["paused_at", "next_on"])


def remove(*, box: RepeatBox) -> None:
    """Forget the box. The orders it led to stay."""
    RepeatBox.objects.filter(pk=box.pk).delete()


def remind_due(*, now: datetime) -> int:
    """Remind the buyers of the boxes that are due; return how many. One transaction a box.

    Repeats do nothing.
    """
    due = RepeatBox.objects.filter(paused_at=None, next_on__lte=timezone.localdate(now)).order_by("pk")
    return sum(_remind(box_id, now=now) for box_id in due.values_list("pk", flat=True))


def fill_basket(*, turn: BoxTurn, basket: Basket, now: datetime) -> list[ShopError]:
    """Put the goods of a box into ``basket``, once; return why some of them could not be.

    What the basket holds already of a product counts: it is filled up to what the box wants. A second call
    for the same turn puts in nothing.
    """
    with transaction.atomic():
        claimed = BoxTurn.objects.filter(pk=turn.pk, filled_at=None).update(filled_at=now)
        if not claimed:
            return []
        problems = []
        for item in turn.box.items.select_related("product").order_by("pk"):
            there = basket.product_quantity(item.product) if basket.id else 0
            if there >= item.quantity:
                continue
            try:
                with transaction.atomic():
                    baskets.add_goods(basket, product_id=item.product_id, quantity=item.quantity - there)
            except ShopError as error:
                problems.append(error)
        return problems


@transaction.atomic
def _remind(box_id: int, *, now: datetime) -> bool:
    today = timezone.localdate(now)
    box = RepeatBox.objects.select_for_update().filter(pk=box_id, paused_at=None, next_on__lte=today).first()
    if box is None:
        return False
    turn = BoxTurn.objects.get_or_create(box=box, due_on=box.next_on)[0]
    box.next_on = _after(box.next_on, box.every_weeks, today)
    box.save(update_fields=["next_on"])
    user = User.objects.get(pk=box.user_id)
    link = reverse("regulars:turn", args=[turn.pk])
    with speaking_to(user.phone):
        text = _("Your repeat box is ready. Look at it, change it and pay: %(link)s") % {
            "link": f"{settings.PUBLIC_BASE_URL}{link}"
        }
    key = f"box/{turn.pk}"
    messaging.send(to=str(user.phone), text=text, purpose="box", key=key, link=link, now=now)
    return True


def _after(day: date, every_weeks: int, today: date) -> date:
    """The first day after ``today`` in the rhythm of the box, which keeps its day of the week."""
    step = timedelta(weeks=every_weeks)
    if day > today:
        return day
    return day + step * ((today - day) // step + 1)


def _check(quantities: Mapping[int, int]) -> None:
    if not quantities:
        raise Invalid("quantity", _("A box needs at least one product."))
    if len(quantities) > PRODUCTS_MAX:
        raise Invalid(
            "quantity", _("A box holds at most %(most)d different products.") % {"most": PRODUCTS_MAX}
        )
    if not all(1 <= number <= baskets.QUANTITY_MAX for number in quantities.values()):
        most = baskets.QUANTITY_MAX
        raise Invalid("quantity", _("Choose a quantity from 1 to %(max)d.") % {"max": most})


def _put(box: RepeatBox, quantities: Mapping[int, int]) -> None:
    BoxItem.objects.bulk_create(
        BoxItem(box=box, product_id=product_id, quantity=number) for product_id, number in quantities.items()
    )
