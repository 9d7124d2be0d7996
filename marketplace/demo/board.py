"""What the demo's board of officials has to show: targets, invitations nobody answered, lower prices."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import F, Sum
from django.utils import timezone
from oscar.core.loading import get_model

from marketplace.accounts.models import User
from marketplace.accounts.phones import to_e164
from marketplace.board import alerts
from marketplace.board.models import Target
from marketplace.joining.models import Consent
from marketplace.places.selectors import communes_at
from marketplace.sellers.models import Mandate, Origin, Seller
from marketplace.statistics.models import SaleLine

from . import accounts

StockRecord = get_model("partner", "StockRecord")

SOURCE = "dữ liệu mẫu"
# measure, of the province, of the officials' commune; per calendar year where the measure is one of time
TARGETS = [
    ("sales", 250_000_000, 24_000_000),
    ("orders", 700, 60),
    ("nights", 450, 120),
    ("sellers", 120, 8),
    ("mobile", 60, 60),
    ("outside", 65, 65),
]
FIRST_INVITED = 84_389_900_100  # numbers that nobody has
INVITED = 14
CHEAPER = 3  # goods whose price fell
FELL_TO = Decimal("0.75")
# What a shelf is worth at most, VND, and what is left on it at least. Of every so many one is full.
SHELF_VND, FULL_SHELF_VND, SHELF_LEAST = 2_800_000, 14_000_000, 5
FULL_SHELF = 20


def live(*, now: datetime) -> int:
    """Set targets, leave invitations open, lower prices, empty shelves, look for alerts; return how many."""
    _set_targets(since=timezone.localdate(now).replace(month=1, day=1))
    _invite(now=now)
    _lower_prices(today=timezone.localdate(now))
    _empty_shelves()
    return alerts.look(now=now)


def _set_targets(*, since: date) -> None:
    Target.objects.bulk_create(
        Target(measure=measure, commune_code=code, value=value, valid_from=since, source=SOURCE)
        for measure, *values in TARGETS
        for code, value in zip(("", accounts.OFFICIALS_COMMUNE), values, strict=True)
    )


def _invite(*, now: datetime) -> None:
    """The demo's agent asked some farmers, who have not answered; their codes have ended."""
    agent = User.objects.get(phone=to_e164(accounts.AGENT.phone))
    communes = list(communes_at(timezone.localdate(now)))
    Consent.objects.bulk_create(
        Consent(
            agent=agent,
            phone=f"+{FIRST_INVITED + number}",
            scopes=[Mandate.Scope.LISTING],
            name=f"Hộ được mời {number + 1} ({SOURCE})",
            kind=Seller.Kind.HOUSEHOLD,
            unit=communes[number * 3 % len(communes)],
            digest="0" * 64,
            sent_at=now - timedelta(days=3 + number),
            expires_at=now - timedelta(days=2 + number),
        )
        for number in range(INVITED)
    )


def _lower_prices(*, today: date) -> None:
    """Let what was sold most in the last months cost less today."""
    lines = SaleLine.objects.filter(kind=SaleLine.Kind.GOODS, sold_on__gte=today - timedelta(days=60))
    sold = lines.values(product=F("order_line__product")).annotate(packs=Sum("quantity"))
    most = sold.order_by("-packs", "product").values_list("product", flat=True)[:CHEAPER]
    records = list(StockRecord.objects.filter(product__in=list(most)))
    for record in records:
        record.price = (record.price * FELL_TO / 1000).quantize(Decimal(1)) * 1000
    StockRecord.objects.bulk_update(records, ["price"])


def _empty_shelves() -> None:
    """Let most households have only some weeks' worth on the shelf, as they do; a few sit on a glut."""
    records = StockRecord.objects.filter(product__origin__kind=Origin.Kind.GOODS, num_in_stock__gt=0)
    changed = []
    for number, record in enumerate(records.order_by("pk")):
        worth_vnd = SHELF_VND if number % FULL_SHELF else FULL_SHELF_VND
        most = (record.num_allocated or 0) + max(worth_vnd // int(record.price), SHELF_LEAST)
        if record.num_in_stock > most:
            record.num_in_stock = most
            changed.append(record)
    StockRecord.objects.bulk_update(changed, ["num_in_stock"])
