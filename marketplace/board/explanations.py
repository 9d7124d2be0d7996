"""What each number of the board means, and the very query it comes from.

The query shown is the query run: its rows stand on the page and in the file, so that whoever doubts a number
can ask the database the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from . import queries
from .asked import Asked
from .models import AlertKind


@dataclass(frozen=True)
class Explanation:
    """One number or table of the board. ``table`` names the released table that holds its public side."""

    code: str
    title: Any
    definition: Any
    formula: Any
    source: Any
    statement: queries.Statement
    table: str = ""  # of releases.documents.TABLES; "" where nothing of it is published
    measure: str = ""  # of models.Target

    def text(self, asked: Asked) -> str:
        """The query with its values, as it can be run."""
        return self.statement(asked).as_string()

    def rows(self, asked: Asked) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Run the query; return the names of its columns and its rows. One query, and one for the units."""
        with connection.cursor() as cursor:
            cursor.execute(self.statement(asked))
            assert cursor.description is not None
            return [column.name for column in cursor.description], cursor.fetchall()


_LINES_AND_REFUNDS = _("Sale lines, written once when an order is paid and once for each refund.")
_BY_UNIT = _(
    "An order counts once for each seller and each unit of before July 2025 it has goods of on a day."
)
_SHARE_OF_SOLD = _("100 × that part ÷ everything sold, both before refunds, rounded to whole %.")

EXPLANATIONS = {
    one.code: one
    for one in (
        Explanation(
            "sales",
            _("Sales"),
            _(
                "Paid sales of goods, nights and seats less what was paid back, in đồng, without delivery. "
                "A refund counts on the day it was paid back."
            ),
            _("Sold − refunded"),
            _LINES_AND_REFUNDS,
            queries.from_days("COALESCE(SUM(day.net_vnd), 0)::bigint AS net_vnd", queries.ALL_TOGETHER),
            table="communes",
            measure="sales",
        ),
        Explanation(
            "orders",
            _("Orders"),
            _BY_UNIT,
            _("Count of orders with a sale, over units, sellers and days"),
            _LINES_AND_REFUNDS,
            queries.from_days("COALESCE(SUM(day.orders), 0)::bigint AS orders", queries.ALL_TOGETHER),
            table="communes",
            measure="orders",
        ),
        Explanation(
            "sellers",
            _("Sellers who sold"),
            _("Whoever had a sale or a refund, counted once in each unit they sell from."),
            _("Count of pairs of seller and unit"),
            _LINES_AND_REFUNDS,
            queries.sellers,
            table="communes",
            measure="sellers",
        ),
        Explanation(
            "nights",
            _("Nights sold"),
            _("Room nights that were paid, less those that were taken back, on the day of payment."),
            _("Sum of rooms × nights"),
            _LINES_AND_REFUNDS,
            queries.from_days(
                "COALESCE(SUM(day.quantity), 0)::bigint AS nights",
                "day.kind = 'nights' AND day.\"group\" <> ''",
            ),
            table="communes",
            measure="nights",
        ),
        Explanation(
            "mobile",
            _("Paid by mobile money"),
            _("The share of sales that was paid from a mobile-money wallet."),
            _SHARE_OF_SOLD,
            _LINES_AND_REFUNDS,
            queries.from_paid(queries.percent("paid.provider = ANY ({wallets})")),
            measure="mobile",
        ),
        Explanation(
            "outside",
            _("Sold outside the province"),
            _("The share of sales that went to buyers in other provinces or countries."),
            _SHARE_OF_SOLD,
            _LINES_AND_REFUNDS,
            queries.from_paid(
                queries.percent(
                    "paid.buyer_province NOT IN ('', {home})\n"
                    "             OR paid.buyer_country NOT IN ('', {country})"
                )
            ),
            measure="outside",
        ),
        Explanation(
            "communes",
            _("Sales by commune"),
            _("The same sales by the unit they come from. Both boundaries have the same sum."),
            _("Sold − refunded, by the finest unit known at the time of sale"),
            _LINES_AND_REFUNDS,
            queries.communes,
            table="units",
        ),
        Explanation(
            "series",
            _("Sales over time"),
            _("The same sales by the day they were paid or paid back."),
            _("Sold − refunded, by day"),
            _LINES_AND_REFUNDS,
            queries.from_days(
                "day.sold_on, SUM(day.net_vnd) AS net_vnd, SUM(day.orders) AS orders",
                queries.ALL_TOGETHER,
                "\n GROUP BY day.sold_on ORDER BY day.sold_on",
            ),
            table="communes",
        ),
        Explanation(
            "groups",
            _("Sales by product group"),
            _("The same sales by what was sold."),
            _("Sold − refunded, by kind and product group"),
            _LINES_AND_REFUNDS,
            queries.from_days(
                'day.kind, day."group", SUM(day.net_vnd) AS net_vnd, SUM(day.orders) AS orders,\n'
                "       SUM(day.quantity) AS quantity",
                "day.\"group\" <> ''",
                '\n GROUP BY day.kind, day."group" ORDER BY net_vnd DESC',
            ),
            table="groups",
        ),
        Explanation(
            "goods",
            _("Best-selling goods"),
            _("The same sales by product and seller, from the sale lines themselves."),
            _("Sold − refunded, by product"),
            _LINES_AND_REFUNDS,
            queries.goods,
        ),
        Explanation(
            "funnel",
            _("How far sellers have come"),
            _(
                "Sellers as of the last day: invited, with a shop, with something listed, with "
                "a first paid order, with one that was delivered, and with a second paid order."
            ),
            _("Count of sellers; each step counts only those who took the ones before"),
            _("Shops, invitations of helpers, orders and their deliveries."),
            queries.funnel_steps,
        ),
        Explanation(
            "paid",
            _("How sales were paid"),
            _("Sales before refunds by who moved the money."),
            _("Sum of what was sold, by way of payment"),
            _LINES_AND_REFUNDS,
            queries.from_paid(
                "paid.provider, SUM(paid.sold_vnd) AS sold_vnd, SUM(paid.orders) AS orders",
                "\n GROUP BY paid.provider ORDER BY sold_vnd DESC, paid.provider",
            ),
        ),
        Explanation(
            "tourism",
            _("Nights and guests"),
            _("Room nights that are over: how many were for sale, and how many were taken."),
            _("Occupancy = 100 × taken ÷ for sale"),
            _("The calendars of the houses, and the registers of their guests."),
            queries.tourism,
        ),
        Explanation(
            "alerts",
            _("What to look at"),
            _("Prices that fell, goods that stay unsold and sellers without a sale, by dated rules."),
            _("See the rules of alerts below the list"),
            _("Looked for every night in prices, stock and sales."),
            queries.alerts,
        ),
        Explanation(
            "lines",
            _("The sale lines"),
            _("The lines all figures are added up from, the newest 5,000. They do not say who bought."),
            _("One row per paid order line and per refund of it"),
            _LINES_AND_REFUNDS,
            queries.lines,
        ),
    )
}
CARDS = ("sales", "orders", "sellers", "nights", "mobile", "outside")
ALERT_WORDS = {
    AlertKind.PRICE: _("Offered today below the mean price of the days before."),
    AlertKind.GLUT: _("Would last too long at the pace at which it was sold lately."),
    AlertKind.SILENT: _("Has something on sale, and had no paid order for long."),
}
