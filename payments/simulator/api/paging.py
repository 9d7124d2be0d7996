"""Lists: a part of what there is, and how much there is in all."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from payments.simulator.api.endpoint import answer_list
from payments.simulator.errors import InvalidOffset, MalformedValue
from payments.simulator.moments import meant, read_moment

LIMIT, LIMIT_MAX, OFFSET_MAX = 50, 1000, 10**9
Row = TypeVar("Row", bound=Model)


def page(request: HttpRequest, rows: QuerySet[Row], shape: Callable[[Row], dict[str, Any]]) -> HttpResponse:
    """Answer with ``limit`` of ``rows`` from ``offset`` on. Raises MalformedValue, InvalidOffset."""
    limit = _number(request, "limit", default=LIMIT, least=1)
    offset = _number(request, "offset", default=0, least=0)
    available = rows.count()
    if offset > available:
        raise InvalidOffset(offset, available=available)
    found = rows[offset : offset + min(limit, LIMIT_MAX)]
    return answer_list([shape(row) for row in found], available=available)


def between(request: HttpRequest, rows: QuerySet[Row], *, field: str) -> QuerySet[Row]:
    """Narrow ``rows`` to fromDateTime and toDateTime, both included. Raises MalformedValue."""
    for name, lookup in (("fromDateTime", "gte"), ("toDateTime", "lte")):
        # A "+" in a query string arrives as a space, so the zone may have lost it.
        text = request.GET.get(name, "").strip().replace(" ", "+")
        if text:
            rows = rows.filter(**{f"{field}__{lookup}": meant(read_moment(text, name=name))})
    return rows


def _number(request: HttpRequest, name: str, *, default: int, least: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not least <= int(text[:12]) <= OFFSET_MAX:
        raise MalformedValue(name, wanted=f"a whole number from {least} on")
    return int(text)
