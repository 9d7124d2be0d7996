"""Whatever the demo's people own, by the parameter of an address that asks for it, and what is private.

The demo is the world of somebody else: whoever crawls joined after it was loaded and owns nothing of it.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.delivery.models import Manifest, PostOffice
from marketplace.departments.models import Delivery, Department, Subscription, Webhook
from marketplace.joining.models import Consent
from marketplace.listing.models import Draft, Import, Photo
from marketplace.messaging.models import Device, Notice
from marketplace.places.models import Commune
from marketplace.regulars.models import BoxTurn, RepeatBox
from marketplace.sellers.models import Member, Seller, SubOrder
from marketplace.settlement.models import Dispute
from tests.database import KEPT
from tourism.closures import services as closing

Values = dict[tuple[str, str], list[str]]

MARK = "Kínzx"
BUYERS_PHONE, FARMERS_PHONE, HOSTS_PHONE = "+84399000001", "+84399000002", "+84889000003"
# What people wrote or are called, and nobody else is to read. Each is overwritten with MARK and a number.
PRIVATE = {
    "order.ShippingAddress": ("first_name", "line1", "notes"),
    "fulfilment.Placement": ("name",),
    "tourism.Booking": ("guest_name", "note"),
    "tours.SeatBooking": ("guest_name", "note"),
    "tours.Waiting": ("name",),
    "calendars.StayRequest": ("guest_name", "message"),
    "desk.RegisteredGuest": ("name", "address"),
    "packing.ChatLine": ("words",),
    "settlement.Dispute": ("note",),
    "settlement.DisputeStep": ("words",),
    "sellers.LevelStep": ("note",),
    "sellers.Act": ("detail",),
    "messaging.Message": ("text",),
    "octo.Reseller": ("name", "email"),
    "departments.Department": ("email",),
    "departments.Subscription": ("email",),
    "voucher.Voucher": ("name",),
    "listing.Look": ("detail",),
}
# A row that nobody has one of.
NOTHING = ["1"]
# Parameters that name no row of anybody.
WORDS: Values = {
    ("calendar", "day"): ["2026-12-01"],
    ("callbacks", "provider"): ["viettel"],
    ("carriers", "code"): ["simulated"],
    ("communes", "code"): ["03325"],
    ("create", "product_class_slug"): ["produce"],
    ("sitemap-", "section"): ["pages", "products", "farmers", "communes"],
    ("catalog", "form"): ["jsonld", "ttl"],
    ("daily", "form"): ["csv", "json", "xlsx"],
    ("figures", "form"): ["csv", "json", "pdf", "xlsx"],
    ("guests", "form"): ["csv", "xlsx"],
    ("icons", "size"): ["180"],
    ("indicators", "code"): ["DE-03", "OC-01"],
    ("newest", "format"): ["csv"],
    ("newest", "name"): ["communes"],
    ("money", "month"): ["2026-10"],
    ("new", "step"): ["quantity", "price"],
    ("numbers", "code"): ["sales", "lines"],
    ("reconciliation", "day"): ["2026-11-01"],
    ("reconciliation", "provider"): ["viettel"],
    ("releases", "format"): ["csv", "pdf"],
    ("releases", "name"): ["communes"],
    ("releases", "number"): ["1"],
    ("resellers", "month"): ["2026-10"],
    ("statement", "form"): ["pdf", "xlsx"],
    ("taxes", "form"): ["csv"],
    ("taxes", "month"): ["2026-10"],
    ("taxes", "tax"): ["vat"],
}
# Filled and read on every page, so that a change says nothing.
UNWATCHED = {*KEPT, "django_session"}


def complete() -> None:
    """Add what the demo has no row of, and mark what is private."""
    now = timezone.now()
    farmer = Member.objects.get(user__phone=FARMERS_PHONE)
    host = Member.objects.get(user__phone=HOSTS_PHONE).seller
    listing = {"seller": farmer.seller, "by": farmer.user}
    Draft.objects.create(**listing, name=MARK, begun_at=now)
    Import.objects.create(**listing, name=f"{MARK}.xlsx", sent_at=now, changed_at=now, state="checked")
    Photo.objects.create(seller=farmer.seller, uploaded_by=farmer.user, uploaded_at=now)
    agent = User.objects.get(roles__role="agent")
    to_office = PostOffice.objects.exclude(code="380000").first()
    Manifest.objects.create(
        number="380000-261124-1", office_id=_office().pk, to_office=to_office, made_at=now, made_by=agent
    )
    Consent.objects.create(
        agent=agent,
        phone="+84399000077",
        scopes=["listing"],
        name=MARK,
        kind="household",
        unit=Commune.objects.filter(valid_to=None).first(),
        digest="0" * 64,
        sent_at=now,
        expires_at=now + timedelta(hours=1),
    )
    BoxTurn.objects.get_or_create(box=RepeatBox.objects.get(), due_on=timezone.localdate(now))
    closing.close(
        commune=host.unit.became.new if host.unit.valid_to else host.unit,
        first_night=timezone.localdate(now),
        last_night=timezone.localdate(now) + timedelta(days=20),
        cause="flood",
        words="Lũ cuốn trôi cầu.",
        by=User.objects.get(roles__role="province-official"),
        now=now,
    )
    _tell_a_department(now)
    User.objects.filter(phone=BUYERS_PHONE).update(name=f"{MARK} buyer")
    for label, fields in PRIVATE.items():
        rows = apps.get_model(label)._base_manager
        for field in fields:
            rows.exclude(**{field: ""}).update(**{field: f"{MARK} {label} {field}"})


def _tell_a_department(now: datetime) -> None:
    person = User.objects.get(roles__role="province-official")
    department = Department.objects.get()
    told = Webhook.objects.create(
        department=department, url="https://sct.example/", made_at=now, made_by=person
    )
    Delivery.objects.create(webhook=told, body="{}", queued_at=now, next_try_at=now)
    Subscription.objects.create(official=person, every="month", email=f"{MARK}@gov.example", asked_at=now)


def _office() -> PostOffice:
    return PostOffice.objects.get(code="380000")


@dataclass(frozen=True)
class Theirs:
    """What somebody else has: what fills the addresses, what nobody else may read, and all their rows."""

    values: Values
    secrets: re.Pattern[str]
    numbers: set[str]
    rows: dict[str, set[str]]

    @classmethod
    def read(cls) -> Theirs:
        numbers = set(apps.get_model("order.Order").objects.values_list("number", flat=True))
        return cls(values(), _secrets(numbers), numbers, rows())


def _secrets(numbers: set[str]) -> re.Pattern[str]:
    """What no stranger may read: the marks, the numbers of orders, and the phone numbers of people.

    Not that of a post point's agent, whom every farmer may call.
    """
    people = User.objects.exclude(roles__role="agent").values_list("phone", flat=True)
    phones = [r"(?:\+84|0)" + r"[ .\u00a0]?".join(str(phone)[3:]) for phone in people]
    return re.compile("|".join([MARK, *(rf"\b{re.escape(number)}\b" for number in numbers), *phones]))


def communes() -> set[int]:
    """The communes of today in which somebody lives whose rows fill the addresses."""
    sellers = {
        *Seller.objects.filter(member__user__phone__in=[FARMERS_PHONE, HOSTS_PHONE]),
        *Seller.objects.filter(pk__in=Dispute.objects.values("part__seller")),
    }
    return {seller.unit.became.new_id if seller.unit.valid_to else seller.unit_id for seller in sellers}


def values() -> Values:
    """What fills each parameter, by the last word before it and its name: see ``Route.parameters``.

    A link that is a secret of its own (a key, a token) is filled with a forged one: who holds the true one
    may open what it opens.
    """
    part = Dispute.objects.select_related("part__order").order_by("pk")[0].part
    farmer = Seller.objects.get(member__user__phone=FARMERS_PHONE)
    return {
        **WORDS,
        **_of_a_reader(),
        **_of_orders(part),
        **_of_sellers(farmer),
        **_of_houses(),
        **_of_the_market(part, farmer),
        **_of_oscar(farmer),
    }


def _of_a_reader() -> Values:
    """A notice and a browser of somebody who is none of the roles."""
    somebody, _ = User.objects.get_or_create(phone="+84900000199")
    now = timezone.now()
    notice, _ = Notice.objects.get_or_create(
        user=somebody, key="crawl", defaults={"event": "order", "text": "Của người khác", "at": now}
    )
    device, _ = Device.objects.get_or_create(
        endpoint="https://push.example/crawl", defaults={"user": somebody, "since_at": now}
    )
    return {("notices", "pk"): [str(notice.pk)], ("devices", "pk"): [str(device.pk)]}


def _of_orders(part: SubOrder) -> Values:
    numbers, forged = [part.order.number, part.number], [f"{part.pk}:forged"]
    operation, nothing = _pk("payments.Operation"), NOTHING
    return {
        # orders, parts and what hangs on them
        ("orders", "number"): numbers,
        ("post", "number"): numbers,
        ("parcels", "number"): numbers,
        ("refunds", "number"): numbers,
        ("stories", "reference"): numbers,
        ("review", "pk"): _pk("order.Line", order=part.order),
        ("complaints", "pk"): _pk("settlement.Dispute"),
        ("disputes", "pk"): _pk("settlement.Dispute"),
        ("disputes", "dispute_id"): _pk("settlement.Dispute"),
        ("manifests", "number"): _pk("delivery.Manifest", "number"),
        ("payments", "payment_id"): _pk("payments.Intent", reference=part.order.number),
        ("callbacks", "operation_id"): operation,
        ("lines", "pk"): _pk("basket.Line"),
        ("lines", "line_id"): _pk("order.Line", order=part.order),
        ("notes", "note_id"): nothing,
        # links that are secrets: forged
        ("baskets", "basket_id"): [f"{_pk('basket.Basket')[0]}.forged"],
        ("check-in", "key"): forged,
        ("visits", "key"): forged,
        ("p", "key"): forged,
        ("pictures", "key"): forged,
        ("requests", "signed"): forged,
        ("closures", "token"): forged,
        ("calendars", "secret"): forged,
        ("waiting", "secret"): forged,
    }


def _of_sellers(farmer: Seller) -> Values:
    goods = _pk("sellers.Origin", "product_id", seller=farmer, kind="goods")
    harvest = _pk("harvests.Harvest")
    return {
        # goods, harvests, papers
        ("products", "pk"): goods,
        ("products", "parent_pk"): goods,
        ("products", "product_id"): goods,
        ("add", "pk"): goods,
        ("goods", "pk"): goods,
        ("share", "pk"): goods,
        ("harvests", "pk"): harvest,
        ("harvests", "harvest_id"): harvest,
        ("lots", "code"): _pk("harvests.Lot", "code"),
        ("t", "code"): _pk("harvests.Lot", "code"),
        ("traces", "code"): _pk("harvests.Lot", "code"),
        ("certificates", "pk"): _pk("trace.Certificate", paper__isnull=False),
        ("new", "pk"): _pk("listing.Draft"),
        ("photos", "pk"): _pk("listing.Photo"),
        ("import", "pk"): _pk("listing.Import"),
        ("moderation", "pk"): _pk("listing.Look"),
        # sellers and who helps them
        ("farmers", "slug"): [farmer.slug],
        ("farmers", "seller_id"): [str(farmer.pk)],
        ("wallet", "seller_id"): [str(farmer.pk)],
        ("shares", "seller_id"): _pk("sellers.ShareTable", "seller_id"),
        ("helpers", "mandate_id"): _pk("sellers.Mandate"),
        ("code", "consent_id"): _pk("joining.Consent"),
        # officials' plan
        ("rollout", "code"): _pk("indicators.RollOut", "commune__code", wave=2),
        # regular buyers
        ("boxes", "pk"): _pk("regulars.RepeatBox"),
        ("due", "pk"): _pk("regulars.BoxTurn"),
        ("pools", "pk"): _pk("regulars.Pool"),
    }


def _of_houses() -> Values:
    stay, tour = _pk("tourism.Stay", "product_id"), _pk("tours.Tour", "product_id")
    booking = _pk("desk.Visit", "booking_id")
    return {
        ("stays", "stay_id"): stay,
        ("tours", "pk"): tour,
        ("tours", "tour_id"): tour,
        ("departures", "pk"): _pk("tours.Departure"),
        ("schedules", "pk"): _pk("tours.Schedule"),
        ("ask", "room_type_id"): _pk("tourism.RoomType"),
        ("calendar", "room"): _pk("tourism.RoomType"),
        ("bookings", "pk"): booking,
        ("today", "booking_id"): booking,
        ("turns", "turn_id"): _pk("desk.Turn"),
        ("houses", "house_id"): _pk("desk.House"),
        ("houses", "pk"): _pk("tourism.Stay"),
        ("rooms", "room"): _pk("tourism.RoomType"),
        ("closures", "pk"): _pk("closures.Closure"),
        ("packages", "slug"): _pk("packages.Package", "slug"),
    }


def _of_the_market(part: SubOrder, farmer: Seller) -> Values:
    transfer, nobodys, nothing = _pk("ledger.Transfer"), [str(uuid.uuid4())], NOTHING
    return {
        # departments
        ("departments", "pk"): _pk("departments.Department"),
        ("department-keys", "pk"): _pk("departments.Key"),
        ("webhooks", "pk"): _pk("departments.Webhook"),
        ("webhook-deliveries", "pk"): _pk("departments.Delivery"),
        ("reports", "pk"): _pk("departments.Subscription"),
        ("confirm", "token"): ["forged"],
        # resellers
        ("resellers", "reseller_id"): _pk("octo.Reseller"),
        ("keys", "key_id"): _pk("octo.ResellerKey"),
        ("bookings", "uuid"): nobodys,
        # the market's own books
        ("payouts", "payout_id"): nobodys,
        ("payouts", "payee"): [farmer.payee],
        ("transfers", "transfer_id"): transfer,
        ("ledger", "account"): [f"escrow:{part.number}"],
        ("reconciliation", "difference_id"): nothing,
    }


def _of_oscar(farmer: Seller) -> Values:
    buyer, nothing = _pk("accounts.User", phone=BUYERS_PHONE), NOTHING
    goods = _pk("sellers.Origin", "product_id", seller=farmer, kind="goods")
    voucher = _pk("voucher.Voucher")
    return {
        ("_", "pk"): goods,
        ("catalogue", "pk"): goods,
        ("category", "pk"): _pk("catalogue.Category"),
        ("users", "pk"): buyer,
        ("users", "user_pk"): buyer,
        ("alerts", "pk"): nothing,
        ("update", "pk"): voucher,
        ("delete", "pk"): voucher,
        ("stats", "pk"): voucher,
        ("detail", "pk"): nothing,  # sets of vouchers, which nobody makes
        ("download", "pk"): nothing,
        ("partners", "pk"): [str(farmer.partner_id)],
        ("partners", "partner_pk"): [str(farmer.partner_id)],
        ("offers", "pk"): _pk("offer.ConditionalOffer"),
        ("offers", "slug"): _pk("offer.ConditionalOffer", "slug"),
        ("ranges", "pk"): _pk("offer.Range"),
        ("ranges", "slug"): _pk("offer.Range", "slug"),
        ("categories", "pk"): _pk("catalogue.Category"),
        ("create", "parent"): _pk("catalogue.Category"),
        ("product-type", "pk"): _pk("catalogue.ProductClass"),
        ("option", "pk"): _pk("catalogue.Option"),
        ("attribute-option-group", "pk"): nothing,
        ("catalogue", "product_slug"): _pk("catalogue.Product", "slug", pk=goods[0]),
        ("category", "category_slug"): _pk("catalogue.Category", "slug"),
        ("pictures", "image_id"): nothing,
    }


def _pk(label: str, field: str = "pk", **where: Any) -> list[str]:
    """The value of ``field`` of the first row of a model that the demo or complete() made."""
    found = apps.get_model(label)._base_manager.filter(**where).order_by("pk").values_list(field, flat=True)
    first = found.first()
    assert first is not None, f"Nobody else has a row of {label} {where}: make one in foreign.complete()."
    return [str(first)]


def rows() -> dict[str, set[str]]:
    """The digest of every row of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - UNWATCHED):
            cursor.execute(f'SELECT md5(t::text) FROM "{table}" t')  # noqa: S608 (a name of our own schema)
            found[table] = {row[0] for row in cursor.fetchall()}
    return found
