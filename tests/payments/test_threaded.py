"""The handler that answers a whole request in one of its threads."""

import asyncio
import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from payments.threaded import ThreadedHandler

PART = b"x" * ThreadedHandler.chunk_size
threads_seen = []


def echo(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(request.body, status=201, headers={"X-Path": request.path})
    answer.set_cookie("seen", "yes")
    return answer


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def parts():
        for part in (PART, b"a", b"b"):
            threads_seen.append(threading.current_thread().name)
            yield part

    return StreamingHttpResponse(parts())


urlpatterns = [path("echo/", echo), path("stream/", stream)]


@pytest.fixture(autouse=True)
def _own_pages():
    threads_seen.clear()
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        yield


def _ask(url: str, *, body: bytes = b"") -> list[dict]:
    """Return the messages that answer, the last of them the one with nothing after it."""

    async def asked() -> list[dict]:
        scope = {"type": "http", "method": "POST", "path": url, "headers": [], "query_string": b""}
        server = ApplicationCommunicator(ThreadedHandler(), scope)
        await server.send_input({"type": "http.request", "body": body[:2], "more_body": True})
        await server.send_input({"type": "http.request", "body": body[2:]})
        messages = [await server.receive_output()]
        while messages[-1]["type"] == "http.response.start" or messages[-1].get("more_body"):
            messages.append(await server.receive_output())
        await server.wait()
        return messages

    return asyncio.run(asked())


def test_a_request_is_answered_with_status_headers_cookies_and_body():
    start, body = _ask("/echo/", body=b"Xin chao")

    headers = dict(start["headers"])
    assert start["status"] == 201
    assert headers[b"X-Path"] == b"/echo/"
    assert headers[b"Set-Cookie"] == b"seen=yes; Path=/"
    assert body == {"type": "http.response.body", "body": b"Xin chao"}


def test_what_streams_is_made_by_one_thread_and_sent_in_large_messages():
    _start, *bodies = _ask("/stream/")

    assert [message.get("body") for message in bodies] == [PART, b"ab", None]
    assert len(set(threads_seen)) == 1
    assert threads_seen[0].startswith("request")


def test_a_buyer_who_has_gone_before_all_was_sent_is_not_answered():
    async def asked() -> bool:
        scope = {"type": "http", "method": "POST", "path": "/echo/", "headers": [], "query_string": b""}
        server = ApplicationCommunicator(ThreadedHandler(), scope)
        await server.send_input({"type": "http.disconnect"})
        await server.wait()
        return await server.receive_nothing()

    assert asyncio.run(asked())
