"""What officials are warned of: looked for by the dated rules, kept while it holds, ended when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from agriculture import selectors as produce
from agriculture.models import Produce
from marketplace.sellers.models import Origin, Seller, SubOrder
from marketplace.statistics.models import SaleLine, SellerDay
from payments.money import to_vnd

from .models import Alert, AlertKind, AlertRule

# What an alert is about: seller and product (None for the seller as a whole).
Key = tuple[int, int | None]


@transaction.atomic
def look(*, now: datetime) -> int:
    """Look for everything the rules of the day name; return how many alerts are new.

    An alert that still holds is brought up to date, one that does not is over. Repeats change nothing. A few
    queries for each rule, whatever the number of goods.
    """
    today = timezone.localdate(now)
    found = 0
    for rule in AlertRule.objects.valid_on(today).order_by("kind"):
        found += _keep(rule.kind, _FINDERS[rule.kind](rule, today), today=today)
    return found


def _keep(kind: str, found: Iterable[Alert], *, today: date) -> int:
    wanted: dict[Key, Alert] = {(alert.seller_id, alert.product_id): alert for alert in found}
    new, changed = dict(wanted), []
    for alert in Alert.objects.select_for_update(of=["self"]).filter(kind=kind, over_on=None):
        again = new.pop((alert.seller_id, alert.product_id), None)
        if again is None:
            alert.over_on = today
        else:
            alert.now, alert.before, alert.worth_vnd = again.now, again.before, again.worth_vnd
            alert.commune_id = again.commune_id
        changed.append(alert)
    Alert.objects.bulk_update(changed, ["now", "before", "worth_vnd", "commune", "over_on"], batch_size=500)
    Alert.objects.bulk_create(new.values(), batch_size=500)
    return len(new)


def _fallen_prices(rule: AlertRule, today: date) -> Iterable[Alert]:
    """Goods offered today at ``limit`` % or more below the mean price at which they were sold before."""
    sold = _sold(today - timedelta(days=rule.days), today - timedelta(days=1))
    for row in _on_sale():
        packs, amount_vnd = sold.get(row.product_id, (0, 0))
        if packs <= 0:
            continue
        before, now = amount_vnd // packs, to_vnd(row.price)
        if (before - now) * 100 >= before * rule.limit:
            yield _alert(rule, row, today, now=now, before=before, worth_vnd=now * max(row.stock_left, 0))


def _gluts(rule: AlertRule, today: date) -> Iterable[Alert]:
    """Goods on the shelf for so long that would last more than ``limit`` days at the pace of ``days``."""
    first = today - timedelta(days=rule.days)
    sold = _sold(first, today - timedelta(days=1))
    for row in _on_sale().filter(product__origin__listed_at__date__lte=first):
        packs, _amount_vnd = sold.get(row.product_id, (0, 0))
        worth_vnd = to_vnd(row.price) * max(row.stock_left, 0)
        lasts_long = row.stock_left * rule.days > rule.limit * max(packs, 0)
        if row.stock_left > 0 and worth_vnd >= rule.least_vnd and lasts_long:
            yield _alert(rule, row, today, now=row.stock_left, before=max(packs, 0), worth_vnd=worth_vnd)


def _silent_sellers(rule: AlertRule, today: date) -> Iterable[Alert]:
    """Sellers who have had something on sale for ``days`` and no paid order in them."""
    first = today - timedelta(days=rule.days)
    sales = SellerDay.objects.filter(seller=OuterRef("pk"), sold_on__gte=first, orders_of_all__gt=0)
    parts = SubOrder.objects.filter(seller=OuterRef("pk"), paid_at__isnull=False).order_by("-placed_at")
    public = Origin.objects.filter(product__is_public=True)
    listed = public.values("seller").annotate(
        first=Min("listed_at"), number=Count("pk"), commune=Max("commune")
    )
    known = {row["seller"]: row for row in listed.filter(first__date__lte=first).order_by()}
    silent = Seller.objects.filter(~Exists(sales), pk__in=known)
    for seller in silent.annotate(last_at=Subquery(parts.values("paid_at")[:1])).order_by("pk"):
        row = known[seller.pk]
        since = timezone.localdate(seller.last_at or row["first"])
        yield Alert(
            kind=rule.kind,
            commune_id=row["commune"],
            seller=seller,
            now=(today - since).days,
            before=0,
            worth_vnd=0,
            found_on=today,
        )


def _on_sale() -> QuerySet[Any]:
    return produce.on_sale().select_related("product__origin").order_by("pk")


def _sold(first: date, last: date) -> dict[int, tuple[int, int]]:
    """Return how many packs of each product were sold from ``first`` to ``last``, and for how many đồng.

    Refunds do not count: the price was that price. One query.
    """
    rows = (
        SaleLine.objects.filter(sold_on__range=(first, last), kind=SaleLine.Kind.GOODS, refund_id=None)
        .values(product=F("order_line__product"))
        .annotate(packs=Sum("quantity"), amount_vnd=Sum("amount_vnd"))
        .order_by()
    )
    return {row["product"]: (row["packs"], row["amount_vnd"]) for row in rows}


def _alert(rule: AlertRule, row: Produce, today: date, **figures: int) -> Alert:
    origin: Origin = row.product.origin
    return Alert(
        kind=rule.kind,
        commune_id=origin.commune_id,
        seller_id=origin.seller_id,
        product_id=row.product_id,
        found_on=today,
        **figures,
    )


_FINDERS: dict[str, Callable[[AlertRule, date], Iterable[Alert]]] = {
    AlertKind.PRICE: _fallen_prices,
    AlertKind.GLUT: _gluts,
    AlertKind.SILENT: _silent_sellers,
}


def open_alerts(commune_ids: Iterable[int] | None) -> QuerySet[Alert]:
    """The alerts that hold, of these communes of today (None: of all), by kind, the largest first."""
    rows = Alert.objects.filter(over_on=None).select_related("commune", "seller", "product")
    if commune_ids is not None:
        rows = rows.filter(commune__in=list(commune_ids))
    return rows.order_by("kind", "-worth_vnd", "-now", "pk")


def number_by_kind(commune_ids: Iterable[int] | None) -> dict[str, int]:
    """Return how many alerts of each kind hold. One query."""
    rows = open_alerts(commune_ids).order_by().values("kind").annotate(number=Count("pk"))
    found = {row["kind"]: row["number"] for row in rows}
    return {kind: found.get(kind, 0) for kind in AlertKind.values}


def worst(commune_ids: Iterable[int] | None, *, of_each: int) -> list[Alert]:
    """Return the deepest falls in price and the largest gluts, so many of each. Two queries."""
    rows = open_alerts(commune_ids)
    prices = rows.filter(kind=AlertKind.PRICE)[:of_each]
    return [*prices, *rows.filter(kind=AlertKind.GLUT)[:of_each]]
