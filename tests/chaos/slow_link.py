"""A line on the loopback that can be made slow: what comes in at one port goes out at another, later."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

CHUNK = 65_536


class SlowLink:
    """Listens on ``url`` and hands everything on to ``to``; each piece waits ``delay_s`` seconds first."""

    def __init__(self, *, to: int) -> None:
        self.delay_s = 0.0
        self._to = to
        self._closing = threading.Event()
        link = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                link.carry(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def carry(self, near: socket.socket) -> None:
        """Carry one connection until either side closes it."""
        try:
            far = socket.create_connection(("127.0.0.1", self._to), timeout=5)
        except OSError:
            return  # nobody is there: the caller sees its connection closed
        far.settimeout(None)
        back = threading.Thread(target=self._pump, args=[far, near], daemon=True)
        back.start()
        self._pump(near, far)
        back.join()
        far.close()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(CHUNK):
                if self.delay_s:
                    self._closing.wait(self.delay_s)
                target.sendall(piece)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)
