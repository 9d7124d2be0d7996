"""Pages that wait for a payment: how much memory each keeps, how long a hint takes to a thousand of them."""

from __future__ import annotations

import asyncio
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx
import psutil

from marketplace.cluster.topology import free_port
from tests.benchmarks.buyers import KEY, TEXT, watch
from tests.load import report
from tests.load.market import PIN, Market
from tests.wallet_operator import BASE_DIR, wait_until

AT_ONCE = 50  # handshakes on their way
FAN_OUT = 1_000
FAN_OUTS = 7
KB_MOST, RATIO_MOST, REACHES_MS_MOST = 60.0, 1.5, 250.0
PAYMENTS = 40
BROWSED_EVERY_S = 0.05


def measure(market: Market, *, pages: int) -> dict[str, Any]:
    """Return what was found and the goals; ``pages`` are open at once."""
    payment, _ = _order(market)
    kb, opened_s = asyncio.run(_memory(market, payment, pages=pages))
    print(f"{pages} pages wait: {kb:.1f} KB each, opened within {opened_s:.0f} s", flush=True)
    ours_ms, bare_ms = _fan_outs(market, payment)
    print(f"a hint to {FAN_OUT}: {ours_ms:.0f} ms, of a bare consumer {bare_ms:.0f} ms", flush=True)
    reached_ms = asyncio.run(_reaches(market))
    p95 = statistics.quantiles(reached_ms, n=20)[-1]
    print(
        f"a payment reaches its page: median {statistics.median(reached_ms):.0f}, p95 {p95:.0f} ms",
        flush=True,
    )
    return {
        "websockets": {
            "pages": pages,
            "kb_each": round(kb, 1),
            "fan_out_ms": round(ours_ms, 1),
            "fan_out_bare_ms": round(bare_ms, 1),
            "reaches_ms": {"p50": round(statistics.median(reached_ms)), "p95": round(p95)},
        },
        "goals": [
            report.goal(f"memory of each of {pages} waiting pages", round(kb, 1), "KB", KB_MOST),
            report.goal(
                f"a hint to {FAN_OUT} pages, to a bare consumer", round(ours_ms / bare_ms, 2), "x", RATIO_MOST
            ),
            report.goal("a payment reaches its page, p95", round(p95), "ms", REACHES_MS_MOST),
        ],
    }


async def _memory(market: Market, payment: str, *, pages: int) -> tuple[float, float]:
    """Open ``pages`` websockets and return what the shop keeps for each, in KB, and the seconds it took."""
    shop = market.pid("shop")
    path = f"/ws/payments/{payment}/"
    warm = [await _open(market.port, path) for _ in range(50)]
    before = psutil.Process(shop).memory_full_info().uss
    begun = time.monotonic()
    opened = await _open_many(market.port, path, pages)
    spent_s = time.monotonic() - begun
    after = psutil.Process(shop).memory_full_info().uss
    for _, writer in [*warm, *opened]:
        writer.close()
    return (after - before) / 1_000 / pages, spent_s


def _fan_outs(market: Market, payment: str) -> tuple[float, float]:
    """Return the median milliseconds until the last of a thousand has a hint: of ours, of a bare consumer."""
    port = free_port()
    server = ["-m", "uvicorn", "tests.load.bare:application", "--port", str(port), "--log-level", "warning"]
    environment = market.environment | {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings"}
    with subprocess.Popen(
        [sys.executable, *server, "--lifespan", "off", "--no-access-log"], cwd=BASE_DIR, env=environment
    ) as bare:
        try:
            wait_until(lambda: _listens(port), "the bare consumer listens", timeout_s=60)
            sender = _Sender(environment)
            with sender:
                ours = asyncio.run(
                    _fan_out(
                        market.port, f"/ws/payments/{payment}/", lambda: sender.hint(f"intent.{payment}")
                    )
                )
                least = asyncio.run(_fan_out(port, "/ws/bare/all/", lambda: sender.hint("all")))
        finally:
            bare.kill()
    return ours, least


async def _fan_out(port: int, path: str, hint: Callable[[], None]) -> float:
    opened = await _open_many(port, path, FAN_OUT)
    took = []
    for _ in range(FAN_OUTS):
        begun = time.monotonic()
        waiting = asyncio.gather(*(_text(reader) for reader, _ in opened))
        hint()
        await asyncio.wait_for(waiting, timeout=60)
        took.append((time.monotonic() - begun) * 1_000)
    for _, writer in opened:
        writer.close()
    return statistics.median(took)


async def _reaches(market: Market) -> list[float]:
    """Return the ms from the accepted PIN to the page that hears of the money, while others browse."""
    over = asyncio.Event()
    browsing = asyncio.create_task(_browse(market, over))
    took = []
    begun = 0.0
    for number in range(PAYMENTS):
        payment, order = await asyncio.to_thread(_order, market, number)
        async for state in (pages := watch(market.port, payment)):
            if state == "succeeded":
                took.append((time.monotonic() - begun) * 1_000)
                break
            begun = await asyncio.to_thread(_accept, market, number, order)
        await pages.aclose()
    over.set()
    await browsing
    return took


async def _browse(market: Market, over: asyncio.Event) -> None:
    async with httpx.AsyncClient(base_url=market.url, timeout=30, trust_env=False) as http:
        while not over.is_set():
            await http.get(random.choice(("/", "/produce/", "/stays/")))
            await asyncio.sleep(BROWSED_EVERY_S)


def _order(market: Market, number: int = 0) -> tuple[str, str]:
    """Place an order by REST; return its payment and its number."""
    buyer = market.buyers[number % len(market.buyers)]
    with httpx.Client(base_url=market.url, timeout=30, trust_env=False) as http:
        products = http.get("/api/v1/products/").json()["results"]
        product = next(each["id"] for each in products if not each.get("is_closed"))
        basket = http.post("/api/v1/baskets/").json()["id"]
        line = {"product": product, "quantity": 1}
        http.post(f"/api/v1/baskets/{basket}/lines/", json=line).raise_for_status()
        body = {
            "phone": buyer,
            "name": "Lò Thị Mai",
            "delivery": {"method": "home", "province": "01", "detail": "Số 5 phố Hàng Mã"},
            "provider": "viettel",
            "msisdn": buyer,
        }
        placed = http.post(f"/api/v1/baskets/{basket}/checkout/", json=body).raise_for_status().json()
    return placed["payment"]["id"], placed["order_number"]


def _accept(market: Market, number: int, order: str) -> float:
    """Accept the request to pay ``order`` on its buyer's handset, and return the moment of the PIN."""
    buyer = market.buyers[number % len(market.buyers)]
    with httpx.Client(base_url=market.wallet_url, timeout=30, trust_env=False) as http:

        def prompt() -> str | None:
            found = http.get("/sim/prompts/", params={"msisdn": buyer}).json()["prompts"]
            return next((each["id"] for each in found if each["reference"] == order), None)

        path = f"/sim/prompts/{wait_until(prompt, 'the handset is asked')}/"
        begun = time.monotonic()
        http.post(path, json={"pin": PIN, "accept": True}).raise_for_status()
    return begun


class _Sender:
    """A process that sends hints as the worker does: a group's name on stdin is a hint to it."""

    CODE = (
        "import sys, asyncio, django; django.setup();"
        "from channels.layers import get_channel_layer;"
        "from asgiref.sync import async_to_sync;"
        "send = async_to_sync(get_channel_layer().group_send);"
        "[send(line.strip(), {'type': 'intent.changed'}) for line in sys.stdin]"
    )

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-c", self.CODE],
            cwd=BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> _Sender:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def hint(self, group: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{group}\n")
        self._process.stdin.flush()


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _open_many(port: int, path: str, number: int) -> list[Streams]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> Streams:
        async with gate:
            return await _open(port, path)

    return await asyncio.gather(*(one() for _ in range(number)))


async def _open(port: int, path: str) -> Streams:
    """Open one websocket and have its first text."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in head, head
    await _text(reader)
    return reader, writer


async def _text(reader: asyncio.StreamReader) -> str:
    kind, length = await reader.readexactly(2)
    text = await reader.readexactly(length)
    assert kind == TEXT, kind
    return text.decode()


def _listens(port: int) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/", timeout=2, trust_env=False)
    except httpx.ConnectError:
        return False
    except httpx.HTTPError:
        return True
    return True
