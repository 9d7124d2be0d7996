"""The simulated carrier as a real process: what it takes over, what it tells, and that we can read it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from marketplace.delivery.carriers.base import Consignment
from marketplace.delivery.carriers.http import HttpCarrier
from tests.wallet_operator import WalletOperator

SECRET = "demo-carrier-secret-of-32-bytes!"
PARCEL = Consignment("261123-ABCDE-1", "Nguyễn Thị Mai", "+84399000001", "Số 5 phố Hàng Mã, Hà Nội")


@pytest.fixture(scope="module")
def heard() -> Iterator[tuple[str, queue.Queue[Any]]]:
    """A shop's address on this machine, and what is sent there."""
    told: queue.Queue[Any] = queue.Queue()

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.put((body, dict(self.headers)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/events/", told
    server.shutdown()


@pytest.fixture(scope="module")
def operator(heard: Any) -> Iterator[WalletOperator]:
    with WalletOperator(environment={"SANDBOX_CARRIER_URL": heard[0]}) as running:
        yield running


def test_a_parcel_is_taken_over_moved_on_and_told_of_by_signed_notices(operator, heard):
    carrier = HttpCarrier(base_url=f"{operator.base_url}/sim/carrier/", secret=SECRET, timeout_s=20)

    number = carrier.register(PARCEL)
    assert carrier.register(PARCEL) == number
    assert carrier.fetch(number) == []
    for _ in range(4):
        assert operator.http.post(f"/sim/carrier/parcels/{number}/", json={}).status_code == 201
    refused = operator.http.post(f"/sim/carrier/parcels/{number}/", json={})

    assert refused.status_code == 400
    fetched = carrier.fetch(number)
    assert [told.kind for told in fetched] == ["taken", "sorted", "out", "delivered"]
    notices = []
    for _ in range(4):
        body, headers = heard[1].get(timeout=30)
        notices.append(carrier.read_webhook(body=body, headers=headers, now=timezone.now()))
    assert sorted(notices, key=lambda told: told.event_id) == fetched
