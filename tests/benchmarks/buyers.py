r"""Buyers in a process of their own: a basket, an order, the PIN on the handset, and the page that waits.

    python -m tests.benchmarks.buyers \
        '{"shop": 8000, "wallet": 8100, "buyers": [{"msisdn": "+84398100000", "product": 7}]}'

Each line on stdin is a number of payments to make, shared among the buyers; the answer is a line of
JSON when the last is confirmed. HTTP is written by hand over connections that stay open: buyers share
the machine with the market, and should cost it little.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

PIN = "135790"
# How often a waiting page asks again.
PAUSE_S = 0.2
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


@dataclass
class Buyer:
    """Somebody with one wallet who wants one product, again and again."""

    msisdn: str
    product: int
    shop: Line
    wallet: Line
    spent_s: list[float] = field(default_factory=list)

    async def buy(self) -> None:
        begun = time.perf_counter()
        basket = (await self.shop.ask("POST", "/api/v1/baskets/"))["id"]
        wish = {"product": self.product, "quantity": 1}
        await self.shop.ask("POST", f"/api/v1/baskets/{basket}/lines/", wish)
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
        query = f"?msisdn={self.msisdn.replace('+', '%2B')}"
        asked = (await self.wallet.ask("GET", f"/sim/prompts/{query}"))["prompts"]
        prompt = next(one["id"] for one in asked if one["reference"] == placed["order_number"])
        await self.wallet.ask("POST", f"/sim/prompts/{prompt}/", {"pin": PIN, "accept": True})
        await self._wait(placed["payment"]["id"], begun)
        self.spent_s.append(time.perf_counter() - begun)

    async def _wait(self, payment: str, begun: float) -> None:
        while True:
            await asyncio.sleep(PAUSE_S)
            state = (await self.shop.ask("GET", f"/api/v1/payments/{payment}/"))["state"]
            if state == "succeeded":
                return
            if state != "pending" or time.perf_counter() - begun > PATIENCE_S:
                raise Refused(f"The payment {payment} is {state}.")


async def share(buyers: list[Buyer], payments: int) -> dict[str, Any]:
    """Let the buyers make ``payments`` payments, whoever is free the next one."""
    left = iter(range(payments))

    async def shop(buyer: Buyer) -> None:
        buyer.spent_s.clear()
        for _ in left:
            await buyer.buy()

    await asyncio.gather(*(shop(buyer) for buyer in buyers))
    spent_s = sorted(spent for buyer in buyers for spent in buyer.spent_s)
    return {"payments": payments, "median_s": spent_s[len(spent_s) // 2], "longest_s": spent_s[-1]}


async def main(said: dict[str, Any]) -> None:
    buyers = [
        Buyer(one["msisdn"], one["product"], Line(said["shop"]), Line(said["wallet"]))
        for one in said["buyers"]
    ]
    print(json.dumps({"ready": len(buyers)}), flush=True)
    while order := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await share(buyers, int(order))), flush=True)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
