"""Putting produce up for sale, and what its seller may change: pages, imports and keypads call these."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from oscar.core.loading import get_model

from agriculture.categories import CATEGORIES
from agriculture.crops import Crop, crop_of
from agriculture.models import Produce
from agriculture.prices import PRICE_VND_MAX, PRICE_VND_MIN
from agriculture.units import FIXED_G, LITRE_G, QUANTITY_MAX, WEIGHT_MAX_G, Unit, size_words
from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.joining import levels
from marketplace.messaging.acts import note_act
from marketplace.places.text import fold
from marketplace.sellers.models import Origin, Seller
from payments.money import to_decimal, to_vnd

from . import moderation, photos, rules, shelves
from .models import Listing, Raise

Product = get_model("catalogue", "Product")
StockRecord = get_model("partner", "StockRecord")

NAME_MAX = 120


@transaction.atomic
def list_produce(
    *,
    seller: Seller,
    name: str,
    category: str,
    unit: str,
    quantity: int,
    price_vnd: int,
    weight_g: int | None = None,
    photo_id: UUID | None = None,
    by: User,
    now: datetime,
    listing_id: UUID | None = None,
    facts: dict[str, Any] | None = None,
    is_noted: bool = True,
) -> Any:
    """Put something up for sale and return its Oscar product.

    ``category`` is a key of agriculture.categories, ``unit`` one of agriculture.units.Unit, ``quantity`` how
    many units there are to sell, ``price_vnd`` the price of one, ``weight_g`` its net grams, which weights
    need not say. ``facts`` are further fields of Produce, and ``name_en`` and ``description``. With the same
    ``listing_id`` the second call returns the first call's product. It is public at once unless a rule says
    that somebody looks first: ``product.listing.state`` tells. ``is_noted`` is False for a caller that writes
    the act down itself, once for many. Raises Invalid, naming the field.
    """
    if (known := listed_before(seller, listing_id)) is not None:
        return known.product
    name = checked_name(name)
    checked_category(category)
    weight_g = checked_weight(unit, weight_g)
    check_quantity(quantity, least=1)
    check_price(price_vnd)
    if seller.level < Seller.Level.PAPERS:
        levels.check_limit(seller, what="listed", amount_vnd=price_vnd * quantity, now=now)
    facts = _usual(crop_of(name), name, category) | (facts or {})
    words = facts.pop("description", "")
    price: dict[str, Any] = {"crop": facts["crop"], "weight_g": weight_g, "price_vnd": price_vnd}
    today = timezone.localdate(now)
    findings = rules.examine(seller=seller, name=name, words=words, today=today, **price)
    product = _create_product(seller, name, category, name_en=facts.pop("name_en", ""), words=words, now=now)
    size = size_words(Unit(unit), weight_g)
    facts |= {"category": category, "unit": unit, "unit_size": size, "weight_g": weight_g}
    Produce.objects.create(product=product, **facts)
    _stock(product, seller, quantity=quantity, price_vnd=price_vnd)
    if photo_id is not None:
        photos.show(photo_id=photo_id, product=product)
    open_listing(product, findings, listing_id or uuid4(), by=by, now=now)
    if is_noted:
        note_act(seller=seller, by=by, what=gettext_noop("Put up for sale"), detail=name, now=now)
    return product


def listed_before(seller: Seller, listing_id: UUID | None) -> Listing | None:
    """Return the seller's listing of this id, None if there is none. One query."""
    if listing_id is None:
        return None
    listed = Listing.objects.filter(pk=listing_id, product__origin__seller=seller)
    return listed.select_related("product").first()


def _stock(product: Any, seller: Seller, *, quantity: int, price_vnd: int) -> None:
    StockRecord.objects.create(
        product=product,
        partner=seller.partner,
        partner_sku=f"produce-{product.pk}",
        price_currency="VND",
        price=to_decimal(price_vnd),
        num_in_stock=quantity,
    )


def open_listing(
    product: Any, findings: rules.Findings, listing_id: UUID, *, by: User, now: datetime
) -> None:
    """Let the product be public, or have somebody look first. In the caller's transaction."""
    is_waiting = bool(findings.reasons)
    product.is_public = not is_waiting
    product.save(update_fields=["is_public"])
    state = Listing.State.WAITING if is_waiting else Listing.State.PASSED
    Listing.objects.create(id=listing_id, product=product, state=state, listed_by=by, listed_at=now)
    if is_waiting:
        moderation.ask(product=product, findings=findings, now=now)


def _usual(crop: Crop | None, name: str, category: str) -> dict[str, Any]:
    """What is known of a crop and need not be asked: its season, how it keeps, and what it is in English."""
    if crop is None or crop.category != category:
        return {"crop": "", "is_alcohol": category == "spirit"}
    return {
        "crop": crop.key,
        "name_en": crop.name_en if name == crop.name else "",
        "season_months": list(crop.months),
        "keeping": crop.keeping,
        "shelf_life_days": crop.shelf_life_days,
        "is_alcohol": category == "spirit",
    }


def _create_product(
    seller: Seller, name: str, category: str, *, name_en: str, words: str, now: datetime
) -> Any:
    commune = seller.unit if seller.unit.valid_to is None else seller.unit.became.new
    product = Product.objects.create(
        title=name,
        slug=slugify(fold(name)) or category,
        description=words,
        product_class=shelves.produce_class(),
        is_public=True,
    )
    product.categories.add(shelves.shelf(category))
    names = [name, name_en]
    Origin.objects.create(
        product=product,
        seller=seller,
        unit=seller.unit,
        commune=commune,
        kind=Origin.Kind.GOODS,
        group=category,
        name_en=name_en,
        search_text=shelves.search_text(names=names, category=category, seller=seller, commune=commune),
        listed_at=now,
    )
    return product


@transaction.atomic
def change_price(*, product: Any, price_vnd: int, by: User, now: datetime) -> None:
    """Ask ``price_vnd`` for one unit from now on; what is ordered keeps its price. Raises Invalid."""
    check_price(price_vnd)
    record = StockRecord.objects.select_for_update().get(product=product)
    if record.price == to_decimal(price_vnd):
        return
    dearer_vnd = price_vnd - to_vnd(record.price)
    _check_level(product, more_vnd=dearer_vnd * (record.num_in_stock or 0), now=now)
    record.price = to_decimal(price_vnd)
    record.save(update_fields=["price", "date_updated"])
    moderation.look_at_price(product=product, price_vnd=price_vnd, now=now)
    _note(product, by, gettext_noop("Changed a price"), f"{product.title}: {_dong(price_vnd)}", now)


@transaction.atomic
def change_stock(*, product: Any, quantity: int, by: User, now: datetime) -> None:
    """Have ``quantity`` units to sell from now on, besides those set aside for orders. 0 is sold out.

    Under a lock, so that an order placed in the same moment is not forgotten. Raises Invalid.
    """
    check_quantity(quantity, least=0)
    record = StockRecord.objects.select_for_update().get(product=product)
    stock = (record.num_allocated or 0) + quantity
    more = stock - (record.num_in_stock or 0)
    _check_level(product, more_vnd=more * to_vnd(record.price), now=now)
    record.num_in_stock = stock
    record.save(update_fields=["num_in_stock", "date_updated"])
    _note(product, by, gettext_noop("Changed how many there are"), f"{product.title}: {quantity}", now)


@transaction.atomic
def pause(*, product: Any, by: User, now: datetime) -> None:
    """Take it off the shelf for a while. Pausing again changes nothing."""
    listing = _listing(product, by=by, now=now)
    if listing.paused_at is None:
        listing.paused_at = now
        listing.save(update_fields=["paused_at"])
        moderation.show(listing)
        _note(product, by, gettext_noop("Took off the shelf"), product.title, now)


@transaction.atomic
def resume(*, product: Any, by: User, now: datetime) -> None:
    """Put it back on the shelf, if it may be shown. Resuming again changes nothing."""
    listing = _listing(product, by=by, now=now)
    if listing.paused_at is not None:
        listing.paused_at = None
        listing.save(update_fields=["paused_at"])
        moderation.show(listing)
        _note(product, by, gettext_noop("Put back on the shelf"), product.title, now)


@transaction.atomic
def change(
    *,
    product: Any,
    by: User,
    now: datetime,
    price_vnd: int | None = None,
    left: int | None = None,
    paused: bool | None = None,
) -> None:
    """Change several things of a product at once, or none. What is None stays. Raises Invalid."""
    facts: dict[str, Any] = {"product": product, "by": by, "now": now}
    if price_vnd is not None:
        change_price(price_vnd=price_vnd, **facts)
    if left is not None:
        change_stock(quantity=left, **facts)
    if paused is not None:
        (pause if paused else resume)(**facts)


def _listing(product: Any, *, by: User, now: datetime) -> Listing:
    """Return the product's listing, locked. What stood in the shop before listings were kept gets one."""
    state, listed_at = Listing.State.PASSED, product.origin.listed_at
    paused_at = None if product.is_public else now
    defaults = {"state": state, "listed_by": by, "listed_at": listed_at, "paused_at": paused_at}
    Listing.objects.get_or_create(product=product, defaults=defaults)
    return Listing.objects.select_for_update(of=["self"]).select_related("product").get(product=product)


def _check_level(product: Any, *, more_vnd: int, now: datetime) -> None:
    """Raise LimitReached if goods for ``more_vnd`` more are too many for the level of their seller.

    Else a seller could list one kilogram, and then say that there are a thousand. What was listed in an
    earlier month is written down, so that it counts in this one.
    """
    seller = product.origin.seller
    if more_vnd <= 0 or seller.level >= Seller.Level.PAPERS:
        return
    levels.check_limit(seller, what="listed", amount_vnd=more_vnd, now=now)
    if product.origin.listed_at < levels.month_of(now):
        Raise.objects.create(product=product, seller=seller, more_vnd=more_vnd, at=now)


def _note(product: Any, by: User, what: str, detail: str, now: datetime) -> None:
    note_act(seller=product.origin.seller, by=by, what=what, detail=detail, now=now)


def _dong(amount_vnd: int) -> str:
    return f"{amount_vnd:,} ₫".replace(",", ".")


def label_of(unit: Unit, crop: Crop | None) -> str:
    """Return a unit as a tile says it: "kg", "bag 5 kg"."""
    size = size_words(unit, crop.grams_of(unit)) if crop else ""
    return f"{unit.label} {size}".strip()


def checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not fold(name) or len(name) > NAME_MAX:
        raise Invalid("name", _("Write what it is, in at most %(max)d letters.") % {"max": NAME_MAX})
    return name


def checked_category(category: str) -> None:
    if category not in CATEGORIES:
        raise Invalid("category", _("Choose what kind of thing it is."))


def checked_weight(unit: str, weight_g: int | None) -> int:
    """Return the net grams of one unit. Raises Invalid if nobody said them, or they make no sense."""
    if unit not in Unit.values:
        raise Invalid("unit", _("Choose the unit it is sold by."))
    fixed_g = FIXED_G.get(Unit(unit)) or (LITRE_G if unit == Unit.LITRE else None)
    weight_g = fixed_g or weight_g
    if weight_g is None or not 0 < weight_g <= WEIGHT_MAX_G:
        raise Invalid("weight_g", _("Say what one %(unit)s weighs.") % {"unit": Unit(unit).label})
    return weight_g


def check_quantity(quantity: int, *, least: int) -> None:
    if not least <= quantity <= QUANTITY_MAX:
        raise Invalid(
            "quantity",
            _("Say how many there are: a number from %(least)d to %(most)d.")
            % {"least": least, "most": QUANTITY_MAX},
        )


def check_price(price_vnd: int) -> None:
    if not PRICE_VND_MIN <= price_vnd <= PRICE_VND_MAX:
        words = {"least": _dong(PRICE_VND_MIN), "most": _dong(PRICE_VND_MAX)}
        raise Invalid("price", _("A price is between %(least)s and %(most)s for one unit.") % words)
