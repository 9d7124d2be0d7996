"""What a release costs: a year like the province's, of which a few communes sell much and most little.

1,290 sellers in 129 units, half of them in a fifth of the units, sell in six of ten months one of twenty
groups, and some of them nights. So several hundred figures a month tell too much and have to be hidden among
others. Measured is the last release of the year, which is attacked together with all before it.
"""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from marketplace.places.models import Commune
from marketplace.statistics.releases import services
from marketplace.statistics.releases.attacking import attack_releases
from tests.benchmarks.measuring import Result

YEAR = 2022  # before the lines of tests.benchmarks.summaries
FIRST_RELEASED = 7  # the months before count towards the year only
SECONDS = 60  # a release with its audit
FIRST_SELLER = 10_000_000

_INVENT = """
    INSERT INTO statistics_saleline
           (order_line_id, order_id, refund_id, seller_id, unit_id, commune_id, sold_on, kind, "group",
            quantity, amount_vnd, provider, buyer_province, buyer_country, recorded_at)
    SELECT -1000 * seller - 20 * month - n, -1000 * seller - 20 * month - n,
           CASE WHEN n = 9 THEN gen_random_uuid() END, %(first_seller)s + seller, unit, unit,
           make_date(%(year)s, month, 1 + n * 2),
           CASE WHEN seller %% 10 = 0 THEN 'nights' ELSE 'goods' END,
           CASE WHEN seller %% 10 = 0 THEN 'stay' ELSE 'group-' || seller %% 20 END,
           CASE WHEN n = 9 THEN -1 ELSE 1 END,
           CASE WHEN n = 9 THEN -20000 ELSE round(exp(11 + random() * 2)) END,
           'viettel', '11', 'VN', make_timestamptz(%(year)s, 1, 1, 0, 0, 0)
      FROM (
        SELECT seller, units[1 + floor(power(random(), 2) * cardinality(units))::int] AS unit
          FROM generate_series(1, %(sellers)s) AS seller, (SELECT %(units)s::bigint[] AS units) AS known
      ) AS who, generate_series(1, 12) AS month, generate_series(1, 9) AS n
     WHERE (seller * 7 + month * 5) %% 10 < 6 AND (n < 9 OR seller %% 50 = month)
"""


def releasing() -> list[Result]:
    """The release of December with its audit, and the weekly attack on all of the year."""
    units = list(Commune.objects.filter(valid_to__isnull=False).order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute("SET session_replication_role = replica")  # no check of foreign keys
        values: dict[str, Any] = {
            "first_seller": FIRST_SELLER,
            "year": YEAR,
            "units": units,
            "sellers": 10 * len(units),
        }
        cursor.execute(_INVENT, values)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE statistics_saleline")
    took_s = 0.0
    for month in range(FIRST_RELEASED, 13):
        now = datetime(YEAR + month // 12, month % 12 + 1, 5, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
        took_s = _release(date(YEAR, month, 1), now)
    begun = time.perf_counter()
    exposed = sum(len(one.exposed) for one in attack_releases())
    attack_s = time.perf_counter() - begun
    assert exposed == 0, exposed
    named = f"the release of December with its audit, {SECONDS} s wanted"
    return [
        Result(name, "s", round(took, 1), SECONDS, round(took / SECONDS, 2), 1.0, took <= SECONDS)
        for name, took in ((named, took_s), (f"attacking all of a year, {SECONDS} s wanted", attack_s))
    ]


def _release(month: date, now: datetime) -> float:
    begun = time.perf_counter()
    services.make_release(month=month, now=now)
    return time.perf_counter() - begun
