"""Valid people, places, sellers and things for sale. A test passes every value it asserts.

Money is given in whole đồng (``price_vnd=``); days are dates. Places without a ``commune`` get one that
exists in no file; ``load_province()`` loads the real ones where a test asks about those.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from io import StringIO
from typing import Any

import factory
from django.core.management import call_command
from django.utils import timezone
from django.utils.text import slugify
from factory.django import DjangoModelFactory
from oscar.core.loading import get_model

from agriculture.categories import CATEGORIES
from agriculture.models import Produce
from agriculture.trace.models import Certificate
from marketplace.accounts.models import User
from marketplace.places.models import MERGER_ON, Commune
from marketplace.places.selectors import find_communes
from marketplace.places.text import fold
from marketplace.sellers.models import Origin, Seller
from marketplace.sellers.search import origin_text
from payments.money import to_decimal
from tourism import nights
from tourism.models import RoomType, Stay
from tourism.tours.models import Departure, Tour

Category = get_model("catalogue", "Category")
Partner = get_model("partner", "Partner")
Product = get_model("catalogue", "Product")
ProductClass = get_model("catalogue", "ProductClass")
StockRecord = get_model("partner", "StockRecord")

PASSWORD = "a-rice-terrace-at-dawn"


def load_province() -> None:
    """Load the 45 communes, the 129 units before them and the schematic map. About half a second."""
    call_command("load_places", stdout=StringIO())


def commune_named(name: str, on: date = MERGER_ON) -> Commune:
    """Return the unit of the loaded province that has this name on the day ``on``."""
    unit = find_communes(name, on)[0]
    assert name in (unit.name, unit.full_name), f"{name!r} is not the name of a unit on {on}; found {unit}"
    return unit


class UserFactory(DjangoModelFactory):
    """A buyer with the password ``PASSWORD``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    phone = factory.Sequence(lambda n: f"+84399{n + 100_000:06d}")
    name = "Lò Thị Mai"
    password = factory.django.Password(PASSWORD)


class CommuneFactory(DjangoModelFactory):
    """A commune of today, or one of before the merger when ``valid_to`` is given."""

    class Meta:
        model = Commune

    code = factory.Sequence(lambda n: f"{n % 9_999 + 90_000:05d}")
    name = factory.Sequence(lambda n: f"Mường Thử {n}")
    full_name = factory.LazyAttribute(lambda o: f"Xã {o.name}")
    kind = Commune.Kind.COMMUNE
    name_ascii = factory.LazyAttribute(lambda o: fold(o.name).title())
    slug = factory.LazyAttribute(lambda o: slugify(o.name_ascii))
    valid_from = MERGER_ON
    search_terms = factory.LazyAttribute(lambda o: [o.name, o.full_name])
    search_text = factory.LazyAttribute(lambda o: "\n".join(fold(term) for term in o.search_terms))


class PartnerFactory(DjangoModelFactory):
    class Meta:
        model = Partner

    name = factory.Sequence(lambda n: f"Hộ ông Vừ A Sùng {n}")
    code = factory.Sequence(lambda n: f"seller-{n}")


class SellerFactory(DjangoModelFactory):
    """A household. ``commune`` is the unit it lives in, of today or of before the merger."""

    class Meta:
        model = Seller
        rename = {"commune": "unit"}

    partner = factory.SubFactory(PartnerFactory, name=factory.SelfAttribute("..name"))
    kind = Seller.Kind.HOUSEHOLD
    name = factory.Sequence(lambda n: f"Hộ bà Quàng Thị Ánh {n}")
    slug = factory.LazyAttributeSequence(lambda o, n: f"{slugify(fold(o.name))}-{n}")
    commune = factory.SubFactory(CommuneFactory)
    wallet_provider = "viettel"
    wallet_msisdn = factory.Sequence(lambda n: f"+84398{n + 100_000:06d}")
    joined_on = date(2025, 1, 2)
    level = Seller.Level.PAPERS


class ProductFactory(DjangoModelFactory):
    """A bare Oscar product. Tests want ProduceFactory or StayFactory."""

    class Meta:
        model = Product

    title = factory.Sequence(lambda n: f"Gạo nếp nương {n}")
    slug = factory.LazyAttribute(lambda o: slugify(fold(o.title)))
    is_public = True


def product_class(slug: str) -> Any:
    """Return the product class; the migrations make both, but a transactional test empties every table."""
    goods = slug == "produce"
    defaults = {"name": slug.capitalize(), "track_stock": goods, "requires_shipping": goods}
    return ProductClass.objects.get_or_create(slug=slug, defaults=defaults)[0]


def shelf(key: str) -> Any:
    """Return Oscar's category of one of ``agriculture.categories``, whose slug is the key."""
    found = Category.objects.filter(slug=key).first()
    return found or Category.add_root(name=str(CATEGORIES[key]), slug=key)


def _today_around(unit: Commune) -> Commune:
    return unit if unit.valid_to is None else unit.became.new


class _ListedFactory(DjangoModelFactory):
    """What produce and stays share: an Oscar product with an origin.

    ``commune`` is where it comes from, of today or of before the merger; by default the seller's unit.
    """

    class Meta:
        abstract = True

    @classmethod
    def list_product(cls, kind: str, group: str, facts: dict[str, Any], **product: Any) -> Any:
        """Take the facts of a listing out of ``facts``, and make the Oscar product and the origin."""
        commune = facts.pop("commune", None)
        seller = facts.pop("seller", None) or SellerFactory(**({"commune": commune} if commune else {}))
        unit = commune or seller.unit
        title = facts.pop("title", None)
        listed = ProductFactory(
            **product, **({"title": title} if title else {}), is_public=facts.pop("is_public", True)
        )
        name_en = facts.pop("name_en", "")
        today = _today_around(unit)
        group_names = [CATEGORIES[group].title()] if group in CATEGORIES else []
        Origin.objects.create(
            product=listed,
            seller=seller,
            unit=unit,
            commune=today,
            kind=kind,
            group=group,
            name_en=name_en,
            search_text=origin_text(
                names=[listed.title, name_en, *group_names], seller=seller.name, unit=unit, commune=today
            ),
            listed_at=facts.pop("listed_at", None) or timezone.now(),
        )
        return listed


class ProduceFactory(_ListedFactory):
    """Produce with its product, origin, shelf and stock record.

    Besides the fields of Produce: ``title``, ``name_en``, ``price_vnd``, ``stock``, ``seller``, ``commune``,
    ``listed_at``, ``is_public``; ``ocop_stars``, by a verified certificate that holds for a year.
    """

    class Meta:
        model = Produce

    category = "rice"
    unit = Produce.Unit.BAG
    unit_size = "5 kg"
    weight_g = 5_000
    season_months = factory.LazyFunction(lambda: [9, 10])

    @classmethod
    def _create(cls, model_class: type[Produce], *args: Any, **facts: Any) -> Produce:
        price_vnd, stock = facts.pop("price_vnd", 175_000), facts.pop("stock", 40)
        ocop_stars = facts.pop("ocop_stars", None)
        product = cls.list_product(
            Origin.Kind.GOODS, facts["category"], facts, product_class=product_class("produce")
        )
        product.categories.add(shelf(facts["category"]))
        StockRecord.objects.create(
            product=product,
            partner=product.origin.seller.partner,
            partner_sku=f"P{product.pk}",
            price_currency="VND",
            price=to_decimal(price_vnd),
            num_in_stock=stock,
        )
        if ocop_stars is not None:
            CertificateFactory(product=product, seller=product.origin.seller, stars=ocop_stars)
        return super()._create(model_class, *args, product=product, **facts)


class CertificateFactory(DjangoModelFactory):
    """OCOP stars, verified and holding for a year. Needs ``seller`` and ``product``."""

    class Meta:
        model = Certificate

    id = factory.LazyFunction(uuid.uuid4)
    kind = Certificate.Kind.OCOP
    stars = 3
    number = factory.Sequence(lambda n: f"OCOP-{n}")
    issuer = "UBND tỉnh Điện Biên"
    issued_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=30))
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))
    state = Certificate.State.VERIFIED
    asked_at = factory.LazyFunction(timezone.now)


class StayFactory(_ListedFactory):
    """A homestay without rooms. Besides the fields of Stay: as ProduceFactory, without price and stock."""

    class Meta:
        model = Stay

    kind = Stay.Kind.HOMESTAY
    village = "Bản Che Căn"
    hosts = "Thái"

    @classmethod
    def _create(cls, model_class: type[Stay], *args: Any, **facts: Any) -> Stay:
        facts.setdefault("title", "Nhà sàn Che Căn")
        product = cls.list_product(
            Origin.Kind.NIGHTS,
            "stay",
            facts,
            structure=Product.PARENT,
            product_class=product_class("stay"),
        )
        return super()._create(model_class, *args, product=product, **facts)


class RoomTypeFactory(DjangoModelFactory):
    """A room type of a stay. With ``open_from`` and ``open_to`` its nights are on sale, both included.

    Besides the fields of RoomType: ``title``, ``open_from``, ``open_to``.
    """

    class Meta:
        model = RoomType

    stay = factory.SubFactory(StayFactory)
    kind = RoomType.Kind.ROOM
    sleeps = 2
    rooms = 3
    price_vnd = 300_000

    @classmethod
    def _create(cls, model_class: type[RoomType], *args: Any, **facts: Any) -> RoomType:
        first_night, last_night = facts.pop("open_from", None), facts.pop("open_to", None)
        parent = facts["stay"].product
        product = Product.objects.create(
            structure=Product.CHILD,
            parent=parent,
            title=facts.pop("title", "Phòng đôi"),
            slug=f"{parent.slug}-{facts['kind']}",
        )
        StockRecord.objects.create(
            product=product,
            partner=parent.origin.seller.partner,
            partner_sku=f"R{product.pk}",
            price_currency="VND",
            price=to_decimal(facts["price_vnd"]),
        )
        room_type = super()._create(model_class, *args, product=product, **facts)
        if first_night:
            last_night = last_night or first_night + timedelta(days=29)
            nights.open_nights(room_type=room_type, first_night=first_night, last_night=last_night)
        return room_type


class TourFactory(_ListedFactory):
    """A day's tour without departures. Besides the fields of Tour: as StayFactory."""

    class Meta:
        model = Tour

    stops = factory.LazyFunction(lambda: ["Đồi A1", "Hồ Pá Khoang"])
    adult_vnd = 600_000
    child_vnd = 420_000
    capacity = 10
    min_group = 2
    meeting_point = "Tượng đài Chiến thắng"

    @classmethod
    def _create(cls, model_class: type[Tour], *args: Any, **facts: Any) -> Tour:
        facts.setdefault("title", "Leo đỉnh Pú Huốt")
        product = cls.list_product(Origin.Kind.SEATS, "tour", facts, product_class=product_class("tour"))
        StockRecord.objects.create(
            product=product,
            partner=product.origin.seller.partner,
            partner_sku=f"T{product.pk}",
            price_currency="VND",
            price=to_decimal(facts["adult_vnd"]),
        )
        return super()._create(model_class, *args, product=product, **facts)


class DepartureFactory(DjangoModelFactory):
    """A departure of a day, open until the day before, with the numbers of its tour. Needs ``starts_at``."""

    class Meta:
        model = Departure

    tour = factory.SubFactory(TourFactory)
    last_day = factory.LazyAttribute(lambda departure: timezone.localdate(departure.starts_at))
    cut_off_at = factory.LazyAttribute(lambda departure: departure.starts_at - timedelta(days=1))
    capacity = factory.SelfAttribute("tour.capacity")
    min_group = factory.SelfAttribute("tour.min_group")
    adult_vnd = factory.SelfAttribute("tour.adult_vnd")
    child_vnd = factory.SelfAttribute("tour.child_vnd")
    meeting_point = factory.SelfAttribute("tour.meeting_point")
