import pytest
from django.db import connection

from payments import tracing

pytestmark = pytest.mark.django_db


def sleep_for(ms: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s), 'Nguyễn Văn A', 0912345678, %s", [ms / 1000, "a secret"])


def test_a_slow_statement_is_logged_with_neither_its_values_nor_those_written_into_it(settings, caplog):
    settings.SLOW_QUERY_MS = 20
    tracing.begin("a-slow-request")

    sleep_for(25)

    [record] = [one for one in caplog.records if one.name == "marketplace.operations.slow"]
    assert record.getMessage().partition(": ")[2] == "SELECT pg_sleep(%s), ?, ?, %s"
    assert record.ms >= 20
    assert record.database == "default"
    tracing.end()


def test_a_quick_statement_is_not(settings, caplog):
    settings.SLOW_QUERY_MS = 500

    sleep_for(0)

    assert caplog.records == []
