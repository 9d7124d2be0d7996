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
from marketplace.sellers.models import Mandate, Seller
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


def live(*, now: datetime) -> int:
    """Set the targets, leave invitations open, lower some prices and look for alerts; return how many."""
    _set_targets(since=timezone.localdate(now).replace(month=1, day=1))
    _invite(now=now)
    _lower_prices(today=timezone.localdate(now))
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
