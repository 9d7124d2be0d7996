"""Buyers who do not give up: what got no answer, or an error of the server's, is asked again."""

from __future__ import annotations

import itertools
import random
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import httpx
from django.utils import timezone

from tests.chaos.plan import Points
from tests.chaos.scene import PIN, Buyer, Scene

# What somebody does with an order, and how often of a hundred.
KINDS = {
    "pays": 38,
    "pays and has it": 24,
    "pays and cancels": 12,
    "cancels": 6,
    "pays while cancelling": 6,
    "declines": 6,
    "never answers": 8,
}
PAUSE_S = 0.25
TIMEOUT_S = 25.0  # longer than the shop waits for a connection to its database

Found = TypeVar("Found")


class GaveUp(Exception):
    pass


@dataclass
class Trip:
    """One payment as its buyer saw it: only what was answered to them counts as promised."""

    number: int
    kind: str
    buyer: Buyer
    order_number: str = ""
    order_key: str = ""
    total_vnd: int = 0
    due_now_vnd: int = 0
    payment: str = ""
    has_accepted: bool = False
    was_paid: bool = False
    was_cancelled: bool = False
    received: list[str] = field(default_factory=list)
    note: str = ""


class Shopping:
    """All trips of a run."""

    def __init__(
        self, scene: Scene, points: Points, *, seed: int, shop: str, wallet: str, keys: bool
    ) -> None:
        self.scene = scene
        self.points = points
        self.trips: list[Trip] = []
        self.errors: list[str] = []
        self._seed = seed
        self._urls = (shop, wallet)
        self._until = 0.0
        self._keys = keys
        self._pause = threading.Event()

    def make(self, payments: int, *, at_once: int, until: float, more: Callable[[], bool] = bool) -> None:
        """Make ``payments`` more trips, ``at_once`` of them at a time, and go on as long as ``more`` says so.

        ``until`` is the monotonic moment after which nobody waits any longer.
        """
        self._until = until
        first = len(self.trips) + 1
        left = itertools.count(first)
        lock = threading.Lock()

        def numbers() -> Iterator[int]:
            while True:
                with lock:
                    number = next(left)
                if number >= first + payments and not more():
                    return
                yield number

        def shop() -> None:
            with (
                httpx.Client(base_url=self._urls[0], timeout=TIMEOUT_S, trust_env=False) as shop_http,
                httpx.Client(base_url=self._urls[1], timeout=TIMEOUT_S, trust_env=False) as wallet_http,
            ):
                for number in numbers():
                    self._make_one(number, shop_http, wallet_http)

        threads = [threading.Thread(target=shop, daemon=True) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _make_one(self, number: int, shop: httpx.Client, wallet: httpx.Client) -> None:
        chance = random.Random(f"{self._seed} {number}")
        kind = chance.choices(list(KINDS), weights=list(KINDS.values()))[0]
        trip = Trip(number, kind, self.scene.buyers[number % len(self.scene.buyers)])
        self.trips.append(trip)
        try:
            _Walk(self, trip, chance, shop, wallet).walk()
        except GaveUp as error:
            trip.note = str(error)
        except Exception as error:  # told at the end: a thread must not die unheard
            trip.note = f"{type(error).__name__}: {error}"
            self.errors.append(f"payment {number}, {kind!r}: {trip.note}")
        self.points.ended(number)

    def repeat(self, act: Callable[[], Found | None], what: str, *, patience_s: float) -> Found:
        """Call ``act`` until it returns something. Raises GaveUp when patience or the run's time is over."""
        deadline = min(time.monotonic() + patience_s, self._until)
        while True:
            found = act()
            if found is not None:
                return found
            if time.monotonic() > deadline:
                raise GaveUp(f"gave up: {what}")
            self._pause.wait(PAUSE_S)  # another process works meanwhile

    def wish(self, chance: random.Random) -> list[dict[str, Any]]:
        """Return the lines of a basket: goods of one or two sellers, nights, or both."""
        scene = self.scene
        lines: list[dict[str, Any]] = [
            {"product": product, "quantity": chance.randint(1, 2)}
            for product in chance.sample(scene.products, chance.randint(0, 2))
        ]
        if not lines or chance.random() < 0.3:
            first = timezone.localdate() + timedelta(days=chance.randint(2, 20))
            night = {"first_night": first.isoformat(), "nights": chance.randint(1, 2)}
            lines.append({"room_type": chance.choice(scene.rooms), **night, "rooms": 1, "guests": 1})
        return lines

    def key(self, chance: random.Random) -> dict[str, str]:
        """Every other time an Idempotency-Key. Who has none is safe as well: a basket is one order."""
        return {"Idempotency-Key": str(uuid.uuid4())} if self._keys and chance.random() < 0.5 else {}


class _Walk:
    def __init__(
        self,
        shopping: Shopping,
        trip: Trip,
        chance: random.Random,
        shop: httpx.Client,
        wallet: httpx.Client,
    ) -> None:
        self._shopping = shopping
        self._trip = trip
        self._chance = chance
        self._shop = shop
        self._wallet = wallet

    def walk(self) -> None:
        trip, reached = self._trip, self._shopping.points.reached
        reached(trip.number, "basket")
        basket = self._shopping.repeat(self._basket, "no basket", patience_s=180)
        reached(trip.number, "order")
        self._order(basket)
        if trip.kind == "never answers":
            return
        reached(trip.number, "answer")
        if trip.kind == "cancels":
            self._cancel()
            return
        prompt = self._shopping.repeat(self._prompt, "nobody asked for the PIN", patience_s=60)
        if trip.kind == "pays while cancelling":
            other = threading.Thread(target=self._answer, args=[prompt, True])
            other.start()
            self._cancel()
            other.join()
            return
        self._answer(prompt, trip.kind != "declines")
        if trip.kind == "declines":
            return
        reached(trip.number, "after")
        self._shopping.repeat(self._is_paid, "not paid as far as they saw", patience_s=60)
        trip.was_paid = True
        if trip.kind == "pays and cancels":
            self._cancel()
        elif trip.kind == "pays and has it":
            self._receive()

    def _basket(self) -> str | None:
        """Fill a new basket; None if something went wrong on the way."""
        made = self._ask(self._shop, "POST", "/api/v1/baskets/")
        if made is None:
            return None
        basket: str = made.json()["id"]
        for line in self._shopping.wish(random.Random(f"wish {self._trip.number}")):
            added = self._ask(self._shop, "POST", f"/api/v1/baskets/{basket}/lines/", json=line)
            if added is None:
                return None
            assert added.status_code == 201, added.text
        return basket

    def _order(self, basket: str) -> None:
        trip = self._trip
        body = {
            "phone": trip.buyer.msisdn,
            "name": "Lò Thị Mai",
            "delivery": {"method": "home", "province": "01", "detail": "Số 5 phố Hàng Mã"},
            "provider": trip.buyer.operator,
            "msisdn": trip.buyer.msisdn,
        }
        headers = self._shopping.key(self._chance)
        path = f"/api/v1/baskets/{basket}/checkout/"
        placed = self._shopping.repeat(
            lambda: self._ask(self._shop, "POST", path, json=body, headers=headers),
            "no answer to the order",
            patience_s=180,
        )
        assert placed.status_code == 201, placed.text
        said = placed.json()
        trip.payment, trip.order_key = said["payment"]["id"], said["order_key"]
        trip.total_vnd, trip.due_now_vnd = said["total_vnd"], said["due_now_vnd"]
        trip.order_number = said["order_number"]

    def _prompt(self) -> str | None:
        trip = self._trip
        asked = self._ask(self._wallet, "GET", "/sim/prompts/", params={"msisdn": trip.buyer.msisdn})
        open_ones = [] if asked is None else asked.json()["prompts"]
        return next((each["id"] for each in open_ones if each["reference"] == trip.order_number), None)

    def _answer(self, prompt: str, accept: bool) -> None:
        body = {"pin": PIN, "accept": accept}
        path = f"/sim/prompts/{prompt}/"
        answered = self._shopping.repeat(
            lambda: self._ask(self._wallet, "POST", path, json=body), "no answer of the phone", patience_s=180
        )
        # Refused: an earlier try arrived though its answer did not, or the prompt was withdrawn.
        self._trip.has_accepted = accept and answered.status_code == 200

    def _is_paid(self) -> bool | None:
        order = self._read_order()
        return True if order is not None and order["status"] == "paid" else None

    def _cancel(self) -> None:
        path = f"/api/v1/orders/{self._trip.order_number}/cancel/"
        params, headers = {"key": self._trip.order_key}, self._shopping.key(self._chance)
        answered = self._shopping.repeat(
            lambda: self._ask(self._shop, "POST", path, params=params, headers=headers),
            "no answer to the cancellation",
            patience_s=180,
        )
        assert answered.status_code == 200, answered.text
        self._trip.was_cancelled = True

    def _receive(self) -> None:
        """Press the button "I have it" on the order's page, for every part."""
        order = self._shopping.repeat(self._read_order, "no answer of the order", patience_s=180)
        path = f"/orders/{self._trip.order_number}/received/"
        params = {"key": self._trip.order_key}
        for part in order["suborders"]:
            self._shopping.repeat(
                lambda part=part: self._press(path, {"part": part["number"]}, params),
                "no answer to the delivery",
                patience_s=180,
            )
            self._trip.received.append(part["number"])

    def _press(self, path: str, form: dict[str, str], params: dict[str, str]) -> httpx.Response | None:
        pressed = self._ask(self._shop, "POST", path, params=params, **form_of(form))
        assert pressed is None or pressed.status_code == 302, pressed.text[:500]
        return pressed

    def _read_order(self) -> dict[str, Any] | None:
        params = {"key": self._trip.order_key}
        read = self._ask(self._shop, "GET", f"/api/v1/orders/{self._trip.order_number}/", params=params)
        return None if read is None else read.json()

    def _ask(self, http: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response | None:
        return ask(http, method, path, **options)


def ask(http: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response | None:
    """Return the answer; None where there was none, or one that says to ask again."""
    try:
        answer = http.request(method, path, **options)
    except httpx.HTTPError:
        return None
    is_early = answer.status_code == 409 and "idempotency_in_progress" in answer.text
    return None if answer.status_code >= 500 or answer.status_code == 429 or is_early else answer


def form_of(values: dict[str, str], *, session: str = "") -> dict[str, Any]:
    """Return the options to send a form of one of our own pages with, as a browser would."""
    token = secrets.token_hex(16)
    cookies = f"csrftoken={token}" + (f"; sessionid={session}" if session else "")
    return {"data": values | {"csrfmiddlewaretoken": token}, "headers": {"Cookie": cookies}}
