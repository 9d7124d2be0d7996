"""How far the sellers of an official's communes have come: from the invitation to selling again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

STEPS = ("invited", "account", "listed", "paid", "delivered", "again")

# A seller counts as one of the unit the shop is in. An invitation that nobody answered counts until the same
# number has a shop. The ways of a seller follow each other; none can be skipped.
FUNNEL = """
WITH shop AS (
  SELECT seller.id,
         EXISTS (SELECT FROM sellers_origin AS origin WHERE origin.seller_id = seller.id
                    AND (origin.listed_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= {last}) AS listed,
         (SELECT COUNT(*) FROM (
            SELECT FROM sellers_suborder AS part WHERE part.seller_id = seller.id
               AND (part.paid_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= {last} LIMIT 2
         ) AS two) AS paid,
         EXISTS (SELECT FROM sellers_suborder AS part
                   JOIN settlement_partclock AS clock ON clock.part_id = part.id
                  WHERE part.seller_id = seller.id AND part.paid_at IS NOT NULL
                    AND (clock.delivered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= {last}) AS delivered
    FROM sellers_seller AS seller
   WHERE seller.joined_on <= {last}{of_sellers}
), invitation AS (
  SELECT DISTINCT consent.phone FROM joining_consent AS consent
   WHERE consent.name <> '' AND consent.seller_id IS NULL
     AND (consent.sent_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= {last}{of_consents}
     AND NOT EXISTS (SELECT FROM sellers_member AS member
                       JOIN accounts_user AS person ON person.id = member.user_id
                      WHERE person.phone = consent.phone)
)
SELECT COUNT(*) + (SELECT COUNT(*) FROM invitation) AS invited,
       COUNT(*) AS account,
       COUNT(*) FILTER (WHERE listed) AS listed,
       COUNT(*) FILTER (WHERE listed AND paid >= 1) AS paid,
       COUNT(*) FILTER (WHERE listed AND paid >= 1 AND delivered) AS delivered,
       COUNT(*) FILTER (WHERE listed AND paid >= 2 AND delivered) AS again
  FROM shop
"""


@dataclass(frozen=True)
class Step:
    """How many sellers came as far as this, and what part of those of the step before, in %."""

    name: str
    sellers: int
    of_before_percent: int | None
    width: str  # of its bar, a percentage of the first step


def statement(*, last_day: date, units: Collection[int] | None) -> sql.Composed:
    """Return the query that counts every step as of the end of ``last_day``, in one row of STEPS."""
    return sql.SQL(FUNNEL).format(
        last=sql.Literal(last_day),
        of_sellers=_of_units("seller", units),
        of_consents=_of_units("consent", units),
    )


def _of_units(table: str, units: Collection[int] | None) -> sql.Composable:
    if units is None:
        return sql.SQL("")
    return sql.SQL(" AND {}.unit_id = ANY ({})").format(sql.Identifier(table), sql.Literal(sorted(units)))


def steps(*, last_day: date, units: Collection[int] | None) -> list[Step]:
    """Return the steps, widest first, as of the end of ``last_day``; ``units`` None for all. One query."""
    with connection.cursor() as cursor:
        cursor.execute(statement(last_day=last_day, units=units))
        numbers = cursor.fetchone()
    names = [_("Invited"), _("Have a shop"), _("Listed something"), _("First order paid"),
             _("First order delivered"), _("Sold again")]  # fmt: skip
    widest = max(numbers[0], 1)
    return [
        Step(
            name=name,
            sellers=number,
            of_before_percent=round(100 * number / before) if before else None,
            width=f"{100 * number / widest:.2f}%",
        )
        for name, number, before in zip(names, numbers, [None, *numbers], strict=False)
    ]
