"""The queries behind the numbers of the board, with the days and communes that were asked for in them."""

from __future__ import annotations

from collections.abc import Callable

from psycopg import sql

from marketplace.delivery.services import HOME_PROVINCE
from marketplace.statistics.periods import Period

from . import funnel
from .asked import Asked
from .figures import HOME_COUNTRY, mobile_money
from .models import Alert

LINES_AT_MOST = 5_000
ALL_TOGETHER = "day.kind = '' AND day.\"group\" = ''"  # the level of the summaries that holds no kinds
Statement = Callable[[Asked], sql.Composed]


def _where(asked: Asked, table: str, day: str = "sold_on", unit: str = "unit_id") -> sql.Composed:
    """The days and the communes that were asked for, of a table of facts by unit."""
    parts = [_days(asked.period, table, day)]
    if asked.units is not None:
        units = sql.SQL("{} = ANY ({})").format(sql.Identifier(table, unit), sql.Literal(asked.units))
        parts.append(units)
    return sql.SQL(" AND ").join(parts)


def _days(period: Period, table: str, day: str) -> sql.Composed:
    return sql.SQL("{} BETWEEN {} AND {}").format(
        sql.Identifier(table, day), sql.Literal(period.first_day), sql.Literal(period.last_day)
    )


def from_days(columns: str, level: str, rest: str = "") -> Statement:
    """A query over the summaries by day at one level: all together, a kind, or the groups."""

    def statement(asked: Asked) -> sql.Composed:
        text = (
            f"SELECT {columns}\n  FROM statistics_dailysales AS day\n WHERE {{where}}\n   AND {level}{rest}"  # noqa: S608
        )
        return sql.SQL(text).format(where=_where(asked, "day"))

    return statement


def sellers(asked: Asked) -> sql.Composed:
    return sql.SQL(
        "SELECT COUNT(DISTINCT (day.unit_id, day.seller_id)) AS sellers\n"
        "  FROM statistics_sellerday AS day\n WHERE {where}"
    ).format(where=_where(asked, "day"))


def communes(asked: Asked) -> sql.Composed:
    return sql.SQL(
        "SELECT unit.code, unit.full_name, unit.valid_to AS until, SUM(day.net_vnd) AS net_vnd,\n"
        "       SUM(day.sold_vnd) AS sold_vnd, SUM(day.refunded_vnd) AS refunded_vnd,\n"
        "       SUM(day.orders) AS orders, SUM(day.quantity) AS quantity\n"
        "  FROM statistics_dailysales AS day JOIN places_commune AS unit ON unit.id = day.unit_id\n"
        " WHERE {where}\n   AND day.kind = '' AND day.\"group\" = ''\n"
        " GROUP BY unit.id ORDER BY net_vnd DESC, unit.code"
    ).format(where=_where(asked, "day"))


def from_paid(columns: str, rest: str = "") -> Statement:
    def statement(asked: Asked) -> sql.Composed:
        text = f"SELECT {columns}\n  FROM statistics_dailypaid AS paid\n WHERE {{where}}{rest}"  # noqa: S608
        return sql.SQL(text).format(
            where=_where(asked, "paid"),
            wallets=sql.Literal(sorted(mobile_money())),
            home=sql.Literal(HOME_PROVINCE),
            country=sql.Literal(HOME_COUNTRY),
        )

    return statement


def percent(condition: str) -> str:
    return (
        f"COALESCE(ROUND(100.0 * SUM(paid.sold_vnd) FILTER (WHERE {condition})\n"
        "       / NULLIF(SUM(paid.sold_vnd), 0)), 0)::int AS percent"
    )


def funnel_steps(asked: Asked) -> sql.Composed:
    return funnel.statement(last_day=min(asked.period.last_day, asked.today), units=asked.units)


def tourism(asked: Asked) -> sql.Composed:
    return sql.SQL(
        "SELECT commune.code, commune.full_name, SUM(night.taken) AS taken,\n"
        "       SUM(CASE WHEN night.is_closed THEN night.taken ELSE night.capacity END) AS for_sale\n"
        "  FROM tourism_roomnight AS night JOIN places_commune AS commune ON commune.id = night.commune_id\n"
        " WHERE {where} AND night.night_on < {today}\n GROUP BY commune.id ORDER BY taken DESC, commune.code"
    ).format(where=_where(asked, "night", "night_on", "commune_id"), today=sql.Literal(asked.today))


def goods(asked: Asked) -> sql.Composed:
    return sql.SQL(
        "SELECT COALESCE(parent.title, product.title) AS product, seller.name AS seller,\n"
        "       SUM(line.amount_vnd) AS net_vnd, SUM(line.quantity) AS quantity,\n"
        "       COUNT(DISTINCT line.order_id) AS orders\n"
        "  FROM statistics_saleline AS line\n"
        "  JOIN order_line AS ordered ON ordered.id = line.order_line_id\n"
        "  JOIN sellers_seller AS seller ON seller.id = line.seller_id\n"
        "  LEFT JOIN catalogue_product AS product ON product.id = ordered.product_id\n"
        "  LEFT JOIN catalogue_product AS parent ON parent.id = product.parent_id\n"
        " WHERE {where}\n GROUP BY COALESCE(parent.id, product.id), 1, seller.id\n"
        " ORDER BY net_vnd DESC, 1 LIMIT {most}"
    ).format(where=_where(asked, "line"), most=sql.Literal(LINES_AT_MOST))


def lines(asked: Asked) -> sql.Composed:
    return sql.SQL(
        "SELECT line.id AS line, line.sold_on, unit.full_name AS unit, seller.name AS seller, line.kind,\n"
        '       line."group", line.quantity, line.amount_vnd, line.provider, line.buyer_province\n'
        "  FROM statistics_saleline AS line\n"
        "  JOIN places_commune AS unit ON unit.id = line.unit_id\n"
        "  JOIN sellers_seller AS seller ON seller.id = line.seller_id\n"
        " WHERE {where}\n ORDER BY line.sold_on DESC, line.id DESC LIMIT {most}"
    ).format(where=_where(asked, "line"), most=sql.Literal(LINES_AT_MOST))


def alerts(asked: Asked) -> sql.Composed:
    table = Alert._meta.db_table
    own: sql.Composable = sql.SQL("")
    if not asked.whole:
        ids = sorted(commune.pk for commune in asked.communes)
        own = sql.SQL(" AND alert.commune_id = ANY ({})").format(sql.Literal(ids))
    return sql.SQL(
        "SELECT alert.kind, commune.full_name AS commune, seller.name AS seller, product.title AS product,\n"
        '       alert.now, alert."before", alert.worth_vnd, alert.found_on\n'
        "  FROM {table} AS alert JOIN places_commune AS commune ON commune.id = alert.commune_id\n"
        "  JOIN sellers_seller AS seller ON seller.id = alert.seller_id\n"
        "  LEFT JOIN catalogue_product AS product ON product.id = alert.product_id\n"
        " WHERE alert.over_on IS NULL{own}\n ORDER BY alert.kind, alert.worth_vnd DESC, alert.id"
    ).format(table=sql.Identifier(table), own=own)
