"""Opening a house, telling of it, and letting its rooms.

A house is public once somebody has looked at it where the rules ask for that, and its host shows it. Rooms
can be told apart from those booked at any time: no night is sold that is not there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from oscar.core.loading import get_model

from frontend.pictures import delete_renditions
from marketplace.accounts.models import User
from marketplace.errors import Invalid
from marketplace.listing import moderation, photos, rules
from marketplace.listing import services as listing
from marketplace.listing.models import Photo
from marketplace.messaging.acts import note_act
from marketplace.places.text import fold
from marketplace.sellers.models import Origin, Seller
from marketplace.sellers.search import origin_text
from payments.money import to_decimal
from tourism import opening, pricing
from tourism.models import RoomNight, RoomType, Stay

Product = get_model("catalogue", "Product")
ProductClass = get_model("catalogue", "ProductClass")
ProductImage = get_model("catalogue", "ProductImage")
StockRecord = get_model("partner", "StockRecord")

GROUP = "stay"
ROOM_TYPES_MAX = 20
PICTURES_MAX = 12
_WORDS = ("title", "name_en", "description", "description_en")


@transaction.atomic
def open_house(*, seller: Seller, facts: dict[str, Any], by: User, now: datetime, listing_id: UUID) -> Stay:
    """Write down a new house, which nobody sees before it has a room and its host shows it.

    ``facts`` is what HouseForm cleaned. With the same ``listing_id`` the second call returns the first
    call's house. Raises ForbiddenHere.
    """
    if (known := listing.listed_before(seller, listing_id)) is not None:
        stay: Stay = known.product.stay
        return stay
    findings = _examine(seller, facts, now)
    product = Product.objects.create(
        structure=Product.PARENT,
        title=facts["title"],
        slug=slugify(fold(facts["title"])) or GROUP,
        description=facts["description"],
        is_public=False,
        product_class=ProductClass.objects.get(slug=GROUP),
    )
    unit = seller.unit
    commune = unit if unit.valid_to is None else unit.became.new
    Origin.objects.create(
        product=product,
        seller=seller,
        unit=unit,
        commune=commune,
        kind=Origin.Kind.NIGHTS,
        group=GROUP,
        name_en=facts["name_en"],
        description_en=facts["description_en"],
        search_text=_search_text(facts, seller, unit, commune),
        listed_at=now,
    )
    stay = Stay.objects.create(product=product, **_of_stay(facts))
    listing.open_listing(product, findings, listing_id, by=by, now=now)
    listing.pause(product=product, by=by, now=now)
    note_act(seller=seller, by=by, what=gettext_noop("Opened a house"), detail=product.title, now=now)
    return stay


@transaction.atomic
def change_house(stay: Stay, *, facts: dict[str, Any], by: User, now: datetime) -> None:
    """Tell of a house in other words. What is booked stays. Raises ForbiddenHere.

    Words that may be forbidden are looked at; the house stays public meanwhile.
    """
    product, origin = stay.product, stay.product.origin
    findings = _examine(origin.seller, facts, now)
    product.title, product.description = facts["title"], facts["description"]
    product.save(update_fields=["title", "description", "date_updated"])
    origin.name_en, origin.description_en = facts["name_en"], facts["description_en"]
    origin.search_text = _search_text(facts, origin.seller, origin.unit, origin.commune)
    origin.save(update_fields=["name_en", "description_en", "search_text"])
    Stay.objects.filter(pk=stay.pk).update(**_of_stay(facts))
    if rules.FORBIDDEN in findings.reasons:
        moderation.ask(product=product, findings=findings, now=now)
    note_act(seller=origin.seller, by=by, what=gettext_noop("Changed a house"), detail=product.title, now=now)


@transaction.atomic
def show_house(stay: Stay, *, by: User, now: datetime) -> None:
    """Let guests see the house. Repeats change nothing. Raises Invalid while it has no room."""
    if not RoomType.objects.filter(stay=stay).exists():
        raise Invalid("rooms", _("Add a room first: guests book rooms, not houses without them."))
    listing.resume(product=stay.product, by=by, now=now)


def hide_house(stay: Stay, *, by: User, now: datetime) -> None:
    """Let nobody find or book the house; who has booked still comes. Repeats change nothing."""
    listing.pause(product=stay.product, by=by, now=now)


@transaction.atomic
def add_room(stay: Stay, *, facts: dict[str, Any], now: datetime) -> RoomType:
    """Let some rooms of one kind, from today on. ``facts`` is what RoomForm cleaned. Raises Invalid."""
    Stay.objects.select_for_update().get(pk=stay.pk)  # one after the other: the number is limited
    if RoomType.objects.filter(stay=stay).count() >= ROOM_TYPES_MAX:
        raise Invalid("title", _("A house has at most %(max)d kinds of room.") % {"max": ROOM_TYPES_MAX})
    product = Product.objects.create(
        structure=Product.CHILD,
        parent=stay.product,
        title=facts["title"],
        slug=slugify(fold(facts["title"])) or "room",
    )
    StockRecord.objects.create(
        product=product,
        partner=stay.product.origin.seller.partner,
        partner_sku=f"room-{product.pk}",
        price_currency="VND",
        price=to_decimal(facts["price_vnd"]),
    )
    room = RoomType.objects.create(product=product, stay=stay, **_of_room(facts))
    opening.open_nights([room], first=timezone.localdate(now))
    return room


@transaction.atomic
def change_room(room: RoomType, *, facts: dict[str, Any], now: datetime) -> None:
    """Change what a kind of room is, how many there are and what a night costs, for nights not booked yet.

    Prices set by hand or by rules of the house stay. Raises Invalid, naming the first night on which more
    rooms are taken than there would be.
    """
    today = timezone.localdate(now)
    nights = RoomNight.objects.filter(room_type=room, night_on__gte=today)
    list(nights.select_for_update().order_by("night_on").values_list("pk", flat=True))
    _check_taken(nights, facts["rooms"])
    Product.objects.filter(pk=room.product_id).update(title=facts["title"])
    StockRecord.objects.filter(product=room.product_id).update(price=to_decimal(facts["price_vnd"]))
    RoomType.objects.filter(pk=room.pk).update(**_of_room(facts))
    nights.update(capacity=facts["rooms"])
    pricing.reprice(stay_id=room.stay_id, today=today)


def _check_taken(nights: Any, rooms: int) -> None:
    most = nights.filter(taken__gt=rooms).order_by("night_on").first()
    if most is not None:
        raise Invalid(
            "rooms",
            _("%(taken)d rooms are taken on the night of %(night)s. Wait until then, or move a guest.")
            % {"taken": most.taken, "night": f"{most.night_on:%d/%m/%Y}"},
        )


@transaction.atomic
def add_picture(stay: Stay, *, photo: Photo, now: datetime) -> None:
    """Let a photo of the same seller be a picture of the house. Raises PhotoRefused; Invalid when full."""
    if ProductImage.objects.filter(product=stay.product_id).count() >= PICTURES_MAX:
        raise Invalid(
            "photo",
            _("A house has at most %(max)d pictures. Take one away first.") % {"max": PICTURES_MAX},
        )
    photos.show(photo_id=photo.pk, product=stay.product)
    photo.refresh_from_db()
    moderation.ask_about_photo(photo=photo, now=now)


@transaction.atomic
def remove_picture(stay: Stay, *, picture_id: int) -> None:
    """Take a picture away, with its files. Repeats change nothing."""
    picture = ProductImage.objects.filter(product=stay.product_id, pk=picture_id).first()
    if picture is None:
        return
    name = str(picture.original)
    picture.delete()
    Photo.objects.filter(product=stay.product_id, name=name).delete()
    if not ProductImage.objects.filter(original=name).exists():
        transaction.on_commit(lambda: delete_renditions(name))


@transaction.atomic
def put_first(stay: Stay, *, picture_id: int) -> None:
    """Let a picture be the one cards show. Repeats change nothing."""
    pictures = list(
        ProductImage.objects.select_for_update()
        .filter(product=stay.product_id)
        .order_by("display_order", "pk")
    )
    pictures.sort(key=lambda picture: picture.pk != picture_id)
    for order, picture in enumerate(pictures):
        picture.display_order = order
    ProductImage.objects.bulk_update(pictures, ["display_order"])


def _examine(seller: Seller, facts: dict[str, Any], now: datetime) -> rules.Findings:
    words = " ".join(facts[name] for name in _WORDS)
    return rules.examine_words(seller=seller, words=words, today=timezone.localdate(now))


def _of_stay(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in (*_WORDS, "seller")}


def _of_room(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in ("kind", "sleeps", "rooms", "price_vnd")}


def _search_text(facts: dict[str, Any], seller: Seller, unit: Any, commune: Any) -> str:
    names = [facts["title"], facts["village"], facts["name_en"]]
    return origin_text(names=names, seller=seller.name, unit=unit, commune=commune)
