from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory
from django.utils import timezone
from prometheus_client.core import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from marketplace.operations import beats, watch
from payments import ledger
from payments.models import Event, Intent, Operation

pytestmark = pytest.mark.django_db


def told(client: Client, **headers: str) -> dict[tuple[str, ...], float]:
    """Return each sample of /metrics by its name and the values of its labels."""
    answer = client.get("/metrics", **headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


def pay(state: str, **facts) -> Intent:
    now = timezone.now()
    usual = {"provider": "viettel", "amount_vnd": 50_000, "created_at": now, "expires_at": now}
    return Intent.objects.create(**usual | {"state": state} | facts)


def test_the_figures_are_of_what_happened(client):
    now = timezone.now()
    pay("succeeded", reference="A")
    pay("succeeded", reference="B")
    pay("succeeded", reference="OLD", created_at=now - timedelta(hours=2))
    waiting = pay("pending", reference="C", provider="vnpt", expires_at=now - timedelta(seconds=90))
    late = {"created_at": now - timedelta(minutes=7), "next_try_at": now - timedelta(minutes=2)}
    asked = Operation.objects.create(intent=waiting, kind="authorize", amount_vnd=50_000, created_at=now)
    Event.objects.create(intent=waiting, operation=asked, kind=Event.Kind.PAYMENT_FAILED, **late)
    for code in ("clearing:x", "escrow:y"):
        ledger.open_account(code=code, kind=code[:-2], may_overdraw=True)
    cache.delete("operations:books")  # of another test
    beats.scheduler_lives(now=now - timedelta(seconds=30))
    beats.count_failure("payments.tasks.deliver_event")

    found = told(client)

    assert found["market_payments_last_hour", "viettel", "succeeded"] == 2
    assert found["market_payments_last_hour", "vnpt", "pending"] == 1
    assert found["market_payments_open", "vnpt"] == 1
    assert found["market_payment_overdue_seconds", "vnpt"] == pytest.approx(90, abs=5)
    assert found["market_outbox_waiting", "payments"] == 1
    assert found["market_outbox_oldest_seconds", "payments"] == pytest.approx(420, abs=5)
    assert found["market_outbox_late_seconds", "payments"] == pytest.approx(120, abs=5)
    assert found["market_ledger_sum_vnd",] == 0
    assert found["market_ledger_balance_vnd", "escrow"] == 0
    assert found["market_scheduler_silent_seconds",] == pytest.approx(30, abs=5)
    assert found["market_task_failures_total", "payments.tasks.deliver_event"] == 1
    assert found["market_part_up", "database"] == found["market_part_up", "valkey"] == 1
    assert found["market_closed",] == 0


def test_reading_the_figures_costs_a_query_for_each_part(client, django_assert_num_queries):
    told(client)  # the sums of the books are kept from now on

    with django_assert_num_queries(12):
        told(client)


def test_only_this_machine_and_whoever_has_the_token_read_the_figures(client, settings):
    outside = {"REMOTE_ADDR": "203.0.113.9"}
    by_proxy = {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}
    bearer = {"HTTP_AUTHORIZATION": "Bearer a-long-token"}

    assert client.get("/metrics", **outside).status_code == 404
    assert client.get("/metrics", **by_proxy).status_code == 404
    assert client.get("/metrics", **outside, **bearer).status_code == 404  # there is none
    settings.METRICS_TOKEN = "a-long-token"
    assert client.get("/metrics", **outside, **bearer).status_code == 200
    assert client.get("/metrics", **outside, HTTP_AUTHORIZATION="Bearer ").status_code == 404


def test_a_part_that_does_not_answer_is_said_to_be_down_and_the_others_are_told(client):
    def refuse(execute, sql, params, many, context):
        raise DatabaseError("the server closed the connection")

    with connection.execute_wrapper(refuse):
        found = told(client)

    assert found["market_part_up", "database"] == 0
    assert found["market_part_up", "valkey"] == 1
    assert ("market_ledger_sum_vnd",) not in found


def test_answers_are_timed_by_route_and_never_by_address(client, caplog):
    def counted(route: str, status: str) -> float:
        labels = {"method": "GET", "route": route, "status": status}
        return REGISTRY.get_sample_value("market_http_seconds_count", labels) or 0

    route = "/payments/<uuid:payment_id>/"
    before = counted(route, "4xx")
    watch.requests.setLevel("INFO")
    try:
        client.get("/payments/0b8a7c1e-2f1f-4b57-9d0b-111111111111/", HTTP_X_REQUEST_ID="from-the-proxy")
    finally:
        watch.requests.setLevel("NOTSET")

    assert counted(route, "4xx") == before + 1
    assert "0b8a7c1e" not in caplog.text
    record = next(record for record in caplog.records if record.name == "marketplace.requests")
    assert (record.method, record.route, record.status) == ("GET", route, 404)
    assert record.ms > 0


def test_a_probe_comes_without_tls_and_by_any_name(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["muongthen.example"]

    answers = {path: Client().get(path, HTTP_HOST="127.0.0.1:8000") for path in watch.PROBES}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(watch.PROBES, 200)
    assert answers["/healthz"].content == b"ok"
    assert answers["/readyz"].json() == {"ready": True, "problems": {}, "closed_since": None}


def test_what_no_view_answered_has_no_route():
    page = RequestFactory().get("/produce/")
    file = RequestFactory().get("/static/css/base.css")

    assert (watch.route_of(page), watch.route_of(file)) == ("(no view)", "(file)")
