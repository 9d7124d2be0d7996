"""When somebody looks at a listing before others see it, and what is refused at once. All rules are rows."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from django.utils.translation import gettext as _

from agriculture.models import Produce
from marketplace.errors import Invalid
from marketplace.places.text import fold
from marketplace.sellers.models import Origin, Seller
from payments.money import to_vnd

from .models import ForbiddenGoods, Listing, LookRule

# So many of the newest others are compared with.
NEWEST = 500

# Why somebody looks.
NEW_SELLER, DEAR, CHEAP, FORBIDDEN = "new-seller", "dear", "cheap", "forbidden"


@dataclass
class Findings:
    """Why somebody should look, and the figures behind it. No reason: public at once."""

    reasons: list[str] = field(default_factory=list)
    detail: list[str] = field(default_factory=list)

    def add(self, reason: str, detail: str) -> None:
        self.reasons.append(reason)
        self.detail.append(detail)


class ForbiddenHere(Invalid):
    """Nobody may sell this. The words name the law."""

    code = "forbidden_goods"

    def __init__(self, *, word: str, goods: ForbiddenGoods) -> None:
        super().__init__(
            "name",
            _("“%(word)s” cannot be sold here: %(kind)s. %(law)s")
            % {"word": word, "kind": goods.kind, "law": goods.source},
        )


def examine(
    *, seller: Seller, name: str, words: str, crop: str, weight_g: int, price_vnd: int, today: date
) -> Findings:
    """Return why somebody should look at a listing first. Four queries. Raises ForbiddenHere.

    ``price_vnd`` is that of one unit of ``weight_g``.
    """
    rule = rule_on(today)
    findings = _examine_words(seller, f"{name} {words}", rule, today)
    if rule is not None:
        examine_price(findings, rule=rule, seller=seller, crop=crop, weight_g=weight_g, price_vnd=price_vnd)
    return findings


def examine_words(*, seller: Seller, words: str, today: date) -> Findings:
    """Return why somebody should look at what has no price by weight: a house, a tour, a text.

    Three queries. Raises ForbiddenHere.
    """
    return _examine_words(seller, words, rule_on(today), today)


def _examine_words(seller: Seller, words: str, rule: LookRule | None, today: date) -> Findings:
    findings = Findings()
    _look_for_forbidden(words, findings, today=today)
    if rule is None:
        return findings
    passed = Listing.objects.filter(product__origin__seller=seller, state=Listing.State.PASSED)
    of_before = Origin.objects.filter(
        seller=seller, kind=Origin.Kind.GOODS, product__listing=None, product__is_public=True
    )
    shown = passed.count() + of_before.count()
    if shown < rule.first_listings:
        findings.reasons.append(NEW_SELLER)
    return findings


def examine_price(
    findings: Findings, *, rule: LookRule, seller: Seller, crop: str, weight_g: int, price_vnd: int
) -> None:
    """Compare a price per kilogram with what others ask for the same crop."""
    usual_vnd = usual_kilo_price(seller=seller, crop=crop, sellers_least=rule.sellers_least)
    if usual_vnd is None:
        return
    kilo_vnd = price_vnd * 1_000 / weight_g
    detail = f"{round(kilo_vnd):,} ₫/kg : {usual_vnd:,} ₫/kg".replace(",", ".")
    if kilo_vnd * 100 > usual_vnd * rule.over_percent:
        findings.add(DEAR, detail)
    elif kilo_vnd * 100 < usual_vnd * rule.under_percent:
        findings.add(CHEAP, detail)


def usual_kilo_price(*, seller: Seller, crop: str, sellers_least: int) -> int | None:
    """Return the median of what other sellers ask for a kilogram of ``crop``, whole đồng. One query.

    Of the seller's commune where ``sellers_least`` others sell it there, else of the province; None where
    there are not as many, or the crop is not known.
    """
    if not crop:
        return None
    rows = (
        Produce.objects.filter(crop=crop, product__is_public=True)
        .exclude(product__origin__seller=seller)
        .filter(product__stockrecords__price__isnull=False)
        .values_list(
            "product__origin__seller_id",
            "product__origin__commune_id",
            "weight_g",
            "product__stockrecords__price",
        )
    )
    newest = rows.order_by("-pk")[:NEWEST]
    asked = [
        (who, commune, to_vnd(price) * 1_000 / weight)
        for who, commune, weight, price in newest
        if price is not None
    ]
    here = [each for each in asked if each[1] == _commune_id(seller)]
    for group in (here, asked):
        if len({who for who, _commune, _vnd in group}) >= sellers_least:
            return round(median(vnd for _who, _commune, vnd in group))
    return None


def _commune_id(seller: Seller) -> int:
    return int(seller.unit_id if seller.unit.valid_to is None else seller.unit.became.new_id)


def rule_on(today: date) -> LookRule | None:
    return LookRule.objects.valid_on(today).first()


def _look_for_forbidden(text: str, findings: Findings, *, today: date) -> None:
    """Accents tell a fig from a gun: where somebody wrote with accents they count, else a person looks."""
    typed = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    has_accents = not typed.isascii()
    for goods in ForbiddenGoods.objects.valid_on(today).order_by("pk"):
        for word in goods.words:
            if _holds(typed, unicodedata.normalize("NFC", word).casefold()):
                if goods.refuses:
                    raise ForbiddenHere(word=word, goods=goods)
                findings.add(FORBIDDEN, f"{word}: {goods.kind}")
                return
            if not has_accents and _holds(typed, fold(word)):
                findings.add(FORBIDDEN, f"{word}? {goods.kind}")
                return


def _holds(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None
