"""Which certificates show where, on a day. What has expired shows nowhere, without anybody doing anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, Max, OuterRef, Q, QuerySet, Subquery, When

from agriculture.trace.models import Certificate, Mistake
from marketplace.accounts.selectors import OfficialScope
from marketplace.sellers.models import Seller

# What says most to a buyer comes first.
_ORDER = {kind: place for place, kind in enumerate(("ocop", "organic", "vietgap", "safe-chain"))}


@dataclass(frozen=True)
class Badge:
    """A certificate that holds, as buyers see it."""

    words: str  # what stands on the badge
    kind: str
    stars: int | None
    number: str
    issuer: str
    expires_on: date
    issued_on: date | None

    @property
    def icon(self) -> str:
        return "star" if self.kind == Certificate.Kind.OCOP else "check"


def ocop_stars(*, today: date, product: str = "product_id") -> Subquery:
    """Return the stars that a product has ``today``, to annotate rows with; ``product`` names its column."""
    living = Certificate.objects.living(today).filter(kind=Certificate.Kind.OCOP, product=OuterRef(product))
    return Subquery(living.order_by().values("product").annotate(most=Max("stars")).values("most"))


def badges_of_product(*, product_id: int, seller_id: int, today: date) -> list[Badge]:
    """Return what holds for a product ``today``: its own, and its seller's for all goods. One query."""
    covers = Q(product=product_id) | Q(product=None, seller=seller_id)
    return _badges(Certificate.objects.living(today).filter(covers))


def badges_of_products(products: Collection[tuple[int, int]], *, today: date) -> dict[int, list[Badge]]:
    """Return what holds for each of ``products``, given with its seller (ids), by the product. One query."""
    covers = Q(product__in=[product for product, _seller in products]) | Q(
        product=None, seller__in={seller for _product, seller in products}
    )
    found = list(Certificate.objects.living(today).filter(covers).order_by("-expires_on", "pk"))
    return {
        product: _as_badges(
            each
            for each in found
            if each.product_id == product or (not each.product_id and each.seller_id == seller)
        )
        for product, seller in products
    }


def badges_of_seller(*, seller_id: int, today: date) -> list[Badge]:
    """Return what holds for all goods of a seller ``today``. One query."""
    return _badges(Certificate.objects.living(today).filter(product=None, seller=seller_id))


def certificates_of(seller: Seller) -> QuerySet[Certificate]:
    """Return all a seller has sent in, newest first, each with its decisions. Two queries."""
    rows = (
        Certificate.objects.filter(seller=seller).select_related("product", "paper").defer("paper__content")
    )
    return rows.prefetch_related("decisions__by").order_by("-asked_at", "pk")


def certificates_for(scope: OfficialScope) -> QuerySet[Certificate]:
    """Return the certificates an official answers for, those that wait the longest first. Two queries."""
    rows = Certificate.objects.filter(within(scope))
    rows = rows.annotate(waits=Case(When(state=Certificate.State.WAITING, then=0), default=1))
    rows = rows.select_related("seller__unit", "product", "asked_by", "paper").defer("paper__content")
    return rows.prefetch_related("decisions__by").order_by("waits", "asked_at", "pk")


def certificates_to_verify(scope: OfficialScope) -> int:
    """Return how many certificates wait for an official of ``scope``. One query."""
    return Certificate.objects.filter(within(scope), state=Certificate.State.WAITING).count()


def mistakes_for(scope: OfficialScope) -> QuerySet[Mistake]:
    """Return the mistakes an official answers for, those nobody looked into first. One query."""
    rows = Mistake.objects.filter(within(scope)).select_related("seller__unit", "product", "closed_by")
    return rows.order_by(F("closed_at").desc(nulls_first=True), "-reported_at", "pk")


def within(scope: OfficialScope) -> Q:
    """The rows whose ``seller`` is of a commune of ``scope``: of today, or one that became part of it."""
    if scope.whole_province:
        return Q()
    codes = sorted(scope.commune_codes)
    today = Q(seller__unit__code__in=codes, seller__unit__valid_to=None)
    return today | Q(seller__unit__became__new__code__in=codes)


def _badges(rows: QuerySet[Certificate]) -> list[Badge]:
    return _as_badges(rows.order_by("-expires_on", "pk"))


def _as_badges(rows: Iterable[Certificate]) -> list[Badge]:
    """Each kind once: the one with the most stars, else the one that holds the longest."""
    best: dict[str, Certificate] = {}
    for each in rows:
        known = best.get(each.kind)
        if known is None or (each.stars or 0) > (known.stars or 0):
            best[each.kind] = each
    found = sorted(best.values(), key=lambda each: _ORDER[each.kind])
    return [
        Badge(each.words, each.kind, each.stars, each.number, each.issuer, each.expires_on, each.issued_on)
        for each in found
    ]
