"""Reading what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import Lag

from marketplace.accounts.models import User

from .models import Kind


@dataclass(frozen=True)
class Change:
    """One event, as people read it. ``changed`` is (field, before, after), each as text."""

    at: datetime
    label: str
    what: str
    changed: list[tuple[str, str, str]]
    who: str
    where: str


def changes(*, kind: Kind, limit: int, before_id: int | None = None, day: date | None = None) -> list[Change]:
    """Return the ``limit`` newest changes of one kind, older than event ``before_id``. Two queries.

    Of ``day`` (Asia/Ho_Chi_Minh) only, if one is given.
    """
    rows = list(_events(kind, before_id, day)[:limit])
    names = _names({(row.pgh_context or {}).get("user") for row in rows} - {None})
    return [_change(kind, row, names) for row in rows]


def oldest_id(*, kind: Kind, limit: int, before_id: int | None, day: date | None) -> int | None:
    """Return the id to go on from after a page of ``limit`` changes; None after the last. One query."""
    ids = list(_events(kind, before_id, day).values_list("pk", flat=True)[limit - 1 : limit + 1])
    return ids[0] if len(ids) == 2 else None


def _events(kind: Kind, before_id: int | None, day: date | None) -> Any:
    previous = {
        f"was_{name}": Window(
            Lag(_column(kind, name)), partition_by=F("pgh_obj_id"), order_by=F("pgh_id").asc()
        )
        for name in kind.fields
    }
    # The window needs the rows before: what is filtered is the outer query.
    rows = kind.events._base_manager.annotate(**previous).order_by("-pgh_id")
    if before_id is not None:
        rows = rows.filter(pgh_id__lt=before_id)
    if day is not None:
        rows = rows.filter(pgh_created_at__date=day)
    return rows


def _column(kind: Kind, name: str) -> str:
    return kind.events._meta.get_field(name).attname  # type: ignore[union-attr]


def _names(ids: set[Any]) -> dict[int, str]:
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}


def _change(kind: Kind, row: Any, names: dict[int, str]) -> Change:
    is_first = row.pgh_label in ("insert", "begin")
    pairs = []
    for name in kind.fields:
        was, now = getattr(row, f"was_{name}"), getattr(row, _column(kind, name))
        if is_first or was != now:
            pairs.append((name, "" if is_first else _text(was), _text(now)))
    context = row.pgh_context or {}
    return Change(
        at=row.pgh_created_at,
        label=row.pgh_label,
        what=str(row.pgh_obj_id),
        changed=pairs,
        who=names.get(context.get("user", 0), ""),
        where=context.get("url") or context.get("task") or "",
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)
