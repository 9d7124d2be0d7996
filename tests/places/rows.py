"""What the tables hold, and edits of the rows of a file."""

from collections.abc import Callable

from django.db import models

from marketplace.places.models import Commune, District, MapShape, MapSheet, Neighbour, Succession

TABLES = (District, Commune, Succession, Neighbour, MapSheet, MapShape)


def contents() -> dict[type[models.Model], list[dict[str, object]]]:
    return {table: list(table.objects.order_by("pk").values()) for table in TABLES}


Rows = list[dict[str, str]]
Edit = Callable[[Rows], object]


def row_of(rows: Rows, **facts: str) -> dict[str, str]:
    [row] = [row for row in rows if all(row[column] == value for column, value in facts.items())]
    return row


def set_value(column: str, value: str, **facts: str) -> Edit:
    return lambda rows: row_of(rows, **facts).update({column: value})


def drop(**facts: str) -> Edit:
    return lambda rows: rows.remove(row_of(rows, **facts))


def repeat(**facts: str) -> Edit:
    return lambda rows: rows.append(dict(row_of(rows, **facts)))
