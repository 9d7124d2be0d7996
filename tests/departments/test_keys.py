"""Departments' programs: what a key opens, how often, and what is written down."""

from __future__ import annotations

import hashlib
import threading
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone
from rest_framework.test import APIClient

from marketplace.departments import keys
from marketplace.departments.errors import QuotaUsed
from marketplace.departments.models import Call, CallsOfDay, Key
from tests.departments.conftest import DAY, NOW
from tests.factories import commune_named

SALES = f"/api/v1/statistics/sales/?from={DAY}&to={DAY}&by=commune"
DAILY = f"/api/v1/statistics/daily/?from={DAY}&to={DAY}"


def make(department: Any, *scopes: str) -> str:
    wish = {"key_id": uuid.uuid4(), "department": department, "by": None, "now": NOW}
    return keys.make(scopes=scopes or Key.Scope.values, **wish)


def ask(path: str, secret: str) -> Any:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {secret}", HTTP_ACCEPT_LANGUAGE="en")
    return client.get(path)


def test_a_key_sees_what_is_withheld_from_strangers_and_the_call_is_written_down(department, sold):
    secret = make(department, "sales")

    answer = ask(SALES, secret)

    rows = {row["name"]: row["net_vnd"] for row in answer.json()["results"]}
    assert (rows["Sín Chải"], rows["Mường Phăng"]) == (70_000, 400_000)
    assert answer.headers["RateLimit-Policy"] == '"day";q=3;w=86400'
    assert answer.headers["RateLimit"].startswith('"day";r=2;t=')
    assert Call.objects.get().address == SALES
    assert CallsOfDay.objects.get().calls == 1


def test_a_key_for_one_commune_sees_that_one_only(department, sold):
    department.communes.set([commune_named("Sín Chải")])

    daily = b"".join(ask(DAILY + "&format=csv", make(department)).streaming_content).decode()

    assert [line.split(",")[3] for line in daily.splitlines()[1:]] == ["03226"]


def test_daily_rows_come_as_json_too(department, sold):
    answer = ask(DAILY, make(department))

    text = b"".join(answer.streaming_content).decode()
    assert text.startswith('{"from": "2026-11-03", "to": "2026-11-03", "results": [')
    assert text.count('"unit_code"') == 2


def test_a_secret_is_kept_as_a_digest_and_the_same_form_makes_one_key(department):
    wish = {"key_id": uuid.uuid4(), "department": department, "scopes": ["sales"], "by": None, "now": NOW}

    first, second = keys.make(**wish), keys.make(**wish)

    assert first.startswith("mtd_")
    assert second == ""
    key = Key.objects.get()
    assert key.digest == hashlib.sha256(first.encode()).hexdigest()
    assert first not in str(vars(key))


@pytest.mark.parametrize(("path", "scope", "wanted"), [(SALES, "daily", "sales"), (DAILY, "sales", "daily")])
def test_a_scope_that_a_key_has_not_is_refused_and_not_counted(department, province, path, scope, wanted):
    answer = ask(path, make(department, scope))

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert f"needs the scope “{wanted}” and has {scope}" in answer.json()["message"]
    assert not CallsOfDay.objects.exists()


@pytest.mark.parametrize("how", ["revoked", "stopped", "invented"])
def test_a_key_that_is_none_any_more_opens_nothing(department, province, how):
    secret = make(department)
    if how == "revoked":
        keys.revoke(key_id=Key.objects.get().pk, now=NOW)
    elif how == "stopped":
        type(department).objects.update(is_active=False)
    else:
        secret = "mtd_invented"

    answer = ask(SALES, secret)

    assert (answer.status_code, answer.json()["code"]) == (401, "key_refused")


def test_a_call_that_is_not_counted_says_nothing_of_the_quota(department, sold):
    assert "RateLimit" not in ask(DAILY, make(department, "sales")).headers
    assert "RateLimit" not in APIClient().get(SALES).headers


def test_without_a_key_daily_rows_are_asked_for_in_vain(province):
    assert APIClient().get(DAILY).status_code == 401


def test_after_the_last_call_of_the_day_the_next_is_refused_until_midnight(department, sold):
    secret = make(department)

    codes = [ask(SALES, secret).status_code for _call in range(4)]

    assert codes == [200, 200, 200, 429]
    refused = ask(SALES, secret)
    assert refused.headers["RateLimit"].startswith('"day";r=0;t=')
    assert "may call 3 times a day" in refused.json()["message"]
    assert 0 < int(refused.headers["Retry-After"]) <= 86_401
    assert CallsOfDay.objects.get().calls == 3


def test_the_count_begins_anew_on_the_next_day_in_viet_nam(department):
    make(department)
    before_midnight = datetime(2026, 12, 1, 16, 59, 30, tzinfo=UTC)
    call = {"key": Key.objects.select_related("department").get(), "needs": "sales", "address": "/"}
    type(department).objects.update(daily_calls=1)
    call["key"].department.refresh_from_db()
    keys.admit(**call, today=timezone.localdate(before_midnight), now=before_midnight)

    with pytest.raises(QuotaUsed) as refused:
        keys.admit(**call, today=timezone.localdate(before_midnight), now=before_midnight)

    assert refused.value.retry_after_s == 31
    after = datetime(2026, 12, 1, 17, 0, 1, tzinfo=UTC)
    keys.admit(**call, today=timezone.localdate(after), now=after)
    assert CallsOfDay.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_many_calls_at_once_none_is_beyond_the_quota(department):
    make(department)
    key = Key.objects.select_related("department").get()
    told: list[str] = []

    def call() -> None:
        try:
            keys.admit(key=key, needs="sales", address="/", today=DAY, now=NOW)
            told.append("in")
        except QuotaUsed:
            told.append("out")
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["in"] * 3 + ["out"] * 5
    assert Call.objects.count() == CallsOfDay.objects.get().calls == 3


def test_a_key_that_may_ask_nothing_cannot_be_written(department):
    with pytest.raises(IntegrityError, match="department_key_may_ask_something"):
        Key.objects.create(department=department, scopes=[], beginning="x", digest="y", made_at=NOW)
