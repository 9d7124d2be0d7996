"""The keys of departments' programs: made once, shown once, kept as a digest; and what a call may see."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from marketplace.accounts.models import User
from marketplace.accounts.selectors import OfficialScope

from .errors import QuotaUsed, ScopeMissing, until_midnight_s
from .models import Call, Department, Key

PREFIX = "mtd_"
SHOWN = 10  # of a key, to tell it from the others
KEPT = timedelta(days=730)  # how long it is known who asked for what
DAY_S = 86_400

# One statement: of many calls at once none is counted beyond the quota, and none twice.
_COUNT = """
    INSERT INTO departments_callsofday AS day (department_id, called_on, calls) VALUES (%s, %s, 1)
    ON CONFLICT (department_id, called_on) DO UPDATE SET calls = day.calls + 1 WHERE day.calls < %s
    RETURNING calls
"""


@dataclass(frozen=True, kw_only=True)
class Quota:
    """How many calls a department has a day, how many are left, and for how many seconds that stands."""

    most: int
    left: int
    seconds: int

    def as_headers(self) -> dict[str, str]:
        """The same as HTTP tells it: draft-ietf-httpapi-ratelimit-headers-10, of September 2025."""
        return {
            "RateLimit-Policy": f'"day";q={self.most};w={DAY_S}',
            "RateLimit": f'"day";r={self.left};t={self.seconds}',
        }


@dataclass(frozen=True)
class Admitted:
    scope: OfficialScope  # which communes it sees in full
    quota: Quota


def make(
    *,
    key_id: uuid.UUID,
    department: Department,
    scopes: Collection[str],
    by: User | None,
    now: datetime,
    secret: str = "",
) -> str:
    """Make a key for ``department`` and return its secret: it cannot be read again later.

    The same ``key_id`` again makes nothing and returns "". ``secret`` is for the demonstration, whose key is
    public; others are 256 random bits, which is why a plain digest is enough to keep.
    """
    assert scopes
    assert set(scopes) <= set(Key.Scope.values), scopes
    secret = secret or PREFIX + secrets.token_urlsafe(32)
    _key, is_new = Key.objects.get_or_create(
        id=key_id,
        defaults={
            "department": department,
            "scopes": sorted(scopes),
            "beginning": secret[:SHOWN],
            "digest": _digest(secret),
            "made_at": now,
            "made_by": by,
        },
    )
    return secret if is_new else ""


def revoke(*, key_id: uuid.UUID, now: datetime) -> None:
    """Let a key open nothing any more. One that was revoked keeps its day."""
    Key.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=now)


def key_of(secret: str) -> Key | None:
    """Return the key of this secret with its department; None if nobody may call with it. One query."""
    living = Key.objects.filter(digest=_digest(secret), revoked_at=None, department__is_active=True)
    return living.select_related("department").first()


@transaction.atomic
def admit(*, key: Key, needs: str, address: str, today: date, now: datetime) -> Admitted:
    """Count a call of ``key`` and write down what it asks for; return what it may see and ask yet.

    Raises ScopeMissing, which is not counted, and QuotaUsed. Three queries.
    """
    if needs not in key.scopes:
        raise ScopeMissing(wanted=needs, has=list(key.scopes))
    department = key.department
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [department.pk, today, department.daily_calls])
        counted = cursor.fetchone()
        if counted is None:
            raise QuotaUsed(department=department.name, most=department.daily_calls, now=now)
    Call.objects.create(key=key, asked_at=now, address=address[:300])
    codes = frozenset(department.communes.values_list("code", flat=True))
    most = department.daily_calls
    quota = Quota(most=most, left=most - counted[0], seconds=until_midnight_s(now))
    return Admitted(OfficialScope(whole_province=not codes, commune_codes=codes), quota)


def forget(*, now: datetime) -> int:
    """Delete what was asked longer ago than KEPT; return how many calls. Meant for once a day."""
    return Call.objects.filter(asked_at__lt=now - KEPT).delete()[0]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
