"""What the farms have for sale: by words, commune, shelf and season, in the order asked for."""

from collections.abc import Callable

from django.db.models import Count, F, Q, QuerySet, TextChoices, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import gettext_lazy as _

from marketplace.sellers import search
from marketplace.sellers.models import Origin

from .models import Produce


class Sort(TextChoices):
    NEWEST = "newest", _("newest first")
    PRICE = "price", _("lowest price first")
    NAME = "name", _("by name")


def find(
    text: str, *, commune_id: int | None = None, category: str = "", month: int | None = None
) -> search.Hits | None:
    """Look for produce by words, among what the rest allows; None if ``text`` holds no word.

    Accents do not matter, and a slip of the hand seldom does. Names, seller and places are looked through,
    old names of communes included. For the queries see ``search.find``.
    """
    narrower = Q(kind=Origin.Kind.GOODS)
    if commune_id is not None:
        narrower &= Q(commune_id=commune_id)
    if category:
        narrower &= Q(product__produce__category=category)
    if month is not None:
        narrower &= Q(product__produce__season_months__contains=[month])
    return search.find(text, narrower=narrower)


def on_sale(
    *,
    hits: search.Hits | None = None,
    commune_id: int | None = None,
    category: str = "",
    month: int | None = None,
) -> QuerySet[Produce]:
    """The produce a stranger may buy, narrowed by what is given.

    ``hits`` are what ``find`` found; None narrows nothing. ``commune_id`` is a commune of today, ``month``
    a month of the season (1 to 12). Each row has ``price`` (Oscar's Decimal) and ``stock_left``, the packs
    not yet set aside for an order.
    """
    assert month is None or 1 <= month <= 12, month
    rows = Produce.objects.filter(product__is_public=True, product__origin__kind=Origin.Kind.GOODS)
    if hits is not None:
        rows = rows.filter(product__origin__id__among=hits.ids)
    if commune_id is not None:
        rows = rows.filter(product__origin__commune_id=commune_id)
    if category:
        rows = rows.filter(category=category)
    if month is not None:
        rows = rows.filter(season_months__contains=[month])
    stock = "product__stockrecords__"  # every produce product has exactly one
    return rows.annotate(
        price=F(f"{stock}price"),
        stock_left=F(f"{stock}num_in_stock") - Coalesce(F(f"{stock}num_allocated"), 0),
    ).filter(price__isnull=False)


def in_stock(rows: QuerySet[Produce]) -> QuerySet[Produce]:
    """Leave out what is sold out from what ``on_sale`` gave."""
    return rows.filter(Q(("stock_left__gt", 0)))


def in_order(
    rows: QuerySet[Produce], sort: str = "", *, hits: search.Hits | None = None, english: bool = False
) -> QuerySet[Produce]:
    """Sort what ``on_sale`` gave. Without a ``sort``: the closest of ``hits`` first, else the newest.

    Vietnamese names are sorted without their accents, as an index on paper does; ``english`` sorts by
    the English names.
    """
    if not sort and hits is not None:
        nearness = hits.wish.nearness("product__origin__")
        return rows.order_by(nearness, "-product__origin__listed_at", "product__origin__id")
    return rows.order_by(*_ORDERS[sort or Sort.NEWEST](english), "product__origin__id")


def _name(english: bool) -> Combinable:
    if not english:
        return F("product__origin__search_text")
    return Lower(Coalesce(NullIf(F("product__origin__name_en"), Value("")), F("product__title")))


_ORDERS: dict[str, Callable[[bool], list[str | Combinable]]] = {
    Sort.NEWEST: lambda english: ["-product__origin__listed_at"],
    Sort.PRICE: lambda english: ["price"],
    Sort.NAME: lambda english: [_name(english)],
}


def number_by_category(rows: QuerySet[Produce]) -> dict[str, int]:
    """Return how many of ``rows`` stand on each shelf that has any. One query."""
    counted = rows.order_by().values("category").annotate(number=Count("pk"))
    return {row["category"]: row["number"] for row in counted}


def number_by_commune(rows: QuerySet[Produce]) -> dict[int, int]:
    """Return how many of ``rows`` come from each commune of today that has any, by its id. One query."""
    counted = rows.order_by().values(commune=F("product__origin__commune_id")).annotate(number=Count("pk"))
    return {row["commune"]: row["number"] for row in counted}
