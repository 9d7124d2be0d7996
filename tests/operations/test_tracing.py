"""One name from the proxy over shop and worker to the wallet operator, and in the logs of all."""

import json
import logging
import sys

import httpx
import pytest
from celery.app.trace import build_tracer
from kombu import Connection

from marketplace.celery import app
from marketplace.operations.logs import JsonFormatter
from payments import tracing


@pytest.fixture(autouse=True)
def _nothing_begun():
    tracing.end()
    yield
    tracing.end()


def test_an_answer_has_the_name_the_proxy_gave_its_request(client):
    assert (
        client.get("/healthz", HTTP_X_REQUEST_ID="f00d-1234.abcd_9").headers["X-Request-ID"]
        == "f00d-1234.abcd_9"
    )
    assert tracing.current() == ""


@pytest.mark.parametrize("name", ["", "short", "a" * 65, "two words 12", "x\ny-12345678", "<script>alert"])
def test_a_malformed_name_is_replaced(client, name):
    given = client.get("/healthz", HTTP_X_REQUEST_ID=name).headers["X-Request-ID"]

    assert given != name
    assert len(given) == 32


def test_a_task_goes_on_under_the_name_of_the_request_that_started_it():
    seen = []

    @app.task(name="tests.operations.named")
    def named() -> None:
        seen.append(tracing.current())

    tracing.begin("the-request-7")
    named.apply_async(queue="test-tracing")
    tracing.end()
    with Connection("memory://localhost") as broker:
        message = broker.SimpleQueue("test-tracing").get(block=False)
    work = build_tracer(named.name, named, app=app)  # as a worker does
    work("1", (), {}, request=message.headers)
    work("2", (), {}, request={})

    assert message.headers["request_id"] == "the-request-7"
    assert seen[0] == "the-request-7"
    assert seen[1] not in {"", "the-request-7"}
    assert tracing.current() == ""


def test_whoever_is_called_over_http_hears_the_name():
    heard = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request.headers.get("X-Request-ID"))
        return httpx.Response(200)

    hooks = {"request": [tracing.name_request]}
    with httpx.Client(transport=httpx.MockTransport(answer), event_hooks=hooks) as http:
        http.get("http://wallet.example/")
        tracing.begin("the-request-8")
        http.get("http://wallet.example/")

    assert heard == [None, "the-request-8"]


def test_a_record_is_one_line_of_json_with_the_name_of_its_request():
    tracing.begin("the-request-9")
    try:
        raise ValueError("a\nb")
    except ValueError:
        record = logging.LogRecord(
            "payments", logging.ERROR, __file__, 1, "Lost %s", ("one\ntwo",), sys.exc_info()
        )
    record.order, record.level = "M-7", "forged"
    tracing.RequestIdFilter().filter(record)

    line = JsonFormatter().format(record)
    said = json.loads(line)

    assert "\n" not in line
    assert said["message"] == "Lost one\ntwo"
    assert (said["request_id"], said["order"], said["level"]) == ("the-request-9", "M-7", "ERROR")
    assert said["exception"].endswith("ValueError: a\nb")
    assert said["at"].endswith("+00:00")
