"""Django under ASGI, for a project whose middleware and views are all sync."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

# A thread waits while a provider answers, and holds one of the 16 connections to the database while it does.
THREADS = 24

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class ThreadedHandler(ASGIHandler):
    """Django's handler with the whole request in one of a few threads that stay, as WSGI servers have it.

    Django's own makes a thread for each request and goes there four times, besides two tasks on the loop:
    that costs a millisecond of CPU a request. What streams is sent as it is made, by the thread that makes
    it. Nothing here is awaited by a view: async views and responses that stream asynchronously are refused.
    """

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        assert scope["type"] == "http", scope["type"]
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        loop = asyncio.get_running_loop()

        async def sent(message: Message) -> None:
            await send(message)

        def send_now(message: Message) -> None:
            asyncio.run_coroutine_threadsafe(sent(message), loop).result()

        for message in await loop.run_in_executor(self._threads, self._answer, scope, body, send_now):
            await send(message)

    def _answer(
        self, scope: MutableMapping[str, Any], body: IO[bytes], send_now: Callable[[Message], None]
    ) -> list[Message]:
        """Answer one request, in its thread. Returns what is still to be sent; what streams has been."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        try:
            response._handler_class = self.__class__
            if not response.streaming:
                return [_start(response), {"type": "http.response.body", "body": response.content}]
            assert not response.is_async, "a response that streams asynchronously needs Django's handler"
            send_now(_start(response))
            for part in _parts(response):
                send_now({"type": "http.response.body", "body": part, "more_body": True})
            return [{"type": "http.response.body"}]
        finally:
            response.close()
            body.close()


def _start(response: HttpResponseBase) -> Message:
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    headers += [
        (b"Set-Cookie", cookie.output(header="").strip().encode("ascii"))
        for cookie in response.cookies.values()
    ]
    return {"type": "http.response.start", "status": response.status_code, "headers": headers}


def _parts(response: Any) -> Iterator[bytes]:
    """Cut what streams into messages of 64 KB at least, its last excepted: small rows make many parts."""
    waiting, size = [], 0
    for part in response:
        waiting.append(part)
        size += len(part)
        if size >= ThreadedHandler.chunk_size:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
