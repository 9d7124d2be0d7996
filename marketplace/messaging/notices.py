"""Notices on the site: written with what they tell of, counted at the bell, read by their owner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet

from marketplace.accounts.models import User

from .models import Notice

TEXT_LETTERS = 500
COUNTED_FOR_S = 30 * 24 * 3600
KEPT = timedelta(days=180)


def write(notices: Sequence[Notice]) -> list[Notice]:
    """Write notices into the caller's transaction; those whose key their reader has already stay as they are.

    Returns the new ones. The bell counts them after the commit.
    """
    keys = {(notice.user_id, notice.key) for notice in notices}
    found = Notice.objects.filter(key__in={key for _user, key in keys})
    known = set(found.values_list("user_id", "key"))
    new = [notice for notice in notices if (notice.user_id, notice.key) not in known]
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    readers = {notice.user_id for notice in new}
    if readers:
        transaction.on_commit(lambda: _ring(readers), robust=True)
    return new


def of(user: User) -> QuerySet[Notice]:
    """Return the notices of ``user``, the newest first."""
    return Notice.objects.filter(user=user).order_by("-at", "-pk")


def unread(user_id: int) -> int:
    """Return what the bell shows. No query: a hint kept in the cache; the page is what is true."""
    return int(cache.get(_counter(user_id)) or 0)


def read(*, user: User, now: datetime, pk: int | None = None) -> int:
    """Note that ``user`` has read one notice, or all of them; return how many were new. Repeats return 0."""
    waiting = Notice.objects.filter(user=user, read_at=None)
    if pk is not None:
        waiting = waiting.filter(pk=pk)
    count = waiting.update(read_at=now)
    left = Notice.objects.filter(user=user, read_at=None).count() if pk is not None else 0
    cache.set(_counter(user.pk), left, COUNTED_FOR_S)
    return count


def forget(*, now: datetime) -> int:
    """Drop notices older than half a year; return how many."""
    count, _by_table = Notice.objects.filter(at__lt=now - KEPT).delete()
    return count


def _ring(readers: Iterable[int]) -> None:
    for user_id in readers:
        waiting = Notice.objects.filter(user_id=user_id, read_at=None).count()
        cache.set(_counter(user_id), waiting, COUNTED_FOR_S)


def _counter(user_id: int) -> str:
    return f"notices:{user_id}"
