"""Produce in the shop: every product by its maker, and again by households where it also grows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone
from oscar.core.loading import get_model

from agriculture.crops import crop_of
from agriculture.models import Produce
from marketplace.sellers.models import Origin
from payments.money import to_decimal

from . import words, words_en
from .atlas import Atlas, Place
from .reading import ProduceRow
from .sellers import Draft, Sellers
from .shelves import Shelves, search_text

Product = get_model("catalogue", "Product")
ProductCategory = get_model("catalogue", "ProductCategory")
StockRecord = get_model("partner", "StockRecord")

# A figure is published where at least three sellers stand behind it, so three sell in every commune.
SELLERS_EVERYWHERE = 3
SELLERS_WHERE_LIVELY = 5
LISTINGS = 206
STOCK_LEAST, STOCK_MOST = 5, 200

# Where most is sold, by today's code: Điện Biên Phủ, Mường Phăng, Tủa Chùa, Mường Ảng, Sín Chải.
LIVELY = frozenset({"03127", "03325", "03217", "03256", "03226"})
# The tea of the demo's farmer.
FARMERS_TEA = "tra-xanh-shan-tuyet-co-thu-tua-chua"
FARMERS_GINGER = "gung-cu-nho-tua-chua"
# Sold under the name of its maker, and so by nobody else.
OF_ONE_MAKER = frozenset({
    "gao-seng-cu-truong-huong-dien-bien", "gao-seng-cu-tam-thien", "gao-nep-nuong-tam-thien",
    "ca-phe-bot-ha-chung", "ca-phe-hong-ky-hk13", "tra-shan-tuyet-p-h-1-4", "cuc-tay-ha-nhi-tra",
    "hat-mac-ca-say-nut-vo-thoa-doan", "thit-trau-gac-bep-chung-phuoc", "thit-trau-say-lo-duyen",
    "mien-dong-loc-bien", "dong-trung-ha-thao-huy-hung", "hop-qua-tet-dac-san-dien-bien",
    "hop-qua-tet-cao-cap",
})  # fmt: skip
# Found in the hills of every commune, under names without a place in them.
FOUND_EVERYWHERE = frozenset({
    "mac-khen-kho", "nam-huong-rung-kho", "mang-kho-rung-dien-bien", "mang-ot-mac-mat",
    "thit-lon-ban-gac-bep", "gao-nep-cam-nep-than-dien-bien", "gao-lut-do-dien-bien",
    "mat-ong-hoa-rung-dien-bien", "mat-ong-banh-to", "cham-cheo-dien-bien",
})  # fmt: skip


@dataclass(eq=False)
class Listing:
    """Something to sell, before it is in the database. Only its maker's listing bears the OCOP stars."""

    row: ProduceRow
    draft: Draft
    place: Place
    slug: str
    price_vnd: int
    stock: int
    listed_at: datetime
    is_makers: bool
    product: Any = None


def plan(
    rows: Sequence[ProduceRow],
    *,
    atlas: Atlas,
    sellers: Sellers,
    farmer: Draft,
    random: Random,
    now: datetime,
) -> list[Listing]:
    """Decide who sells what: the makers, then more households until every commune has enough of them."""
    planner = _Planner(rows, atlas, sellers, random, now)
    planner.list_makers(farmer)
    planner.list_neighbours(farmer)
    return planner.listings


class _Planner:
    def __init__(
        self, rows: Sequence[ProduceRow], atlas: Atlas, sellers: Sellers, random: Random, now: datetime
    ) -> None:
        self._rows = {row.slug: row for row in rows}
        self._atlas = atlas
        self._sellers = sellers
        self._random = random
        self._now = now
        self.listings: list[Listing] = []

    def list_makers(self, farmer: Draft) -> None:
        """List every row once. What comes from one unit and one shelf comes from one maker."""
        makers: dict[tuple[str, str], Draft] = {}
        for row in self._rows.values():
            place = self._atlas.places[row.unit_code]
            key = (row.unit_code, row.category)
            if row.slug == FARMERS_TEA:
                maker = farmer
            elif key in makers:
                maker = makers[key]
            else:
                maker = makers[key] = self._maker(row, place)
            self._list(row, maker, place, is_makers=True)

    def list_neighbours(self, farmer: Draft) -> None:
        """Have further households sell what grows there, until there are enough sellers and listings."""
        self._list(self._rows[FARMERS_GINGER], farmer, farmer.place)
        for commune in self._atlas.communes:
            wanted = SELLERS_WHERE_LIVELY if commune.code in LIVELY else SELLERS_EVERYWHERE
            while len({one.draft for one in self._of(commune.code)}) < wanted:
                self._list_another(commune.code)
        communes = [commune.code for commune in self._atlas.communes]
        while len(self.listings) < LISTINGS:
            self._list_another(self._random.choice(communes))

    def _of(self, commune_code: str) -> list[Listing]:
        return [one for one in self.listings if one.place.commune.code == commune_code]

    def _maker(self, row: ProduceRow, place: Place) -> Draft:
        early = self._random.random() < 0.7
        if row.slug in OF_ONE_MAKER or row.category == "gift":
            is_company = row.category == "gift" or self._random.random() < 0.4
        elif row.ocop_stars:
            is_company = False
        else:
            return self._sellers.household(place, early=early)
        if is_company:
            return self._sellers.company(place, early=early)
        return self._sellers.cooperative(place, early=early)

    def _list_another(self, commune_code: str) -> None:
        """Let one more household of the commune sell something that grows there, or everywhere."""
        here = self._of(commune_code)
        own = {one.row.slug for one in here if one.is_makers} - OF_ONE_MAKER
        # What is typical of a place is sold there twice before anything else is.
        often = [slug for slug in sorted(own) if sum(one.row.slug == slug for one in here) < 2]
        elsewhere = sorted(FOUND_EVERYWHERE - {one.row.slug for one in here})
        row = self._rows[self._random.choice(often or elsewhere or sorted(own))]
        place = self._random.choice(self._atlas.parts_of(commune_code))
        household = self._sellers.household(place, early=self._random.random() < 0.4)
        self._list(row, household, place)

    def _list(self, row: ProduceRow, draft: Draft, place: Place, *, is_makers: bool = False) -> None:
        draft.works.append(row.category)
        self.listings.append(
            Listing(
                row=row,
                draft=draft,
                place=place,
                slug=row.slug if is_makers else f"{row.slug}-{draft.slug}",
                price_vnd=row.price_vnd if is_makers else self._another_price(row),
                stock=STOCK_MOST if row.is_wholesale else self._random.randint(STOCK_LEAST, STOCK_MOST),
                listed_at=self._listed_at(draft),
                is_makers=is_makers,
            )
        )

    def _another_price(self, row: ProduceRow) -> int:
        """A price near the maker's and inside the range of the source, in steps people use."""
        step = 5_000 if row.price_vnd >= 200_000 else 1_000
        near = row.price_vnd * self._random.randint(92, 112) // 100 // step * step
        if near == row.price_vnd:
            near += step
        return max(row.price_min_vnd, min(row.price_max_vnd, near))

    def _listed_at(self, draft: Draft) -> datetime:
        day = draft.joined_on + timedelta(days=self._random.randint(0, 14))
        moment = timezone.make_aware(datetime.combine(day, time(self._random.randint(7, 20))))
        return min(moment, self._now - timedelta(days=1))


def save(listings: Sequence[Listing], *, shelves: Shelves) -> None:
    """Write the listings, whose sellers are saved: one query for each table."""
    products = Product.objects.bulk_create(
        Product(
            title=one.row.title,
            slug=one.slug,
            description=words.produce_text(one.row, one.place, is_certified=one.is_makers),
            product_class=shelves.produce_class,
        )
        for one in listings
    )
    for one, product in zip(listings, products, strict=True):
        one.product = product
    ProductCategory.objects.bulk_create(
        ProductCategory(product=one.product, category=shelves.categories[one.row.category])
        for one in listings
    )
    Produce.objects.bulk_create(_produce(one) for one in listings)
    Origin.objects.bulk_create(_origins(listings))
    StockRecord.objects.bulk_create(
        StockRecord(
            product=one.product,
            partner=one.draft.saved.partner,
            partner_sku=one.row.slug,
            price_currency="VND",
            price=to_decimal(one.price_vnd),
            num_in_stock=one.stock,
        )
        for one in listings
    )


def _produce(one: Listing) -> Produce:
    row = one.row
    return Produce(
        product=one.product,
        category=row.category,
        crop=crop.key if (crop := crop_of(row.title)) and crop.category == row.category else "",
        unit=row.unit,
        unit_size=row.unit_size,
        weight_g=row.weight_g,
        season_months=list(row.season_months),
        keeping=row.keeping,
        is_alcohol=row.is_alcohol,
    )


def _origins(listings: Iterable[Listing]) -> list[Origin]:
    return [
        Origin(
            product=one.product,
            seller=one.draft.saved,
            unit=one.place.unit,
            commune=one.place.commune,
            kind=Origin.Kind.GOODS,
            group=one.row.category,
            name_en=one.row.name_en,
            description_en=words_en.produce_text(one.row, one.place, is_certified=one.is_makers),
            search_text=search_text(
                one.row.title, one.row.name_en, one.row.category, one.draft.saved, one.place
            ),
            listed_at=one.listed_at,
        )
        for one in listings
    ]
