"""A harvest of the demo farmer that can be ordered beforehand, and hens that are paid by what they weigh."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from oscar.core.loading import get_model

from agriculture.harvests import services as harvests
from agriculture.models import Produce
from marketplace.sellers.models import Seller

from .goods import FARMERS_GINGER, Listing

StockRecord = get_model("partner", "StockRecord")

FORECAST = 60
BEGINS_IN, LASTS = timedelta(days=14), timedelta(days=10)
KEEPS_DAYS = 60  # ginger, cool and dry
BY_WEIGHT = "ga-den-xuong-den-tua-chua"  # no two hens weigh the same
NAMESPACE = uuid.UUID("6f0e2f0a-5b7e-4b68-9d0c-8d3f1c1f7a52")


def live(listings: Iterable[Listing], farmer: Seller, *, now: datetime) -> None:
    """Have the farmer's ginger grow, to be ordered from today, and the black hens be weighed."""
    by_slug = {(one.row.slug, one.draft.saved.pk): one.product for one in listings}
    ginger = by_slug[FARMERS_GINGER, farmer.pk]
    # What is left of the last harvest is eaten at home.
    StockRecord.objects.filter(product=ginger).update(num_in_stock=Coalesce(F("num_allocated"), 0))
    Produce.objects.filter(product=ginger).update(shelf_life_days=KEEPS_DAYS)
    Produce.objects.filter(product__in=[one.product for one in listings if one.row.slug == BY_WEIGHT]).update(
        is_weighed=True
    )
    today = timezone.localdate(now)
    harvests.open_harvest(
        seller=farmer,
        product=ginger,
        opens_on=today,
        starts_on=today + BEGINS_IN,
        ends_on=today + BEGINS_IN + LASTS,
        forecast=FORECAST,
        by=None,
        now=now,
        harvest_id=uuid.uuid5(NAMESPACE, farmer.slug),
    )
