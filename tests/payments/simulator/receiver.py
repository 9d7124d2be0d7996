"""A merchant's server that takes callbacks and remembers them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt

from tests.wallet_operator import wait_until


@dataclass(frozen=True)
class Received:
    """One PUT as it came in."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.raw)
        return body

    @property
    def correlation_id(self) -> str:
        return self.headers["x-correlationid"]

    def is_signed_with(self, secret: str) -> bool:
        """Return whether X-JWS-Signature is ours over exactly these bytes."""
        signature = self.headers["x-jws-signature"]
        try:
            jwt.PyJWS().decode_complete(signature, secret, ["HS256"], detached_payload=self.raw)
        except jwt.InvalidSignatureError:
            return False
        return True


class Receiver:
    """Answers 204, or first whatever ``answers`` holds."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[Received] = []
        self.answers: list[int] = []
        self.lock = threading.Lock()

    def of(self, correlation_id: str) -> list[Received]:
        with self.lock:
            return [item for item in self.received if item.correlation_id == correlation_id]

    def wait_for(self, correlation_id: str, *, count: int = 1, timeout_s: float = 15.0) -> Received:
        """Return the last of ``count`` callbacks of a request, once they are there."""
        wait_until(
            lambda: len(self.of(correlation_id)) >= count,
            f"callback {count} of {correlation_id} arrives",
            timeout_s=timeout_s,
        )
        return self.of(correlation_id)[count - 1]


@contextmanager
def running_receiver() -> Iterator[Receiver]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/callbacks")

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with receiver.lock:
                receiver.received.append(Received(self.path, headers, raw))
                status = receiver.answers.pop(0) if receiver.answers else 204
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
