"""Stripe's sandbox as a test moves it: the payer's browser, the merchant's ear, and a line that can fail."""

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

import httpx
import stripe

from payments.providers.base import Charge, Notice
from payments.providers.stripe import StripeProvider
from tests.payments.conformance import charge_of
from tests.wallet_operator import WalletOperator, wait_until

GOOD, NEEDS_3DS = "4242424242424242", "4000002500003155"
DECLINED, NO_MONEY = "4000000000000002", "4000000000009995"


class Line(stripe.RequestsClient):
    """Stripe's HTTP client, whose next request can get lost before or after it arrives.

    ``fail_at`` is an address's end and when the request to it gets lost.
    """

    fail = ""
    is_down = False
    fail_at = ("", "")

    def request(self, method: str, url: str, *words: Any, **options: Any) -> Any:
        fault, self.fail = self.fail, ""
        if self.fail_at[0] and url.endswith(self.fail_at[0]):
            fault, self.fail_at = self.fail_at[1], ("", "")
        if self.is_down or fault == "before":
            raise stripe.APIConnectionError("Could not connect.")
        answer = super().request(method, url, *words, **options)
        if fault == "after":
            raise stripe.APIConnectionError("Read timed out.")
        return answer


class Ear:
    """The merchant's address for events. Answers 204, or first whatever ``answers`` holds."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.lock = Lock()
        self.heard: list[tuple[bytes, Mapping[str, str]]] = []
        self.answers: list[int] = []


@contextmanager
def listening() -> Iterator[Ear]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    ear = Ear(f"http://127.0.0.1:{server.server_port}/events")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with ear.lock:
                ear.heard.append((body, httpx.Headers(dict(self.headers.items()))))
                status = ear.answers.pop(0) if ear.answers else 204
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server.RequestHandlerClass = Handler
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield ear
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class StripeBank:
    """One merchant's account at the sandbox, which no other test knows."""

    unreachable_payer = ""

    def __init__(self, operator: WalletOperator, ear: Ear) -> None:
        self.operator, self.ear = operator, ear
        self.base = f"{operator.base_url}/stripe"
        self.key, self.secret = f"sk_test_{uuid.uuid4().hex}", f"whsec_{uuid.uuid4().hex}"
        self.account(webhook_url=ear.url)
        self.line = Line(timeout=20)
        self.provider = StripeProvider(
            code="stripe",
            label="Stripe",
            api_key=self.key,
            webhook_secret=self.secret,
            timeout_s=20,
            api_base=self.base,
            http_client=self.line,
        )
        # What a stranger with the same key sees: the plain library, nothing of ours between.
        self.api = stripe.StripeClient(self.key, base_addresses={"api": self.base}, max_network_retries=0).v1

    def account(self, *, webhook_url: str) -> None:
        body = {
            "key": self.key,
            "name": "Chợ thử",
            "webhook_url": webhook_url,
            "webhook_secret": self.secret,
        }
        self.operator.http.post("/sim/stripe/accounts/", json=body).raise_for_status()

    # --- the payer ---------------------------------------------------------------------------------

    def session_of(self, operation_id: uuid.UUID) -> Any:
        sessions = self.api.checkout.sessions.list({"limit": 100}).data
        found = [one for one in sessions if one.client_reference_id == str(operation_id)]
        return found[0] if found else None

    def send_card(self, operation_id: uuid.UUID, number: str) -> httpx.Response:
        """Choose a card on the payer's page, as a browser would. Redirects are not followed."""
        return self.post(f"/stripe/pay/{self.session_of(operation_id).id}/", {"number": number})

    def post(self, path: str, values: Mapping[str, str]) -> httpx.Response:
        with httpx.Client(base_url=self.operator.base_url, timeout=20, trust_env=False) as browser:
            browser.get(path)
            token = browser.cookies.get("csrftoken", "")
            return browser.post(path, data={"csrfmiddlewaretoken": token} | dict(values))

    def approve(self, operation_id: uuid.UUID) -> None:
        """Pay by a good card. A refund needs nobody's yes."""
        if self.session_of(operation_id) is not None:
            assert self.send_card(operation_id, GOOD).status_code == 302

    def decline(self, operation_id: uuid.UUID) -> None:
        """Let the bank say no, and the page's time end."""
        self.send_card(operation_id, DECLINED)
        self.api.checkout.sessions.expire(self.session_of(operation_id).id)

    # --- what went over the line -------------------------------------------------------------------

    def fail_next(self, *, after: bool) -> None:
        self.line.fail = "after" if after else "before"

    def break_next(self) -> None:
        self.operator.faults(operator="stripe", error_after_commit=1)

    def mend(self) -> None:
        self.operator.no_faults()

    def silence(self, is_silent: bool) -> None:
        self.line.is_down = is_silent

    def skew(self, seconds: int) -> None:
        self.operator.faults(operator="stripe", clock_skew_s=seconds)

    def callback(self, operation_id: uuid.UUID) -> tuple[bytes, Mapping[str, str]]:
        """Return the event that tells how an operation ended, once it has arrived."""
        return self.wait_for(operation_id, "checkout.session.")

    def wait_for(self, operation_id: uuid.UUID, type: str) -> tuple[bytes, Mapping[str, str]]:
        heard = wait_until(lambda: self.heard(operation_id, type), f"{type} about {operation_id} arrives")
        return heard[-1]

    def heard(self, operation_id: uuid.UUID, type: str) -> list[tuple[bytes, Mapping[str, str]]]:
        """Return the events of ``type`` (its beginning) that name an operation."""
        wanted, kind = str(operation_id).encode(), f'"type": "{type}'.encode()
        with self.ear.lock:
            return [item for item in self.ear.heard if wanted in item[0] and kind in item[0]]

    def signed(
        self, body: bytes, operation_id: uuid.UUID | None = None, *, secret: str = "", age_s: int = 0
    ) -> tuple[bytes, Mapping[str, str]]:
        """Return ``body`` signed by the library's own hand, ``age_s`` seconds ago."""
        words = body.decode(errors="surrogateescape")
        if not words.isprintable() and "\udcff" in words:
            return body, httpx.Headers({"Stripe-Signature": "t=1,v1=nothing-can-sign-this"})
        header = stripe.WebhookSignature.generate_signature_header(
            words, secret or self.secret, int(time.time()) - age_s
        )
        return body, httpx.Headers({"Stripe-Signature": header})

    def payments_made(self) -> int:
        return len(self.api.checkout.sessions.list({"limit": 100}).data)

    def charge(self, **changes: Any) -> Charge:
        """Return what is asked for now: the sandbox's clock is the world's."""
        now = datetime.now(UTC)
        ours: dict[str, Any] = {
            "requested_at": now,
            "expires_at": now + timedelta(minutes=15),
            "return_url": "http://shop.test/payments/7/",
        }
        return charge_of(**(ours | changes))


@contextmanager
def opened(operator: WalletOperator) -> Iterator[StripeBank]:
    """Open an account with an ear; afterwards nothing goes wrong at the sandbox any more."""
    with listening() as ear:
        yield StripeBank(operator, ear)
    operator.no_faults()


def told(body: bytes, headers: Mapping[str, str]) -> Notice:
    """Return the request that brings an event to the shop's one address for Stripe."""
    return Notice(operation_id=None, method="POST", query={}, headers=headers, body=body)


def following(bank: StripeBank, charge: Charge, provider_ref: str, **changes: Any) -> Charge:
    """Return what follows on an operation: a capture, a release or a refund of it."""
    return bank.charge(
        original_id=charge.operation_id,
        original_ref=provider_ref,
        original_requested_at=charge.requested_at,
        **changes,
    )


def reserved(bank: StripeBank) -> tuple[Charge, str]:
    """Return an authorisation the payer has approved, and its provider_ref."""
    charge = bank.charge(is_sale=False)
    report = bank.provider.authorize(charge)
    bank.approve(charge.operation_id)
    return charge, report.provider_ref
