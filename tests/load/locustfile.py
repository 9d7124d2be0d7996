"""A market day by locust: 80 % look around, 12 % search, 5 % fill a basket, 2 % order and pay, 1 % officials.

Run by `make load` (tests/load/__main__.py) in a process of its own. What differs between two runs comes from
the environment: LOAD_WALLET (the operator's address), LOAD_BUYERS (numbers with money, comma-separated),
LOAD_RATE (requests a second of all users together; 0: each asks again at once), LOAD_RESULT (a file).
"""

from __future__ import annotations

import json
import os
import random
import re
import threading
import time
from typing import Any

from locust import FastHttpUser, events, task
from locust.env import Environment

WALLET = os.environ.get("LOAD_WALLET", "")
BUYERS = os.environ.get("LOAD_BUYERS", "").split(",")
USERS = int(os.environ.get("LOAD_USERS", "1"))
RATE = float(os.environ.get("LOAD_RATE", "0"))
OFFICIAL = {"login-username": "0899000005", "login-password": "dienbien-demo"}
PIN = "135790"
WORDS = ("gạo", "nep", "mật ong", "ca phe", "chè", "thit trau", "homestay", "mắc ca")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PROMPT_TRIES = 20


class Person(FastHttpUser):
    """One of many at the market. All weights together are 100."""

    connection_timeout = network_timeout = 30.0

    def on_start(self) -> None:
        self.chance = random.Random()
        self.is_official = False
        found = self.client.get("/api/v1/products/", name="(beginning)").json()["results"]
        self.products = [each["id"] for each in found if not each.get("is_closed")]
        self.pages = [each["url"] for each in found if each.get("url")] or ["/produce/"]

    def wait_time(self) -> float:
        return self.chance.expovariate(RATE / USERS) if RATE else 0.0

    @task(20)
    def home(self) -> None:
        self.client.get("/", name="home")

    @task(30)
    def produce(self) -> None:
        self.client.get(f"/produce/?page={self.chance.randint(1, 2)}", name="list of produce")

    @task(15)
    def stays(self) -> None:
        self.client.get("/stays/", name="list of stays")

    @task(15)
    def product(self) -> None:
        self.client.get(self.chance.choice(self.pages), name="product")

    @task(12)
    def search(self) -> None:
        self.client.get(f"/produce/?q={self.chance.choice(WORDS)}", name="search")

    @task(5)
    def basket(self) -> None:
        if self._basket():
            self.client.get("/basket/", name="basket page")

    @task(2)
    def buy(self) -> None:
        basket = self._basket()
        if not basket:
            return
        number = self.chance.choice(BUYERS)
        body = {
            "phone": number,
            "name": "Lò Thị Mai",
            "delivery": {"method": "home", "province": "01", "detail": "Số 5 phố Hàng Mã"},
            "provider": "viettel",
            "msisdn": number,
        }
        path = f"/api/v1/baskets/{basket}/checkout/"
        with self.rest("POST", path, json=body, name="order") as placed:
            if placed.status_code != 201:
                return
            order, payment = placed.js["order_number"], placed.js["payment"]["id"]
        self._pay(number, order)
        self.client.get(f"/api/v1/payments/{payment}/", name="payment")

    @task(1)
    def board(self) -> None:
        if not self.is_official:
            page = self.client.get("/accounts/login/", name="(signing in)").text or ""
            token = TOKEN.search(page)
            form = OFFICIAL | {
                "csrfmiddlewaretoken": token[1] if token else "",
                "login_submit": "1",
                "login-redirect_url": "/board/",
            }
            self.client.post("/accounts/login/", data=form, name="(signing in)")
            self.is_official = True
        self.client.get("/board/", name="board")

    def _basket(self) -> str:
        """Fill a basket of one thing and return its id; nothing if that was refused."""
        with self.rest("POST", "/api/v1/baskets/", name="basket") as made:
            if made.status_code != 201:
                return ""
            basket: str = made.js["id"]
        body = {"product": self.chance.choice(self.products), "quantity": 1}
        with self.rest("POST", f"/api/v1/baskets/{basket}/lines/", json=body, name="basket line") as added:
            if added.status_code in (400, 409, 422):  # sold out: what the person sees and understands
                added.success()
                return ""
        return basket

    def _pay(self, number: str, order: str) -> None:
        """Answer the handset's request, which the operator's process shows when it has it."""
        for _ in range(PROMPT_TRIES):
            asked = self.client.get(f"{WALLET}/sim/prompts/?msisdn={number}", name="(handset)")
            found = [one["id"] for one in asked.json()["prompts"] if one["reference"] == order]
            if found:
                body = {"pin": PIN, "accept": True}
                self.client.post(f"{WALLET}/sim/prompts/{found[0]}/", json=body, name="(handset)")
                return
            time.sleep(0.2)


@events.init.add_listener
def _forget_the_beginning(environment: Environment, **kwargs: Any) -> None:
    """Count from the moment everybody is there and has asked once: what is cold is not measured."""
    after_s = float(os.environ.get("LOAD_WARM_S", "5"))
    threading.Timer(after_s, environment.stats.reset_all).start()


@events.quitting.add_listener
def _write(environment: Environment, **kwargs: Any) -> None:
    entries = [one for one in environment.stats.entries.values() if not one.name.startswith("(")]
    times: dict[int, int] = {}
    for one in entries:
        for took_ms, n in one.response_times.items():
            times[took_ms] = times.get(took_ms, 0) + n
    spent_s = environment.stats.total.last_request_timestamp - environment.stats.total.start_time
    requests = sum(one.num_requests for one in entries)
    told = {
        "requests": requests,
        "failures": sum(one.num_failures for one in entries),
        "requests_s": round(requests / spent_s, 1) if spent_s else 0.0,
        "ms": {f"p{share}": _percentile(times, share / 100) for share in (50, 95, 99)},
        "by_name": {
            one.name: {
                "requests": one.num_requests,
                "p50": one.get_response_time_percentile(0.5),
                "p95": one.get_response_time_percentile(0.95),
            }
            for one in sorted(entries, key=lambda one: one.name)
        },
        "errors": [
            f"{n} x {error.method} {error.name}: {str(error.error)[:200]}"
            for error in environment.stats.errors.values()
            for n in [error.occurrences]
        ],
    }
    with open(os.environ["LOAD_RESULT"], "w", encoding="utf-8") as result:
        json.dump(told, result, ensure_ascii=False)


def _percentile(times: dict[int, int], share: float) -> float:
    """Return the milliseconds that ``share`` of all requests stayed below."""
    left = sum(times.values()) * share
    for took_ms in sorted(times):
        left -= times[took_ms]
        if left <= 0:
            return float(took_ms)
    return 0.0
