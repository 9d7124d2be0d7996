r"""Buyers in a process of their own: an order, the PIN on the handset, and the page that waits.

    python -m tests.benchmarks.buyers \
        '{"shop": 8000, "wallet": 8100, "buyers": [{"msisdn": "+84398100000", "product": 7}]}'

A line ``fill 320`` on stdin fills so many baskets, shared among the buyers; ``pay`` orders and pays them
all. The answer to either is a line of JSON when the last is done. A payment begins with the POST of the
checkout and ends when the websocket of the waiting page says that it succeeded. HTTP and websockets are
written by hand, HTTP over connections that stay open: buyers share the machine with the market, and
should cost it little.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

PIN = "135790"
KEY = base64.b64encode(b"sixteen bytes it").decode()  # of the websocket's handshake; any will do
TEXT = 0x81  # RFC 6455, 5.2: the whole of a text
PATIENCE_S = 60.0
# The servers hang up after five seconds of silence.
IDLE_S = 3.0


class Refused(Exception):
    pass


class Line:
    """One connection to one port of this machine, kept open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used_at = 0.0

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None, headers: str = "") -> Any:
        """Return the JSON that is answered. Raises Refused for anything but a 2xx."""
        if self._streams is not None and time.monotonic() - self._used_at > IDLE_S:
            self._close()
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        content = b"" if body is None else json.dumps(body).encode()
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n{headers}\r\n".encode()
            + content
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        _, found, after = head.partition(b"content-length:")
        answer = await reader.readexactly(int(after.partition(b"\r\n")[0]) if found else 0)
        if b"connection: close" in head:
            self._close()
        self._used_at = time.monotonic()
        if head[9:10] != b"2":
            raise Refused(f"{method} {path}: {head[9:12].decode()} {answer[:500].decode()}")
        return json.loads(answer)

    def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def watch(port: int, payment: str) -> AsyncGenerator[str]:
    """Open the websocket of a waiting page, and yield what it says of the payment."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(
            f"GET /ws/payments/{payment}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head:
            raise Refused(f"The websocket of {payment}: {head[:100].decode()}")
        while True:
            # RFC 6455, 5.2: a frame of a server is not masked, and the length of a short text is one byte.
            kind, length = await reader.readexactly(2)
            text = await reader.readexactly(length)
            if kind != TEXT:
                raise Refused(f"The websocket of {payment} ended.")
            yield json.loads(text)["state"]
    finally:
        writer.close()


@dataclass
class Buyer:
    """Somebody with one wallet who wants one product, again and again."""

    msisdn: str
    product: int
    shop_port: int
    shop: Line
    wallet: Line
    baskets: list[str] = field(default_factory=list)
    spent_s: list[float] = field(default_factory=list)

    async def fill(self) -> None:
        basket = (await self.shop.ask("POST", "/api/v1/baskets/"))["id"]
        wish = {"product": self.product, "quantity": 1}
        await self.shop.ask("POST", f"/api/v1/baskets/{basket}/lines/", wish)
        self.baskets.append(basket)

    async def buy(self) -> None:
        basket, begun = self.baskets.pop(), time.perf_counter()
        placed = await self.shop.ask(
            "POST",
            f"/api/v1/baskets/{basket}/checkout/",
            {
                "phone": self.msisdn,
                "name": "Lò Thị Mai",
                "delivery": {"method": "home", "province": "01", "detail": "Số 5 phố Hàng Mã"},
                "provider": "viettel",
                "msisdn": self.msisdn,
            },
            headers=f"Idempotency-Key: {uuid.uuid4()}\r\n",
        )
        async with (
            asyncio.timeout(PATIENCE_S),
            aclosing(watch(self.shop_port, placed["payment"]["id"])) as states,
        ):
            if await anext(states) == "pending":
                await self._confirm(placed["order_number"])
                async for state in states:
                    if state == "succeeded":
                        self.spent_s.append(time.perf_counter() - begun)
                        return
                    if state != "pending":
                        break
        raise Refused(f"The payment of {placed['order_number']} was not confirmed.")

    async def _confirm(self, order_number: str) -> None:
        """Answer the prompt on the handset."""
        query = f"?msisdn={self.msisdn.replace('+', '%2B')}"
        asked = (await self.wallet.ask("GET", f"/sim/prompts/{query}"))["prompts"]
        prompt = next(one["id"] for one in asked if one["reference"] == order_number)
        await self.wallet.ask("POST", f"/sim/prompts/{prompt}/", {"pin": PIN, "accept": True})


async def fill(buyers: list[Buyer], baskets: int) -> dict[str, Any]:
    """Have ``baskets`` baskets filled, by each buyer as many."""
    assert baskets % len(buyers) == 0, (baskets, len(buyers))

    async def shop(buyer: Buyer) -> None:
        for _ in range(baskets // len(buyers)):
            await buyer.fill()

    await asyncio.gather(*(shop(buyer) for buyer in buyers))
    return {"baskets": baskets}


async def pay(buyers: list[Buyer]) -> dict[str, Any]:
    """Have every filled basket ordered and paid, each buyer one after the other."""

    async def shop(buyer: Buyer) -> None:
        buyer.spent_s.clear()
        while buyer.baskets:
            await buyer.buy()

    await asyncio.gather(*(shop(buyer) for buyer in buyers))
    spent_s = sorted(spent for buyer in buyers for spent in buyer.spent_s)
    return {"payments": len(spent_s), "median_s": spent_s[len(spent_s) // 2], "longest_s": spent_s[-1]}


async def main(said: dict[str, Any]) -> None:
    buyers = [
        Buyer(one["msisdn"], one["product"], said["shop"], Line(said["shop"]), Line(said["wallet"]))
        for one in said["buyers"]
    ]
    print(json.dumps({"ready": len(buyers)}), flush=True)
    while order := (await asyncio.to_thread(sys.stdin.readline)).split():
        match order:
            case ["fill", number]:
                answer = await fill(buyers, int(number))
            case ["pay"]:
                answer = await pay(buyers)
            case _:
                raise ValueError(order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
